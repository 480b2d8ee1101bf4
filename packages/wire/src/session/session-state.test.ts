import { expect, test } from "bun:test";
import { SESSION_TRANSITIONS, type SessionState } from "./session-state.ts";

test("every state is reached from the first, and the end from every other; nothing leaves the end", () => {
  const reached = new Set<SessionState>(["opening"]);
  for (const state of reached)
    for (const next of Object.values(SESSION_TRANSITIONS[state])) reached.add(next);
  expect([...reached].sort()).toEqual(["detached", "ended", "live", "opening", "resuming"]);
  for (const state of reached) {
    expect(SESSION_TRANSITIONS[state].ended).toBe(state === "ended" ? undefined : "ended");
  }
});
