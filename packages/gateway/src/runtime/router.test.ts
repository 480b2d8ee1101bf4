import { describe, expect, test } from "bun:test";
import { findRoute, type Route } from "./router.ts";

const routes = new Map<string, Route>(
  [
    { path: "/", match: "prefix" },
    { path: "/echo", match: "exact" },
    { path: "/app", match: "prefix" },
    { path: "/app/live", match: "exact" },
  ].map((route) => [route.path, route as Route]),
);

describe("the router", () => {
  test.each([
    ["/", "/"],
    ["/echo", "/echo"],
    ["/echo/", "/"],
    ["/echo/x", "/"],
    ["/app", "/app"],
    ["/app/", "/app"],
    ["/app/x/y", "/app"],
    ["/application", "/"],
    ["/app/live", "/app/live"],
    ["/app/live/x", "/app"],
    ["/x", "/"],
    ["", "/"],
  ])("gives %s to %s", (path, expected) => {
    expect(findRoute(routes, path)?.path).toBe(expected);
  });

  test("knows when nobody has a path", () => {
    expect(findRoute(new Map([["/echo", { path: "/echo", match: "exact" as const }]]), "/x")).toBeUndefined();
  });
});
