import { describe, expect, test } from "bun:test";
import { byByte, latin1, toLatin1 } from "../../testing/bytes.ts";
import { UsageError } from "../bytes/usage-error.ts";
import { type ClientHandshake, createResponseReader, formatHandshakeRequest } from "./client-handshake.ts";

const HANDSHAKE: ClientHandshake = {
  target: "/chat?room=1",
  host: "server.example.com:8080",
  key: "dGhlIHNhbXBsZSBub25jZQ==",
  subprotocols: ["chat", "superchat"],
  origin: "http://example.com",
  extraFields: [["Cookie", "a=b"]],
};

describe("the request (RFC 6455 §4.1)", () => {
  test("has these bytes", () => {
    expect(toLatin1(formatHandshakeRequest(HANDSHAKE))).toBe(
      "GET /chat?room=1 HTTP/1.1\r\n" +
        "Host: server.example.com:8080\r\n" +
        "Upgrade: websocket\r\n" +
        "Connection: Upgrade\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
        "Sec-WebSocket-Version: 13\r\n" +
        "Sec-WebSocket-Protocol: chat, superchat\r\n" +
        "Origin: http://example.com\r\n" +
        "Cookie: a=b\r\n" +
        "\r\n",
    );
  });

  test("leaves out what is not offered", () => {
    const plain = toLatin1(
      formatHandshakeRequest({ ...HANDSHAKE, subprotocols: [], origin: undefined, extraFields: [] }),
    );
    expect(plain).not.toContain("Protocol");
    expect(plain).not.toContain("Origin");
    expect(plain).toEndWith("Sec-WebSocket-Version: 13\r\n\r\n");
  });

  const injected: [string, Partial<ClientHandshake>][] = [
    ["a target with a line end", { target: "/a HTTP/1.1\r\nX: y\r\n\r\nGET /" }],
    ["a target with a space", { target: "/a b" }],
    ["a target that is no path", { target: "http://other/" }],
    ["a host with a line end", { host: "a\r\nX: y" }],
    ["a host with a user", { host: "user@a" }],
    ["no host", { host: "" }],
    ["a key that is none", { key: "a\r\nX: y" }],
    ["a subprotocol with a comma", { subprotocols: ["a, b"] }],
    ["a subprotocol with a parameter", { subprotocols: ["alpha;q=1"] }],
    ["a subprotocol with a line end", { subprotocols: ["a\r\nX: y"] }],
    ["an empty subprotocol", { subprotocols: [""] }],
    ["a subprotocol twice", { subprotocols: ["a", "b", "a"] }],
    ["an origin with a line end", { origin: "http://a\r\nX: y" }],
    ["a field name with a line end", { extraFields: [["X\r\nY", "z"]] }],
    ["a field value with a line end", { extraFields: [["X", "y\r\nZ: z"]] }],
    ["a second host", { extraFields: [["host", "b"]] }],
    ["an extension, which nobody here could speak", { extraFields: [["Sec-WebSocket-Extensions", "x"]] }],
  ];
  test.each(injected)("is not made with %s", (_, part) => {
    expect(() => formatHandshakeRequest({ ...HANDSHAKE, ...part })).toThrow(UsageError);
  });
});

const ANSWER = [
  "HTTP/1.1 101 Switching Protocols",
  "Upgrade: websocket",
  "Connection: Upgrade",
  "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
  "Sec-WebSocket-Protocol: chat",
];

/** The outcome for the answer with some lines in the place of others; an empty line leaves one out. */
function judge(replaced: Record<string, string>, added: readonly string[] = []) {
  const lines = [...ANSWER.map((line) => replaced[line.split(/:| 101/)[0] ?? ""] ?? line), ...added];
  const text = `${lines.filter((line) => line !== "").join("\r\n")}\r\n\r\n`;
  const outcome = createResponseReader(HANDSHAKE, { headMaxBytes: 4096 }).read(latin1(text));
  if (outcome === undefined) throw new Error("The head is not whole.");
  return outcome.type === "opened" ? `opened ${outcome.subprotocol}` : outcome.problem;
}

