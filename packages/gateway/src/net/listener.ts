// One address at which clients arrive, whatever carries them. Implemented over Bun.serve, and over node:http where
// the drafts of 2009 are spoken.
import type { Message } from "../session/session.ts";

export interface Listener {
  /** With the real port: `http://localhost:8000`. */
  readonly url: string;
  /** Speaks hixie-75 and hixie-76 too. */
  readonly drafts: boolean;
  readonly state: "listening" | "paused" | "closed";
  /** Not one connection is left, neither of a session nor of one that is still saying goodbye. Only after `close`. */
  readonly isIdle: boolean;
  /** Stops accepting and gives the descriptors of idle keep-alive connections back. Sessions stay. */
  pause(): void;
  /** Accepts again. Throws when the address has been taken meanwhile; may be tried again. */
  resume(): void;
  /** Takes over changed certificates. Throws `CertificateError` and keeps the old ones. `false`: nothing had changed. */
  reloadCertificates(): boolean;
  /** Sends to the sessions on this listener that joined the topic. */
  publish(topic: string, message: Message, compress: boolean): void;
  /** For good: no more newcomers. Sessions stay until they end. */
  close(): void;
  /** Cuts whatever is still open. */
  destroy(): void;
}
