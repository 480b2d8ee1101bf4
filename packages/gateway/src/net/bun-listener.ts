// A listener on Bun.serve: HTTP, WebSocket (RFC 6455) and TLS. Closing it and opening it again on the same port, in
// one turn, is how it pauses and how it takes new certificates; the sessions of the closed server live on.
import type { Server } from "bun";
import type { ListenSettings } from "../config/settings.ts";
import { formatRefusal } from "../guard/refusal.ts";
import type { SessionOffer } from "../session/carrier.ts";
import type { Handshake } from "../session/handshake.ts";
import type { Message } from "../session/session.ts";
import { type CertificateSet, exchangeCertificates, readCertificates } from "./certificates.ts";
import type { Gate, Outcome } from "./gate.ts";
import type { Listener } from "./listener.ts";
import { formatListenerUrl } from "./listener-url.ts";
import { readHandshake, type TrustProxy } from "./request-handshake.ts";
import { findUpgradeProblem } from "./upgrade.ts";
import { WebSocketCarrier } from "./websocket-carrier.ts";

export interface ListenerLimits {
  /** Largest message of all services; each service's own limit is its sessions' business. */
  readonly messageMaxBytes: number;
  /** Bytes that one socket may hold before the host cuts it: the backstop behind the services' own limits. */
  readonly backpressureMaxBytes: number;
  readonly requestBodyMaxBytes: number;
  readonly handshakeTimeoutMs: number;
}

export interface ListenerOptions {
  readonly settings: ListenSettings;
  readonly gate: Gate;
  readonly trustProxy: TrustProxy;
  /** Read whenever the listener opens: the host has one of each for all services. */
  limits(): ListenerLimits;
  /** Milliseconds, monotonic. */
  nowMs(): number;
}

/** Seconds without progress after which a plain HTTP exchange is cut. Bun's largest is 255; long polls take up to 30. */
const EXCHANGE_IDLE_S = 120;

type GatewayServer = Server<SessionOffer>;

/** Throws when the address cannot be listened on, and `CertificateError`. */
export function createBunListener(options: ListenerOptions): Listener {
  const listener = new BunListener(options);
  listener.resume();
  return listener;
}

class BunListener implements Listener {
  readonly #options: ListenerOptions;
  readonly #hostnames: readonly string[];
  /** All that still have sockets; only those in `#listening` accept. */
  readonly #living = new Set<GatewayServer>();
  #listening: GatewayServer[] = [];
  certificates: CertificateSet | undefined;
  #port: number;
  #isClosed = false;

  constructor(options: ListenerOptions) {
    const { hostname, port, secure, certificates } = options.settings;
    this.#options = options;
    this.#port = port;
    // RFC 6761 §6.3: localhost is both loopback addresses, and browsers try ::1 first.
    this.#hostnames = hostname === "localhost" ? ["127.0.0.1", "::1"] : [hostname];
    if (secure) this.certificates = readCertificates(certificates);
  }

