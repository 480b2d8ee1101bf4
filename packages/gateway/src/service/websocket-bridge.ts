// One client and its back-end WebSocket, tied together: messages both ways, back-pressure both ways, close codes both
// ways. Chooses no back end and builds no headers: its callers do.
//
// Client → back end: once `pendingMaxSize` waits for the back end the client is paused, at half of it resumed.
// Back end → client: once `pendingMaxSize` waits for the client the back end is paused, until all of it is gone. So
// one client holds at most twice that, plus one message and one read (512 KiB) each way.
import type {
  BackendWebSocket,
  WebSocketDialer,
  WebSocketHandler,
  WebSocketRequest,
} from "../backend/websocket.ts";
import type { Failure } from "../failure.ts";
import type { Message, Session, SessionHandler } from "../session/session.ts";
import { count } from "../telemetry/metrics.ts";
import type { Acceptance, ServiceContext } from "./service.ts";

/**
 * Connects to the back end with the request's offers, and answers the client with what the back end chose.
 * A back end that cannot be reached still gives an acceptance: the client is then closed at once with the failure's
 * code, since a page can read a close code and not an HTTP status.
 */
export function acceptThroughWebSocket(
  request: WebSocketRequest,
  dialer: WebSocketDialer,
  context: ServiceContext,
): Promise<Acceptance> {
  return new Promise((resolve) => {
    const bridge: Bridge = new Bridge(context, (subprotocol) => {
      // Without a back end's choice the client gets its first offer, or some would refuse to be opened and closed.
      const agreed = subprotocol ?? request.subprotocols[0] ?? "";
      resolve({
        subprotocol: agreed,
        open: (session) => bridge.attach(session),
        abandon: () => bridge.endByClient(1001, ""),
      });
    });
    bridge.connect(dialer, request);
  });
}

interface Ending {
  readonly code: number;
  readonly reason: string;
  readonly failure: Failure | undefined;
}

/** Codes that say how a connection ended and may not stand in a Close frame (RFC 6455 §7.4.1). */
const NO_CLOSE_CODES: readonly number[] = [1004, 1006, 1015];

class ClientSide implements SessionHandler {
  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  message(message: Message): void {
    this.#bridge.toBackend(message);
  }

  drained(): void {
    this.#bridge.resumeBackend();
  }

  closed(code: number, reason: string): void {
    this.#bridge.endByClient(code, reason);
  }
}

class Bridge implements WebSocketHandler {
  readonly #context: ServiceContext;
  /** Called once: with the back end's choice, or with `undefined` when there is no back end. */
  readonly #answer: (subprotocol: string | undefined) => void;
  #backend: BackendWebSocket | undefined;
  #session: Session | undefined;
  /** How the back end ended, for a client that comes up later. */
  #ending: Ending | undefined;
  #isBackendUp = false;
  #isBackendPaused = false;
  #isClientPaused = false;
  #isClientGone = false;

  constructor(context: ServiceContext, answer: (subprotocol: string | undefined) => void) {
    this.#context = context;
    this.#answer = answer;
  }

  connect(dialer: WebSocketDialer, request: WebSocketRequest): void {
    this.#backend = dialer.open(request, this);
  }

  /** The client is there. */
  attach(session: Session): SessionHandler {
    this.#session = session;
    if (this.#ending === undefined) this.resumeBackend();
    else this.#endClient(session, this.#ending);
    return new ClientSide(this);
  }

  toBackend(message: Message): void {
    const backend = this.#backend;
    if (backend === undefined || this.#ending !== undefined) return;
    backend.send(message);
    if (this.#isClientPaused || backend.bufferedBytes < this.#context.common.pendingMaxSize) return;
    this.#isClientPaused = true;
    this.#session?.pause();
  }

  /** The client has read everything that waited for it. */
  resumeBackend(): void {
    if (!this.#isBackendPaused) return;
    this.#isBackendPaused = false;
    this.#backend?.resume();
  }

  /** The client has gone. What it sent still belongs to the back end, and so does its code. */
  endByClient(code: number, reason: string): void {
    this.#isClientGone = true;
    if (this.#ending !== undefined) return;
    // No Close frame came: for the back end the client is "going away" (RFC 6455 §7.4.1).
    const isSendable = !NO_CLOSE_CODES.includes(code);
    this.#backend?.close(isSendable ? code : 1001, isSendable ? reason : "");
    // A paused back end could not be heard to answer.
    this.resumeBackend();
  }

  opened(subprotocol: string): void {
    const { metrics } = this.#context;
    metrics.backendConnects++;
    metrics.backendsOpen++;
    this.#isBackendUp = true;
    // What it says first waits for the client, in the kernel.
    this.#isBackendPaused = true;
    this.#backend?.pause();
    this.#answer(subprotocol);
  }

  message(message: Message): void {
    const session = this.#session;
    if (session === undefined || this.#isClientGone) return;
    if (session.send(message) || this.#isBackendPaused) return;
    if (session.bufferedBytes < this.#context.common.pendingMaxSize) return;
    this.#isBackendPaused = true;
    this.#backend?.pause();
  }

  /** The back end has taken something of what waited for it. */
  drained(): void {
    const backend = this.#backend;
    if (backend === undefined || !this.#isClientPaused) return;
    if (backend.bufferedBytes > this.#context.common.pendingMaxSize / 2) return;
    this.#isClientPaused = false;
    this.#session?.resume();
  }

  closed(code: number, reason: string, failure: Failure | undefined): void {
    const { metrics } = this.#context;
    if (this.#isBackendUp) metrics.backendsOpen--;
    if (failure !== undefined) count(metrics.backendFailures, failure.code);
    this.#ending = { code, reason, failure };
    if (!this.#isBackendUp) this.#answer(undefined);
    else if (this.#session !== undefined) this.#endClient(this.#session, this.#ending);
  }

  #endClient(session: Session, { code, reason, failure }: Ending): void {
    if (failure !== undefined) session.fail(failure);
    else if (NO_CLOSE_CODES.includes(code)) session.terminate();
    else session.close(code, reason);
  }
}
