import { describe, expect, test } from "bun:test";
import { vectors } from "../../testing/session/vectors.ts";
import { FIRST_GENERATION, judgeTicket } from "./ticket-generation.ts";

describe("ticket generations", () => {
  test.each(vectors.generations)(
    "of $newest after attempt $attempt, $presents is $verdict (session 10)",
    (vector) => {
      const [generation = 0, attempt = 0] = vector.presents;
      const verdict = judgeTicket(
        { newest: vector.newest, attempt: vector.attempt },
        { generation, attempt },
      );
      expect(verdict.type).toBe(vector.verdict as typeof verdict.type);
      if (verdict.type !== "accepted") return;
      expect([verdict.next.newest, verdict.next.attempt]).toEqual(vector.next ?? []);
    },
  );

  test("racing resumes with one ticket wear out one generation", () => {
    let known = FIRST_GENERATION;
    for (const attempt of [1, 3, 2]) {
      const verdict = judgeTicket(known, { generation: 1, attempt });
      if (verdict.type !== "accepted") throw new Error("Racing resumes are no theft.");
      known = verdict.next;
    }
    expect(known).toEqual({ newest: 2, attempt: 3 });
  });
});
