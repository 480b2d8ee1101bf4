import { describe, expect, test } from "bun:test";
import { byByte, concat, latin1, toLatin1 } from "../../testing/bytes.ts";
import { UsageError } from "../bytes/usage-error.ts";
import {
  createDraftResponseReader,
  type DraftClientHandshake,
  type DraftKeys,
  formatDraftRequest,
} from "./client-handshake.ts";
import type { Draft } from "./draft.ts";

const HANDSHAKE: DraftClientHandshake = {
  secure: false,
  host: "example.com",
  target: "/demo",
  origin: "http://example.com",
  subprotocol: "sample",
  extraFields: [["Cookie", "a=b"]],
};
/** Draft -76 §1.3. */
const KEYS: DraftKeys = {
  key1: "4 @1  46546xW%0l 1 5",
  key2: "12998 5 Y3 1  .P00",
  key3: latin1("^n:ds[4U"),
};

describe("the request", () => {
  test("of hixie-75 has these bytes", () => {
    expect(toLatin1(formatDraftRequest(HANDSHAKE, undefined))).toBe(
      "GET /demo HTTP/1.1\r\n" +
        "Upgrade: WebSocket\r\n" +
        "Connection: Upgrade\r\n" +
        "Host: example.com\r\n" +
        "Origin: http://example.com\r\n" +
        "WebSocket-Protocol: sample\r\n" +
        "Cookie: a=b\r\n" +
        "\r\n",
    );
  });

  test("of hixie-76 has these bytes", () => {
    expect(toLatin1(formatDraftRequest({ ...HANDSHAKE, subprotocol: "", extraFields: [] }, KEYS))).toBe(
      "GET /demo HTTP/1.1\r\n" +
        "Upgrade: WebSocket\r\n" +
        "Connection: Upgrade\r\n" +
        "Host: example.com\r\n" +
        "Origin: http://example.com\r\n" +
        "Sec-WebSocket-Key1: 4 @1  46546xW%0l 1 5\r\n" +
        "Sec-WebSocket-Key2: 12998 5 Y3 1  .P00\r\n" +
        "\r\n" +
        "^n:ds[4U",
    );
    expect(toLatin1(formatDraftRequest(HANDSHAKE, KEYS))).toContain("\r\nSec-WebSocket-Protocol: sample\r\n");
  });

  const injected: [string, Partial<DraftClientHandshake>][] = [
    ["a target with a space", { target: "/a b" }],
    ["a host with a line end", { host: "a\r\nX: y" }],
    ["an origin with a line end", { origin: "http://a\r\nX: y" }],
    ["a subprotocol that is no token", { subprotocol: "a b" }],
    ["a field value with a line end", { extraFields: [["X", "y\r\nZ: z"]] }],
    ["a key among the extra fields", { extraFields: [["Sec-WebSocket-Key1", "1 2"]] }],
  ];
  test.each(injected)("is not made with %s", (_, part) => {
    expect(() => formatDraftRequest({ ...HANDSHAKE, ...part }, undefined)).toThrow(UsageError);
  });

  test("is not made with keys that no server could read", () => {
    expect(() => formatDraftRequest(HANDSHAKE, { ...KEYS, key3: new Uint8Array(7) })).toThrow(UsageError);
    expect(() => createDraftResponseReader(HANDSHAKE, { ...KEYS, key2: "12" }, { headMaxBytes: 99 })).toThrow(
      UsageError,
    );
  });
});

const ANSWER = latin1("8jKS'y:G*Co,Wxa-");

function head(draft: Draft, replaced: Record<string, string> = {}): string {
  const prefix = draft === "hixie-76" ? "Sec-" : "";
  const lines = {
    status: "HTTP/1.1 101 Web Socket Protocol Handshake",
    upgrade: "Upgrade: WebSocket",
    connection: "Connection: Upgrade",
    origin: `${prefix}WebSocket-Origin: http://example.com`,
    location: `${prefix}WebSocket-Location: ws://example.com/demo`,
    subprotocol: `${prefix}WebSocket-Protocol: sample`,
    ...replaced,
  };
  return `${Object.values(lines)
    .filter((line) => line !== "")
    .join("\r\n")}\r\n\r\n`;
}

