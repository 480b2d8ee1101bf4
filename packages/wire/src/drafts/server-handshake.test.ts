import { describe, expect, test } from "bun:test";
import { concat, latin1, toLatin1 } from "../../testing/bytes.ts";
import { UsageError } from "../bytes/usage-error.ts";
import type { Draft } from "./draft.ts";
import {
  checkDraftRequest,
  type DraftRequestFields,
  type DraftRequestProblem,
  type DraftServerHandshake,
  formatHixie75Response,
  formatHixie76Response,
} from "./server-handshake.ts";

const REQUEST: DraftRequestFields = {
  method: "GET",
  target: "/demo",
  host: ["example.com"],
  upgrade: ["WebSocket"],
  connection: ["Upgrade"],
  origin: ["http://example.com"],
  subprotocol: ["sample"],
  key1: ["4 @1  46546xW%0l 1 5"],
  key2: ["12998 5 Y3 1  .P00"],
};

describe("a request", () => {
  test("is sound as in the example of draft -76 §1.3, and with tokens in other cases or lists", () => {
    expect(checkDraftRequest("hixie-76", REQUEST)).toBeUndefined();
    const other = {
      ...REQUEST,
      upgrade: ["websocket"],
      connection: ["keep-alive, upgrade"],
      subprotocol: [],
    };
    expect(checkDraftRequest("hixie-76", other)).toBeUndefined();
  });

  test("needs no keys in hixie-75", () => {
    expect(checkDraftRequest("hixie-75", { ...REQUEST, key1: [], key2: [] })).toBeUndefined();
  });

  test("may come from an opaque origin", () => {
    expect(checkDraftRequest("hixie-75", { ...REQUEST, origin: ["null"] })).toBeUndefined();
  });

  const broken: [DraftRequestProblem, string, Partial<DraftRequestFields>][] = [
    ["method", "POST", { method: "POST" }],
    ["target", "no path", { target: "http://example.com/demo" }],
    ["target", "with a line end", { target: "/demo\r\nX: y" }],
    ["host", "none", { host: [] }],
    ["host", "two", { host: ["a", "b"] }],
    ["host", "with a line end", { host: ["a\r\nX: y"] }],
    ["host", "with a user", { host: ["a@b"] }],
    ["upgrade", "none", { upgrade: [] }],
    ["upgrade", "another", { upgrade: ["h2c"] }],
    ["connection", "none", { connection: [] }],
    ["connection", "keep-alive", { connection: ["keep-alive"] }],
    ["origin", "none", { origin: [] }],
    ["origin", "empty", { origin: [""] }],
    ["origin", "two", { origin: ["http://a", "http://b"] }],
    ["origin", "with a line end", { origin: ["http://a\r\nX: y"] }],
    ["subprotocol", "no token", { subprotocol: ["a b"] }],
  ];
  test.each(broken)("of either draft has a problem with its %s: %s", (problem, _, part) => {
    for (const draft of ["hixie-75", "hixie-76"] as Draft[]) {
      expect(checkDraftRequest(draft, { ...REQUEST, ...part })).toBe(problem);
    }
  });

  test.each([
    ["none", []],
    ["two lines", ["1 2", "1 2"]],
    ["no space", ["12"]],
    ["a remainder", ["1 0 1"]],
    ["more than 32 bits", ["4294967296 "]],
  ])("of hixie-76 has a problem with a key: %s", (_, key) => {
    expect(checkDraftRequest("hixie-76", { ...REQUEST, key1: key })).toBe("key1");
    expect(checkDraftRequest("hixie-76", { ...REQUEST, key2: key })).toBe("key2");
  });
});

const HANDSHAKE: DraftServerHandshake = {
  origin: "http://example.com",
  location: "ws://example.com/demo",
  subprotocol: "sample",
  extraFields: [["Set-Cookie", "a=b"]],
};

describe("the response of hixie-75", () => {
  test("has these bytes, the first three lines as draft -75 fixes them", () => {
    expect(toLatin1(formatHixie75Response(HANDSHAKE))).toBe(
      "HTTP/1.1 101 Web Socket Protocol Handshake\r\n" +
        "Upgrade: WebSocket\r\n" +
        "Connection: Upgrade\r\n" +
        "WebSocket-Origin: http://example.com\r\n" +
        "WebSocket-Location: ws://example.com/demo\r\n" +
        "WebSocket-Protocol: sample\r\n" +
        "Set-Cookie: a=b\r\n" +
        "\r\n",
    );
  });

  test("names no subprotocol when none is agreed", () => {
    expect(toLatin1(formatHixie75Response({ ...HANDSHAKE, subprotocol: "" }))).not.toContain(
      "WebSocket-Protocol",
    );
  });
});

describe("the response of hixie-76", () => {
  const head =
    "HTTP/1.1 101 WebSocket Protocol Handshake\r\n" +
    "Upgrade: WebSocket\r\n" +
    "Connection: Upgrade\r\n" +
    "Sec-WebSocket-Origin: http://example.com\r\n" +
    "Sec-WebSocket-Location: ws://example.com/demo\r\n" +
    "Sec-WebSocket-Protocol: sample\r\n" +
    "Set-Cookie: a=b\r\n" +
    "\r\n";

  test("has these bytes, and the answer of the example after them (draft -76 §1.3)", () => {
    const answer = latin1("8jKS'y:G*Co,Wxa-");
    expect(formatHixie76Response(HANDSHAKE, answer)).toEqual(concat(latin1(head), answer));
  });

  test("can be the head alone, whose answer follows later", () => {
    expect(toLatin1(formatHixie76Response(HANDSHAKE))).toBe(head);
  });

  test.each([[0], [15], [17]])("cannot have an answer of %d bytes", (length) => {
    expect(() => formatHixie76Response(HANDSHAKE, new Uint8Array(length))).toThrow(UsageError);
  });
});

const injected: [string, Partial<DraftServerHandshake>][] = [
  ["an origin with a line end", { origin: "http://a\r\nX: y" }],
  ["a location with a line end", { location: "ws://a/\r\n\r\n" }],
  ["a subprotocol with a line end", { subprotocol: "a\r\nX: y" }],
  ["a subprotocol that is no token", { subprotocol: "a, b" }],
  ["a field value with a line end", { extraFields: [["X", "y\r\nZ: z"]] }],
  ["a second location", { extraFields: [["WebSocket-Location", "ws://b/"]] }],
];
test.each(injected)("no response is made with %s", (_, part) => {
  expect(() => formatHixie75Response({ ...HANDSHAKE, ...part })).toThrow(UsageError);
  expect(() => formatHixie76Response({ ...HANDSHAKE, ...part })).toThrow(UsageError);
});
