// A small TCP relay: takes connections, asks its policy what may pass, and moves bytes both ways with back-pressure.
// Knows no protocol: what the bytes mean, where they go and who counts them is the policy's business.
import type { TCPSocketListener } from "bun";
import type { Clock, Timer } from "./clock.ts";
import type { Passage } from "./passage.ts";
import { type ClientSocket, type ConnectionOwner, RelayedConnection } from "./relayed-connection.ts";
import type { DialBudget } from "./tcp.ts";

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
/** Throws what `Bun.listen` throws when the address cannot be listened on. */
export function openRelay(options: RelayOptions): Relay {
  return new ListeningRelay(options);
}

class ListeningRelay implements Relay, ConnectionOwner {
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
