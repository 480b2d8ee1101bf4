import { expect, test } from "bun:test";
import * as gateway from "./index.ts";

test("what an embedding program may rely on", () => {
  expect(Object.keys(gateway).sort()).toEqual([
    "FAILURES",
    "Failure",
    "STANDARD_SERVICES",
    "createGateway",
    "createLog",
    "silentLog",
    "systemClock",
  ]);
});