  get url(): string {
    const { secure, hostname } = this.#options.settings;
    return formatListenerUrl(secure, hostname, this.#port);
  }

  get drafts(): boolean {
    return false;
  }

  get isListening(): boolean {
    return this.#listening.length > 0;
  }

  get state(): Listener["state"] {
    if (this.#isClosed) return "closed";
    return this.#listening.length > 0 ? "listening" : "paused";
  }

  get isIdle(): boolean {
    return this.#living.size === 0;
  }

  pause(): void {
    for (const server of this.#listening) {
      server.stop().then(
        () => this.#living.delete(server),
        (bug) => this.#options.gate.reportBug(bug),
      );
    }
    this.#listening = [];
  }

  resume(): void {
    if (this.#isClosed || this.#listening.length > 0) return;
    for (const [index, hostname] of this.#hostnames.entries()) {
      try {
        const server = this.#serve(hostname);
        this.#port = server.port ?? this.#port;
        this.#listening.push(server);
        this.#living.add(server);
      } catch (error) {
        // A machine without IPv6 has no ::1. An address that somebody else has is another matter.
        if (index === 0 || !isMissingAddress(error)) {
          this.pause();
          throw error;
        }
      }
    }
  }

  reloadCertificates(): boolean {
    const { secure, certificates } = this.#options.settings;
    return secure && exchangeCertificates(this, certificates);
  }

  reopen(): void {
    this.pause();
    this.resume();
  }

  publish(topic: string, message: Message, compress: boolean): void {
    for (const server of this.#living) server.publish(topic, message, compress);
  }

  close(): void {
    this.#isClosed = true;
    this.pause();
  }

  destroy(): void {
    this.close();
    for (const server of this.#living) void server.stop(true);
  }

  #serve(hostname: string): GatewayServer {
    const { settings } = this.#options;
    const { messageMaxBytes, backpressureMaxBytes, requestBodyMaxBytes, handshakeTimeoutMs } =
      this.#options.limits();
    return Bun.serve<SessionOffer>({
      hostname,
      port: this.#port,
      // Without development Bun shares the port silently with whoever listens on it already, unless told not to.
      development: false,
      reusePort: false,
      ...(this.certificates === undefined ? {} : { tls: this.certificates.tls }),
      maxRequestBodySize: requestBodyMaxBytes,
      // Bun does not extend this while the header is incomplete, so that a trickle of bytes does not help.
      idleTimeout: Math.min(255, Math.max(1, Math.ceil(handshakeTimeoutMs / 1000))),
      fetch: (request, server) => this.#answer(request, server),
      error: (bug) => this.#answerBug(bug),
      websocket: {
        // Silence is the sessions' business: this host's timeout is the same for all services.
        idleTimeout: 0,
        sendPings: false,
        maxPayloadLength: messageMaxBytes,
        backpressureLimit: backpressureMaxBytes,
        closeOnBackpressureLimit: true,
        perMessageDeflate: settings.compression ? { compress: "shared", decompress: "shared" } : false,
        open: (socket) => socket.data.attach(new WebSocketCarrier(socket)),
        message: (socket, message) => socket.data.message(message),
        drain: (socket) => socket.data.drained(),
        pong: (socket) => socket.data.pong(),
        close: (socket, code, reason) => socket.data.closed(code, reason),
        error: (bug) => this.#options.gate.reportBug(bug),
      },
    });
  }

  #answer(request: Request, server: GatewayServer): Response | undefined | Promise<Response | undefined> {
    const startedMs = this.#options.nowMs();
    const { gate } = this.#options;
    const isUpgrade = request.headers.has("upgrade") && mentionsWebSocket(request.headers.get("upgrade"));
    const handshake = this.#read(request, server, isUpgrade);
    if (handshake === undefined) return this.#refuse(request, server, "malformed or missing Host");
    if (isUpgrade) {
      const problem = findUpgradeProblem(handshake);
      if (problem !== undefined) {
        gate.refuse(problem, handshake.address, this.url);
        return formatRefusal(problem);
      }
    } else server.timeout(request, EXCHANGE_IDLE_S);
    const outcome = gate.admit(handshake);
    if (outcome instanceof Promise) {
      return outcome.then((settled) => this.#conclude(settled, request, server, startedMs));
    }
    return this.#conclude(outcome, request, server, startedMs);
  }

  #conclude(
    outcome: Outcome,
    request: Request,
    server: GatewayServer,
    startedMs: number,
  ): Response | undefined | Promise<Response> {
    if (outcome.kind === "refused") return formatRefusal(outcome.refusal);
    if (outcome.kind === "response") return outcome.respond(request);
    const { session } = outcome;
    // Bun answers with the first offer, whatever it is, unless the request is made to have none.
    request.headers.delete("sec-websocket-protocol");
    const headers = session.subprotocol === "" ? {} : { "sec-websocket-protocol": session.subprotocol };
    if (server.upgrade(request, { data: session, headers })) {
      this.#options.gate.observeHandshake((this.#options.nowMs() - startedMs) / 1000);
      return undefined;
    }
    session.abandon();
    return formatRefusal({ code: "handshake.invalid", detail: "the client left during the handshake" });
  }

  #read(request: Request, server: GatewayServer, isUpgrade: boolean): Handshake | undefined {
    const { gate, settings, trustProxy } = this.#options;
    const { headers } = request;
    return readHandshake(
      {
        method: request.method,
        url: request.url,
        header: (name) => headers.get(name) ?? undefined,
        headers: () => headers,
        peerAddress: server.requestIP(request)?.address ?? "",
        secure: settings.secure,
        listener: this.url,
        carrier: isUpgrade ? "websocket" : "http",
        connectionId: gate.nextConnectionId(),
      },
      trustProxy,
    );
  }

  #refuse(request: Request, server: GatewayServer, detail: string): Response {
    const refusal = { code: "handshake.invalid", detail } as const;
    this.#options.gate.refuse(refusal, server.requestIP(request)?.address ?? "", this.url);
    return formatRefusal(refusal);
  }

  #answerBug(bug: unknown): Response {
    this.#options.gate.reportBug(bug);
    return formatRefusal({ code: "session.bug", detail: "" });
  }
}

function isMissingAddress(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT";
}

function mentionsWebSocket(upgrade: string | null): boolean {
  return upgrade?.toLowerCase().includes("websocket") ?? false;
}
