import { expect, test } from "bun:test";
import fc from "fast-check";
import { createHeadScanner, type Span } from "./head-scanner.ts";

const encode = (text: string) => new TextEncoder().encode(text);

/** A chunk is handed over in memory that is overwritten afterwards, as a socket's is. */
function attribute(bytes: Uint8Array, cuts: readonly number[]): string[] {
  const scanner = createHeadScanner(200);
  const owners: string[] = [];
  let owner = "none";
  let hasSwitched = false;
  const edges = [0, ...[...cuts].sort((a, b) => a - b), bytes.length];
  for (const [index, end] of edges.entries()) {
    const chunk = bytes.slice(edges[index - 1] ?? 0, end);
    scanner.push(chunk);
    for (let span: Span | undefined = scanner.next(); span !== undefined; span = scanner.next()) {
      if (span.kind === "fault") {
        owners.push(span.fault);
        return owners;
      }
      if (span.kind === "head") owner = span.head.path;
      owners.push(
        ...new Array<string>(span.bytes.length).fill(`${span.kind === "tunnel" ? "tunnel " : ""}${owner}`),
      );
      if (span.kind === "head" && span.head.isUpgrade) hasSwitched = true;
    }
    // The answer to an upgrade comes before the client sends more.
    if (hasSwitched) scanner.switched();
    chunk.fill(0x55);
  }
  return owners;
}

const path = fc.stringMatching(/^\/[a-z]{1,8}$/);
const request = fc.oneof(
  path.map((target) => `GET ${target} HTTP/1.1\r\nHost: h\r\n\r\n`),
  fc
    .tuple(path, fc.stringMatching(/^[ -~\r\n]{0,40}$/))
    .map(([target, body]) => `POST ${target} HTTP/1.1\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
);

test("any chunking of requests gives every byte the same owner", () => {
  fc.assert(
    fc.property(
      fc.array(request, { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(400), { maxLength: 12 }),
      (requests, cuts) => {
        const bytes = encode(requests.join(""));
        const expected = requests.flatMap((text) =>
          new Array<string>(text.length).fill(text.split(" ")[1] ?? ""),
        );
        const within = cuts.map((cut) => cut % (bytes.length + 1));
        expect(attribute(bytes, within)).toEqual(expected);
      },
    ),
  );
});

test("any chunking of what comes after a switch leaves it the WebSocket's", () => {
  const head = "GET /w HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 300 }), fc.array(fc.nat(300)), (frames, cuts) => {
      const bytes = new Uint8Array([...encode(head), ...frames]);
      const within = cuts.map((cut) => head.length + (cut % (frames.length + 1)));
      const owners = attribute(bytes, [...encode(head).keys(), head.length, ...within]);
      expect(owners).toEqual([
        ...new Array<string>(head.length).fill("/w"),
        ...new Array<string>(frames.length).fill("tunnel /w"),
      ]);
    }),
  );
});

test("any bytes, in any chunks, give the same spans or the same fault, and never a throw", () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc
      .stringMatching(/^(GET|POST) \/[a-z]{0,3} HTTP\/1\.1(\r\n[ -~]{0,12}){0,6}\r\n\r\n.{0,20}$/)
      .map(encode),
  );
  fc.assert(
    fc.property(bytes, fc.array(fc.nat(400), { maxLength: 12 }), (input, cuts) => {
      const within = cuts.map((cut) => cut % (input.length + 1));
      const whole = attribute(input, []);
      // An upgrade is answered between chunks, so that a whole input may hold bytes that came too early.
      if (whole.at(-1) === "bytes after an upgrade request") return;
      expect(attribute(input, within)).toEqual(whole);
    }),
  );
});