function reader(keys: DraftKeys | undefined, headMaxBytes = 4096) {
  return createDraftResponseReader(HANDSHAKE, keys, { headMaxBytes });
}

describe("the answer", () => {
  test("of hixie-75 opens at the end of its head", () => {
    const outcome = reader(undefined).read(latin1(`${head("hixie-75")}\0a\xff`));
    expect(outcome).toMatchObject({ type: "opened", subprotocol: "sample", rest: latin1("\0a\xff") });
  });

  test("of hixie-76 opens after its 16 bytes", () => {
    const bytes = concat(latin1(head("hixie-76")), ANSWER, latin1("\0a\xff"));
    expect(reader(KEYS).read(bytes)).toMatchObject({
      type: "opened",
      subprotocol: "sample",
      rest: latin1("\0a\xff"),
    });
  });

  test("opens when it comes byte by byte", () => {
    const outcomes75 = ((one) => byByte(latin1(head("hixie-75"))).map((byte) => one.read(byte)))(
      reader(undefined),
    );
    const bytes76 = concat(latin1(head("hixie-76")), ANSWER);
    const outcomes76 = ((one) => byByte(bytes76).map((byte) => one.read(byte)))(reader(KEYS));
    for (const outcomes of [outcomes75, outcomes76]) {
      expect(outcomes.pop()).toMatchObject({ type: "opened", rest: new Uint8Array(0) });
      expect(outcomes.every((outcome) => outcome === undefined)).toBe(true);
    }
  });

  test("of hixie-76 is refused for a wrong last byte of the challenge's answer", () => {
    const wrong = ANSWER.with(15, 0x2e);
    const outcome = reader(KEYS).read(concat(latin1(head("hixie-76")), wrong));
    expect(outcome).toMatchObject({ type: "refused", problem: "answer", head: { status: 101 } });
  });

  test.each([
    ["status", { status: "HTTP/1.1 404 Not Found" }],
    ["upgrade", { upgrade: "" }],
    ["upgrade", { upgrade: "Upgrade: h2c" }],
    ["connection", { connection: "Connection: close" }],
    ["origin", { origin: "" }],
    ["location", { location: "" }],
    ["head-malformed", { connection: "no colon" }],
  ])("is refused for its %s: %j", (problem, replaced) => {
    expect(reader(undefined).read(latin1(head("hixie-75", replaced)))).toMatchObject({
      type: "refused",
      problem,
    });
    expect(reader(KEYS).read(latin1(head("hixie-76", replaced)))).toMatchObject({ type: "refused", problem });
  });

  test.each([
    ["origin", { origin: "WebSocket-Origin: http://example.com:80" }],
    ["origin", { extra: "WebSocket-Origin: http://example.com" }],
    ["location", { location: "WebSocket-Location: wss://example.com/demo" }],
    ["location", { location: "WebSocket-Location: ws://example.com:80/demo" }],
    ["subprotocol", { subprotocol: "WebSocket-Protocol: other" }],
    ["subprotocol", { extra: "WebSocket-Protocol: sample" }],
  ])("of hixie-75 is refused for another %s: %j", (problem, replaced) => {
    expect(reader(undefined).read(latin1(head("hixie-75", replaced)))).toMatchObject({
      type: "refused",
      problem,
    });
  });

  test("may name no subprotocol", () => {
    const outcome = reader(undefined).read(latin1(head("hixie-75", { subprotocol: "" })));
    expect(outcome).toMatchObject({ type: "opened", subprotocol: "" });
  });

  test("is refused at the limit of its head", () => {
    const outcome = reader(undefined, 10).read(latin1(head("hixie-75")));
    expect(outcome).toEqual({ type: "refused", problem: "head-too-large", head: undefined });
  });
});
