import { describe, expect, test } from "bun:test";
import { createAlignment, createLatencies, createPairing, overheadOf, totalsOf } from "./measure.js";

describe("the alignment of two clocks", () => {
  test("takes the quickest look's word, and half its round trip for the error", () => {
    const alignment = createAlignment();
    expect([alignment.isKnown, alignment.offsetMs, alignment.errorMs]).toEqual([false, 0, 0]);
    alignment.add(0, 100, 1000);
    alignment.add(200, 210, 1203);
    alignment.add(300, 350, 1300);
    expect([alignment.isKnown, alignment.offsetMs, alignment.errorMs]).toEqual([true, 998, 5]);
  });

  test("forgets a look after 24 others, since clocks drift", () => {
    const alignment = createAlignment();
    alignment.add(0, 1, 1000);
    for (let look = 0; look < 23; look++) alignment.add(0, 10, 2005);
    expect(alignment.offsetMs).toBe(999.5);
    alignment.add(0, 10, 2005);
    expect(alignment.offsetMs).toBe(2000);
  });
});

describe("percentiles", () => {
  test("are the least sample that enough others do not exceed", () => {
    const latencies = createLatencies();
    expect(latencies.percentile(0.5)).toBeUndefined();
    for (let ms = 20; ms >= 1; ms--) latencies.add(ms);
    expect([0, 0.5, 0.95, 1].map((share) => latencies.percentile(share))).toEqual([1, 10, 19, 20]);
  });

  test("are of the last 2000 samples", () => {
    const latencies = createLatencies();
    for (let sample = 0; sample < 3000; sample++) latencies.add(1000);
    for (let sample = 0; sample < 2000; sample++) latencies.add(1);
    expect(latencies.percentile(1)).toBe(1);
  });

  test("never say that a message came before it was sent", () => {
    const latencies = createLatencies();
    latencies.add(-0.4);
    expect(latencies.percentile(1)).toBe(0);
  });
});

test("pairs the two sides of a message in either order, once", () => {
  const pairing = createPairing();
  expect([pairing.meet(1, 10), pairing.meet(2, 20), pairing.meet(2, 25), pairing.meet(1, 30)]).toEqual([
    undefined,
    undefined,
    20,
    10,
  ]);
  expect(pairing.meet(1, 40)).toBeUndefined();
});

test("overhead is bytes without payload over messages, of both halves and the opening", () => {
  const tally = {
    opening: { up: 500, down: 100, requests: 1 },
    toPage: { up: 0, down: 140, requests: 0, messages: 10, payloadBytes: 120 },
    toServer: { up: 180, down: 0, requests: 0, messages: 10, payloadBytes: 120 },
  };
  expect(totalsOf(tally)).toEqual({
    up: 680,
    down: 240,
    bytes: 920,
    messages: 20,
    requests: 1,
    overhead: 34,
  });
  expect([overheadOf(tally.toPage), overheadOf(tally.toServer)]).toEqual([2, 6]);
  expect(overheadOf({ up: 9, down: 9, requests: 1, messages: 0, payloadBytes: 0 })).toBeUndefined();
});
