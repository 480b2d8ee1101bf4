// Which service has a path: the longest configured path that is the same, or a folder above it where the service
// takes all that is below. Pure.

export interface Route {
  /** Starts with `/`, ends in `/` only when it is `/`. */
  readonly path: string;
  readonly match: "exact" | "prefix";
}

export function findRoute<R extends Route>(routes: ReadonlyMap<string, R>, path: string): R | undefined {
  const exact = routes.get(path) ?? (path.endsWith("/") ? routes.get(path.slice(0, -1)) : undefined);
  if (exact !== undefined && (exact.match === "prefix" || exact.path === path)) return exact;
  for (let end = path.lastIndexOf("/"); end > 0; end = path.lastIndexOf("/", end - 1)) {
    const route = routes.get(path.slice(0, end));
    if (route?.match === "prefix") return route;
  }
  const root = routes.get("/");
  return root?.match === "prefix" ? root : undefined;
}
