// A listener that also speaks the drafts of 2009, hixie-75 and hixie-76 (`drafts: true`). Bun.serve cannot, so this
// one runs on node:http's upgrade event, with codecs of our own for all three protocols. Same gate, same sessions.
// It offers no compression, and over https the first certificate only.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { Duplex } from "node:stream";
import { formatRefusal } from "../guard/refusal.ts";
import type { Clock } from "../host/clock.ts";
import type { SessionOffer } from "../session/carrier.ts";
import type { CarrierKind, Handshake } from "../session/handshake.ts";
import type { Message } from "../session/session.ts";
import type { ListenerOptions } from "./bun-listener.ts";
import { type CertificateSet, exchangeCertificates, readCertificates } from "./certificates.ts";
import { CodecCarrier } from "./codec-carrier.ts";
import { statesTooMuch, toRequest, writeResponse } from "./http-exchange.ts";
import type { Listener } from "./listener.ts";
import { formatListenerUrl } from "./listener-url.ts";
import { type Opening, type RequestHead, readOpening } from "./opening.ts";
import { claimPort } from "./port-claim.ts";
import { readHandshake } from "./request-handshake.ts";
import { refuseUpgrade, runUpgrade } from "./upgrade-exchange.ts";

export interface DraftListenerOptions extends ListenerOptions {
  readonly clock: Clock;
  /** How long the end of the stream is awaited after our Close. */
  readonly closeTimeoutMs: number;
  readonly headerMaxBytes: number;
}

/** Throws when the address cannot be listened on, and `CertificateError`. */
export function createDraftListener(options: DraftListenerOptions): Listener {
  const listener = new DraftListener(options);
  listener.resume();
  return listener;
}

/** How often node:http looks for requests whose header takes too long. Milliseconds. */
const HEADER_LOOK_PERIOD_MS = 1000;

class DraftListener implements Listener {
  readonly drafts = true;
  readonly #options: DraftListenerOptions;
  readonly #carriers = new Set<CodecCarrier>();
  /** Those of carriers, until they are closed: longer than their sessions. */
  readonly #streams = new Set<Duplex>();
  readonly #subscribers = new Map<string, Set<CodecCarrier>>();
  #server: Server | undefined;
  certificates: CertificateSet | undefined;
  #port: number;
  #isClosed = false;

  constructor(options: DraftListenerOptions) {
    const { port, secure, certificates } = options.settings;
    this.#options = options;
    this.#port = port;
    if (secure) this.certificates = readCertificates(certificates);
  }

