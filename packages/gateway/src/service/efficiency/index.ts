// `efficiency`: what one message costs by poll, long poll, server-sent events and WebSocket, side by side and live,
// with the bytes that TCP carried. A demo with its own page; nothing else in the gateway uses it.
import { fillRandom } from "../../host/random-bytes.ts";
import type { Handshake } from "../../session/handshake.ts";
import {
  answerFailure,
  answerMethod,
  createPageAnswer,
  fillTemplate,
  type PageAnswer,
} from "../page/answer.ts";
import type { Acceptance, Service, ServiceContext, ServiceDefinition } from "../service.ts";
import { respondTechnique } from "./delivery.ts";
import { openLive } from "./live.ts";
import { homeOf } from "./meter.ts";
import { createMeters, type Meters } from "./meters.ts";
import { efficiencyOptions } from "./options.ts";
import { PAGE, PAGE_FILES } from "./page-files.ts";
import { basePath, type DemoRoute, isTechnique, parseRoute, runPath } from "./route.ts";
import { createRunId } from "./run-id.ts";
import { createRunStore, type Run, type RunStore } from "./run-store.ts";
import { openSocketDelivery } from "./socket-delivery.ts";

export const efficiency: ServiceDefinition<typeof efficiencyOptions, "efficiency"> = {
  type: "efficiency",
  summary: "A page that shows what a message costs by polling, long polling, events and WebSocket.",
  match: "prefix",
  options: efficiencyOptions,
  create: (settings, context) => {
    const base = basePath(context.path);
    const runs = createRunStore(context.clock, () => createRunId(fillRandom));
    const meters = createMeters({ settings, base, runs, clock: context.clock, log: context.log });
    return new EfficiencyDemo(context, base, runs, meters);
  },
};

class EfficiencyDemo implements Service {
  readonly #context: ServiceContext;
  readonly #base: string;
  readonly #runs: RunStore;
  readonly #meters: Meters;
  readonly #files: ReadonlyMap<string, PageAnswer>;

  constructor(context: ServiceContext, base: string, runs: RunStore, meters: Meters) {
    this.#context = context;
    this.#base = base;
    this.#runs = runs;
    this.#meters = meters;
    this.#files = new Map(PAGE_FILES.map(([name, file]) => [name, createPageAnswer(file)]));
  }

  accept(handshake: Handshake): Acceptance {
    const { clock } = this.#context;
    const route = parseRoute(this.#base, handshake.path);
    const run = route === undefined ? undefined : this.#runs.get(route.runId);
    if (route !== undefined && run !== undefined) {
      if (route.endpoint === "live") {
        return { subprotocol: "", open: (session) => openLive(session, run, clock) };
      }
      if (route.endpoint === "websocket") {
        return { subprotocol: "", open: (session) => openSocketDelivery(session, run, clock) };
      }
    }
    return { refusal: { code: "path.unknown", detail: "no such run of the demo" } };
  }

  respond(request: Request, handshake: Handshake): Response | Promise<Response> {
    const { path } = handshake;
    if (path === this.#base || path === `${this.#base}/`) return this.#admit(request, handshake);
    const route = parseRoute(this.#base, path);
    if (route === undefined) return answerFailure("path.unknown");
    const file = this.#files.get(route.endpoint);
    if (file !== undefined) return file.answer(request);
    const run = this.#runs.get(route.runId);
    if (run !== undefined) return this.#respondIn(run, route, request, handshake);
    // The run is over, as after a night with the page open: a new one. The meter does the same for its visitors.
    return route.endpoint === "" ? redirect(`${this.#base}/`) : answerFailure("path.unknown");
  }

  stop(): void {
    this.#meters.stop();
    this.#runs.clear();
  }

  /** Gives the visitor a run, and an address where its bytes are counted. */
  #admit(request: Request, handshake: Handshake): Response {
    if (request.method !== "GET" && request.method !== "HEAD") return answerMethod("GET, HEAD");
    const { listener, host } = handshake;
    const choice = this.#meters.choose(handshake);
    const run = this.#runs.create({
      listener,
      // By the path alone the visitor stays at the address it came by.
      home: "origin" in choice ? homeOf(host, listener, this.#base) : `${this.#base}/`,
      unmetered: "origin" in choice ? undefined : choice.unmetered,
    });
    if (run === undefined) return answerFailure("limit.connections", { "retry-after": "60" });
    const origin = "origin" in choice ? choice.origin : "";
    return redirect(`${origin}${runPath(this.#base, run.id)}`);
  }

  #respondIn(
    run: Run,
    { endpoint }: DemoRoute,
    request: Request,
    handshake: Handshake,
  ): Response | Promise<Response> {
    if (endpoint === "") {
      const text = fillTemplate(PAGE, { home: run.home });
      return createPageAnswer({ text, kind: "html" }).answer(request);
    }
    if (endpoint === "meter") {
      if (request.method !== "GET") return answerMethod("GET");
      return Response.json(readFigures(run), { headers: { "cache-control": "no-store" } });
    }
    if (isTechnique(endpoint) && endpoint !== "websocket") {
      return respondTechnique(endpoint, request, handshake.query, { run, clock: this.#context.clock });
    }
    return answerFailure("upgrade.required", { upgrade: "websocket" });
  }
}

/** The figures without the times, which are for the page alone. */
function readFigures(run: Run) {
  const { feed, tally, unmetered } = run;
  return { metered: unmetered === undefined, elapsedMs: feed.elapsedMs, made: feed.last, tally };
}

function redirect(location: string): Response {
  return new Response(null, { status: 302, headers: { location, "cache-control": "no-store" } });
}
