// The door to outgoing byte streams: tcp, tls and unix sockets. Moves bytes and names failures; retries,
// pools, pending queues and meaning are its callers'.
import type { Socket, TLSOptions } from "bun";
import { Failure, type FailureCode } from "../failure.ts";
import type { Clock, Timer } from "./clock.ts";

export type TcpTarget =
  | { readonly scheme: "tcp"; readonly hostname: string; readonly port: number }
  | {
      readonly scheme: "tls";
      readonly hostname: string;
      readonly port: number;
      /** Sent as SNI and checked against the certificate; the hostname when absent. */
      readonly serverName?: string;
      readonly verify: boolean;
      /** PEM text that replaces the system's certificate authorities. */
      readonly ca?: string;
    }
  | { readonly scheme: "unix"; readonly path: string };

export interface TcpHandler {
  /** Connected, for tls with a verified peer. At most once. */
  opened(): void;
  /** At most 512 KiB (Bun's read buffer). A copy of its own, which the handler may keep and change. */
  data(chunk: Uint8Array): void;
  /** There is room again after a `write` that took less than it was given. */
  drained(): void;
  /** The peer sent FIN: it will send nothing more, and may still read. */
  ended(): void;
  /** The end, exactly once; `undefined` when both sides ended in order or this side called `terminate`. */
  closed(failure: Failure | undefined): void;
}

export interface TcpConnection {
  readonly isOpen: boolean;
  /** Returns the number of bytes taken; the caller keeps the rest until `drained`. 0 before `opened` and after the end. */
  write(bytes: Uint8Array): number;
  pause(): void;
  resume(): void;
  /** Sends FIN after what was written; the peer may still be read. */
  end(): void;
  /** Ends at once. Bytes that the kernel holds may be lost. `closed` follows, before this returns where it was open. */
  terminate(): void;
}

/** Connects under way in all, abandoned ones included: a host that never answers costs a descriptor until the kernel gives up. */
export interface DialBudget {
  pending: number;
  readonly pendingMax: number;
}

export interface DialOptions {
  readonly clock: Clock;
  /** From the call to `opened`, name lookup and TLS included. */
  readonly connectTimeoutMs: number;
  readonly budget?: DialBudget;
}

/** As an operator writes the target: `tcp://127.0.0.1:1883`. */
export function formatTarget(target: TcpTarget): string {
  if (target.scheme === "unix") return `unix:${target.path}`;
  const host = target.hostname.includes(":") ? `[${target.hostname}]` : target.hostname;
  return `${target.scheme}://${host}:${target.port}`;
}

/** Starts to connect and returns at once. Every failure comes through `handler.closed`, never as a throw. */
export function dialTcp(target: TcpTarget, handler: TcpHandler, options: DialOptions): TcpConnection {
  return new DialedConnection(target, handler, options);
}

const CODES: Readonly<Record<string, FailureCode>> = {
  ECONNREFUSED: "backend.refused",
  ENOENT: "backend.refused",
  EACCES: "backend.refused",
  ENOTFOUND: "backend.unresolved",
  EAI_AGAIN: "backend.unresolved",
  DNS_ENOTFOUND: "backend.unresolved",
  DNS_ENODATA: "backend.unresolved",
  ETIMEDOUT: "backend.timeout",
  ECONNRESET: "backend.reset",
  EPIPE: "backend.reset",
  ECONNABORTED: "backend.reset",
};

function causeCode(cause: unknown): string {
  // Bun's socket errors carry the system's code as a string property.
  const code = cause instanceof Error ? (cause as Error & { code?: unknown }).code : undefined;
  return typeof code === "string" ? code : "unknown cause";
}

/** What the system did has a code; a throw of our own handler has none. */
function faultOf(error: Error): FailureCode {
  return "code" in error ? "backend.reset" : "session.bug";
}

type DialedSocket = Socket<DialedConnection>;

