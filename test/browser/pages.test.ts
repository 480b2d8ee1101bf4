// The gateway's own pages in a real browser: the first page and the efficiency demo, as a newcomer meets them.
import { afterAll, afterEach, beforeAll, describe, expect, setDefaultTimeout, test } from "bun:test";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { type GatewayFixture, startGateway } from "../fixture/gateway.ts";
import { until } from "../fixture/until.ts";
import { collectPageErrors, launchChromium } from "./chromium.ts";
import { findFaintTexts } from "./contrast.ts";
import { startCountingProxy } from "./counting-proxy.ts";

// A browser that shares its two cores with the rest of a test run may take seconds to open a page.
setDefaultTimeout(60_000);

const CONFIG = `
listen: [http://localhost:0]
admin: off
services:
  /: { type: welcome }
  /echo: { type: echo }
  /broadcast: { type: broadcast }
  /demos/efficiency: { type: efficiency }
  /demos/unmetered: { type: efficiency, meter: off }
`;
const PHONE = { viewport: { width: 390, height: 844 } };
const DESKTOP = { viewport: { width: 1280, height: 800 } };

let browser: Browser;
let gateway: GatewayFixture;
const toStop: (() => unknown)[] = [];

beforeAll(async () => {
  [browser, gateway] = await Promise.all([launchChromium(), startGateway(CONFIG)]);
});
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});
afterEach(async () => {
  for (const stop of toStop.splice(0).reverse()) await stop();
});

async function open(url: string, options: BrowserContextOptions = DESKTOP) {
  const context = await browser.newContext(options);
  toStop.push(() => context.close());
  const page = await context.newPage();
  const errors = collectPageErrors(page);
  await page.goto(url);
  return { page, errors, context };
}

const scrollsSideways = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
/** The text of the first element that the selector finds. */
const textOf = async (page: Page, selector: string) => ((await page.textContent(selector)) ?? "").trim();
const textsOf = async (page: Page, selector: string) =>
  (await page.locator(selector).allTextContents()).map((text) => text.trim());
const isConnected = (page: Page, box: string) =>
  page.waitForSelector(`#${box} [data-part="state"][data-state="open"]`);

describe("the first page", () => {
  test("echoes text and bytes with the time that they took, and connects again", async () => {
    const { page, errors } = await open(gateway.httpUrl("/"));
    await isConnected(page, "echo");
    await page.fill("#echo-text", "Grüße <b>");
    await page.press("#echo-text", "Enter");
    await page.waitForSelector("#echo .received");
    expect(await textOf(page, "#echo .received")).toMatch(/^Grüße <b>\d+\.\d ms$/);
    await page.click('#echo [data-part="binary"]');
    await page.waitForSelector("#echo .received:nth-of-type(4)");
    const [, , sent, received] = await textsOf(page, "#echo li > :first-child");
    expect(sent).toMatch(/^([0-9a-f]{2} ){15}[0-9a-f]{2}$/);
    expect(received).toBe(sent ?? "");
    await page.click('#echo [data-part="reconnect"]');
    await isConnected(page, "echo");
    await page.click('#echo button[type="submit"]');
    await page.waitForSelector("#echo .received:nth-of-type(6)");
    expect(errors).toEqual([]);
  });

  test("says that there is no connection once the gateway ends it, and the buttons know", async () => {
    const own = await startGateway(CONFIG);
    toStop.push(() => own.stop());
    const { page } = await open(own.httpUrl("/"));
    await isConnected(page, "echo");
    await own.stop();
    await page.waitForSelector('#echo [data-part="state"][data-state="closed"]');
    expect(await page.isDisabled('#echo button[type="submit"]')).toBe(true);
    expect(await page.isEnabled('#echo [data-part="reconnect"]')).toBe(true);
    expect(await textOf(page, "#echo .note")).toStartWith("Closed: 1001");
  });

  test("carries what one tab says to another", async () => {
    const { page, errors, context } = await open(gateway.httpUrl("/"));
    await isConnected(page, "broadcast");
    const opening = context.waitForEvent("page");
    await page.click("#broadcast a");
    const second = await opening;
    await isConnected(second, "broadcast");
    await page.fill("#broadcast-name", "Ann");
    await page.fill("#broadcast-text", "anyone?");
    await page.press("#broadcast-text", "Enter");
    for (const tab of [page, second]) {
      await tab.waitForSelector("#broadcast .received");
      expect(await textOf(tab, "#broadcast .received")).toBe("Ann: anyone?");
    }
    expect(errors).toEqual([]);
  });

  test("leads to the demo", async () => {
    const { page } = await open(gateway.httpUrl("/"));
    await page.click("#efficiency");
    await page.waitForURL(/\/demos\/efficiency\/r\/[\w-]{22}\/$/);
  });

  test("answers an unknown path with a page that leads back", async () => {
    const { page } = await open(gateway.httpUrl("/no/such<path>"));
    expect(await textOf(page, "h1")).toBe("No service has this path.");
    await page.click("main a");
    expect(await textOf(page, "h1")).toBe("Sluice is running.");
  });
});

