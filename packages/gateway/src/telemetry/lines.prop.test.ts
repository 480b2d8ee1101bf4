// Whatever a client sends: one event is one line, in both formats, and nothing in it that a terminal could obey.
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { reportError } from "./error-report.ts";
import { formatJsonLine } from "./json-line.ts";
import type { LogFields } from "./log.ts";
import { formatPrettyLine } from "./pretty-line.ts";
import type { LogRecord } from "./record.ts";
import { limitText } from "./text.ts";

const HOSTILE = [
  "\r",
  "\n",
  "\x1b[31m",
  "\x9b",
  "\u202e",
  "\u2066",
  "\u2028",
  "\ud800",
  "\udc00",
  '"',
  "\\",
  "=",
  " ",
  "\0",
];

/** Any sequence of UTF-16 units, and what attackers write. */
const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      fc.string(),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(""));

const key = fc.oneof(
  fc.constantFrom("address", "origin", "time", "level", "event", "error", "__proto__"),
  hostileText,
);
const value = fc.oneof(hostileText, fc.double(), fc.integer(), fc.boolean());
const fields: fc.Arbitrary<LogFields> = fc
  .array(fc.tuple(key, value), { maxLength: 6 })
  .map((entries) => Object.fromEntries(entries));
const record: fc.Arbitrary<LogRecord> = fc.record({
  timeMs: fc.integer({ min: 0, max: 4e12 }),
  level: fc.constantFrom("debug", "info", "warn", "error"),
  event: hostileText,
  fields,
  error: fc.option(
    hostileText.map((text) => reportError(new Error(text, { cause: text }))),
    { nil: undefined },
  ),
});

/** Controls, format characters, surrogates without a partner, separators of lines. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

function expectOneHarmlessLine(line: string): void {
  expect(line.endsWith("\n")).toBe(true);
  expect(line.slice(0, -1)).not.toMatch(OBEYED);
}

describe("log lines", () => {
  test("are one line of JSON that gives every string back, up to its limit", () => {
    fc.assert(
      fc.property(record, (one) => {
        const line = formatJsonLine(one);
        expectOneHarmlessLine(line);
        const parsed: unknown = JSON.parse(line);
        expect(parsed).toMatchObject({ level: one.level, event: one.event });
        for (const [name, sent] of Object.entries(one.fields)) {
          if (typeof sent !== "string" || !["address", "origin"].includes(name)) continue;
          expect(parsed).toMatchObject({ [name]: limitText(sent) });
        }
      }),
    );
  });

  test("are one readable line without anything to obey", () => {
    fc.assert(fc.property(record, (one) => expectOneHarmlessLine(formatPrettyLine(one, false))));
  });

  test("hold no colours but ours on a terminal", () => {
    fc.assert(
      fc.property(record, (one) => {
        const line = formatPrettyLine(one, true);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are what is looked for.
        expectOneHarmlessLine(line.replace(/\x1b\[(?:0|2|31|32|33)m/g, ""));
      }),
    );
  });
});
