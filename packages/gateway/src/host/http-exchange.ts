// One request on one connection to an HTTP back end: its timers, its end, and what it is called when it fails. Part of
// the door host/http.ts. Chooses no connection.
//
//   connecting  name lookup and TCP                   → securing (https), waiting, over
//   securing    TLS                                   → waiting, over
//   waiting     the request is sent, no answer yet    → answered, over
//   answered    the head was given to the caller; content follows → over
import { type Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { Socket } from "node:net";
import { Failure } from "../failure.ts";
import type { Clock, Timer } from "./clock.ts";
import { drainMessage, pumpContent, streamMessage } from "./http-content.ts";
import { failureCodeOf, type HttpStage, systemCodeOf } from "./http-failure.ts";

export type HttpField = readonly [name: string, value: string];

export interface HttpOrigin {
  readonly scheme: "http" | "https";
  /** An IPv6 address without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** For https. `ca`: PEM text in place of the system's authorities. `serverName`: for SNI and the certificate, else the host. */
  readonly tls: { readonly verify: boolean; readonly ca?: string; readonly serverName?: string };
}

export interface HttpCall {
  /** A token (RFC 9110 §9.1), passed as it is. */
  readonly method: string;
  /** Path and query as they stand in the request line; no white space, no control. */
  readonly target: string;
  /** All of them, Host too; no hop-by-hop field. Names are tokens, values field values. */
  readonly fields: readonly HttpField[];
  /** Framed by the Content-Length among the fields, or chunked where there is none. */
  readonly content: ReadableStream<Uint8Array> | undefined;
  /** The caller has no use for the answer any more. */
  readonly signal: AbortSignal;
  readonly observer: HttpObserver;
}

export interface HttpObserver {
  /** A new connection was made for this call. */
  connected(): void;
  sent(byteCount: number): void;
  received(byteCount: number): void;
  /** The answer is complete, or broken, or nobody wants it. Once, and only if there was an answer. */
  ended(failure: Failure | undefined): void;
}

export interface HttpAnswer {
  readonly status: number;
  /** In their order, repeated ones apart, hop-by-hop ones too. */
  readonly fields: readonly HttpField[];
  /** `undefined`: there can be none (HEAD, 204, 304). Errors with a `Failure` when it breaks off. To be read or cancelled. */
  readonly content: ReadableStream<Uint8Array> | undefined;
}

export interface ExchangeSettings {
  readonly origin: HttpOrigin;
  readonly clock: Clock;
  /** From the call to a connection, name lookup and TLS included. `Infinity`: never. */
  readonly connectTimeoutMs: number;
  /**
   * From the connection, or from the last part of the request that was passed on, to the answer's head, or to the next
   * part being taken. Does not run while the next part has not come from the client.
   */
  readonly responseTimeoutMs: number;
  /** Connects under way at once. */
  readonly pendingConnectsMax: number;
}

/** Status line and fields of an answer, all together. Bytes; nginx has 4 to 8 KiB, browsers 256 KiB. */
export const HEAD_MAX_BYTES = 65_536;
/** RFC 9110 §9.2.1: asking twice does no harm. */
const SAFE_METHODS: readonly string[] = ["GET", "HEAD", "OPTIONS"];

/** What all exchanges of one client share. */
export interface SharedExchange extends ExchangeSettings {
  /** Connects under way. */
  pendingConnects: number;
}

/** `retry`: nobody has seen the request, and it may be sent again. `undefined`: the caller's signal came first. */
export type ExchangeOutcome = HttpAnswer | "retry" | undefined;

/** One request on one connection. */
export class HttpExchange {
  readonly #call: HttpCall;
  readonly #shared: SharedExchange;
  readonly #agent: Agent;
  readonly #outcome = Promise.withResolvers<ExchangeOutcome>();
  #request: ClientRequest | undefined;
  #stage: HttpStage = "connecting";
  #timer: Timer | undefined;
  #progressMs = 0;
  /** The request's next part has not come from the client. */
  #awaitsClient = false;
  /** What was wrong with an answer under way; its stream says only that it broke. */
  #cause: unknown;
  #isSettled = false;
  #isOver = false;
  readonly #abort = () => this.#end();

  constructor(call: HttpCall, shared: SharedExchange, agent: Agent) {
    this.#call = call;
    this.#shared = shared;
    this.#agent = agent;
  }

  run(): Promise<ExchangeOutcome> {
    const { signal, content } = this.#call;
    if (signal.aborted) {
      this.#end();
      return this.#outcome.promise;
    }
    signal.addEventListener("abort", this.#abort, { once: true });
    const { connectTimeoutMs } = this.#shared;
    this.#timer = this.#after(connectTimeoutMs, () =>
      this.#fail("backend.timeout", `no connection after ${connectTimeoutMs} ms`),
    );
    const request = this.#open();
    this.#request = request;
    request.on("socket", (socket) => this.#watch(socket));
    request.on("error", (error) => this.#failBy(error));
    request.on("response", (message) => this.#answer(message));
    // A 101 that nobody asked for.
    request.on("upgrade", (_, socket) => {
      socket.destroy();
      this.#fail("backend.protocol", "it switched protocols unasked");
    });
    if (content === undefined) request.end();
    else void this.#sendContent(request, content);
    return this.#outcome.promise;
  }

  #open(): ClientRequest {
    const { origin } = this.#shared;
    const { method, target, fields } = this.#call;
    return (origin.scheme === "https" ? requestHttps : requestHttp)({
      agent: this.#agent,
      hostname: origin.hostname,
      port: origin.port,
      method,
      path: target,
      // One list of names and values in turn: the order and the case of fields are kept, repeated ones apart.
      headers: [...fields.flat(), ...framingFields(this.#call)],
      setHost: false,
      maxHeaderSize: HEAD_MAX_BYTES,
    });
  }

  #watch(socket: Socket): void {
    // A kept connection is there already.
    if (!socket.connecting) {
      this.#await();
      return;
    }
    const shared = this.#shared;
    if (shared.pendingConnects >= shared.pendingConnectsMax) {
      this.#fail("backend.busy", `${shared.pendingConnects} connects are pending`);
      return;
    }
    shared.pendingConnects++;
    let isPending = true;
    const settle = () => {
      if (isPending) shared.pendingConnects--;
      isPending = false;
    };
    const isSecure = shared.origin.scheme === "https";
    socket.once("close", settle);
    socket.once("connect", () => {
      if (isSecure) this.#stage = "securing";
    });
    socket.once(isSecure ? "secureConnect" : "connect", () => {
      settle();
      if (this.#isOver) return;
      this.#call.observer.connected();
      this.#await();
    });
  }

  /** There is a connection; the time to answer begins. */
  #await(): void {
    if (this.#isOver || this.#stage === "answered") return;
    this.#stage = "waiting";
    this.#progressMs = this.#shared.clock.monotonicMs();
    this.#armResponseTimer(this.#shared.responseTimeoutMs);
  }

  #noteProgress(): void {
    this.#awaitsClient = false;
    this.#progressMs = this.#shared.clock.monotonicMs();
  }

  /** One timer for all of an upload: when it fires and there was progress meanwhile, it is set for the rest. */
  #armResponseTimer(delayMs: number): void {
    this.#timer?.cancel();
    this.#timer = this.#after(delayMs, () => {
      const { clock, responseTimeoutMs } = this.#shared;
      // While the client is waited for the listener has an eye on it; the back end has nothing to answer to.
      const sinceMs = this.#awaitsClient ? clock.monotonicMs() : this.#progressMs;
      const leftMs = sinceMs + responseTimeoutMs - clock.monotonicMs();
      if (leftMs > 0) this.#armResponseTimer(leftMs);
      else this.#fail("backend.timeout", `no answer after ${responseTimeoutMs} ms`);
    });
  }

  #after(delayMs: number, task: () => void): Timer | undefined {
    return Number.isFinite(delayMs) ? this.#shared.clock.after(delayMs, task) : undefined;
  }

  async #sendContent(request: ClientRequest, content: ReadableStream<Uint8Array>): Promise<void> {
    const length = contentLengthOf(this.#call.fields);
    // With no length it may be a stream that goes on only when the back end has said something.
    if (length === undefined) request.flushHeaders();
    const result = await pumpContent(request, content, length, {
      reading: () => {
        this.#awaitsClient = true;
      },
      sent: (byteCount) => {
        this.#noteProgress();
        this.#call.observer.sent(byteCount);
      },
      ended: () => this.#noteProgress(),
    });
    if (result === "mismatch") {
      this.#fail("request.unsupported", "the content is not as long as Content-Length says");
    }
    // The rest of the request will never come, and the back end must not wait for it.
    if (result === "mismatch" || result === "broken") this.#end();
  }

  #answer(message: IncomingMessage): void {
    const { method, observer } = this.#call;
    const { statusCode: status = 0 } = message;
    this.#stage = "answered";
    this.#timer?.cancel();
    if (this.#isOver) {
      message.destroy();
      return;
    }
    const about = {
      received: (byteCount: number) => observer.received(byteCount),
      complete: () => this.#complete(),
      broken: (error: unknown) => this.#break(error),
      cancelled: () => this.#end(),
    };
    // RFC 9112 §6.3: these have none, whatever their fields say.
    const hasContent = method !== "HEAD" && status !== 204 && status !== 304;
    const content = hasContent ? streamMessage(message, about) : drainMessage(message, about);
    this.#settle({ status, fields: pairFields(message.rawHeaders), content });
  }

  #complete(): void {
    // Answered before all of the request was sent: the rest has no reader (RFC 9112 §9.3).
    if (this.#request?.writableFinished === false) this.#request.destroy();
    this.#finish(undefined);
  }

  #break(error: unknown): Failure {
    const cause = this.#cause ?? error;
    const failure = this.#failure(systemCodeOf(cause), cause);
    this.#finish(failure);
    return failure;
  }

  #failBy(error: unknown): void {
    if (this.#isOver) return;
    this.#cause ??= error;
    if (this.#isSettled) return;
    const code = systemCodeOf(error);
    const failure = this.#failure(code, error);
    if (failure.code === "backend.reset" && this.#canRetry()) this.#settle("retry");
    else this.#reject(failure);
  }

  /** The back end closed a kept connection while the request was on its way: nobody has seen it (RFC 9112 §9.3.1). */
  #canRetry(): boolean {
    const { method, content } = this.#call;
    return this.#request?.reusedSocket === true && content === undefined && SAFE_METHODS.includes(method);
  }

  #failure(systemCode: string, cause: unknown): Failure {
    const options = cause instanceof Error ? { cause } : undefined;
    return new Failure(failureCodeOf(systemCode, this.#stage), `${this.#name()}: ${systemCode}`, options);
  }

  #fail(code: Failure["code"], detail: string): void {
    if (this.#isOver || this.#isSettled) return;
    this.#reject(new Failure(code, `${this.#name()}: ${detail}`));
  }

  #name(): string {
    const { scheme, hostname, port } = this.#shared.origin;
    return `${scheme}://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
  }

  #reject(failure: Failure): void {
    this.#isSettled = true;
    this.#outcome.reject(failure);
    this.#release();
    this.#request?.destroy();
  }

  #settle(outcome: ExchangeOutcome): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#outcome.resolve(outcome);
    if (outcome === "retry") this.#release();
  }

  /** Nobody wants the answer, or what is left of it. */
  #end(): void {
    if (this.#isOver) return;
    const wasAnswered = this.#isSettled;
    this.#settle(undefined);
    if (wasAnswered) this.#finish(undefined);
    else this.#release();
    this.#request?.destroy();
  }

  /** The answer's end, once. */
  #finish(failure: Failure | undefined): void {
    if (this.#isOver) return;
    this.#release();
    this.#call.observer.ended(failure);
  }

  #release(): void {
    this.#isOver = true;
    this.#timer?.cancel();
    this.#call.signal.removeEventListener("abort", this.#abort);
  }
}

/** Methods whose requests say nothing about content that they do not have (RFC 9110 §8.6). */
const BARE_METHODS: readonly string[] = ["GET", "HEAD", "DELETE", "OPTIONS"];

function framingFields({ method, content, fields }: HttpCall): string[] {
  if (contentLengthOf(fields) !== undefined) return [];
  if (content !== undefined) return ["Transfer-Encoding", "chunked"];
  return BARE_METHODS.includes(method) ? [] : ["Content-Length", "0"];
}

function contentLengthOf(fields: readonly HttpField[]): number | undefined {
  const field = fields.find(([name]) => name.toLowerCase() === "content-length");
  return field === undefined ? undefined : Number(field[1]);
}

function pairFields(raw: readonly string[]): HttpField[] {
  const fields: HttpField[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2)
    fields.push([raw[index] ?? "", raw[index + 1] ?? ""]);
  return fields;
}
