import { describe, expect, test } from "bun:test";
import { mapPath } from "./path-map.ts";

const map = (path: string, query = "", servicePath = "/app", backendPath = "/base") =>
  mapPath(path, query, { servicePath, backendPath });

describe("a path at the back end", () => {
  for (const [path, servicePath, backendPath, mapped] of [
    ["/app/x", "/app", "/base", "/base/x"],
    ["/app/x/", "/app", "/base/", "/base/x/"],
    ["/app/", "/app", "/base", "/base/"],
    ["/app", "/app", "/base", "/base"],
    ["/app", "/app", "/base/", "/base/"],
    ["/app", "/app", "/", "/"],
    ["/app/x", "/app", "/", "/x"],
    ["/", "/", "/", "/"],
    ["/x", "/", "/", "/x"],
    ["/x", "/", "/base", "/base/x"],
    ["//x", "/", "/base", "/base//x"],
    ["/app//evil.example", "/app", "/", "//evil.example"],
  ] as const) {
    test(`of ${path}, from ${servicePath} to ${backendPath}, is ${mapped}`, () => {
      expect(map(path, "", servicePath, backendPath)).toBe(mapped);
    });
  }

  test("keeps the query, and the encoding that the client chose", () => {
    expect(map("/app/a%2Fb%20c", "x=%41&y=a/../b")).toBe("/base/a%2Fb%20c?x=%41&y=a/../b");
    expect(map("/app/%zz", "%")).toBe("/base/%zz?%");
  });

  test("has what cannot stand in a request line encoded", () => {
    expect(map("/app/a b\u00e9#c\r\n", "q=\u20ac d#\u0000")).toBe(
      "/base/a%20b%C3%A9%23c%0D%0A?q=%E2%82%AC%20d%23%00",
    );
    expect(map("/app/\ud800")).toBe("/base/%EF%BF%BD");
  });

  test("may have dot segments that stay inside", () => {
    expect(map("/app/a/../b")).toBe("/base/a/../b");
    expect(map("/app/a/%2e%2e/b")).toBe("/base/a/%2e%2e/b");
    expect(map("/app/./...")).toBe("/base/./...");
  });

  for (const path of [
    "/app/..",
    "/app/../admin",
    "/app/a/../../admin",
    "/app/%2e%2e/admin",
    "/app/.%2E/admin",
    "/app/..%2fadmin",
    "/app/a%2f..%2f..%2fadmin",
    "/app/..\\admin",
    "/app/..%5cadmin",
    "/app/%252e%252e/admin",
    "/app/%25252e%25252e%25252fadmin",
    "/app/..;/admin",
    "/app/..;jsessionid=1/admin",
    "/app/%2e%2e%3b/admin",
    "/app/..%00/admin",
    "/app/..%20/admin",
    "/app/\t../admin",
    "/app/.//../../admin",
    `/app/${"%25".repeat(1)}${"25".repeat(10)}2e`,
    "/appendix",
  ]) {
    test(`that leaves the prefix, or may be read so, is none: ${JSON.stringify(path)}`, () => {
      expect(map(path)).toBeUndefined();
      expect(map(path, "", "/app", "/")).toBeUndefined();
    });
  }
});
