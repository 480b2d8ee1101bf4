// The addresses below the demo's path: a closed set. Everything of one visitor lies under `r/<run>/`. Used by the
// service to answer and by the meter to know which bytes are whose, and what it lets pass at all.

/** How a message may travel. */
export const TECHNIQUES = ["poll", "long-poll", "sse", "websocket"] as const;
export type Technique = (typeof TECHNIQUES)[number];

/** Files of the page, and what the page talks to beside the techniques. */
const ENDPOINTS = new Set<string>([
  "",
  "base.css",
  "page.css",
  "icon.svg",
  "main.js",
  "techniques.js",
  "measure.js",
  "measurement.js",
  "chart.js",
  "figures.js",
  "live",
  "meter",
  ...TECHNIQUES,
]);

export interface DemoRoute {
  readonly runId: string;
  /** Empty for the page itself. */
  readonly endpoint: string;
}

/** 22 characters of base64url: 128 bits. */
const RUN_PATH = /^\/r\/([A-Za-z0-9_-]{22})\/([a-z0-9.-]*)$/;

/** The path under which the demo lives, without a slash at the end. */
export function basePath(servicePath: string): string {
  return servicePath === "/" ? "" : servicePath;
}

export function runPath(base: string, runId: string): string {
  return `${base}/r/${runId}/`;
}

/** `undefined` for every other path, however it is written: dots and escapes are not resolved. */
export function parseRoute(base: string, path: string): DemoRoute | undefined {
  if (!path.startsWith(base)) return undefined;
  const [, runId, endpoint] = RUN_PATH.exec(path.slice(base.length)) ?? [];
  if (runId === undefined || endpoint === undefined || !ENDPOINTS.has(endpoint)) return undefined;
  return { runId, endpoint };
}

export function isTechnique(endpoint: string): endpoint is Technique {
  return (TECHNIQUES as readonly string[]).includes(endpoint);
}