  get url(): string {
    const { secure, hostname } = this.#options.settings;
    return formatListenerUrl(secure, hostname, this.#port);
  }

  get isListening(): boolean {
    return this.#server !== undefined;
  }

  get state(): Listener["state"] {
    if (this.#isClosed) return "closed";
    return this.#server === undefined ? "paused" : "listening";
  }

  get isIdle(): boolean {
    return this.#streams.size === 0;
  }

  pause(): void {
    this.#server?.close();
    this.#server?.closeIdleConnections();
    this.#server = undefined;
  }

  resume(): void {
    if (this.#isClosed || this.#server !== undefined) return;
    const hostname =
      this.#options.settings.hostname === "localhost" ? "127.0.0.1" : this.#options.settings.hostname;
    // node:http tells of a taken port only later; who starts a gateway wants to know at once.
    this.#port = claimPort(hostname, this.#port);
    const server = this.#createServer();
    server.on("error", (error) => this.#options.gate.reportBug(error));
    server.on("upgrade", (message, stream, early) => this.#upgrade(message, stream, early));
    // What is no HTTP gets no answer; the stream is ended by its own error.
    server.on("clientError", (_error, stream) => stream.destroy());
    server.listen(this.#port, hostname);
    this.#server = server;
  }

  reloadCertificates(): boolean {
    const { secure, certificates } = this.#options.settings;
    return secure && exchangeCertificates(this, certificates);
  }

  reopen(): void {
    this.pause();
    this.resume();
  }

  publish(topic: string, message: Message): void {
    // Encoded once for each protocol.
    const frames = new Map<CarrierKind, Uint8Array>();
    for (const carrier of this.#subscribers.get(topic) ?? []) {
      const frame = frames.get(carrier.kind) ?? carrier.encode(message);
      frames.set(carrier.kind, frame);
      carrier.write(frame);
    }
  }

  close(): void {
    this.#isClosed = true;
    this.pause();
  }

  destroy(): void {
    this.close();
    for (const carrier of [...this.#carriers]) carrier.terminate();
    for (const stream of this.#streams) stream.destroy();
  }

  #createServer(): Server {
    const { headerMaxBytes } = this.#options;
    const options = {
      maxHeaderSize: headerMaxBytes,
      headersTimeout: this.#options.limits().handshakeTimeoutMs,
      connectionsCheckingInterval: HEADER_LOOK_PERIOD_MS,
    };
    const answer: RequestListener = (message, out) => void this.#answer(message, out);
    const [first] = this.certificates?.tls ?? [];
    if (first === undefined) return createServer(options, answer);
    return createSecureServer({ ...options, cert: String(first.cert), key: String(first.key) }, answer);
  }

  async #answer(message: IncomingMessage, out: ServerResponse): Promise<void> {
    const { gate } = this.#options;
    out.on("error", () => out.destroy());
    try {
      const head = readHead(message);
      const handshake = this.#readHandshake(message, head, undefined);
      if (handshake === undefined) {
        await writeResponse(this.#refuse(message), out);
        return;
      }
      const { requestBodyMaxBytes } = this.#options.limits();
      if (statesTooMuch(message, requestBodyMaxBytes)) {
        await writeResponse(new Response("The request is too large.\n", { status: 413 }), out);
        return;
      }
      const leaving = new AbortController();
      out.once("close", () => leaving.abort());
      const outcome = await gate.admit(handshake);
      if (outcome.kind === "refused") await writeResponse(formatRefusal(outcome.refusal), out);
      else if (outcome.kind === "response") {
        await writeResponse(
          await outcome.respond(
            toRequest(message, {
              origin: `http://${handshake.host}`,
              bodyMaxBytes: requestBodyMaxBytes,
              signal: leaving.signal,
            }),
          ),
          out,
        );
      }
    } catch (bug) {
      gate.reportBug(bug);
      out.destroy();
    }
  }

  #upgrade(message: IncomingMessage, stream: Duplex, early: Uint8Array): void {
    const { gate, clock } = this.#options;
    const head = readHead(message);
    const opening = readOpening(head);
    const handshake = this.#readHandshake(message, head, opening);
    const problem = handshake === undefined ? undefined : opening.findProblem(handshake);
    if (handshake === undefined || problem !== undefined) {
      const refusal = problem ?? { code: "handshake.invalid", detail: "malformed or missing Host" };
      gate.refuse(refusal, message.socket.remoteAddress ?? "", this.url);
      void refuseUpgrade(stream, refusal);
      return;
    }
    const startedMs = this.#options.nowMs();
    runUpgrade({
      stream,
      early,
      opening,
      handshake,
      clock,
      handshakeTimeoutMs: this.#options.limits().handshakeTimeoutMs,
      admit: (one) => gate.admit(one),
      onOpened: (session, rest) => {
        gate.observeHandshake((this.#options.nowMs() - startedMs) / 1000);
        this.#open({ stream, opening, session, rest });
      },
    }).catch((bug: unknown) => {
      gate.reportBug(bug);
      stream.destroy();
    });
  }

  #open({ stream, opening, session, rest }: Opened): void {
    const { clock, closeTimeoutMs } = this.#options;
    const { messageMaxBytes, backpressureMaxBytes } = this.#options.limits();
    const carrier = new CodecCarrier({
      kind: opening.carrier,
      stream,
      session,
      clock,
      closeTimeoutMs,
      backpressureMaxBytes,
      codec: opening.createCodec(messageMaxBytes),
      onSubscribe: (topic, subscriber) => {
        const subscribers = this.#subscribers.get(topic) ?? new Set();
        this.#subscribers.set(topic, subscribers.add(subscriber));
      },
      onClosed: (closed) => this.#forget(closed),
    });
    this.#carriers.add(carrier);
    this.#streams.add(stream);
    stream.once("close", () => this.#streams.delete(stream));
    session.attach(carrier);
    // Before what came with the handshake is given on: a pause that it causes must stand.
    stream.resume();
    carrier.receive(rest);
  }

  #forget(carrier: CodecCarrier): void {
    this.#carriers.delete(carrier);
    for (const [topic, subscribers] of this.#subscribers) {
      if (subscribers.delete(carrier) && subscribers.size === 0) this.#subscribers.delete(topic);
    }
  }

  #readHandshake(
    message: IncomingMessage,
    head: RequestHead,
    opening: Opening | undefined,
  ): Handshake | undefined {
    const { gate, settings, trustProxy } = this.#options;
    const header = (name: string): string | undefined => {
      const field = name === "sec-websocket-protocol" ? (opening?.subprotocolField ?? name) : name;
      const values = head.values(field);
      return values.length === 0 ? undefined : values.join(", ");
    };
    return readHandshake(
      {
        method: head.method,
        url: toRequestUrl(head.target),
        header,
        headers: () => Object.keys(message.headers).map((name) => [name, header(name) ?? ""] as const),
        peerAddress: message.socket.remoteAddress ?? "",
        secure: settings.secure,
        listener: this.url,
        carrier: opening?.carrier ?? "http",
        connectionId: gate.nextConnectionId(),
      },
      trustProxy,
    );
  }

  #refuse(message: IncomingMessage): Response {
    const refusal = { code: "handshake.invalid", detail: "malformed or missing Host" } as const;
    this.#options.gate.refuse(refusal, message.socket.remoteAddress ?? "", this.url);
    return formatRefusal(refusal);
  }
}

interface Opened {
  readonly stream: Duplex;
  readonly opening: Opening;
  readonly session: SessionOffer;
  readonly rest: Uint8Array;
}

function readHead(message: IncomingMessage): RequestHead {
  const { rawHeaders } = message;
  return {
    method: message.method ?? "",
    target: message.url ?? "",
    httpVersion: message.httpVersion,
    values: (name) =>
      rawHeaders.filter((_value, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name),
  };
}

/** Dot segments resolved, as Bun.serve gives its URLs; a target that cannot be one is nobody's path. */
function toRequestUrl(target: string): string {
  return URL.canParse(target, "http://host") ? new URL(target, "http://host").href : "/";
}