/** Fails with what the page says of itself. */
async function waitForState(page: Page, state: "idle" | "running" | "lost"): Promise<void> {
  try {
    await page.waitForSelector(`#state[data-state="${state}"]`);
  } catch (cause) {
    const said = `${await textOf(page, "#state")} ${await textOf(page, "#notice")}`;
    throw new Error(`the demo is not ${state}; it says: ${said}`, { cause });
  }
}

/** Waits until the demo says that it is ready, and starts it. */
async function start(page: Page, rate: number): Promise<void> {
  await waitForState(page, "idle");
  await page.fill("#rate", String(rate));
  // Enter in a field is how a keyboard starts a form.
  await page.press("#rate", "Enter");
  await waitForState(page, "running");
}

async function stop(page: Page): Promise<void> {
  await page.click("#toggle");
  await waitForState(page, "idle");
}

/** The figures of one row of the table, in the order of the techniques. */
async function row(page: Page, label: string): Promise<string[]> {
  const cells = page.locator("#table tr", { has: page.locator("th", { hasText: label }) }).locator("td");
  return cells.allTextContents();
}

const messagesOf = async (page: Page) =>
  Number(((await row(page, "Messages to the page")).at(-1) ?? "0").replace(",", ""));

/** A line for each technique, on the one scale and on the other. */
async function expectLines(page: Page): Promise<void> {
  const lines = () =>
    page.locator("#plot path.line").evaluateAll((all) => all.map((one) => one.getAttribute("d") ?? ""));
  const logarithmic = await lines();
  expect(logarithmic).toHaveLength(4);
  for (const line of logarithmic) expect(line).toMatch(/^M[\d.]+ [\d.]+(L[\d.]+ [\d.]+){8,}$/);
  await page.uncheck("#log");
  const linear = await lines();
  expect(linear).toHaveLength(4);
  expect(linear).not.toEqual(logarithmic);
  const description = await page.getAttribute("#plot svg", "aria-label");
  expect(description).toMatch(/Polling [\d.]+ kB, .*WebSocket [\d.]+ k?B\./);
}

describe("the efficiency demo", () => {
  test("shows what a message costs by each technique, after five seconds", async () => {
    const { page, errors } = await open(gateway.httpUrl("/demos/efficiency"));
    expect(new URL(page.url()).port).not.toBe(String(gateway.port));
    await start(page, 20);
    await until(async () => (await messagesOf(page)) >= 90, "the first 90 messages", 15_000);
    await stop(page);
    // Nothing of the comparison is worth anything unless all have moved the same messages.
    const made = await row(page, "Messages to the page");
    expect(made).toHaveLength(4);
    expect(new Set(made).size).toBe(1);
    expect(new Set(await row(page, "Messages to the server")).size).toBe(1);
    const overheads = await Promise.all(
      ["websocket", "poll", "long-poll", "sse"].map(async (name) =>
        Number((await textOf(page, `#overhead-${name}`)).replace(",", "")),
      ),
    );
    const [webSocket = Number.NaN, ...others] = overheads;
    expect(webSocket).toBeGreaterThanOrEqual(4);
    expect(webSocket).toBeLessThanOrEqual(16);
    for (const overhead of others) expect(overhead).toBeGreaterThan(200);
    // Framing alone, plus the closing frames' 4 and 8 bytes spread over the messages (RFC 6455 §5.2).
    const [toPage, toServer] = [
      Number((await row(page, "of one to the page")).at(-1)),
      Number((await row(page, "of one to the server")).at(-1)),
    ];
    expect([toPage, toServer]).toEqual([expect.closeTo(2, 0), expect.closeTo(6, 0)]);
    expect((await row(page, "Requests made")).at(-1)).toBe("1");
    for (const latency of await row(page, "Latency to the page"))
      expect(latency).toMatch(/^[\d.]+ \/ [\d.]+$/);
    expect(await textOf(page, "#sentence")).toMatch(
      /^WebSocket moved \d+ messages with [\d.]+ bytes of overhead each, its handshake included; polling needed \d+ times/,
    );
    await expectLines(page);
    // A second measurement begins with empty figures.
    const before = await messagesOf(page);
    await start(page, 5);
    await until(async () => (await messagesOf(page)) < before, "figures that begin anew");
    await stop(page);
    expect(errors).toEqual([]);
  });

  test("counts the bytes of Chromium's WebSocket exactly as a proxy before it does", async () => {
    const visit = await fetch(gateway.httpUrl("/demos/efficiency"), { redirect: "manual" });
    const metered = new URL(visit.headers.get("location") ?? "");
    const proxy = await startCountingProxy(Number(metered.port));
    toStop.push(() => proxy.stop());
    const { page, errors } = await open(`http://127.0.0.1:${proxy.port}${metered.pathname}`);
    await start(page, 20);
    await until(async () => (await messagesOf(page)) >= 20, "the first 20 messages");
    await stop(page);
    const counted = proxy.connections.find(({ requestLine }) => requestLine.includes("/websocket "));
    await until(() => counted?.isClosed === true, "the end of the WebSocket");
    const figures = await (await fetch(`${metered.href}meter`)).json();
    const { opening, toPage, toServer } = figures.tally.techniques.websocket;
    expect([opening.up + toPage.up + toServer.up, opening.down + toPage.down + toServer.down]).toEqual([
      counted?.up,
      counted?.down,
    ]);
    expect(toPage.messages).toBeGreaterThanOrEqual(20);
    expect(errors).toEqual([]);
  });

  test("says so where bytes are not counted, and shows messages and times", async () => {
    const { page, errors } = await open(gateway.httpUrl("/demos/unmetered"));
    expect(new URL(page.url()).port).toBe(String(gateway.port));
    await start(page, 20);
    expect(await textOf(page, "#notice")).toStartWith(
      "Bytes are not counted here: the meter is switched off",
    );
    await until(async () => (await messagesOf(page)) >= 20, "the first 20 messages");
    await stop(page);
    expect(await textOf(page, "#overhead-websocket")).toBe("–");
    expect(await row(page, "Bytes up")).toEqual(["–", "–", "–", "–"]);
    expect(await textOf(page, "#sentence")).toMatch(/Median wait of a message to the page: Polling \d+ ms/);
    expect(errors).toEqual([]);
  });

  test("tells a page whose gateway has gone how to begin afresh", async () => {
    const own = await startGateway(CONFIG);
    toStop.push(() => own.stop());
    const { page } = await open(own.httpUrl("/demos/efficiency"));
    await start(page, 5);
    await own.stop();
    await waitForState(page, "lost");
    expect(await textOf(page, "#notice")).toContain("New run");
    expect(await page.getAttribute(".masthead a", "href")).toBe(own.httpUrl("/demos/efficiency/"));
  });
});

