import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { createHistogram } from "../telemetry/histogram.ts";
import { formatFamily, formatHistogram, formatLabels } from "./exposition.ts";
import { readExposition } from "./exposition-reader.ts";

const GAUGE = { name: "a_bytes", type: "gauge", help: "One\\two\nthree." } as const;

const labelValue = fc
  .array(fc.oneof(fc.constantFrom('"', "\\", "\n", "\r", "\u2028", "é", "😀", "{", "}", ","), fc.string()))
  .map((parts) => parts.join(""));

describe("text format", () => {
  test("writes help, type and samples", () => {
    const text = formatFamily(GAUGE, [
      ["", 1.5],
      [formatLabels({ service: "/echo", code: "rate.exceeded" }), 2],
    ]);
    expect(text).toBe(
      "# HELP a_bytes One\\\\two\\nthree.\n# TYPE a_bytes gauge\n" +
        'a_bytes 1.5\na_bytes{service="/echo",code="rate.exceeded"} 2\n',
    );
  });

  test("leaves out a family without samples", () => {
    expect(formatFamily(GAUGE, [])).toBe("");
  });

  test("writes the numbers that are none in its own words", () => {
    const text = formatFamily(GAUGE, [
      ['{a="1"}', Number.POSITIVE_INFINITY],
      ['{a="2"}', Number.NEGATIVE_INFINITY],
      ['{a="3"}', Number.NaN],
      ['{a="4"}', 1e21],
    ]);
    expect(text.split("\n").slice(2, -1)).toEqual([
      'a_bytes{a="1"} +Inf',
      'a_bytes{a="2"} -Inf',
      'a_bytes{a="3"} NaN',
      'a_bytes{a="4"} 1e+21',
    ]);
  });

  test("escapes what would end a label value or a line", () => {
    expect(formatLabels({ service: '/a"b\\c\nd' })).toBe('{service="/a\\"b\\\\c\\nd"}');
  });

  test("gives every label value back, whatever it holds", () => {
    fc.assert(
      fc.property(labelValue, (value) => {
        const text = formatFamily(GAUGE, [[formatLabels({ service: value }), 1]]);
        const [sample] = readExposition(text).get("a_bytes")?.samples ?? [];
        expect(sample?.labels).toEqual({ service: value });
      }),
    );
  });

  test("writes a histogram with cumulated buckets, the infinite one included", () => {
    const histogram = createHistogram([0.1, 1]);
    for (const value of [0.05, 0.5, 0.5, 5]) histogram.observe(value);
    expect(formatHistogram({ name: "a_seconds", type: "histogram", help: "A." }, histogram)).toBe(
      "# HELP a_seconds A.\n# TYPE a_seconds histogram\n" +
        'a_seconds_bucket{le="0.1"} 1\na_seconds_bucket{le="1"} 3\na_seconds_bucket{le="+Inf"} 4\n' +
        "a_seconds_sum 6.05\na_seconds_count 4\n",
    );
  });
});
