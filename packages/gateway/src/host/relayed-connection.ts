// One connection through a relay: two sockets, and what one of them has not taken yet. Accepts nothing, knows no other
// connection.
import type { Socket } from "bun";
import type { Failure } from "../failure.ts";
import type { Clock } from "./clock.ts";
import type { Passage, Passed } from "./passage.ts";
import { type DialBudget, dialTcp, type TcpConnection, type TcpTarget } from "./tcp.ts";

export type ClientSocket = Socket<RelayedConnection | undefined>;

/** What a connection needs of the relay that it belongs to. */
export interface ConnectionOwner {
  readonly options: {
    readonly clock: Clock;
    readonly firstPassTimeoutMs: number;
    readonly idleTimeoutMs: number;
    readonly connectTimeoutMs: number;
    open(): Passage;
  };
  readonly budget: DialBudget;
  /** It has ended. Once. */
  release(connection: RelayedConnection): void;
}

/** Milliseconds that a client has for its own end after the target's. */
const LINGER_MS = 5000;

/** Two sockets and what one of them has not taken yet. A side with bytes waiting for it stops the other side's reading. */
export class RelayedConnection {
  readonly address: string;
  /** When it is cut unless something happens; monotonic. */
  dueMs: number;
  readonly #owner: ConnectionOwner;
  readonly #passage: Passage;
  readonly #client: ClientSocket;
  #target: TcpConnection | undefined;
  readonly #towardTarget: Uint8Array[] = [];
  readonly #towardClient: Uint8Array[] = [];
  #clientHasEnded = false;
  /** Nothing more comes from the target; it may still read. */
  #targetHasEnded = false;
  /** Nothing more goes to the target. */
  #targetIsGone = false;
  #isClosed = false;
  #failure: Failure | undefined;

  constructor(owner: ConnectionOwner, client: ClientSocket, address: string) {
    this.#owner = owner;
    this.#client = client;
    this.address = address;
    this.#passage = owner.options.open();
    this.dueMs = owner.options.clock.monotonicMs() + owner.options.firstPassTimeoutMs;
  }

  get hasTarget(): boolean {
    return this.#target !== undefined;
  }

  fromClient(chunk: Uint8Array): void {
    if (this.#isClosed) return;
    const passed = this.#passage.receive(chunk);
    // What comes once there is no target is read only so that it is counted and the client's own end is seen.
    if (!this.#targetIsGone) this.#follow(passed);
  }

  clientDrained(): void {
    if (!flush(this.#towardClient, (bytes) => this.#client.write(bytes))) return;
    if (this.#targetHasEnded) this.#endClient();
    else this.#target?.resume();
  }

  clientEnded(): void {
    this.#clientHasEnded = true;
    if (this.#target === undefined) this.cut();
    else if (this.#towardTarget.length === 0) this.#target.end();
  }

  clientClosed(): void {
    this.#close();
  }

  /** Ends both sides at once. */
  cut(): void {
    this.#client.terminate();
    this.#close();
  }

  #follow(passed: Passed): void {
    if (passed.kind === "hold") return;
    if (passed.kind === "refuse") {
      this.#towardClient.push(passed.answer);
      this.#targetHasEnded = true;
      this.#targetIsGone = true;
      this.#target?.terminate();
      this.clientDrained();
      return;
    }
    this.#touch();
    this.#target ??= this.#dial(passed.target);
    for (const bytes of passed.bytes) this.#send(bytes);
  }

  #send(bytes: Uint8Array): void {
    const taken = this.#towardTarget.length === 0 ? (this.#target?.write(bytes) ?? 0) : 0;
    if (taken === bytes.length) return;
    this.#towardTarget.push(bytes.slice(taken));
    this.#client.pause();
  }

  #dial(target: TcpTarget): TcpConnection {
    const { clock, connectTimeoutMs } = this.#owner.options;
    return dialTcp(
      target,
      {
        opened: () => this.#targetDrained(),
        data: (chunk) => this.#fromTarget(chunk),
        drained: () => this.#targetDrained(),
        ended: () => this.#targetEnded(),
        closed: (failure) => {
          this.#failure ??= failure;
          this.#targetIsGone = true;
          this.#towardTarget.length = 0;
          this.#targetEnded();
        },
      },
      { clock, connectTimeoutMs, budget: this.#owner.budget },
    );
  }

  #fromTarget(chunk: Uint8Array): void {
    if (this.#isClosed || this.#targetHasEnded) return;
    this.#touch();
    const released = this.#passage.answer(chunk);
    const taken = this.#towardClient.length === 0 ? Math.max(0, this.#client.write(chunk)) : 0;
    if (taken < chunk.length) {
      this.#towardClient.push(chunk.slice(taken));
      this.#target?.pause();
    }
    this.#follow(released);
  }

  #targetDrained(): void {
    if (this.#isClosed) return;
    const isEmpty = flush(this.#towardTarget, (bytes) => this.#target?.write(bytes) ?? 0);
    if (!isEmpty) return;
    if (this.#clientHasEnded) this.#target?.end();
    else this.#client.resume();
  }

  #targetEnded(): void {
    if (this.#targetHasEnded || this.#isClosed) return;
    this.#targetHasEnded = true;
    if (this.#towardClient.length === 0) this.#endClient();
  }

  #endClient(): void {
    this.dueMs = this.#owner.options.clock.monotonicMs() + LINGER_MS;
    // The client must be read to its end, or the close would be a reset that takes the last bytes with it.
    this.#client.resume();
    // `end` would close the socket whole.
    this.#client.shutdown();
    if (this.#clientHasEnded) this.#close();
  }

  #touch(): void {
    this.dueMs = this.#owner.options.clock.monotonicMs() + this.#owner.options.idleTimeoutMs;
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#target?.terminate();
    this.#owner.release(this);
    this.#passage.closed(this.#failure);
  }
}

/** Writes what waits, in order, until `write` takes less than it was given. `true` when nothing is left. */
function flush(waiting: Uint8Array[], write: (bytes: Uint8Array) => number): boolean {
  for (let bytes = waiting[0]; bytes !== undefined; bytes = waiting[0]) {
    const taken = Math.max(0, write(bytes));
    if (taken < bytes.length) {
      waiting[0] = bytes.subarray(taken);
      return false;
    }
    waiting.shift();
  }
  return true;
}
