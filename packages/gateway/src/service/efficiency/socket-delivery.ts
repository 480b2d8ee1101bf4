// The same messages over a WebSocket, both ways: one text message each, and nothing else.
import type { Clock } from "../../host/clock.ts";
import type { Message, Session, SessionHandler } from "../../session/session.ts";
import { noteArrival, type Run } from "./run-store.ts";
import type { TechniqueTally } from "./tally.ts";

export function openSocketDelivery(session: Session, run: Run, clock: Clock): SessionHandler {
  return new SocketDelivery(session, run, clock);
}

class SocketDelivery implements SessionHandler {
  readonly #session: Session;
  readonly #run: Run;
  readonly #clock: Clock;
  /** Of the measurement during which the socket was opened. */
  readonly #tally: TechniqueTally;
  readonly #unlisten: (() => void) | undefined;
  #cursor = 0;
  #hasRoom = true;

  constructor(session: Session, run: Run, clock: Clock) {
    this.#session = session;
    this.#run = run;
    this.#clock = clock;
    this.#tally = run.tally.techniques.websocket;
    this.#unlisten = run.feed.listen({
      made: () => this.#flush(),
      ended: () => this.#end(),
    });
    if (this.#unlisten === undefined || !run.feed.isRunning) this.#end();
    else this.#flush();
  }

  message(message: Message): void {
    noteArrival(this.#run, "websocket", this.#clock.monotonicMs());
    this.#tally.toServer.messages++;
    this.#tally.toServer.payloadBytes +=
      typeof message === "string" ? Buffer.byteLength(message) : message.byteLength;
  }

  drained(): void {
    this.#hasRoom = true;
    this.#flush();
  }

  closed(): void {
    this.#unlisten?.();
  }

  #flush(): void {
    const { feed } = this.#run;
    if (!this.#hasRoom) return;
    const { next, count } = feed.backlog(this.#cursor);
    this.#cursor = next;
    for (let sent = 0; sent < count; sent++) this.#hasRoom = this.#session.send(feed.text);
    this.#tally.toPage.messages += count;
    this.#tally.toPage.payloadBytes += count * feed.text.length;
  }

  #end(): void {
    this.#unlisten?.();
    this.#flush();
    // Without a reason: its text would be overhead that no message needs.
    this.#session.close(1000, "");
  }
}
