// What the two roles do differently: how a session is opened and resumed. One implementation each.
import type { Carrier } from "./carrier.ts";
import type { SessionFault } from "./fault.ts";
import type { OpenedFrame, ResumedFrame, ResumeFrame } from "./frame.ts";
import type { AttachOptions } from "./session-machine.ts";

export interface Role {
  /** The largest message that the peer is known to take. */
  readonly sendMaxBytes: number;
  /** A late resume is told the final numbers. */
  readonly answersLateResume: boolean;
  /** Throws when a carrier cannot be attached like this. */
  assertAttach(options: AttachOptions): void;
  begin(carrier: Carrier): void;
  /** A later carrier was attached. */
  attached(carrier: Carrier, options: AttachOptions): void;
  switchTo(carrier: Carrier): void;
  /** Another carrier that may send in the place of the one that was lost. */
  findHeir(): Carrier | undefined;
  receive(
    carrier: Carrier,
    frame: OpenedFrame | ResumeFrame | ResumedFrame,
    frameBytes: number,
  ): SessionFault | undefined;
}
