// `welcome`: the page that a newcomer sees, with a working echo and broadcast, and a friendly answer for every path
// below its own that no other service has. Reads nothing but its own program text.
import type { Handshake } from "../../session/handshake.ts";
import { answerFailure, createPageAnswer, fillTemplate, type PageAnswer } from "../page/answer.ts";
import baseCss from "../page/base.css" with { type: "text" };
import icon from "../page/icon.svg" with { type: "text" };
import type { Service, ServiceDefinition } from "../service.ts";
import { FIRST_COMMAND, FIRST_CONFIG, FIRST_FILE } from "./first-config.ts";
import { type WelcomeSettings, welcomeOptions } from "./options.ts";
import boxesJs from "./page/boxes.js" with { type: "text" };
import page from "./page/index.html" with { type: "text" };
import mainJs from "./page/main.js" with { type: "text" };
import notFound from "./page/not-found.html" with { type: "text" };
import pageCss from "./page/page.css" with { type: "text" };

export const welcome: ServiceDefinition<typeof welcomeOptions, "welcome"> = {
  type: "welcome",
  summary: "A page for newcomers: a working echo, a broadcast to try, and where to go on.",
  match: "prefix",
  options: welcomeOptions,
  create: (settings, { path }) => createWelcome(settings, path === "/" ? "" : path),
};

/** Characters of a path that the page for unknown ones repeats. */
const PATH_SHOWN_MAX = 200;

function createWelcome(settings: WelcomeSettings, base: string): Service {
  const files: ReadonlyMap<string, PageAnswer> = new Map([
    ["/", createPageAnswer({ text: fillPage(settings, base), kind: "html" })],
    ["/welcome/base.css", createPageAnswer({ text: baseCss, kind: "css" })],
    ["/welcome/page.css", createPageAnswer({ text: pageCss, kind: "css" })],
    ["/welcome/main.js", createPageAnswer({ text: mainJs, kind: "js" })],
    ["/welcome/boxes.js", createPageAnswer({ text: boxesJs, kind: "js" })],
    ["/welcome/icon.svg", createPageAnswer({ text: icon, kind: "svg" })],
  ]);
  return {
    respond(request: Request, { path }: Handshake): Response {
      const name = path.slice(base.length);
      const file = files.get(name === "" ? "/" : name);
      return file === undefined ? answerUnknown(request, path, base) : file.answer(request);
    },
    stop() {},
  };
}

function fillPage(settings: WelcomeSettings, base: string): string {
  return fillTemplate(page, {
    base,
    ...settings,
    configFile: FIRST_FILE,
    config: FIRST_CONFIG,
    command: FIRST_COMMAND,
  });
}

function answerUnknown(request: Request, path: string, base: string): Response {
  // A program that does not ask for a page gets a sentence.
  const asksForPage = request.headers.get("accept")?.includes("text/html") ?? false;
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (isRead && !asksForPage) return answerFailure("path.unknown");
  const shown = path.length > PATH_SHOWN_MAX ? `${path.slice(0, PATH_SHOWN_MAX)}…` : path;
  const text = fillTemplate(notFound, { base, path: shown });
  return createPageAnswer({ text, kind: "html", status: 404 }).answer(request);
}
