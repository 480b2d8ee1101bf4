import { expect, test } from "bun:test";
import { FAILURES } from "../failure.ts";
import { FAKE_DEFINITIONS } from "./fake-definitions.ts";
import { renderReference } from "./reference.ts";

const text = renderReference(FAKE_DEFINITIONS);

test.each([
  "| `limits.headerMaxSize` | size, 1 KiB to 1 MiB | `16 KiB` |",
  "| `limits.connectionsMax` | whole number from 1 or `auto` | `auto` |",
  "| `limits.connectsPerAddress.perSecond` | number above 0 | `100` |",
  "| `limits.connectsPerAddress` | map | as below |",
  "| `listen[].tls.certificate` | file | **required** |",
  "| `log.level` | `debug`, `info`, `warn`, `error` | `info` |",
  "| `idleTimeout` | time or `unlimited` | `60s` |",
  "| `origins` | list: text | `[]` |",
  "| `repeat` | whole number, 1 to 1000 | `1` | How often. 1 to 1000. |",
  "| `connect` | address: `tcp`, `tls`, `unix`, `ws` | **required** | Where to. |",
  "| `key` | secret text | none | Said by its schema. |",
  "| `login.user` | text | **required** | Who. |",
  "| `login.headers` | map of names: text | `{}` | Sent with it. |",
  "| `weights` | list: whole number | `[]` | Some numbers. |",
  "| `isEager` | `true` or `false` | `false` | Whether. |",
  "| `bufferSize` | size from 1 B | `64 KiB` | A size whose default is a number. |",
  "| `wait` | time to 1m | `5s` | A bounded time. |",
  "| `speed` | rate or `unlimited` or `auto` | `auto` | One of two kinds. |",
])("has the line %s", (line) => {
  expect(text).toContain(line);
});

test("has a section for each type and a line for each failure", () => {
  for (const { type } of FAKE_DEFINITIONS) expect(text).toContain(`## Service \`${type}\``);
  for (const code of Object.keys(FAILURES)) expect(text).toContain(`| \`${code}\` |`);
});

test("has no option without a meaning", () => {
  expect(text).not.toMatch(/\|\s+\|$/m);
});

test("keeps bars out of its cells", () => {
  const rows = text.split("\n").filter((line) => line.startsWith("|"));
  // Four columns for options, five for failures, and one empty piece at either end.
  expect(rows.every((row) => [6, 7].includes(row.split(/(?<!\\)\|/).length))).toBe(true);
});
