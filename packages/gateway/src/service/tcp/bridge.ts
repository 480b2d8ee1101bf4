// One client and its back-end connection, tied together: bytes both ways, back-pressure both ways, one end for both.
//
// client → back end: what the back end does not take at once waits in `#writer`; at `pendingMaxSize` the client is
// paused, at half of it resumed. Back end → client: once `pendingMaxSize` waits for the client the back end is
// paused, until all of it is gone. So one client holds at most twice that, plus one message and one read (512 KiB).
import { GatheringWriter } from "../../backend/gathering-writer.ts";
import { Failure } from "../../failure.ts";
import type { Timer } from "../../host/clock.ts";
import type { TcpConnection, TcpHandler } from "../../host/tcp.ts";
import type { Turns } from "../../host/turns.ts";
import type { Message, Session, SessionHandler } from "../../session/session.ts";
import { count } from "../../telemetry/metrics.ts";
import type { ServiceContext } from "../service.ts";
import type { Framing, FramingFault } from "./framing.ts";

export interface BridgeOptions {
  readonly context: ServiceContext;
  readonly turns: Turns;
  readonly framing: Framing;
  /** Milliseconds from the client's first message to the back end's first byte; `Infinity` for no limit. */
  readonly firstByteTimeoutMs: number;
  readonly dial: (handler: TcpHandler) => TcpConnection;
  readonly connectAtFirstMessage: boolean;
}

/** After the client's end the back end gets this long to take what is pending and to end its side. Milliseconds. */
const LINGER_MS = 5000;

/** Ties them; the returned handler is the client's side of it. */
export function bridge(session: Session, options: BridgeOptions): SessionHandler {
  return new ClientSide(new Bridge(session, options));
}

class ClientSide implements SessionHandler {
  readonly #bridge: Bridge;

  constructor(tied: Bridge) {
    this.#bridge = tied;
  }

  message(message: Message): void {
    this.#bridge.toBackend(message);
  }

  drained(): void {
    this.#bridge.resumeBackend();
  }

  closed(): void {
    this.#bridge.endByClient();
  }
}

class Bridge implements TcpHandler {
  readonly #session: Session;
  readonly #options: BridgeOptions;
  #connection: TcpConnection | undefined;
  #writer: GatheringWriter | undefined;
  #timer: Timer | undefined;
  #hasHeard = false;
  #isBackendPaused = false;
  /** The last message to the client was taken with room for more; otherwise `drained` will come. */
  #hasClientRoom = true;
  /** The back end has ended; the client is closed once it has read everything. */
  #isDraining = false;
  #isClientGone = false;
  #isBackendGone = false;
  #isCounted = false;

  constructor(session: Session, options: BridgeOptions) {
    this.#session = session;
    this.#options = options;
    if (!options.connectAtFirstMessage) this.#connect();
  }

  toBackend(message: Message): void {
    if (this.#isBackendGone || this.#isDraining) return;
    const writer = this.#writer ?? this.#connect();
    if (!this.#hasHeard && this.#timer === undefined) this.#awaitFirstByte();
    writer.write(this.#options.framing.encode(message));
    if (writer.length >= this.#options.context.common.pendingMaxSize) this.#session.pause();
  }

  /** The client has read everything that waited for it. */
  resumeBackend(): void {
    this.#hasClientRoom = true;
    if (this.#isDraining) this.#session.close(1000, "");
    else if (this.#isBackendPaused) {
      this.#isBackendPaused = false;
      this.#connection?.resume();
    }
  }

  /** The client has gone. What it sent still belongs to the back end. */
  endByClient(): void {
    this.#isClientGone = true;
    this.#stopTimer();
    const connection = this.#connection;
    if (connection === undefined || this.#isBackendGone) return;
    if (!connection.isOpen && this.#writer?.length === 0) {
      connection.terminate();
      return;
    }
    // A paused back end could not be heard to end.
    if (this.#isBackendPaused) connection.resume();
    this.#timer = this.#options.context.clock.after(LINGER_MS, () => connection.terminate());
    if (connection.isOpen) this.#endWhenWritten();
  }

  opened(): void {
    const { metrics } = this.#options.context;
    metrics.backendConnects++;
    metrics.backendsOpen++;
    this.#isCounted = true;
    if (this.#writer?.length === 0) this.#endWhenWritten();
    else this.#writer?.flush();
  }

  data(chunk: Uint8Array): void {
    if (this.#isClientGone) return;
    if (!this.#hasHeard) {
      this.#hasHeard = true;
      this.#stopTimer();
    }
    this.#deliver(this.#options.framing.decode(chunk));
  }

  /** The back end has room again. */
  drained(): void {
    this.#writer?.flush();
  }

  /** The back end sends nothing more: the client is closed when it has read what there was. */
  ended(): void {
    if (this.#isClientGone) {
      this.#connection?.terminate();
      return;
    }
    this.#stopTimer();
    this.#deliver(this.#options.framing.end());
    this.#isDraining = true;
    if (this.#hasClientRoom) this.#session.close(1000, "");
  }

  closed(failure: Failure | undefined): void {
    const { metrics } = this.#options.context;
    this.#isBackendGone = true;
    this.#stopTimer();
    if (this.#isCounted) metrics.backendsOpen--;
    if (failure !== undefined) {
      if (failure.code !== "session.bug") count(metrics.backendFailures, failure.code);
      this.#session.fail(failure);
    } else if (!this.#isDraining) this.#session.close(1000, "");
  }

  #deliver(messages: readonly Message[] | FramingFault): void {
    if ("problem" in messages) {
      count(this.#options.context.metrics.backendFailures, "backend.protocol");
      this.#session.fail(new Failure("backend.protocol", messages.problem));
      return;
    }
    for (const message of messages) this.#hasClientRoom = this.#session.send(message);
    if (this.#hasClientRoom || this.#isBackendPaused) return;
    if (this.#session.bufferedBytes < this.#options.context.common.pendingMaxSize) return;
    this.#isBackendPaused = true;
    this.#connection?.pause();
  }

  #connect(): GatheringWriter {
    const connection = this.#options.dial(this);
    this.#connection = connection;
    this.#writer = new GatheringWriter(connection, this.#options.turns, () => this.#tookSome());
    return this.#writer;
  }

  /** The back end took some of what waited for it. */
  #tookSome(): void {
    const waiting = this.#writer?.length ?? 0;
    if (waiting <= this.#options.context.common.pendingMaxSize / 2) this.#session.resume();
    this.#endWhenWritten();
  }

  #endWhenWritten(): void {
    if (this.#isClientGone && this.#writer?.length === 0) this.#connection?.end();
  }

  #awaitFirstByte(): void {
    const { firstByteTimeoutMs, context } = this.#options;
    if (!Number.isFinite(firstByteTimeoutMs)) return;
    this.#timer = context.clock.after(firstByteTimeoutMs, () => {
      count(context.metrics.backendFailures, "backend.silent");
      this.#session.fail(new Failure("backend.silent", `no byte within ${firstByteTimeoutMs} ms`));
    });
  }

  #stopTimer(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
