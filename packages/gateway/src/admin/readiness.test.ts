import { describe, expect, test } from "bun:test";
import { FakeView } from "./fake-view.ts";
import { unreadiness } from "./readiness.ts";
import type { GatewayView, ListenerView } from "./view.ts";

function view(state: GatewayView["state"], ...states: ListenerView["state"][]): FakeView {
  const made = new FakeView();
  made.state = state;
  made.listenerList = states.map((one, index) => ({
    url: `http://127.0.0.1:800${index}`,
    state: one,
    drafts: false,
  }));
  return made;
}

describe("readiness", () => {
  const cases: readonly (readonly [string, FakeView, readonly string[]])[] = [
    ["is there when all listeners listen", view("ready", "listening", "listening"), []],
    ["waits for the start", view("starting", "listening"), ["starting"]],
    ["ends with the stop", view("stopping", "closed"), ["stopping"]],
    ["needs a listener", view("ready"), ["not_listening"]],
    ["is gone while one listener is paused", view("ready", "listening", "paused"), ["listener_paused"]],
    [
      "names every listener that does not listen",
      view("ready", "closed", "paused"),
      ["listener_closed", "listener_paused"],
    ],
  ];
  test.each(cases)("%s", (_, made, reasons) => {
    expect(unreadiness(made).map(({ reason }): string => reason)).toEqual([...reasons]);
  });
});