describe.each(["/", "/nothing", "/demos/efficiency", "/demos/unmetered"])("the page at %s", (path) => {
  test("is legible, and wide enough for itself, on a phone and a desktop, by day and by night", async () => {
    const { page } = await open(gateway.httpUrl(path));
    await settle(page);
    if (path === "/demos/efficiency") await page.click("summary");
    for (const { viewport } of [PHONE, DESKTOP]) {
      await page.setViewportSize(viewport);
      expect([viewport.width, await scrollsSideways(page)]).toEqual([viewport.width, false]);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        expect([viewport.width, colorScheme, ...(await findFaintTexts(page))]).toEqual([
          viewport.width,
          colorScheme,
        ]);
      }
    }
  });

  test("moves nothing for who asked for that, and can be used by keyboard", async () => {
    const { page } = await open(gateway.httpUrl(path), { ...DESKTOP, reducedMotion: "reduce" });
    await settle(page);
    expect(await page.evaluate(findMoving)).toEqual([]);
    const wanted = await page.locator(CONTROLS).count();
    const reached = new Set<string>();
    // Logs and code can be scrolled by keyboard, so they are stops on the way too.
    const stops = wanted + (await page.locator("pre, ol").count());
    for (let presses = 0; presses < stops; presses++) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate(describeFocus);
      if (focused !== undefined) reached.add(focused);
    }
    expect([...reached].filter((one) => one.endsWith("without a mark"))).toEqual([]);
    expect(reached.size).toBe(wanted);
  });
});

/** Everything to press, fill in or follow. */
const CONTROLS = ["a", "button:enabled", "input:enabled", "select:enabled", "summary"]
  .map((selector) => `${selector}:visible`)
  .join(", ");

/** Until the page's connections are up and its controls are what they will be. */
async function settle(page: Page): Promise<void> {
  if ((await page.locator("#state").count()) > 0) await waitForState(page, "idle");
  for (const box of ["echo", "broadcast"]) {
    if ((await page.locator(`#${box}`).count()) > 0) await isConnected(page, box);
  }
}

// The functions below run in the page.

function findMoving(): string[] {
  return [...document.querySelectorAll("*")].flatMap((element) =>
    ["", "::before"].flatMap((pseudo) => {
      const { animationName, transitionDuration } = getComputedStyle(element, pseudo);
      return animationName !== "none" || transitionDuration !== "0s" ? [element.tagName] : [];
    }),
  );
}

function describeFocus(): string | undefined {
  const { activeElement } = document;
  if (activeElement === null || activeElement.matches("body, pre, ol")) return undefined;
  const place = [...document.querySelectorAll("*")].indexOf(activeElement);
  const { outlineStyle, outlineWidth } = getComputedStyle(activeElement);
  const isShown = outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2;
  return `${place} ${activeElement.tagName}${isShown ? "" : " without a mark"}`;
}
