import { describe, expect, test } from "bun:test";
import type { ListenSettings } from "../config/settings.ts";
import { FakeClock } from "../host/fake-clock.ts";
import type { Listener } from "../net/listener.ts";
import { FakeLog } from "../service/fake-session.ts";
import { ListenerSet } from "./listener-set.ts";

class FakeListener implements Listener {
  readonly drafts = false;
  isIdle = false;
  isTaken = false;
  state: Listener["state"] = "listening";
  readonly published: string[] = [];
  isDestroyed = false;
  certificates: "same" | "changed" | "bad" = "same";
  readonly port: number;

  constructor(port: number) {
    this.port = port;
  }
  get url(): string {
    return `http://localhost:${this.port}`;
  }
  pause(): void {
    this.state = "paused";
  }
  resume(): void {
    if (this.isTaken) throw new Error("taken");
    this.state = "listening";
  }
  reloadCertificates(): boolean {
    if (this.certificates === "bad") throw new Error("not the key of");
    return this.certificates === "changed";
  }
  publish(topic: string): void {
    this.published.push(topic);
  }
  close(): void {
    this.state = "closed";
  }
  destroy(): void {
    this.isDestroyed = true;
  }
}

function on(port: number, compression = false): ListenSettings {
  return { secure: false, hostname: "localhost", port, certificates: [], drafts: false, compression };
}

function setUp() {
  const clock = new FakeClock();
  const log = new FakeLog();
  const made: FakeListener[] = [];
  const set = new ListenerSet({
    clock,
    log,
    createListener({ port }) {
      if (port === 666) throw new Error("port 666 is taken");
      const listener = new FakeListener(port);
      made.push(listener);
      return listener;
    },
  });
  return { clock, log, made, set };
}

describe("the listeners", () => {
  test("are changed by difference: what stays is not touched", () => {
    const { set, made } = setUp();
    set.apply([on(1), on(2)]);
    const changes = set.apply([on(2), on(3)]);
    expect(changes).toEqual(["listener http://localhost:1 closed", "listener http://localhost:3 opened"]);
    expect(made.map(({ port, state }) => [port, state])).toEqual([
      [1, "closed"],
      [2, "listening"],
      [3, "listening"],
    ]);
  });

  test("give an address up before it is opened with other options", () => {
    const { set, made } = setUp();
    set.apply([on(1)]);
    set.apply([on(1, true)]);
    expect(made.map(({ state }) => state)).toEqual(["closed", "listening"]);
  });

  test("stay as they were when one address cannot be had", () => {
    const { set, made } = setUp();
    set.apply([on(1)]);
    expect(() => set.apply([on(2), on(666)])).toThrow("taken");
    expect(set.all.map(({ url }) => url)).toEqual(["http://localhost:1"]);
    expect(made.map(({ state, isDestroyed }) => [state, isDestroyed])).toEqual([
      ["listening", false],
      ["listening", true],
    ]);
  });

  test("publish also to the sessions of a listener that was closed", () => {
    const { set, made } = setUp();
    set.apply([on(1)]);
    set.apply([on(2)]);
    set.publish("t", "x", false);
    expect(made.map(({ published }) => published)).toEqual([["t"], ["t"]]);
  });

  test("opened while accepting is paused wait with the others", () => {
    const { set, made } = setUp();
    set.apply([on(1)]);
    set.pause();
    set.apply([on(1), on(2)]);
    expect(made.map(({ state }) => state)).toEqual(["paused", "paused"]);
    set.resume();
    expect(made.map(({ state }) => state)).toEqual(["listening", "listening"]);
  });

  test("stay paused through a change that fails while accepting is paused", () => {
    const { set, made } = setUp();
    set.apply([on(1)]);
    set.pause();
    expect(() => set.apply([on(666)])).toThrow("taken");
    expect(made[0]?.state).toBe("paused");
  });

  test("that could not open again are tried until they can, and do not keep others from it", () => {
    const { set, made, clock, log } = setUp();
    set.apply([on(1), on(2)]);
    const [first, second] = made;
    if (first === undefined || second === undefined) throw new Error("unreachable");
    first.isTaken = true;
    set.rebind();
    expect([first.state, second.state]).toEqual(["paused", "listening"]);
    expect(log.events("error")).toEqual(["listener cannot open, trying again"]);
    first.isTaken = false;
    clock.advance(2000);
    expect(first.state).toBe("listening");
  });

  test("are forgotten once they were closed and their last connection is gone", () => {
    const { set, made, clock } = setUp();
    set.apply([on(1)]);
    set.apply([]);
    const [gone] = made;
    if (gone === undefined) throw new Error("unreachable");
    expect(set.isIdle).toBe(false);
    gone.isIdle = true;
    clock.advance(2000);
    set.publish("t", "x", false);
    expect(gone.published).toEqual([]);
  });

  test("look at their certificates, take good ones over and keep the old ones otherwise", () => {
    const { set, made, clock, log } = setUp();
    set.apply([on(1), on(2)]);
    const [first, second] = made;
    if (first === undefined || second === undefined) throw new Error("unreachable");
    first.certificates = "bad";
    second.certificates = "changed";
    clock.advance(2000);
    expect(log.events("error")).toEqual(["certificates refused, the old ones stay"]);
    expect(log.events("info")).toEqual(["certificates taken over"]);
    set.close();
    clock.advance(10_000);
    expect(log.lines).toHaveLength(2);
  });
});
