import { describe, expect, test } from "bun:test";
import { Failure } from "../failure.ts";
import { switching } from "./raw-backend.ts";
import type { WebSocketRequest } from "./websocket.ts";
import { createOpening } from "./websocket-opening.ts";

/** The bytes 1 to 16 are the key of RFC 6455 §4.1's own example. */
const RANDOM = Uint8Array.from({ length: 16 }, (_, i) => i + 1);

function open(changes: Partial<WebSocketRequest> = {}) {
  const opening = createOpening(
    {
      target: { scheme: "tls", hostname: "192.0.2.1", port: 443, verify: true },
      host: "back.example",
      path: "/chat?room=1",
      origin: undefined,
      subprotocols: ["a", "b"],
      headers: [],
      ...changes,
    },
    RANDOM,
  );
  const head = Buffer.from(opening.requestBytes).toString("latin1");
  return { head, answer: (text: string) => opening.read(Buffer.from(text, "latin1")) };
}

describe("the request (RFC 6455 §4.1)", () => {
  test("is these bytes", () => {
    const { head } = open({ origin: "https://page.example", headers: [["X-Key", "k"]] });
    expect(head.split("\r\n")).toEqual([
      "GET /chat?room=1 HTTP/1.1",
      "Host: back.example",
      "Upgrade: websocket",
      "Connection: Upgrade",
      "Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Protocol: a, b",
      "Origin: https://page.example",
      "X-Key: k",
      "",
      "",
    ]);
  });

  test("throws when its maker left something in it that ends a line", () => {
    expect(() => open({ path: "/ HTTP/1.1\r\nX: y" })).toThrow();
    expect(() => open({ headers: [["X-Key", "a\r\nb: c"]] })).toThrow();
    expect(() => open({ headers: [["Host", "other.example"]] })).toThrow();
  });
});

describe("the answer", () => {
  test("opens with what was chosen, and gives the first bytes of frames back", () => {
    const { head, answer } = open();
    expect(answer(switching(head, ["Sec-WebSocket-Protocol: b"]).slice(0, 40))).toBeUndefined();
    const outcome = answer(`${switching(head, ["Sec-WebSocket-Protocol: b"]).slice(40)}\x81\x00`);
    expect(outcome).toMatchObject({ subprotocol: "b", rest: Buffer.from([0x81, 0x00]) });
  });

  test("opens without a subprotocol when none was chosen", () => {
    const { head, answer } = open();
    expect(answer(switching(head))).toMatchObject({ subprotocol: "" });
  });

  const refusals: [what: string, answer: (head: string) => string, code: string, detail: string][] = [
    ["is 502", () => "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", "backend.refused", "HTTP 502"],
    ["is a redirect", () => "HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", "backend.refused", "HTTP 302"],
    [
      "is of HTTP/1.0",
      (head) => switching(head).replace("HTTP/1.1", "HTTP/1.0"),
      "backend.protocol",
      "not HTTP/1.1",
    ],
    [
      "has the key of another request",
      (head) => switching(head).replace(/Accept: .*/, "Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="),
      "backend.protocol",
      "Sec-WebSocket-Accept",
    ],
    [
      "has no key",
      (head) => switching(head).replace(/Sec-.*\r\n/, ""),
      "backend.protocol",
      "Sec-WebSocket-Accept",
    ],
    [
      "upgrades to another protocol",
      (head) => switching(head).replace("websocket", "h2c"),
      "backend.protocol",
      "Upgrade",
    ],
    [
      "has no Connection",
      (head) => switching(head).replace(/Connection.*\r\n/, ""),
      "backend.protocol",
      "Connection",
    ],
    [
      "chooses what was not offered",
      (head) => switching(head, ["Sec-WebSocket-Protocol: c"]),
      "backend.protocol",
      "subprotocol",
    ],
    [
      "has an extension that was not offered",
      (head) => switching(head, ["Sec-WebSocket-Extensions: permessage-deflate"]),
      "backend.protocol",
      "extension",
    ],
    ["is not HTTP", () => "220 mail.example ESMTP\r\n\r\n", "backend.protocol", "not HTTP"],
    ["is one byte over the limit", (head) => padded(head, 16_385), "backend.protocol", "16384 bytes"],
  ];
  for (const [what, answerFor, code, detail] of refusals) {
    test(`that ${what} fails with ${code}`, () => {
      const { head, answer } = open();
      const failure = answer(answerFor(head));
      expect(failure).toBeInstanceOf(Failure);
      expect(failure).toMatchObject({ code });
      const told = failure instanceof Failure ? failure.detail : "";
      expect(told).toStartWith("tls://192.0.2.1:443: ");
      expect(told).toContain(detail);
    });
  }

  test("may be as long as the limit", () => {
    const { head, answer } = open();
    expect(answer(padded(head, 16_384))).toMatchObject({ subprotocol: "" });
  });

  test("tells an operator nothing that the back end wrote", () => {
    const { answer } = open();
    const failure = answer("HTTP/1.1 500 <script>\r\nX-Secret: hunter2\r\n\r\n");
    expect(failure instanceof Failure ? failure.message : "").not.toMatch(/script|hunter2/);
  });
});

/** A good answer of exactly `bytes`. */
function padded(head: string, bytes: number): string {
  const spare = bytes - switching(head, ["X-Pad: "]).length;
  return switching(head, [`X-Pad: ${"x".repeat(spare)}`]);
}
