// A table of paths and methods, and the search in it. Paths are compared as they were sent, segment by segment, so that
// an encoded slash stays within its segment.
import { nearestName } from "../config/nearest.ts";
import { answerProblem } from "./answer.ts";

export interface Call {
  readonly url: URL;
  /** The segment that stands for `{…}`, decoded; empty where the path has none. */
  readonly argument: string;
}

export type Method = "GET" | "POST" | "DELETE";
export type Handler = (call: Call) => Response | Promise<Response>;

export interface Route {
  /** At most one segment is `{…}`. */
  readonly path: string;
  /** For the page that lists what is here. */
  readonly summary: string;
  readonly methods: Readonly<Partial<Record<Method, Handler>>>;
}

/** Answers by the route that has the path; what has none is a problem that names the nearest. */
export function dispatch(routes: readonly Route[], method: string, url: URL): Response | Promise<Response> {
  for (const route of routes) {
    const segment = matchPath(route.path, url.pathname);
    if (segment === undefined) continue;
    const handler = handlerOf(route, method === "HEAD" ? "GET" : method);
    if (handler === undefined) return refuseMethod(route);
    const argument = decode(segment);
    if (argument !== undefined) return handler({ url, argument });
    return answerProblem({ status: 400, detail: "The path is not percent-encoded UTF-8." });
  }
  return answerUnknownPath(routes, url.pathname);
}

/** The segment that stands for `{…}`, empty when there is none; `undefined` when the path is another one. */
function matchPath(template: string, path: string): string | undefined {
  const wanted = template.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return undefined;
  let argument = "";
  for (const [index, segment] of wanted.entries()) {
    const sent = given[index] ?? "";
    if (segment.startsWith("{") && sent !== "") argument = sent;
    else if (segment !== sent) return undefined;
  }
  return argument;
}

function handlerOf(route: Route, method: string): Handler | undefined {
  return Object.entries(route.methods).find(([name]) => name === method)?.[1];
}

function refuseMethod({ path, methods }: Route): Response {
  const allow = Object.keys(methods)
    .flatMap((name) => (name === "GET" ? ["GET", "HEAD"] : [name]))
    .join(", ");
  // RFC 9110 §15.5.6: a 405 says what is allowed.
  return answerProblem({ status: 405, detail: `${path} takes ${allow}.`, headers: { allow } });
}

function answerUnknownPath(routes: readonly Route[], path: string): Response {
  const given = path.split("/");
  const known = routes.map((route) =>
    route.path
      .split("/")
      .map((segment, index) => (segment.startsWith("{") ? (given[index] ?? segment) : segment))
      .join("/"),
  );
  const nearest = nearestName(path, known);
  const hint = nearest === undefined ? "GET / lists what there is." : `Did you mean ${nearest}?`;
  return answerProblem({ status: 404, detail: `There is nothing at this path. ${hint}` });
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
