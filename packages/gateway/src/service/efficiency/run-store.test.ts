import { describe, expect, test } from "bun:test";
import type { Failure } from "../../failure.ts";
import { FakeClock } from "../../host/fake-clock.ts";
import { createRunStore, noteArrival, type Run, startRun } from "./run-store.ts";

const ORIGIN = { listener: "http://localhost:8000", home: "/", unmetered: undefined };
const LIMITS = { runsMax: 3, abandonedMaxMs: 1000 };

function setup() {
  const clock = new FakeClock();
  let ids = 0;
  const runs = createRunStore(clock, () => `run-${++ids}`, LIMITS);
  const create = (): Run => runs.create(ORIGIN) ?? expect.unreachable("no place");
  return { clock, runs, create };
}

/** Gives the run a page. */
function attend(run: Run): Failure[] {
  const dismissals: Failure[] = [];
  run.dismiss = (why) => dismissals.push(why);
  return dismissals;
}

describe("the store of runs", () => {
  test("finds a run by its name alone", () => {
    const { runs, create } = setup();
    const run = create();
    expect(runs.get(run.id)).toBe(run);
    expect(runs.get("run-2")).toBeUndefined();
    expect(runs.get("toString")).toBeUndefined();
  });

  test("forgets a run that nobody asked for, at its age and not before", () => {
    const { clock, runs, create } = setup();
    const run = create();
    clock.advance(999);
    expect(runs.get(run.id)).toBe(run);
    clock.advance(1000);
    expect(runs.get(run.id)).toBeUndefined();
    expect(runs.size).toBe(0);
  });

  test("keeps a run as long as its page is there", () => {
    const { clock, runs, create } = setup();
    const run = create();
    attend(run);
    clock.advance(100_000);
    expect(runs.get(run.id)).toBe(run);
  });

  test("forgets abandoned runs when another one is made", () => {
    const { clock, runs, create } = setup();
    create();
    create();
    clock.advance(1000);
    create();
    expect(runs.size).toBe(1);
  });

  test("full, it lets the longest unused run without a page go first", () => {
    const { runs, create } = setup();
    const [first, second, third] = [create(), create(), create()];
    runs.get(first.id);
    attend(third);
    const fourth = create();
    expect(runs.size).toBe(3);
    expect(runs.get(second.id)).toBeUndefined();
    expect([first, third, fourth].every(({ id }) => runs.get(id) !== undefined)).toBe(true);
  });

  test("full of pages, it lets an idle one go, tells it, and none that measures", () => {
    const { runs, create } = setup();
    const [first, second, third] = [create(), create(), create()];
    const dismissals = [first, second, third].map(attend);
    startRun(first, 10, 12);
    create();
    expect(dismissals.map((whys) => whys.map(({ code }) => code))).toEqual([[], ["limit.connections"], []]);
    expect(runs.get(second.id)).toBeUndefined();
  });

  test("full of measurements, it has no place", () => {
    const { runs, create } = setup();
    for (const run of [create(), create(), create()]) {
      attend(run);
      startRun(run, 10, 12);
    }
    expect(runs.create(ORIGIN)).toBeUndefined();
    expect(runs.size).toBe(3);
  });

  test("cleared, it ends feeds and leaves pages to be closed by the gateway", () => {
    const { clock, runs, create } = setup();
    const run = create();
    const dismissals = attend(run);
    startRun(run, 10, 12);
    runs.clear();
    expect(dismissals).toEqual([]);
    expect([runs.size, run.feed.isRunning, clock.pendingTimers]).toEqual([0, false, 0]);
  });
});

describe("a run", () => {
  test("starts with empty figures; what still moves for the one before is counted there", () => {
    const { create } = setup();
    const run = create();
    const before = run.tally;
    noteArrival(run, "sse", 5);
    startRun(run, 10, 12);
    before.techniques.sse.toPage.down += 100;
    expect(run.tally.techniques.sse.toPage.down).toBe(0);
    expect(run.arrivals.sse).toEqual([]);
  });

  test("keeps 3000 arrivals until the page looks, and no more", () => {
    const { create } = setup();
    const run = create();
    for (let i = 0; i < 3001; i++) noteArrival(run, "poll", i);
    expect(run.arrivals.poll).toHaveLength(3000);
  });
});
