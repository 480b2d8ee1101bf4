import { describe, expect, test } from "bun:test";
import { FakeClock } from "../host/fake-clock.ts";
import { FakeLog } from "../service/fake-session.ts";
import { createHeadroomWatch } from "./headroom.ts";

function setUp() {
  const clock = new FakeClock();
  const log = new FakeLog();
  const state = { open: 0, limit: 1000, isPaused: false, isTaken: false, isBlind: false };
  const watch = createHeadroomWatch({
    clock,
    log,
    readDescriptors: () => ({ open: state.open, limit: state.limit }),
    readMemoryBytes() {
      if (state.isBlind) throw new Error("EMFILE");
      return 77;
    },
    descriptorReserve: () => 100,
    pauseListening: () => {
      state.isPaused = true;
    },
    resumeListening: () => {
      if (state.isTaken) throw new Error("taken");
      state.isPaused = false;
    },
  });
  watch.start();
  const openTo = (open: number) => {
    state.open = open;
    clock.advance(100);
  };
  return { clock, log, state, watch, openTo };
}

describe("headroom", () => {
  test("tells what is left", () => {
    const { watch, openTo } = setUp();
    openTo(900);
    expect(watch.current()).toEqual({ descriptorsFree: 100, memoryBytes: 77 });
  });

  test("closes the listeners below a quarter of the reserve, not at it, and opens them at the whole of it", () => {
    const { state, openTo, log } = setUp();
    openTo(975);
    expect(state.isPaused).toBe(false);
    openTo(976);
    expect(state.isPaused).toBe(true);
    openTo(901);
    expect(state.isPaused).toBe(true);
    openTo(900);
    expect(state.isPaused).toBe(false);
    expect(log.events("error")).toHaveLength(1);
    expect(log.events("info")).toEqual(["accepting resumed"]);
  });

  test("goes on trying when an address was taken meanwhile", () => {
    const { state, openTo } = setUp();
    openTo(999);
    state.isTaken = true;
    openTo(0);
    expect(state.isPaused).toBe(true);
    state.isTaken = false;
    openTo(0);
    expect(state.isPaused).toBe(false);
  });

  test("goes on looking when there is not even a descriptor to read the memory with", () => {
    const { state, openTo, watch } = setUp();
    state.isBlind = true;
    openTo(1000);
    expect(state.isPaused).toBe(true);
    expect(watch.current()).toEqual({ descriptorsFree: 0, memoryBytes: 77 });
    openTo(0);
    expect(state.isPaused).toBe(false);
  });

  test("never pauses where the system tells no limit", () => {
    const { state, openTo } = setUp();
    state.limit = Number.POSITIVE_INFINITY;
    openTo(1_000_000);
    expect(state.isPaused).toBe(false);
  });
});
