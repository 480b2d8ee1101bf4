// `http`: a reverse proxy. Passes requests, answers and WebSockets to one back end; follows no redirect, changes no
// content, keeps no cache. Connections are host/http.ts's and backend/websocket.ts's business.
import { createWebSocketDialer } from "../../backend/websocket-dialer.ts";
import { resolveTarget } from "../../backend/websocket-options.ts";
import { Failure } from "../../failure.ts";
import { createHttpClient, type HttpClient } from "../../host/http.ts";
import type { HttpAnswer, HttpField, HttpObserver } from "../../host/http-exchange.ts";
import { fillRandom } from "../../host/random-bytes.ts";
import { readTextFile } from "../../host/text-file.ts";
import type { Handshake } from "../../session/handshake.ts";
import { count } from "../../telemetry/metrics.ts";
import { answerFailure, answerMethod } from "../page/answer.ts";
import type { Acceptance, ServiceContext, ServiceDefinition } from "../service.ts";
import { chooseSubprotocol } from "../subprotocol.ts";
import { acceptThroughWebSocket } from "../websocket-bridge.ts";
import { type AnswerMapping, mapAnswer } from "./answer.ts";
import { createPseudonym, isLoop } from "./forwarded.ts";
import { type HttpSettings, httpOptions } from "./options.ts";
import {
  authorityOf,
  type BackendRequest,
  findContentProblem,
  mapRequest,
  publicAuthorityOf,
  type RequestMapping,
} from "./request.ts";
import { mapUpgrade } from "./upgrade.ts";

export const http: ServiceDefinition<typeof httpOptions, "http"> = {
  type: "http",
  summary: "Passes requests and WebSockets on to an HTTP server.",
  match: "prefix",
  options: httpOptions,
  create(settings, context) {
    const mapping = {
      settings,
      path: context.path,
      pseudonym: createPseudonym(fillRandom),
    };
    const client = createClient(settings, context);
    const proxy = new HttpProxy(mapping, context, client);
    return {
      accept: createAccept(mapping, context),
      respond: (request, handshake) => proxy.respond(request, handshake),
      stop: () => client.close(),
    };
  },
};

function createClient({ connect, tls, ...settings }: HttpSettings, context: ServiceContext): HttpClient {
  const { scheme, hostname, port } = connect;
  return createHttpClient({
    origin: {
      scheme,
      hostname,
      port,
      tls: {
        verify: tls.verify,
        ...(tls.ca === undefined ? {} : { ca: readTextFile(tls.ca) }),
        ...(tls.serverName === undefined ? {} : { serverName: tls.serverName }),
      },
    },
    clock: context.clock,
    connectTimeoutMs: settings.connectTimeout,
    responseTimeoutMs: settings.responseTimeout,
    pendingConnectsMax: settings.pendingConnectsMax,
  });
}

/** Their targets are not this back end's (CONNECT), or they show what the gateway adds (TRACE, RFC 9110 §9.3.8). */
const REFUSED_METHODS: readonly string[] = ["CONNECT", "TRACE"];
const ALLOWED_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

class HttpProxy {
  readonly #mapping: RequestMapping;
  readonly #context: ServiceContext;
  readonly #client: HttpClient;

  constructor(mapping: RequestMapping, context: ServiceContext, client: HttpClient) {
    this.#mapping = mapping;
    this.#context = context;
    this.#client = client;
  }