const socketHandler = {
  open(socket: DialedSocket) {
    socket.data.attach(socket);
  },
  handshake(socket: DialedSocket, success: boolean, error: Error | null) {
    socket.data.completeTls(success, error);
  },
  data(socket: DialedSocket, chunk: Buffer) {
    socket.data.handler.data(chunk);
  },
  drain(socket: DialedSocket) {
    socket.data.handler.drained();
  },
  end(socket: DialedSocket) {
    socket.data.handler.ended();
  },
  close(socket: DialedSocket, error?: Error) {
    socket.data.finish(error);
  },
  error(socket: DialedSocket, error: Error) {
    // A throw of our own handler lands here too; it has no system code and is a bug, not a reset.
    socket.data.finish(error);
    socket.terminate();
  },
  connectError() {
    // The rejection of Bun.connect carries the same error.
  },
};

class DialedConnection implements TcpConnection {
  readonly handler: TcpHandler;
  readonly #target: TcpTarget;
  #socket: DialedSocket | undefined;
  #timer: Timer | undefined;
  #isOpen = false;
  #isClosed = false;

  constructor(target: TcpTarget, handler: TcpHandler, options: DialOptions) {
    this.#target = target;
    this.handler = handler;
    const { budget, clock, connectTimeoutMs } = options;
    if (budget !== undefined && budget.pending >= budget.pendingMax) {
      queueMicrotask(() => this.#fail("backend.busy", `${budget.pending} connects are pending`));
      return;
    }
    if (budget !== undefined) budget.pending++;
    if (Number.isFinite(connectTimeoutMs)) {
      this.#timer = clock.after(connectTimeoutMs, () => {
        this.#fail("backend.timeout", `no connection after ${connectTimeoutMs} ms`);
      });
    }
    void this.#connect().finally(() => {
      if (budget !== undefined) budget.pending--;
    });
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  write(bytes: Uint8Array): number {
    if (!this.#isOpen || this.#socket === undefined) return 0;
    const taken = this.#socket.write(bytes);
    return Math.max(taken, 0);
  }

  pause(): void {
    this.#socket?.pause();
  }

  resume(): void {
    this.#socket?.resume();
  }

  end(): void {
    this.#socket?.shutdown();
  }

  terminate(): void {
    this.#close(undefined);
    this.#socket?.terminate();
  }

  attach(socket: DialedSocket): void {
    this.#socket = socket;
    if (this.#isClosed) socket.terminate();
    else if (this.#target.scheme !== "tls") this.#open();
  }

  completeTls(success: boolean, error: Error | null): void {
    if (this.#isClosed || this.#target.scheme !== "tls") return;
    if (this.#target.verify && (!success || error !== null)) {
      this.#fail("backend.tls", causeCode(error), error);
      this.#socket?.terminate();
      return;
    }
    this.#open();
  }

  finish(error: Error | undefined): void {
    if (this.#isClosed) return;
    if (!this.#isOpen && this.#target.scheme === "tls")
      this.#fail("backend.tls", "ended during the TLS handshake", error);
    else if (error !== undefined)
      this.#fail(CODES[causeCode(error)] ?? faultOf(error), causeCode(error), error);
    else this.#close(undefined);
  }

  async #connect(): Promise<void> {
    const target = this.#target;
    try {
      const common = { socket: socketHandler, data: this as DialedConnection, allowHalfOpen: true };
      if (target.scheme === "unix") await Bun.connect({ ...common, unix: target.path });
      else {
        const tls = target.scheme === "tls" ? { tls: tlsOptions(target) } : {};
        await Bun.connect({ ...common, ...tls, hostname: target.hostname, port: target.port });
      }
    } catch (error) {
      this.#fail(CODES[causeCode(error)] ?? "backend.unreachable", causeCode(error), error);
    }
  }

  #open(): void {
    this.#isOpen = true;
    this.#timer?.cancel();
    this.handler.opened();
  }

  #fail(code: FailureCode, detail: string, cause?: unknown): void {
    const options = cause instanceof Error ? { cause } : undefined;
    this.#close(new Failure(code, `${formatTarget(this.#target)}: ${detail}`, options));
    this.#socket?.terminate();
  }

  #close(failure: Failure | undefined): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#isOpen = false;
    this.#timer?.cancel();
    this.handler.closed(failure);
  }
}

function tlsOptions(target: Extract<TcpTarget, { scheme: "tls" }>): TLSOptions {
  return {
    serverName: target.serverName ?? target.hostname,
    rejectUnauthorized: target.verify,
    ...(target.ca === undefined ? {} : { ca: target.ca }),
  };
}
