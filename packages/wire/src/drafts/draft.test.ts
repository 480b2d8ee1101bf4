import { describe, expect, test } from "bun:test";
import { classifyDraft, type DraftSigns, formatLocation } from "./draft.ts";

const NONE: DraftSigns = { version: [], key: [], key1: [], key2: [] };

describe("a request speaks", () => {
  const requests: [ReturnType<typeof classifyDraft>, string, Partial<DraftSigns>][] = [
    ["hixie-75", "without version and keys", {}],
    ["hixie-76", "with both keys", { key1: ["1 2"], key2: ["3 4"] }],
    ["hixie-76", "with the first key alone", { key1: ["1 2"] }],
    ["hixie-76", "with the second key alone", { key2: ["1 2"] }],
    ["hixie-76", "with an empty key", { key1: [""] }],
    [undefined, "with a version", { version: ["13"] }],
    [undefined, "with a version and keys of both kinds", { version: ["13"], key1: ["1 2"], key2: ["3 4"] }],
    [undefined, "with the key of RFC 6455 alone, which is then refused for its version", { key: ["x"] }],
  ];
  test.each(requests)("%s %s", (draft, _, signs) => {
    expect(classifyDraft({ ...NONE, ...signs })).toBe(draft);
  });
});

test.each([
  ["ws://example.com/echo", false, "example.com", "/echo"],
  ["ws://example.com/echo", false, "example.com:80", "/echo"],
  ["ws://example.com/echo", false, "example.com:", "/echo"],
  ["ws://example.com:8080/echo", false, "example.com:8080", "/echo"],
  ["ws://example.com:443/", false, "example.com:443", "/"],
  ["wss://example.com/", true, "example.com:443", "/"],
  ["wss://example.com:80/", true, "example.com:80", "/"],
  ["ws://example.com:180/", false, "example.com:180", "/"],
  ["ws://[::1]/?a=b", false, "[::1]:80", "/?a=b"],
  ["ws://[::80]/", false, "[::80]", "/"],
  ["ws://example.com/Path", false, "EXAMPLE.com", "/Path"],
])("the location %s, its default port left out", (location, secure, host, target) => {
  expect(formatLocation({ secure, host, target })).toBe(location);
});
