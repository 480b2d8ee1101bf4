import { describe, expect, test } from "bun:test";
import { createHeadScanner, HEAD_MAX_BYTES, type HeadFault, type Span } from "./head-scanner.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function scan(...chunks: string[]): Span[] {
  const scanner = createHeadScanner();
  return chunks.flatMap((chunk) => {
    scanner.push(encode(chunk));
    const spans: Span[] = [];
    for (let span = scanner.next(); span !== undefined; span = scanner.next()) {
      spans.push(span);
      if (span.kind === "fault") break;
    }
    return spans;
  });
}

function faultOf(text: string): HeadFault | undefined {
  const last = scan(text).at(-1);
  return last?.kind === "fault" ? last.fault : undefined;
}

const GET = "GET /a/b?c=d HTTP/1.1\r\nHost: h:1\r\nAccept: */*\r\n\r\n";
const UPGRADE = "GET /w HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n";

describe("a head scanner", () => {
  test("gives a head with its bytes, method, host and the path without the query", () => {
    const [span, ...rest] = scan(GET);
    expect(rest).toEqual([]);
    if (span?.kind !== "head") throw new Error("no head");
    expect(span.head).toEqual({ method: "GET", path: "/a/b", host: "h:1", isUpgrade: false, bodyBytes: 0 });
    expect(decode(span.bytes)).toBe(GET);
  });

  test("gives the body of Content-Length bytes, then the next head", () => {
    const post = "POST /p HTTP/1.1\r\ncontent-length: 5\r\n\r\n";
    const spans = scan(`${post}hel`, `lo${GET}`);
    expect(spans.map(({ kind }) => kind)).toEqual(["head", "body", "body", "head"]);
    expect(spans.map((span) => ("bytes" in span ? decode(span.bytes) : ""))).toEqual([
      post,
      "hel",
      "lo",
      GET,
    ]);
  });

  test("gives nothing of an incomplete head, and all of it at the end", () => {
    const spans = scan(...GET);
    expect(spans).toHaveLength(1);
    expect("bytes" in (spans[0] ?? {}) && decode((spans[0] as { bytes: Uint8Array }).bytes)).toBe(GET);
  });

  test("takes everything after the switch for the WebSocket's", () => {
    const scanner = createHeadScanner();
    scanner.push(encode(UPGRADE));
    expect(scanner.next()).toMatchObject({ kind: "head", head: { isUpgrade: true } });
    expect(scanner.next()).toBeUndefined();
    scanner.switched();
    scanner.push(encode(GET));
    expect(scanner.next()).toMatchObject({ kind: "tunnel" });
  });

  test("does not keep the memory of a chunk that it holds back", () => {
    const scanner = createHeadScanner();
    const chunk = encode(GET.slice(0, 20));
    scanner.push(chunk);
    expect(scanner.next()).toBeUndefined();
    chunk.fill(0);
    scanner.push(encode(GET.slice(20)));
    expect(scanner.next()).toMatchObject({ kind: "head", head: { path: "/a/b" } });
  });

  test("takes a head of the most bytes there may be, and not one more", () => {
    const start = "GET / HTTP/1.1\r\nx: ";
    const room = HEAD_MAX_BYTES - start.length - 4;
    expect(faultOf(`${start}${"a".repeat(room)}\r\n\r\n`)).toBeUndefined();
    expect(faultOf(`${start}${"a".repeat(room + 1)}\r\n\r\n`)).toBe("head too large");
    expect(faultOf(`${start}${"a".repeat(HEAD_MAX_BYTES - start.length)}`)).toBeUndefined();
    expect(faultOf(`${start}${"a".repeat(HEAD_MAX_BYTES - start.length + 1)}`)).toBe("head too large");
  });

  test("repeats a fault for ever and gives nothing after it", () => {
    const scanner = createHeadScanner();
    scanner.push(encode("nonsense\r\n\r\n"));
    expect(scanner.next()).toEqual({ kind: "fault", fault: "malformed request line" });
    scanner.push(encode(GET));
    expect(scanner.next()).toEqual({ kind: "fault", fault: "malformed request line" });
  });

  test.each([
    ["bytes that follow an upgrade request unasked", `${UPGRADE}x`, "bytes after an upgrade request"],
    ["an upgrade on a connection that has been used", `${GET}${UPGRADE}`, "unexpected upgrade"],
    ["an upgrade to HTTP/2 (RFC 9113 §3)", UPGRADE.replace("WebSocket", "h2c"), "unexpected upgrade"],
    ["a list of upgrades", UPGRADE.replace("WebSocket", "websocket, h2c"), "unexpected upgrade"],
    [
      "an upgrade with a body",
      UPGRADE.replace("\r\n\r\n", "\r\nContent-Length: 1\r\n\r\n"),
      "unexpected body",
    ],
    ["the start of HTTP/2 (RFC 9113 §3.4)", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "malformed request line"],
    ["HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "malformed request line"],
    ["an absolute-form target (RFC 9112 §3.2.2)", "GET http://h/ HTTP/1.1\r\n\r\n", "malformed request line"],
    ["a space in the target", "GET /a b HTTP/1.1\r\n\r\n", "malformed request line"],
    ["an empty line before the request", `\r\n${GET}`, "malformed request line"],
    [
      "a lone LF in the head (RFC 9112 §2.2)",
      "GET / HTTP/1.1\r\na: b\nc: d\r\n\r\n",
      "malformed header line",
    ],
    [
      "a lone CR in the head (RFC 9112 §2.2)",
      "GET / HTTP/1.1\r\na: b\rc: d\r\n\r\n",
      "malformed header line",
    ],
    ["a NUL in a value", "GET / HTTP/1.1\r\na: \0\r\n\r\n", "malformed header line"],
    ["a space before the colon (RFC 9112 §5.1)", "GET / HTTP/1.1\r\na : b\r\n\r\n", "malformed header line"],
    ["a folded line (RFC 9112 §5.2)", "GET / HTTP/1.1\r\na: b\r\n c\r\n\r\n", "malformed header line"],
    ["a line without a colon", "GET / HTTP/1.1\r\nabc\r\n\r\n", "malformed header line"],
    [
      "a transfer coding (RFC 9112 §6.1)",
      "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
      "ambiguous body",
    ],
    ["two lengths", "POST / HTTP/1.1\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\n", "ambiguous body"],
    ["a list of lengths", "POST / HTTP/1.1\r\nContent-Length: 1, 1\r\n\r\n", "ambiguous body"],
    ["a signed length", "POST / HTTP/1.1\r\nContent-Length: +1\r\n\r\n", "ambiguous body"],
    ["an empty length", "POST / HTTP/1.1\r\nContent-Length:\r\n\r\n", "ambiguous body"],
    ["a body where none is expected", "GET / HTTP/1.1\r\nContent-Length: 1\r\n\r\n", "unexpected body"],
  ] as const)("refuses %s", (_, text, fault) => {
    expect(faultOf(text)).toBe(fault);
  });
});