  async respond(request: Request, handshake: Handshake): Promise<Response> {
    const { method, headers } = request;
    if (REFUSED_METHODS.includes(method)) return answerMethod(ALLOWED_METHODS);
    if (isLoop(headers, this.#mapping.pseudonym)) {
      return this.#fail(new Failure("backend.loop", "Via names this service"), handshake);
    }
    const problem = findContentProblem(headers, request.body !== null);
    if (problem !== undefined) return this.#fail(new Failure("request.unsupported", problem), handshake);
    const mapped = mapRequest(handshake, headers, this.#mapping);
    return mapped === undefined ? answerFailure("path.unknown") : this.#exchange(request, handshake, mapped);
  }

  async #exchange(request: Request, handshake: Handshake, mapped: BackendRequest): Promise<Response> {
    const { method, body, signal } = request;
    const { clock, metrics } = this.#context;
    const fields: HttpField[] = [["Host", mapped.host], ...mapped.fields];
    const observer = this.#observe(handshake);
    let answer: HttpAnswer | undefined;
    metrics.backendsOpen++;
    try {
      answer = await this.#client.call({
        method,
        target: mapped.target,
        fields,
        content: body ?? undefined,
        signal,
        observer,
      });
    } catch (error) {
      metrics.backendsOpen--;
      return this.#fail(error, handshake);
    }
    if (answer === undefined) {
      metrics.backendsOpen--;
      // Nobody is there to read this. 499 is what servers log for it.
      return new Response(null, { status: 499 });
    }
    try {
      return await mapAnswer(method, answer, this.#answerMapping(handshake), clock.wallMs());
    } catch (error) {
      answer.content?.cancel().catch(() => {});
      // Broken while it was read: the observer was told, and has reported it.
      return error instanceof Failure && error === observer.failure
        ? answerFailure(error.code)
        : this.#fail(error, handshake);
    }
  }

  #observe(handshake: Handshake): HttpObserver & { failure: Failure | undefined } {
    const { metrics } = this.#context;
    const observer = {
      failure: undefined as Failure | undefined,
      connected: () => {
        metrics.backendConnects++;
      },
      sent: (byteCount: number) => {
        metrics.bytesIn += byteCount;
      },
      received: (byteCount: number) => {
        metrics.bytesOut += byteCount;
      },
      ended: (failure: Failure | undefined) => {
        metrics.backendsOpen--;
        observer.failure = failure;
        if (failure !== undefined) this.#report(failure, handshake);
      },
    };
    return observer;
  }

  #answerMapping(handshake: Handshake): AnswerMapping {
    const { settings, path } = this.#mapping;
    const { connect, rewriteLocation, locations, rewriteCookieDomain, rewriteCookiePath } = settings;
    const paths = { backendPath: connect.path, servicePath: path };
    const location = {
      ...paths,
      rules: locations,
      backendAuthority: authorityOf(connect),
      publicAuthority: publicAuthorityOf(handshake),
    };
    return {
      location: rewriteLocation ? location : undefined,
      cookie: { domain: rewriteCookieDomain, path: rewriteCookiePath ? paths : undefined },
    };
  }

  /** A bug goes on to whoever catches bugs. */
  #fail(error: unknown, handshake: Handshake): Response {
    if (!(error instanceof Failure)) throw error;
    this.#report(error, handshake);
    return answerFailure(error.code, error.code === "backend.busy" ? { "retry-after": "5" } : {});
  }

  #report({ code, detail }: Failure, handshake: Handshake): void {
    const { metrics, log } = this.#context;
    const { connectionId: connection, method, path } = handshake;
    const fields = { connection, code, detail, method, path };
    if (code === "request.unsupported") {
      count(metrics.refused, code);
      log.info("request refused", fields);
      return;
    }
    count(metrics.backendFailures, code);
    log.warn("back end failed", fields);
  }
}

function createAccept(mapping: RequestMapping, context: ServiceContext) {
  const { settings, pseudonym } = mapping;
  const { connect, tls } = settings;
  const target = resolveTarget({ ...connect, scheme: connect.scheme === "https" ? "wss" : "ws" }, tls);
  const dialer = createWebSocketDialer(
    {
      connectTimeoutMs: settings.connectTimeout,
      messageMaxBytes: settings.backendMessageMaxSize,
      idleTimeoutMs: settings.backendIdleTimeout,
      pendingConnectsMax: settings.pendingConnectsMax,
    },
    context.clock,
  );
  return (handshake: Handshake): Acceptance | Promise<Acceptance> => {
    if (isLoop(handshake.headers(), pseudonym)) {
      return { refusal: { code: "backend.loop", detail: "Via names this service" } };
    }
    const served = context.common.subprotocols;
    const offered = handshake.subprotocols;
    const choice = chooseSubprotocol(offered, served);
    if (typeof choice !== "string") return { refusal: choice };
    const subprotocols = served.length === 0 ? offered : offered.filter((name) => served.includes(name));
    const request = mapUpgrade(handshake, target, subprotocols, mapping);
    if (request === undefined)
      return { refusal: { code: "path.unknown", detail: "the path leads out of the back end's" } };
    return acceptThroughWebSocket(request, dialer, context);
  };
}
