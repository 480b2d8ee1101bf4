// What a person sees when the gateway has started: where it listens, what it serves, where to point a browser.
import type { GatewayView } from "../admin/view.ts";
import { formatHostPort } from "../config/address.ts";
import type { GatewaySettings } from "../config/settings.ts";

export function formatBanner(view: GatewayView, { admin }: GatewaySettings): string {
  const listeners = view.listeners();
  const services = [...view.services()].sort((a, b) => (a.path < b.path ? -1 : 1));
  const width = Math.max(...services.map(({ path }) => path.length), 8);
  const lines = [
    `Sluice ${view.version}`,
    "",
    ...listeners.map(({ url }) => `  ${"listens".padEnd(width)}  ${url}`),
    // With a free port only the log knows the real one.
    ...(admin === undefined || admin.port === 0
      ? []
      : [`  ${"admin".padEnd(width)}  http://${formatHostPort(admin.hostname, admin.port)}`]),
    "",
    ...services.map(({ path, type }) => `  ${path.padEnd(width)}  ${type}`),
  ];
  const [first] = listeners;
  if (first !== undefined)
    lines.push("", `Open ${browserUrl(first.url)} in a browser. Ctrl-C stops the gateway.`);
  return `${lines.join("\n")}\n\n`;
}

/** The wildcard addresses mean this host too, but a browser cannot go there everywhere. */
function browserUrl(url: string): string {
  return `${url.replace("://0.0.0.0:", "://localhost:").replace("://[::]:", "://localhost:")}/`;
}
