import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { byByte, cut, latin1, toLatin1 } from "../../testing/bytes.ts";
import { UsageError } from "../bytes/usage-error.ts";
import { createHeadReader, type HeadOutcome } from "./response-head.ts";

const HEAD = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nX-A:  b \t\r\nx-a: c\r\n\r\n";

/** The first outcome, without what the chunks behind it hold. */
function read(text: string, headMaxBytes = 1000): HeadOutcome | undefined {
  return createHeadReader({ headMaxBytes }).read(latin1(text));
}

describe("the head of a response (RFC 9112)", () => {
  test("gives version, status, and the values of each field's lines by lower-case name", () => {
    const outcome = read(`${HEAD}rest`);
    if (outcome?.type !== "head") throw new Error("The head was not read.");
    expect(outcome.head.httpVersion).toBe("1.1");
    expect(outcome.head.status).toBe(101);
    expect([...outcome.head.fields]).toEqual([
      ["upgrade", ["websocket"]],
      ["x-a", ["b", "c"]],
    ]);
    expect(toLatin1(outcome.rest)).toBe("rest");
  });

  test("is the same in any chunks, with the rest of the last chunk", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(90)), (cuts) => {
        const reader = createHeadReader({ headMaxBytes: 1000 });
        let taken = 0;
        for (const chunk of cut(latin1(`${HEAD}rest`), cuts)) {
          taken += chunk.length;
          const outcome = reader.read(chunk);
          if (outcome === undefined) continue;
          if (outcome.type !== "head") return false;
          return outcome.head.fields.size === 2 && outcome.rest.length === taken - HEAD.length;
        }
        return false;
      }),
    );
  });

  test("may have no fields, no reason, an empty reason, and an empty value", () => {
    expect(read("HTTP/1.1 204\r\n\r\n")).toMatchObject({ type: "head", head: { status: 204 } });
    expect(read("HTTP/1.0 404 \r\n\r\n")).toMatchObject({
      type: "head",
      head: { status: 404, httpVersion: "1.0" },
    });
    const outcome = read("HTTP/1.1 101 a\r\nx:\r\n\r\n");
    expect(outcome?.type === "head" && outcome.head.fields.get("x")).toEqual([""]);
  });

  test("keeps obs-text as one unit a byte (RFC 9110 §5.5)", () => {
    const outcome = read("HTTP/1.1 101 a\r\nx: \xe9\r\n\r\n");
    expect(outcome?.type === "head" && outcome.head.fields.get("x")).toEqual(["\u00e9"]);
  });

  test.each([
    ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n\r\n"],
    ["an empty status line", "\r\n\r\n"],
    ["a status of two digits", "HTTP/1.1 99 x\r\n\r\n"],
    ["a status of four digits", "HTTP/1.1 1010 x\r\n\r\n"],
    ["a lower-case protocol name", "http/1.1 101 x\r\n\r\n"],
    ["a field without a colon", "HTTP/1.1 101 x\r\nUpgrade\r\n\r\n"],
    ["a field without a name", "HTTP/1.1 101 x\r\n: a\r\n\r\n"],
    ["white space before the colon (RFC 9112 §5.1)", "HTTP/1.1 101 x\r\nUpgrade : a\r\n\r\n"],
    ["a folded line (RFC 9112 §5.2)", "HTTP/1.1 101 x\r\nUpgrade: a\r\n b\r\n\r\n"],
    ["a folded line that looks like a field", "HTTP/1.1 101 x\r\nUpgrade: a\r\n b: c\r\n\r\n"],
    ["a bare line feed in a value", "HTTP/1.1 101 x\r\nUpgrade: a\nb: c\r\n\r\n"],
    ["a bare carriage return in a value", "HTTP/1.1 101 x\r\nUpgrade: a\rb\r\n\r\n"],
    ["NUL in a value", "HTTP/1.1 101 x\r\nUpgrade: a\0b\r\n\r\n"],
  ])("is malformed with %s", (_, text) => {
    expect(read(text)).toEqual({ type: "fault", problem: "head-malformed" });
  });

  test("ends at CR LF CR LF alone", () => {
    for (const ending of ["\n\n", "\r\r", "\r\n\n", "\n\r\n", "\r\n\r\r\n", "\r\n\rx\n"]) {
      expect(read(`HTTP/1.1 101 x${ending}`)).toBeUndefined();
    }
    expect(read("HTTP/1.1 101 x\r\r\n\r\n")?.type).toBe("fault");
  });
});

describe("the limit of a head", () => {
  test("lets a head of exactly its size through, whatever follows it", () => {
    expect(read(`${HEAD}rest`, HEAD.length)?.type).toBe("head");
  });

  test("refuses one byte more, in one chunk and byte by byte", () => {
    const tooLarge = { type: "fault", problem: "head-too-large" } as const;
    expect(read(HEAD, HEAD.length - 1)).toEqual(tooLarge);
    const reader = createHeadReader({ headMaxBytes: HEAD.length - 1 });
    const outcomes = byByte(latin1(HEAD).slice(0, -1)).map((byte) => reader.read(byte));
    expect(outcomes.pop()).toEqual(tooLarge);
    expect(outcomes.every((outcome) => outcome === undefined)).toBe(true);
  });

  test("bounds what is held while the head is not whole", () => {
    const reader = createHeadReader({ headMaxBytes: 100 });
    reader.read(latin1("x".repeat(99)));
    expect(reader.heldBytes).toBeLessThanOrEqual(100);
    reader.read(latin1("x".repeat(100_000)));
    expect(reader.heldBytes).toBe(0);
  });
});

test("asking again after the outcome is the caller's bug", () => {
  const reader = createHeadReader({ headMaxBytes: 1000 });
  reader.read(latin1(HEAD));
  expect(() => reader.read(latin1("x"))).toThrow(UsageError);
});
