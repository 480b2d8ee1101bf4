// Starts Chromium for the browser tests. Where none is installed the tests fail and say so: a page that no browser
// has seen is not known to work.
import { existsSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";

/** Where Debian and others put it; the variable names another one. */
const CANDIDATES = [
  process.env.CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

export async function launchChromium(): Promise<Browser> {
  const executablePath = CANDIDATES.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) {
    throw new Error("no Chromium found; install it or name it in the environment variable CHROMIUM");
  }
  return chromium.launch({
    executablePath,
    args: [
      "--headless",
      // As root in a container there is no sandbox to be had. The tests open the gateway's own pages only.
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** What the page reported to the console as an error, or threw; a test expects it to stay empty. */
export function collectPageErrors(page: Page): string[] {
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(`${message.text()} (${message.location().url})`);
  });
  return errors;
}
