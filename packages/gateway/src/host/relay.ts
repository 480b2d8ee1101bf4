// A small TCP relay: takes connections, asks its policy what may pass, and moves bytes both ways with back-pressure.
// Knows no protocol: what the bytes mean, where they go and who counts them is the policy's business.
import type { Socket, TCPSocketListener } from "bun";
import type { Failure } from "../failure.ts";
import type { Clock, Timer } from "./clock.ts";
import { type DialBudget, dialTcp, type TcpConnection, type TcpTarget } from "./tcp.ts";

/** What becomes of bytes that the client sent. */
export type Passed =
  /** More is needed before anything passes; the policy keeps what it was given. */
  | { readonly kind: "hold" }
  /** These bytes go on, in this order. The first time decides where to; a later target is ignored. */
  | { readonly kind: "pass"; readonly target: TcpTarget; readonly bytes: readonly Uint8Array[] }
  /** The client gets this answer and the end. */
  | { readonly kind: "refuse"; readonly answer: Uint8Array };

/** The policy for one connection. Chunks are valid only during the call. Must not throw. */
export interface Passage {
  /** Bytes from the client. */
  receive(chunk: Uint8Array): Passed;
  /** Bytes from the target, which all pass; what they release of the client's held bytes is answered. */
  answer(chunk: Uint8Array): Passed;
  /** The end, exactly once; with the reason where the target failed. */
  closed(failure: Failure | undefined): void;
}

export interface RelayOptions {
  /** A name, or an address without brackets. `localhost` is both loopback addresses. */
  readonly hostname: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly clock: Clock;
  /** Connections in all. More are cut as they come. */
  readonly connectionsMax: number;
  /** Connections from one client address. */
  readonly connectionsPerAddressMax: number;
  /** From the connect to the first bytes that pass. */
  readonly firstPassTimeoutMs: number;
  /** Silence of both sides after which a connection is cut. */
  readonly idleTimeoutMs: number;
  /** From the call to the target being connected. */
  readonly connectTimeoutMs: number;
  /** A connection came. */
  open(): Passage;
  /** Our own side threw. The connection is cut. */
  onBug(bug: unknown): void;
}

export interface Relay {
  readonly port: number;
  readonly connections: number;
  /** Takes no more connections and cuts those that have no target yet. The others last as long as their target. */
  stop(): void;
  /** Cuts what is left. */
  destroy(): void;
}

/** Milliseconds between two looks at the deadlines of all connections; they are late by at most this. */
const SWEEP_MS = 1000;
/** Milliseconds that a client has for its own end after the target's. */
const LINGER_MS = 5000;

/** Throws what `Bun.listen` throws when the address cannot be listened on. */
export function openRelay(options: RelayOptions): Relay {
  return new ListeningRelay(options);
}

type ClientSocket = Socket<RelayedConnection | undefined>;

class ListeningRelay implements Relay {
  readonly options: RelayOptions;
  readonly budget: DialBudget;
  readonly #listeners: TCPSocketListener<RelayedConnection | undefined>[] = [];
  readonly #open = new Set<RelayedConnection>();
  readonly #byAddress = new Map<string, number>();
  readonly #sweeper: Timer;
  #isStopped = false;
  readonly port: number;

  constructor(options: RelayOptions) {
    this.options = options;
    this.budget = { pending: 0, pendingMax: options.connectionsMax };
    // RFC 6761 §6.3: localhost is both loopback addresses, and browsers try ::1 first.
    const first = this.#listen(
      options.hostname === "localhost" ? "127.0.0.1" : options.hostname,
      options.port,
    );
    this.port = first.port;
    this.#listeners.push(first);
    if (options.hostname === "localhost") {
      try {
        this.#listeners.push(this.#listen("::1", this.port));
      } catch {
        // A machine without IPv6 has no ::1, and browsers then use the other address.
      }
    }
    this.#sweeper = options.clock.every(SWEEP_MS, () => this.#sweep());
  }

  get connections(): number {
    return this.#open.size;
  }

  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    for (const listener of this.#listeners) listener.stop();
    for (const connection of this.#open) if (!connection.hasTarget) connection.cut();
    if (this.#open.size === 0) this.#sweeper.cancel();
  }

  destroy(): void {
    this.stop();
    for (const connection of this.#open) connection.cut();
  }

  admit(socket: ClientSocket): void {
    const address = socket.remoteAddress;
    const fromAddress = this.#byAddress.get(address) ?? 0;
    const { connectionsMax, connectionsPerAddressMax } = this.options;
    if (this.#open.size >= connectionsMax || fromAddress >= connectionsPerAddressMax) {
      socket.terminate();
      return;
    }
    this.#byAddress.set(address, fromAddress + 1);
    const connection = new RelayedConnection(this, socket, address);
    socket.data = connection;
    this.#open.add(connection);
  }

  release(connection: RelayedConnection): void {
    this.#open.delete(connection);
    const left = (this.#byAddress.get(connection.address) ?? 1) - 1;
    if (left > 0) this.#byAddress.set(connection.address, left);
    else this.#byAddress.delete(connection.address);
    if (this.#isStopped && this.#open.size === 0) this.#sweeper.cancel();
  }

  #listen(hostname: string, port: number): TCPSocketListener<RelayedConnection | undefined> {
    return Bun.listen<RelayedConnection | undefined>({
      hostname,
      port,
      allowHalfOpen: true,
      data: undefined,
      socket: {
        open: (socket) => this.admit(socket),
        data: (socket, chunk) => socket.data?.fromClient(chunk),
        drain: (socket) => socket.data?.clientDrained(),
        end: (socket) => socket.data?.clientEnded(),
        close: (socket) => socket.data?.clientClosed(),
        // The peer's resets come to `close`; this is a throw of ours.
        error: (socket, bug) => {
          this.options.onBug(bug);
          socket.data?.cut();
        },
      },
    });
  }

  #sweep(): void {
    const nowMs = this.options.clock.monotonicMs();
    for (const connection of this.#open) if (connection.dueMs <= nowMs) connection.cut();
  }
}

/** Two sockets and what one of them has not taken yet. A side with bytes waiting for it stops the other side's reading. */
class RelayedConnection {
  readonly address: string;
  /** When it is cut unless something happens; monotonic. */
  dueMs: number;
  readonly #relay: ListeningRelay;
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

  constructor(relay: ListeningRelay, client: ClientSocket, address: string) {
    this.#relay = relay;
    this.#client = client;
    this.address = address;
    this.#passage = relay.options.open();
    this.dueMs = relay.options.clock.monotonicMs() + relay.options.firstPassTimeoutMs;
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
    const { clock, connectTimeoutMs } = this.#relay.options;
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
      { clock, connectTimeoutMs, budget: this.#relay.budget },
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
    this.dueMs = this.#relay.options.clock.monotonicMs() + LINGER_MS;
    // The client must be read to its end, or the close would be a reset that takes the last bytes with it.
    this.#client.resume();
    // `end` would close the socket whole.
    this.#client.shutdown();
    if (this.#clientHasEnded) this.#close();
  }

  #touch(): void {
    this.dueMs = this.#relay.options.clock.monotonicMs() + this.#relay.options.idleTimeoutMs;
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#target?.terminate();
    this.#relay.release(this);
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
