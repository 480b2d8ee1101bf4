// The page at `/`: says what this is and lists what can be asked for. No script, no style, nothing to load.
import type { Route } from "./route.ts";
import type { GatewayView } from "./view.ts";

export function formatIndexPage(view: GatewayView, routes: readonly Route[]): string {
  const rows = routes.flatMap(({ path, summary, methods }) =>
    Object.keys(methods).map((method) => {
      const isLink = method === "GET" && !path.includes("{");
      const name = isLink ? `<a href="${escapeHtml(path)}">${escapeHtml(path)}</a>` : escapeHtml(path);
      return `<tr><td>${method}</td><td>${name}</td><td>${escapeHtml(summary)}</td></tr>`;
    }),
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Sluice: admin</title>
<h1>Sluice ${escapeHtml(view.version)}</h1>
<p>The admin side of this gateway, which is ${view.state}. See docs/guide/operation.md.</p>
<table>
${rows.join("\n")}
</table>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character] ?? "");
}
