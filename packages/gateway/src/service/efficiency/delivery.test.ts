import { describe, expect, test } from "bun:test";
import { FakeClock } from "../../host/fake-clock.ts";
import { type HttpTechnique, respondTechnique } from "./delivery.ts";
import type { Feed } from "./feed.ts";
import { createRunStore, type Run, startRun } from "./run-store.ts";

function setup() {
  const clock = new FakeClock();
  const runs = createRunStore(clock, () => "run");
  const run: Run =
    runs.create({ listener: "http://localhost:1", home: "/", unmetered: undefined }) ??
    expect.unreachable("no place");
  const ask = (technique: HttpTechnique, query = "after=0", init: RequestInit = {}) =>
    respondTechnique(technique, new Request("http://h/", init), query, { run, clock });
  /** 10 messages of 12 bytes a second. */
  const start = () => startRun(run, 10, 12);
  return { clock, run, ask, start };
}

function silentFeed(): Feed {
  return {
    isRunning: true,
    text: HELLO,
    last: 0,
    elapsedMs: 0,
    start() {},
    stop() {},
    backlog: (after) => ({ first: after + 1, next: after, count: 0 }),
    takeTimes: () => [],
    listen: () => () => {},
  };
}

const HELLO = "Hello, world";
const hellos = (count: number) => new Array<string>(count).fill(HELLO);

describe("a poll", () => {
  test("is answered at once with all messages since", async () => {
    const { clock, ask, start, run } = setup();
    start();
    const none = await ask("poll");
    expect(await none.json()).toEqual({ next: 0, messages: [] });
    clock.advance(800);
    const some = await ask("poll");
    expect(await some.json()).toEqual({ next: 3, messages: hellos(3) });
    clock.advance(200);
    expect(await (await ask("poll", "after=3")).json()).toEqual({ next: 5, messages: hellos(2) });
    expect(run.tally.techniques.poll.toPage).toMatchObject({ messages: 5, payloadBytes: 60 });
    expect(some.headers.get("cache-control")).toBe("no-store");
  });

  test.each(["after=-1", "after=1e3", "after=", "after=x", "after=9999999999"])(
    "is refused with 400 when it asks for %s",
    async (query) => {
      const { ask } = setup();
      expect((await ask("poll", query)).status).toBe(400);
    },
  );

  test("begins at the start when it does not say where", async () => {
    const { ask } = setup();
    expect((await ask("poll", "")).status).toBe(200);
  });
});

describe("a long poll", () => {
  test("is answered by the next message", async () => {
    const { clock, ask, start, run } = setup();
    start();
    const response = ask("long-poll");
    clock.advance(600);
    expect(await (await response).json()).toEqual({ next: 1, messages: hellos(1) });
    expect(run.tally.techniques["long-poll"].toPage.messages).toBe(1);
    // The timer of the poll is gone, those of the feed are left.
    const left = clock.pendingTimers;
    run.feed.stop();
    expect([left, clock.pendingTimers]).toEqual([3 - 1, 0]);
  });

  test("is answered at once when there is something", async () => {
    const { clock, ask, start } = setup();
    start();
    clock.advance(700);
    expect(await (await ask("long-poll", "after=1")).json()).toEqual({ next: 2, messages: hellos(1) });
  });

  test("is answered with nothing after 25 s", async () => {
    const { clock, run } = setup();
    // A feed that makes nothing: in a real one a message comes at least every second.
    const feed = { ...silentFeed(), last: 4 };
    const response = respondTechnique("long-poll", new Request("http://h/"), "after=4", {
      run: { ...run, feed },
      clock,
    });
    let isAnswered = false;
    void Promise.resolve(response).then(() => {
      isAnswered = true;
    });
    clock.advance(24_999);
    await Promise.resolve();
    expect(isAnswered).toBe(false);
    clock.advance(1);
    expect(await (await response).json()).toEqual({ next: 4, messages: [] });
    expect(clock.pendingTimers).toBe(0);
  });

  test("is answered by the end of the feed, and at once when there is no feed", async () => {
    const { ask, start, run } = setup();
    start();
    const response = ask("long-poll");
    run.feed.stop();
    expect(await (await response).json()).toEqual({ next: 0, messages: [] });
    expect(await (await ask("long-poll")).json()).toEqual({ next: 0, messages: [] });
  });

  test("is forgotten when its client leaves", async () => {
    const { clock, ask, start, run } = setup();
    start();
    const controller = new AbortController();
    const response = ask("long-poll", "after=0", { signal: controller.signal });
    controller.abort();
    expect((await response).status).toBe(204);
    clock.advance(700);
    expect(run.tally.techniques["long-poll"].toPage.messages).toBe(0);
  });

  test("is refused with 503 when too many wait", async () => {
    const { ask, start, run } = setup();
    start();
    const waiting = Array.from({ length: 16 }, () => ask("long-poll"));
    expect((await ask("long-poll")).status).toBe(503);
    run.feed.stop();
    expect((await Promise.all(waiting)).every(({ status }) => status === 200)).toBe(true);
  });
});

