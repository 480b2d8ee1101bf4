// The text format of Prometheus, version 0.0.4: families of samples to lines. Knows no metric of ours.
//
//   # HELP name text
//   # TYPE name counter
//   name{label="value",label="value"} number
import type { Histogram } from "../telemetry/histogram.ts";

export const EXPOSITION_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export interface Family {
  /** Units are seconds and bytes; counters end in `_total`. */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  /** One sentence. */
  readonly help: string;
}

/** Labels as `formatLabels` gives them, and the value. */
export type Sample = readonly [labels: string, value: number];

/** Nothing at all for a family without samples. */
export function formatFamily(family: Family, samples: Iterable<Sample>): string {
  let lines = "";
  for (const [labels, value] of samples) lines += `${family.name}${labels} ${formatValue(value)}\n`;
  return lines === "" ? "" : formatHead(family) + lines;
}

export function formatHistogram(family: Family, histogram: Histogram): string {
  const { name } = family;
  const below = histogram.cumulated();
  let lines = formatHead(family);
  histogram.bounds.forEach((bound, index) => {
    lines += `${name}_bucket{le="${formatValue(bound)}"} ${below[index] ?? 0}\n`;
  });
  lines += `${name}_bucket{le="+Inf"} ${histogram.count}\n`;
  return `${lines}${name}_sum ${formatValue(histogram.sum)}\n${name}_count ${histogram.count}\n`;
}

/** `{service="/echo",code="rate.exceeded"}`; values may hold anything, names are ours. */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  let pairs = "";
  for (const name in labels)
    pairs += `${pairs === "" ? "" : ","}${name}="${escapeLabel(labels[name] ?? "")}"`;
  return `{${pairs}}`;
}

/** What a label value may hold as it is, without a look at each character. */
const PLAIN_LABEL = /^[ !#-[\]-~]*$/;

function escapeLabel(value: string): string {
  if (PLAIN_LABEL.test(value)) return value;
  return value.toWellFormed().replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function formatHead({ name, type, help }: Family): string {
  const escaped = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return `# HELP ${name} ${escaped}\n# TYPE ${name} ${type}\n`;
}

function formatValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}
