import { describe, expect, test } from "bun:test";
import { PAGE_FILES } from "./page-files.ts";
import { basePath, isTechnique, parseRoute, runPath, TECHNIQUES } from "./route.ts";

const RUN = "AAAAAAAAAAAAAAAAAAAA-_";

describe("the demo's addresses", () => {
  test("are those of the page, its files, its control connection, its figures and the techniques", () => {
    const endpoints = ["", "live", "meter", ...TECHNIQUES, ...PAGE_FILES.map(([name]) => name)];
    for (const endpoint of endpoints) {
      expect(parseRoute("/demo", `${runPath("/demo", RUN)}${endpoint}`)).toEqual({ runId: RUN, endpoint });
    }
  });

  test("lie at the root when the service does", () => {
    expect(basePath("/")).toBe("");
    expect(parseRoute(basePath("/"), `/r/${RUN}/poll`)).toEqual({ runId: RUN, endpoint: "poll" });
  });

  test.each([
    ["another service's", "/echo"],
    ["the service's own", "/demo"],
    ["a name that no run can have", "/demo/r/short/poll"],
    ["an endpoint that is not known", `/demo/r/${RUN}/admin`],
    ["dots that a server resolves", `/demo/r/${RUN}/../../../echo`],
    ["dots in place of the run", "/demo/r/../../echo"],
    ["escaped dots", `/demo/r/${RUN}/%2e%2e/poll`],
    ["an escaped letter", `/demo/r/${RUN}/p%6fll`],
    ["a second slash", `/demo//r/${RUN}/poll`],
    ["an empty segment", `/demo/r/${RUN}//poll`],
    ["something after the endpoint", `/demo/r/${RUN}/poll/x`],
    ["a query", `/demo/r/${RUN}/poll?x`],
    ["a fragment", `/demo/r/${RUN}/#poll`],
    ["a backslash", `/demo/r/${RUN}/..\\echo`],
    ["a longer name of a run", `/demo/r/${RUN}A/poll`],
    ["another base", `/demonstration/r/${RUN}/poll`],
    ["a line's end", `/demo/r/${RUN}/poll\n`],
  ])("are not taken from %s", (_, path) => {
    expect(parseRoute("/demo", path)).toBeUndefined();
  });

  test("name techniques exactly", () => {
    expect(isTechnique("sse")).toBe(true);
    expect(["", "live", "SSE", "toString"].some(isTechnique)).toBe(false);
  });
});
