import { expect, test } from "bun:test";
import { fillRandom } from "../../host/random-bytes.ts";
import { parseRoute, runPath } from "./route.ts";
import { createRunId } from "./run-id.ts";

test("is all of the 128 bits, in characters that a path takes as they are", () => {
  expect(createRunId((bytes) => bytes.fill(0xff))).toBe("_____________________w");
  expect(createRunId((bytes) => bytes.fill(0))).toBe("AAAAAAAAAAAAAAAAAAAAAA");
});

test("is a name that the demo's addresses know, and another one each time", () => {
  const id = createRunId(fillRandom);
  expect(parseRoute("/d", runPath("/d", id))).toEqual({ runId: id, endpoint: "" });
  expect(createRunId(fillRandom)).not.toBe(id);
});
