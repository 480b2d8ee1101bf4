import { describe, expect, test } from "bun:test";
import { createFakeHandshake } from "../service/fake-session.ts";
import type { Guard, GuardStage, Verdict } from "./guard.ts";
import { createPipeline } from "./pipeline.ts";

describe("the pipeline", () => {
  const asked: GuardStage[] = [];
  const guard = (stage: GuardStage, verdict: Verdict | Promise<Verdict> = undefined): Guard => ({
    stage,
    judge() {
      asked.push(stage);
      return verdict;
    },
  });
  const refusal = { code: "origin.refused", detail: "" } as const;

  test("asks in the order of the stages, whatever the order of the list", () => {
    asked.length = 0;
    expect(
      createPipeline([guard("limits"), guard("host"), guard("origin")])(createFakeHandshake(), 0),
    ).toBeUndefined();
    expect(asked).toEqual(["host", "origin", "limits"]);
  });

  test("ends at the first refusal", () => {
    asked.length = 0;
    const judge = createPipeline([guard("host"), guard("origin", refusal), guard("limits")]);
    expect(judge(createFakeHandshake(), 0)).toBe(refusal);
    expect(asked).toEqual(["host", "origin"]);
  });

  test("waits for a guard that has to ask elsewhere, and goes on after it", async () => {
    asked.length = 0;
    const slow = guard("authentication", Promise.resolve(undefined));
    const judge = createPipeline([guard("host"), slow, guard("limits", refusal)]);
    expect(await judge(createFakeHandshake(), 0)).toBe(refusal);
    expect(asked).toEqual(["host", "authentication", "limits"]);
  });
});
