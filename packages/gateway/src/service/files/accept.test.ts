import { describe, expect, test } from "bun:test";
import { acceptedCodings, weightOfType } from "./accept.ts";

describe("Accept (RFC 9110 §12.5.1)", () => {
  for (const [accept, html, json] of [
    [null, 1, 1],
    ["", 0, 0],
    ["*/*", 1, 1],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", 1, 0.8],
    ["application/json", 0, 1],
    ["application/*;q=0.5, text/html;q=0", 0, 0.5],
    ["Application/JSON; charset=utf-8; q=0.3", 0, 0.3],
    ["text/html;q=2", 1, 0],
    ["text/html;q=1.5", 1, 0],
    ["text/html;level=1;q=0.4;x=y", 0.4, 0],
  ] as const) {
    test(`${JSON.stringify(accept)} weighs a page ${html} and JSON ${json}`, () => {
      expect(weightOfType(accept, "text/html")).toBe(html);
      expect(weightOfType(accept, "application/json")).toBe(json);
    });
  }
});

describe("Accept-Encoding (RFC 9110 §12.5.3)", () => {
  for (const [header, codings] of [
    [null, []],
    ["", []],
    ["gzip", ["gzip"]],
    ["gzip, deflate, br, zstd", ["br", "gzip"]],
    ["br;q=0.5, gzip", ["gzip", "br"]],
    ["br;q=0, gzip", ["gzip"]],
    ["*", ["br", "gzip"]],
    ["*;q=0", []],
    ["gzip;q=0, *", ["br"]],
    ["identity, gzip;q=0.5", []],
    ["identity;q=0.5, gzip", ["gzip"]],
    ["GZIP", ["gzip"]],
    ["x".repeat(100_000), []],
    [`${"a,".repeat(64)}gzip`, []],
  ] as const) {
    test(`${JSON.stringify(header)?.slice(0, 60)} takes ${codings.join(", ") || "nothing"}`, () => {
      expect(acceptedCodings(header, ["br", "gzip"])).toEqual(codings as never);
    });
  }
});
