import { describe, expect, test } from "bun:test";
import { createLineSplitter, type LineSplitter } from "./line-splitter.ts";

function push(splitter: LineSplitter, text: string): string[] {
  splitter.push(Buffer.from(text, "latin1"));
  const lines: string[] = [];
  for (let line = splitter.next(); line !== undefined; line = splitter.next()) {
    lines.push(Buffer.from(line).toString("latin1"));
  }
  return lines;
}

describe("a line splitter", () => {
  test("ends lines at LF and CR LF, and keeps a CR that stands elsewhere", () => {
    const splitter = createLineSplitter({ lineMaxBytes: 100 });
    expect(push(splitter, "a\nb\r\nc\rd\n\n")).toEqual(["a", "b", "c\rd", ""]);
    expect(splitter.pendingBytes).toBe(0);
  });

  test("waits for the end of a line, and tells how much waits", () => {
    const splitter = createLineSplitter({ lineMaxBytes: 100 });
    expect(push(splitter, "one\ntw")).toEqual(["one"]);
    expect(splitter.pendingBytes).toBe(2);
    expect(push(splitter, "o\r")).toEqual([]);
    expect(push(splitter, "\n")).toEqual(["two"]);
  });

  for (const end of ["\n", "\r\n"]) {
    test(`takes a line of exactly the limit and leaves out one byte more (end ${JSON.stringify(end)})`, () => {
      const splitter = createLineSplitter({ lineMaxBytes: 5 });
      expect(push(splitter, `12345${end}123456${end}ok${end}`)).toEqual(["12345", "ok"]);
      expect(splitter.overlongLines).toBe(1);
    });

    test(`finds the same edge when each byte comes alone (end ${JSON.stringify(end)})`, () => {
      const splitter = createLineSplitter({ lineMaxBytes: 5 });
      const bytes = `12345${end}123456${end}ok${end}`;
      expect([...bytes].flatMap((byte) => push(splitter, byte))).toEqual(["12345", "ok"]);
      expect(splitter.overlongLines).toBe(1);
    });
  }

  test("counts a CR towards the limit when it is not part of an end", () => {
    const splitter = createLineSplitter({ lineMaxBytes: 5 });
    expect(push(splitter, "12345\r")).toEqual([]);
    expect(push(splitter, "x\nok\n")).toEqual(["ok"]);
    expect(splitter.overlongLines).toBe(1);
  });

  test("holds no more than the limit of a line that never ends", () => {
    const splitter = createLineSplitter({ lineMaxBytes: 1000 });
    for (let i = 0; i < 100; i++) {
      push(splitter, "x".repeat(999));
      expect(splitter.pendingBytes).toBeLessThanOrEqual(1000);
    }
    expect(splitter.overlongLines).toBe(1);
    expect(push(splitter, "\nnext\n")).toEqual(["next"]);
  });
});
