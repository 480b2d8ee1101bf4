import { describe, expect, test } from "bun:test";
import { PAGE_MAX, parseCloseQuery, parsePageQuery } from "./connection-query.ts";

const page = (query: string) => parsePageQuery(new URLSearchParams(query));
const close = (query: string) => parseCloseQuery(new URLSearchParams(query));

describe("a query for a page", () => {
  test("asks for a hundred of all connections when it says nothing", () => {
    expect(page("")).toEqual({ filter: {}, limit: 100, after: undefined });
  });

  test("filters by path, address, origin and carrier", () => {
    expect(page("path=%2Fecho&address=192.0.2.7&origin=https://a.example&carrier=hixie-76")).toMatchObject({
      filter: { path: "/echo", address: "192.0.2.7", origin: "https://a.example", carrier: "hixie-76" },
    });
  });

  test("takes a limit from 1 to 1000 and nothing beside", () => {
    expect(page("limit=1")).toMatchObject({ limit: 1 });
    expect(page(`limit=${PAGE_MAX}`)).toMatchObject({ limit: 1000 });
    for (const limit of ["0", "1001", "-1", "1.5", "ten", "1e2", "99999"]) {
      expect(page(`limit=${limit}`)).toBe("`limit` is a number from 1 to 1000.");
    }
  });

  test("takes the cursor that a page gave", () => {
    expect(page("after=1700000000000:ab-1f")).toMatchObject({
      after: { openedAtMs: 1_700_000_000_000, id: "ab-1f" },
    });
    for (const after of ["x", "1:", ":a", `1:${"a".repeat(101)}`])
      expect(page(`after=${after}`)).toBeString();
  });

  test.each(["path=", "path=/a&path=/b", "carrier=pigeon", "carrier=toString", "all=true", "nonsense=1"])(
    "is refused for %s",
    (query) => {
      expect(page(query)).toBeString();
    },
  );
});

describe("a query for closing", () => {
  test("needs a filter, or `all=true`", () => {
    expect(close("")).toContain("`all=true`");
    expect(close("path=/echo")).toEqual({ path: "/echo" });
    expect(close("all=true")).toEqual({});
  });

  test.each(["all=1", "all=false", "all=true&path=/echo", "limit=5", "after=1:a", "path="])(
    "is refused for %s",
    (query) => {
      expect(close(query)).toBeString();
    },
  );

  test("with a misspelt filter closes nothing, and says what was meant", () => {
    expect(close("adress=192.0.2.7")).toContain("`address`");
  });
});