describe("an event stream", () => {
  test("carries each message with its number, and ends with the feed", async () => {
    const { clock, ask, start, run } = setup();
    start();
    const response = await ask("sse");
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    clock.advance(800);
    run.feed.stop();
    expect(await response.text()).toBe(
      `id: 1\ndata: ${HELLO}\n\nid: 2\ndata: ${HELLO}\n\nid: 3\ndata: ${HELLO}\n\n`,
    );
    expect(run.tally.techniques.sse.toPage).toMatchObject({ messages: 3, payloadBytes: 36 });
  });

  test("goes on after the last event that the client has (HTML §9.2.5)", async () => {
    const { clock, ask, start, run } = setup();
    start();
    clock.advance(800);
    const response = await ask("sse", "", { headers: { "last-event-id": "2" } });
    clock.advance(100);
    run.feed.stop();
    expect(await response.text()).toBe(`id: 3\ndata: ${HELLO}\n\nid: 4\ndata: ${HELLO}\n\n`);
  });

  test("tells the client not to come back when there is no feed", async () => {
    const { ask } = setup();
    expect((await ask("sse")).status).toBe(204);
  });

  test("holds no more than its limit for a client that does not read, and then gives what is kept", async () => {
    const { clock, ask, run } = setup();
    startRun(run, 50, 4096);
    const response = await ask("sse");
    clock.advance(60_000);
    const held = run.tally.techniques.sse.toPage.payloadBytes;
    expect(held).toBeLessThanOrEqual(65_536 + 4096);
    expect(held).toBeGreaterThanOrEqual(65_536 - 4096);
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(new TextDecoder().decode(first?.value)).toStartWith("id: 1\n");
    await reader?.cancel();
    clock.advance(1000);
    expect(run.tally.techniques.sse.toPage.payloadBytes).toBeLessThanOrEqual(held + 1_048_576);
  });
});

describe("a message from the page", () => {
  test("is counted with its arrival and answered without a body", async () => {
    const { clock, ask, run } = setup();
    clock.advance(7);
    const response = await ask("sse", "", { method: "POST", body: "Grüße" });
    expect([response.status, await response.text()]).toEqual([204, ""]);
    expect(run.tally.techniques.sse.toServer).toMatchObject({ messages: 1, payloadBytes: 7 });
    expect(run.arrivals.sse).toEqual([7]);
  });

  test("may be 4096 bytes long and no longer", async () => {
    const { ask, run } = setup();
    const post = (bytes: number, headers = {}) =>
      ask("poll", "", { method: "POST", body: "a".repeat(bytes), headers });
    expect((await post(4096)).status).toBe(204);
    expect((await post(4097)).status).toBe(413);
    expect((await post(1, { "content-length": "4097" })).status).toBe(413);
    expect(run.tally.techniques.poll.toServer.messages).toBe(1);
  });

  test("comes by no other method", async () => {
    const { ask } = setup();
    const response = await ask("poll", "", { method: "PUT", body: "x" });
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, POST"]);
  });
});
