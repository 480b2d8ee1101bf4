// The same client libraries as in test/interop, in a page in Chromium: bundled here, served by the gateway's own
// files service, so that the page's origin is the gateway's.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { CONVERSATIONS } from "../interop/expected.ts";
import { startWorld, WORLD_START_MS, type World } from "../interop/world.ts";
import { collectPageErrors, launchChromium } from "./chromium.ts";

let folder: string;
let world: World;
let browser: Browser;
let page: Page;
let errors: string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-pages-"));
  [world, browser] = await Promise.all([startWorld(folder), launchChromium(), bundlePage()]);
  page = await browser.newPage();
  errors = collectPageErrors(page);
  await page.goto(world.gateway.httpUrl("/pages/"));
}, WORLD_START_MS);
afterAll(async () => {
  await browser?.close();
  await world?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function bundlePage(): Promise<void> {
  const result = await Bun.build({
    entrypoints: [join(import.meta.dir, "../interop/client/page.mjs")],
    outdir: folder,
    target: "browser",
  });
  if (!result.success) throw new AggregateError(result.logs, "the page could not be bundled");
  writeFileSync(
    join(folder, "index.html"),
    '<!doctype html><title>Interop</title><link rel="icon" href="data:,"><script type="module" src="page.js"></script>',
  );
}

describe("a page in Chromium through the gateway", () => {
  for (const [name, expected] of CONVERSATIONS) {
    test(`holds the ${name} conversation`, async () => {
      const url = world.gateway.url(`/${name}`);
      // The page defines `converse`; the types of this program do not know its window.
      const result: unknown = await page.evaluate(
        `window.converse(${JSON.stringify(name)}, ${JSON.stringify(url)})`,
      );
      expect(result).toEqual(expected);
      expect(errors).toEqual([]);
    }, 30_000);
  }

  test("is refused on another origin, and admitted on its own", async () => {
    const other = await browser.newPage();
    // A page without a server: its origin is null, which nobody lists.
    await other.goto("data:text/html,elsewhere");
    const connect = (target: Page) =>
      target.evaluate(
        (url) =>
          new Promise<string>((resolve) => {
            const socket = new WebSocket(url);
            socket.onopen = () => resolve("open");
            socket.onclose = ({ code }) => resolve(`closed ${code}`);
          }),
        world.gateway.url("/echo"),
      );
    expect(await connect(other)).toBe("closed 1006");
    expect(await connect(page)).toBe("open");
    await other.close();
  });
});
