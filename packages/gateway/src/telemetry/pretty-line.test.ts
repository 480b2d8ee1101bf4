import { describe, expect, test } from "bun:test";
import { Failure } from "../failure.ts";
import { reportError } from "./error-report.ts";
import type { LogFields, LogLevel } from "./log.ts";
import { formatPrettyLine } from "./pretty-line.ts";

/** The same hour wherever the test runs. */
const TIME_MS = new Date(2026, 1, 3, 4, 5, 6, 7).getTime();

function format(fields: LogFields, thrown?: unknown, level: LogLevel = "info", hasColours = false): string {
  const error = thrown === undefined ? undefined : reportError(thrown);
  return formatPrettyLine({ timeMs: TIME_MS, level, event: "listener paused", fields, error }, hasColours);
}

describe("formatPrettyLine", () => {
  test("writes local time, level, event and fields", () => {
    expect(format({ url: "http://[::1]:8000", open: 3, drafts: false, origin: undefined })).toBe(
      "04:05:06.007 INFO   listener paused  url=http://[::1]:8000 open=3 drafts=false\n",
    );
  });

  test("quotes values of which one could not see where they end, and only those", () => {
    expect(format({ a: "", b: "x y", c: "x=y", d: 'x"', e: "x\\n", f: "東京", g: "it's" })).toEndWith(
      '  a="" b="x y" c="x=y" d="x\\"" e="x\\\\n" f="東京" g=it\'s\n',
    );
  });

  test("cannot be made to look like a second line or another field", () => {
    expect(format({ origin: "x\n04:05:06.007 ERROR  bug", path: "/ level=error" })).toEndWith(
      '  origin="x\\n04:05:06.007 ERROR  bug" path="/ level=error"\n',
    );
  });

  test("writes an error, its frames and its causes on the same line", () => {
    const failure = new Failure("backend.reset", "tcp://b:1", { cause: new TypeError("no\nroom") });
    const line = format({ connection: "c-1" }, failure, "error");
    expect(line).toStartWith("04:05:06.007 ERROR  listener paused  connection=c-1 error=");
    expect(line).toContain(
      'error="Failure backend.reset: The back end broke the connection. (tcp://b:1)" at="',
    );
    expect(line).toContain('cause="TypeError: no\\nroom" at="');
    expect(line.indexOf("\n")).toBe(line.length - 1);
  });

  test("paints levels and dims what is not read first", () => {
    expect(format({ a: 1 }, undefined, "warn", true)).toBe(
      "\x1b[2m04:05:06.007\x1b[0m \x1b[33mWARN \x1b[0m  listener paused  \x1b[2ma=\x1b[0m1\n",
    );
  });
});
