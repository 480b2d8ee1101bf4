// Connections that are opened before their client comes (`strategy: prepared`), so that it need not wait for the
// connect. Each holds what the back end says first, up to a limit, for the client that will get it.
import type { Failure } from "../../failure.ts";
import type { Clock, Timer } from "../../host/clock.ts";
import type { TcpConnection, TcpHandler } from "../../host/tcp.ts";
import type { Log } from "../../telemetry/log.ts";

export interface PreparedPoolOptions {
  readonly dial: (handler: TcpHandler) => TcpConnection;
  readonly size: number;
  readonly clock: Clock;
  readonly log: Log;
  /** A connect failed; the pool tries again. */
  readonly onFailure: (failure: Failure) => void;
}

/** A greeting longer than this pauses the connection until it is taken. Bytes. */
const GREETING_MAX_BYTES = 16_384;
/** After a failed or lost connection the pool waits this long before it connects again. Milliseconds. */
const RETRY_MS = 1000;

export class PreparedPool {
  readonly #options: PreparedPoolOptions;
  readonly #ready = new Set<PreparedConnection>();
  readonly #connecting = new Set<PreparedConnection>();
  #retry: Timer | undefined;
  #isFailing = false;
  #isStopped = false;

  constructor(options: PreparedPoolOptions) {
    this.#options = options;
  }

  /** Opens what is missing. */
  fill(): void {
    if (this.#isStopped || this.#retry !== undefined) return;
    while (this.#ready.size + this.#connecting.size < this.#options.size) {
      const prepared = new PreparedConnection(this);
      this.#connecting.add(prepared);
      prepared.connect(this.#options.dial);
    }
  }

  /** A connection for a client: a prepared one, or a new one when none is ready. */
  take(handler: TcpHandler): TcpConnection {
    const [prepared] = this.#ready;
    if (prepared === undefined) return this.#options.dial(handler);
    this.#ready.delete(prepared);
    this.fill();
    return prepared.hand(handler);
  }

  stop(): void {
    this.#isStopped = true;
    this.#retry?.cancel();
    for (const prepared of [...this.#ready, ...this.#connecting]) prepared.discard();
  }

  addReady(prepared: PreparedConnection): void {
    this.#connecting.delete(prepared);
    this.#ready.add(prepared);
    if (this.#isFailing) this.#options.log.info("back end is back");
    this.#isFailing = false;
  }

  lose(prepared: PreparedConnection, failure: Failure | undefined): void {
    this.#ready.delete(prepared);
    this.#connecting.delete(prepared);
    if (this.#isStopped) return;
    if (failure !== undefined) {
      // Once for each outage, not for each try.
      if (!this.#isFailing) this.#options.onFailure(failure);
      this.#isFailing = true;
    }
    this.#retry ??= this.#options.clock.after(RETRY_MS, () => {
      this.#retry = undefined;
      this.fill();
    });
  }
}

class PreparedConnection implements TcpHandler {
  readonly #pool: PreparedPool;
  #connection: TcpConnection | undefined;
  /** The client's side once it has been handed over. */
  #taker: TcpHandler | undefined;
  #greeting: Uint8Array[] = [];
  #greetingBytes = 0;

  constructor(pool: PreparedPool) {
    this.#pool = pool;
  }

  connect(dial: (handler: TcpHandler) => TcpConnection): void {
    this.#connection = dial(this);
  }

  discard(): void {
    this.#connection?.terminate();
  }

  hand(taker: TcpHandler): TcpConnection {
    const connection = this.#connection as TcpConnection; // ready implies connected
    this.#taker = taker;
    const greeting = this.#greeting;
    this.#greeting = [];
    // The taker keeps the connection before it hears of it.
    queueMicrotask(() => {
      taker.opened();
      // Before the greeting is given on: a pause that it causes must stand.
      connection.resume();
      for (const chunk of greeting) taker.data(chunk);
    });
    return connection;
  }

  opened(): void {
    this.#pool.addReady(this);
  }

  data(chunk: Uint8Array): void {
    if (this.#taker !== undefined) {
      this.#taker.data(chunk);
      return;
    }
    this.#greeting.push(chunk.slice());
    this.#greetingBytes += chunk.length;
    if (this.#greetingBytes >= GREETING_MAX_BYTES) this.#connection?.pause();
  }

  drained(): void {
    this.#taker?.drained();
  }

  ended(): void {
    if (this.#taker !== undefined) this.#taker.ended();
    else this.#connection?.terminate();
  }

  closed(failure: Failure | undefined): void {
    if (this.#taker !== undefined) this.#taker.closed(failure);
    else this.#pool.lose(this, failure);
  }
}
