import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createFraming, type Framing } from "./framing.ts";

const utf8 = (text: string) => new TextEncoder().encode(text);
const lines = (lineEnding: "crlf" | "lf" = "crlf", lineMaxSize = 100) =>
  createFraming({ framing: "lines", lineEnding, lineMaxSize });
const text = () => createFraming({ framing: "text", lineEnding: "crlf", lineMaxSize: 100 });

function decodeAll(framing: Framing, chunks: readonly Uint8Array[]) {
  const messages: (string | Uint8Array)[] = [];
  for (const chunk of chunks) {
    const decoded = framing.decode(chunk);
    if ("problem" in decoded) return decoded;
    messages.push(...decoded);
  }
  const last = framing.end();
  return "problem" in last ? last : [...messages, ...last];
}

function cut(bytes: Uint8Array, sizes: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let start = 0;
  for (const size of sizes) {
    chunks.push(bytes.subarray(start, start + size));
    start += size;
  }
  return [...chunks, bytes.subarray(start)];
}

describe("chunks", () => {
  test("pass as they come, both ways", () => {
    const framing = createFraming({ framing: "chunks", lineEnding: "crlf", lineMaxSize: 1 });
    expect(framing.decode(Uint8Array.of(1, 2))).toEqual([Uint8Array.of(1, 2)]);
    expect(framing.encode("ä")).toEqual(Uint8Array.of(0xc3, 0xa4));
    expect(framing.encode(Uint8Array.of(7))).toEqual(Uint8Array.of(7));
  });
});

describe("text", () => {
  test("holds a character that a chunk cuts, at every byte of it", () => {
    for (let at = 1; at < 4; at++) expect(decodeAll(text(), cut(utf8("😀"), [at]))).toEqual(["😀"]);
  });

  test("is the same text however it is cut", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.array(fc.nat(5)), (whole, sizes) => {
        const decoded = decodeAll(text(), cut(utf8(whole), sizes));
        expect("problem" in decoded ? decoded : decoded.join("")).toBe(whole);
      }),
    );
  });

  test.each([[[0xff]], [[0xc3]], [[0xed, 0xa0, 0x80]], [[0xc0, 0x80]]])(
    "is refused when it is not UTF-8: %p",
    (bytes) => {
      expect(decodeAll(text(), [Uint8Array.from(bytes)])).toHaveProperty("problem");
    },
  );

  test("keeps a byte order mark, which is the application's", () => {
    expect(decodeAll(text(), [utf8("\ufeffx")])).toEqual(["\ufeffx"]);
  });
});

describe("lines", () => {
  test("are one message each, without their end, however they are cut", () => {
    const bytes = utf8(":irc 001 nick :hé\r\n\r\nPING x\nlast");
    fc.assert(
      fc.property(fc.array(fc.nat(8)), (sizes) => {
        expect(decodeAll(lines(), cut(bytes, sizes))).toEqual([":irc 001 nick :hé", "", "PING x", "last"]);
      }),
    );
  });

  test("get exactly one end on the way to the back end", () => {
    expect(lines().encode("NICK a")).toEqual(utf8("NICK a\r\n"));
    expect(lines().encode("NICK a\r\n")).toEqual(utf8("NICK a\r\n"));
    expect(lines("lf").encode("NICK a\n")).toEqual(utf8("NICK a\n"));
    expect(lines().encode(utf8("NICK a"))).toEqual(utf8("NICK a\r\n"));
  });

  test("may be as long as lineMaxSize and not one byte longer, ended or not", () => {
    expect(decodeAll(lines("lf", 4), [utf8("abcd\n")])).toEqual(["abcd"]);
    expect(decodeAll(lines("lf", 4), [utf8("abcde\n")])).toHaveProperty("problem");
    expect(lines("lf", 4).decode(utf8("abcd"))).toEqual([]);
    expect(lines("lf", 4).decode(utf8("abcde"))).toHaveProperty("problem");
  });

  test("replace what is not UTF-8", () => {
    expect(decodeAll(lines(), [Uint8Array.of(0x61, 0xe9, 0x0a)])).toEqual(["a\ufffd"]);
  });
});