describe("the answer (RFC 6455 §4.1)", () => {
  test("opens, with the subprotocol and the first bytes of frames", () => {
    const reader = createResponseReader(HANDSHAKE, { headMaxBytes: 4096 });
    const outcome = reader.read(latin1(`${ANSWER.join("\r\n")}\r\n\r\n\x81\x01a`));
    if (outcome?.type !== "opened") throw new Error("It did not open.");
    expect(outcome.subprotocol).toBe("chat");
    expect(outcome.rest).toEqual(latin1("\x81\x01a"));
    expect(outcome.head.status).toBe(101);
  });

  test("opens when it comes byte by byte, with nothing left over", () => {
    const reader = createResponseReader(HANDSHAKE, { headMaxBytes: 4096 });
    const outcomes = byByte(latin1(`${ANSWER.join("\r\n")}\r\n\r\n`)).map((byte) => reader.read(byte));
    expect(outcomes.pop()).toMatchObject({ type: "opened", rest: new Uint8Array(0) });
    expect(outcomes.every((outcome) => outcome === undefined)).toBe(true);
    expect(reader.heldBytes).toBe(0);
  });

  test("opens without a subprotocol", () => {
    expect(judge({ "Sec-WebSocket-Protocol": "" })).toBe("opened ");
  });

  test("opens with other spellings that the RFC allows", () => {
    expect(judge({ Upgrade: "UPGRADE: WebSocket", Connection: "connection: keep-alive, upgrade" })).toBe(
      "opened chat",
    );
    expect(judge({ "HTTP/1.1": "HTTP/1.1 101" })).toBe("opened chat");
  });

  test.each([
    ["http-version", { "HTTP/1.1": "HTTP/1.0 101 Switching Protocols" }, []],
    ["http-version", { "HTTP/1.1": "HTTP/2.0 101 Switching Protocols" }, []],
    ["status", { "HTTP/1.1": "HTTP/1.1 200 OK" }, []],
    ["status", { "HTTP/1.1": "HTTP/1.1 100 Continue" }, []],
    ["upgrade", { Upgrade: "" }, []],
    ["upgrade", { Upgrade: "Upgrade: websocket2" }, []],
    ["upgrade", { Upgrade: "Upgrade: websocket, h2c" }, []],
    ["connection", { Connection: "" }, []],
    ["connection", { Connection: "Connection: close" }, []],
    ["connection", { Connection: "Connection: xupgrade" }, []],
    ["accept", { "Sec-WebSocket-Accept": "" }, []],
    ["accept", { "Sec-WebSocket-Accept": "Sec-WebSocket-Accept: S3pPLMBiTxaQ9kYGzzhZRbK+xOo=" }, []],
    ["accept", {}, ["Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]],
    ["extension", {}, ["Sec-WebSocket-Extensions: permessage-deflate"]],
    ["subprotocol", { "Sec-WebSocket-Protocol": "Sec-WebSocket-Protocol: mqtt" }, []],
    ["subprotocol", { "Sec-WebSocket-Protocol": "Sec-WebSocket-Protocol: Chat" }, []],
    ["subprotocol", { "Sec-WebSocket-Protocol": "Sec-WebSocket-Protocol: chat, superchat" }, []],
    ["subprotocol", { "Sec-WebSocket-Protocol": "Sec-WebSocket-Protocol:" }, []],
    ["subprotocol", {}, ["Sec-WebSocket-Protocol: superchat"]],
    ["head-malformed", {}, ["no colon"]],
  ])("is refused for its %s: %j %j", (problem, replaced, added) => {
    expect(judge(replaced, added)).toBe(problem);
  });

  test("is refused at the limit of its head, without one", () => {
    const reader = createResponseReader(HANDSHAKE, { headMaxBytes: 20 });
    expect(reader.read(latin1("HTTP/1.1 101 Switching"))).toEqual({
      type: "refused",
      problem: "head-too-large",
      head: undefined,
    });
  });

  test("that is an ordinary refusal gives its head", () => {
    const reader = createResponseReader(HANDSHAKE, { headMaxBytes: 4096 });
    const outcome = reader.read(latin1("HTTP/1.1 503 Busy\r\nRetry-After: 3\r\n\r\nbody"));
    expect(outcome).toMatchObject({ type: "refused", problem: "status", head: { status: 503 } });
    expect(outcome?.head?.fields.get("retry-after")).toEqual(["3"]);
  });
});
