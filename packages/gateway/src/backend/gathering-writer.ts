// Writes to a connection so that many small writes of one turn cost two system calls: the first goes out at once, those
// that come with it are gathered. Keeps what the kernel does not take, in order. Knows no limit: its owner asks `length`.
import type { TcpConnection } from "../host/tcp.ts";
import type { Turns } from "../host/turns.ts";
import { PendingBytes } from "./pending-bytes.ts";

export class GatheringWriter {
  readonly #connection: TcpConnection;
  readonly #turns: Turns;
  readonly #onLess: () => void;
  #pending: PendingBytes | undefined;
  #lastTurn = -1;

  /** `onLess` is called whenever some of what waited has been taken. */
  constructor(connection: TcpConnection, turns: Turns, onLess: () => void) {
    this.#connection = connection;
    this.#turns = turns;
    this.#onLess = onLess;
  }

  /** Bytes that wait. */
  get length(): number {
    return this.#pending?.length ?? 0;
  }

  /** Takes all of it, always; the bytes may be reused as soon as this returns. */
  write(bytes: Uint8Array): void {
    if (this.#pending !== undefined) {
      this.#pending.push(bytes);
      return;
    }
    const turn = this.#turns.enter();
    const isFirst = turn !== this.#lastTurn;
    this.#lastTurn = turn;
    const taken = isFirst ? this.#connection.write(bytes) : 0;
    if (taken === bytes.length) return;
    this.#pending = new PendingBytes();
    this.#pending.push(taken === 0 ? bytes : bytes.subarray(taken));
    // After a write that was cut short the connection tells when there is room; nothing comes for what was not tried.
    if (!isFirst) this.#turns.atEnd(() => this.flush());
  }

  /** Writes what waits: at the turn's end, and when the connection has room again. */
  flush(): void {
    const pending = this.#pending;
    if (pending === undefined) return;
    const before = pending.length;
    pending.drainInto((bytes) => this.#connection.write(bytes));
    if (pending.length === 0) this.#pending = undefined;
    if (pending.length < before) this.#onLess();
  }
}
