import { describe, expect, test } from "bun:test";
import type { Message } from "../../session/session.ts";
import { createStreamFraming, type StreamFramingOptions } from "./stream-framing.ts";

function collect(
  options: Partial<StreamFramingOptions>,
  chunks: readonly (string | Uint8Array)[],
): Message[] {
  const framing = createStreamFraming({
    framing: "chunks",
    isText: false,
    messageMaxBytes: 100,
    onOverlong: () => {},
    ...options,
  });
  const messages: Message[] = [];
  for (const chunk of chunks) {
    framing.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk, (message) => {
      messages.push(typeof message === "string" ? message : message.slice());
    });
  }
  return messages;
}

describe("chunk framing", () => {
  test("passes bytes on as they come, cut at the limit and not before it", () => {
    const chunk = Uint8Array.from({ length: 21 }, (_, i) => i);
    expect(collect({ messageMaxBytes: 10 }, [chunk.subarray(0, 10), chunk])).toEqual([
      chunk.subarray(0, 10),
      chunk.subarray(0, 10),
      chunk.subarray(10, 20),
      chunk.subarray(20),
    ]);
  });

  test("puts characters together again that were cut between chunks", () => {
    const euro = Buffer.from("€");
    const chunks = [euro.subarray(0, 1), euro.subarray(1, 2), euro.subarray(2), Buffer.from("5")];
    expect(collect({ isText: true }, chunks)).toEqual(["€", "5"]);
  });

  test("puts U+FFFD where text is not UTF-8", () => {
    expect(collect({ isText: true }, [Uint8Array.of(0x61, 0xff, 0x62)])).toEqual(["a\uFFFDb"]);
  });
});

describe("line framing", () => {
  test("makes text of lines, an empty line too", () => {
    expect(collect({ framing: "lines", isText: true }, ["a\n\nb€\r", "\nrest"])).toEqual(["a", "", "b€"]);
  });

  test("leaves the bytes of a line alone when messages are binary", () => {
    const line = Uint8Array.of(0xff, 0xfe);
    expect(collect({ framing: "lines" }, [Uint8Array.of(...line, 0x0a)])).toEqual([line]);
  });

  test("tells once of lines over the limit, and goes on", () => {
    let reports = 0;
    const options = {
      framing: "lines",
      isText: true,
      messageMaxBytes: 3,
      onOverlong: () => reports++,
    } as const;
    expect(collect(options, ["1234\n123\n", "12345\nok\n"])).toEqual(["123", "ok"]);
    expect(reports).toBe(1);
  });
});
