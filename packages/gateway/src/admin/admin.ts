// The admin side as a function from requests to answers: health, metrics, and an API to look and to act. Holds no
// socket and no login: the one who binds it decides who can reach it, `visitor.ts` keeps browsers' pages out.
import { nearestName } from "../config/nearest.ts";
import type { Clock } from "../host/clock.ts";
import type { Log } from "../telemetry/log.ts";
import { answerJson, answerProblem, answerText, withoutBody } from "./answer.ts";
import { formatCursor, selectPage } from "./connection-page.ts";
import { parseCloseQuery, parsePageQuery } from "./connection-query.ts";
import { describeConnection, describeGateway, describeService } from "./description.ts";
import { EXPOSITION_TYPE } from "./exposition.ts";
import { formatIndexPage } from "./index-page.ts";
import { createMetrics, type Metrics, type ProcessProbe } from "./metrics.ts";
import { unreadiness } from "./readiness.ts";
import { type Call, dispatch, type Route } from "./route.ts";
import type { ConnectionFilter, GatewayView } from "./view.ts";
import { judgeVisitor } from "./visitor.ts";

export interface AdminDependencies {
  readonly clock: Clock;
  readonly log: Log;
  /** Of the `admin` option, without brackets: a Host name under which requests are taken, beside loopback ones. */
  readonly hostname: string;
  readonly process: ProcessProbe;
}

export interface Admin {
  /** Never rejects. */
  respond(request: Request): Promise<Response>;
  /** Ends the timer of the metrics. */
  stop(): void;
}

export function createAdmin(view: GatewayView, dependencies: AdminDependencies): Admin {
  const { clock, log, process } = dependencies;
  const metrics = createMetrics(view, { clock, process, logLosses: log.losses });
  const routes = [...healthRoutes(view, metrics), ...apiRoutes(view, dependencies)];
  const index: Route = {
    path: "/",
    summary: "This page.",
    methods: { GET: () => answerText(formatIndexPage(view, routes), "text/html; charset=utf-8") },
  };
  const all = [index, ...routes];
  return {
    async respond(request) {
      try {
        return await respond(all, request, dependencies.hostname);
      } catch (bug) {
        log.error("bug", { side: "admin" }, bug);
        return answerProblem({ status: 500, detail: "The gateway failed; its log says more." });
      }
    },
    stop: () => metrics.stop(),
  };
}

async function respond(routes: readonly Route[], request: Request, hostname: string): Promise<Response> {
  const url = URL.parse(request.url);
  if (url === null)
    return answerProblem({ status: 400, detail: "The request target or the Host header is malformed." });
  const problem = judgeVisitor(request, hostname);
  const response =
    problem === undefined ? await dispatch(routes, request.method, url) : answerProblem(problem);
  return request.method === "HEAD" ? withoutBody(response) : response;
}

function healthRoutes(view: GatewayView, metrics: Metrics): Route[] {
  const readiness = (): Response => {
    const reasons = unreadiness(view);
    if (reasons.length === 0) return answerJson({ status: "ready" });
    return answerProblem({ status: 503, detail: "Send no clients here for now.", more: { reasons } });
  };
  return [
    {
      path: "/healthz",
      summary: "200 while the process is alive.",
      methods: { GET: () => answerJson({ status: "alive" }) },
    },
    {
      path: "/readyz",
      summary: "200 when clients may be sent here, otherwise 503 with reasons.",
      methods: { GET: readiness },
    },
    {
      path: "/metrics",
      summary: "Everything that is counted, in the text format of Prometheus.",
      methods: { GET: () => answerText(metrics.render(), EXPOSITION_TYPE) },
    },
  ];
}

function apiRoutes(view: GatewayView, { clock, log, process }: AdminDependencies): Route[] {
  return [
    {
      path: "/api/v1/gateway",
      summary: "The gateway: version, state, listeners, descriptors, memory.",
      methods: { GET: () => answerJson(describeGateway(view, process, clock.wallMs(), log.losses)) },
    },
    {
      path: "/api/v1/services",
      summary: "All services with their counts.",
      methods: { GET: () => answerJson({ services: view.services().map(describeService) }) },
    },
    {
      path: "/api/v1/services/{path}",
      summary: "One service; its path is percent-encoded, as in %2Fecho.",
      methods: { GET: ({ argument }) => answerService(view, argument) },
    },
    {
      path: "/api/v1/connections",
      summary:
        "Open connections, by path, address, origin or carrier; limit and after page. DELETE closes those that match.",
      methods: { GET: ({ url }) => answerPage(view, url), DELETE: ({ url }) => closeMany(view, log, url) },
    },
    {
      path: "/api/v1/connections/{id}",
      summary: "One connection. DELETE closes it.",
      methods: {
        GET: ({ argument }) => answerConnection(view, argument),
        DELETE: (call) => closeOne(view, log, call),
      },
    },
    {
      path: "/api/v1/reload",
      summary: "Reads the configuration anew and applies what differs, or nothing.",
      methods: { POST: () => reload(view, log) },
    },
  ];
}

function answerService(view: GatewayView, path: string): Response {
  const services = view.services();
  const service = services.find((one) => one.path === path);
  if (service !== undefined) return answerJson(describeService(service));
  const nearest = nearestName(
    path,
    services.map((one) => one.path),
  );
  const hint = nearest === undefined ? "GET /api/v1/services lists them." : `Did you mean ${nearest}?`;
  return answerProblem({ status: 404, detail: `No service has this path. ${hint}` });
}

function answerPage(view: GatewayView, url: URL): Response {
  const query = parsePageQuery(url.searchParams);
  if (typeof query === "string") return answerProblem({ status: 400, detail: query });
  const { connections, next } = selectPage(view.connections(query.filter), query.limit, query.after);
  return answerJson({
    connections: connections.map(describeConnection),
    next: next === undefined ? null : nextLink(url, formatCursor(next)),
  });
}

/** The same query, from the last connection on. */
function nextLink(url: URL, after: string): string {
  const query = new URLSearchParams(url.searchParams);
  query.set("after", after);
  return `${url.pathname}?${query}`;
}

const NO_CONNECTION = { status: 404, detail: "No open connection has this id." } as const;

function answerConnection(view: GatewayView, id: string): Response {
  for (const connection of view.connections({})) {
    if (connection.id === id) return answerJson(describeConnection(connection));
  }
  return answerProblem(NO_CONNECTION);
}

function closeOne(view: GatewayView, log: Log, { argument: id }: Call): Response {
  if (!view.closeConnection(id)) return answerProblem(NO_CONNECTION);
  log.info("connections closed by an operator", { connection: id, closed: 1 });
  return answerJson({ closed: 1 });
}

function closeMany(view: GatewayView, log: Log, url: URL): Response {
  const filter = parseCloseQuery(url.searchParams);
  if (typeof filter === "string") return answerProblem({ status: 400, detail: filter });
  const closed = view.closeConnections(filter);
  log.info("connections closed by an operator", { ...describeFilter(filter), closed });
  return answerJson({ closed });
}

function describeFilter({
  path,
  address,
  origin,
  carrier,
}: ConnectionFilter): Record<string, string | undefined> {
  return { path, address, origin, carrier };
}

async function reload(view: GatewayView, log: Log): Promise<Response> {
  log.info("reload asked for by an operator");
  const report = await view.reload();
  if (report.applied) return answerJson({ applied: true, changes: report.changes });
  return answerProblem({
    status: 422,
    detail: "Nothing was changed.",
    more: { applied: false, problems: report.problems },
  });
}
