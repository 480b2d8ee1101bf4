// The reference of the configuration as Markdown: every key with its type, default and meaning, and every reason for
// which the gateway refuses or ends something. Made from the schemas and from the table of failures.
import { z } from "zod";
import { FAILURES } from "../failure.ts";
import type { ServiceDefinition } from "../service/service.ts";
import { commonOptions } from "./common.ts";
import { gatewayOptions } from "./gateway.ts";
import type { Mark } from "./marks.ts";
import { renderIntroduction } from "./reference-text.ts";
import { coreOf, definitionOf, optionsOf, type Schema, shapeOf } from "./schema-shape.ts";
import { formatBytes, formatDurationMs, formatRate } from "./units.ts";

export function renderReference(definitions: readonly ServiceDefinition[]): string {
  return [
    renderIntroduction(),
    "## The gateway\n",
    renderTable(gatewayOptions),
    "## Every service\n",
    "These keys may stand in each service, and under `defaults` for all services that do not set them.\n",
    renderTable(commonOptions),
    ...definitions.map(renderService),
    "## Failures\n",
    "Every reason for which the gateway refuses, ends or fails something. The code stands in the log and in the\n" +
      "metrics. *Close code* is what an open WebSocket is closed with, *HTTP* the status where there is none yet, *again*\n" +
      "whether the client may try again: `never` without a change on its side, `later` after a pause, `elsewhere` at\n" +
      "another gateway.\n",
    renderFailures(),
  ].join("\n");
}

function renderService(definition: ServiceDefinition): string {
  const match = definition.match === "prefix" ? "The path and all paths below it." : "The path alone.";
  const heading = `## Service \`${definition.type}\`\n\n${definition.summary} ${match}\n`;
  const hasKeys = Object.keys(definition.options.shape).length > 0;
  return hasKeys ? `${heading}\n${renderTable(definition.options)}` : `${heading}\nNo keys of its own.\n`;
}

interface Row {
  readonly key: string;
  readonly type: string;
  readonly fallback: string;
  readonly meaning: string;
}

function renderTable(schema: Schema): string {
  const rows = rowsOf(schema, "").map(
    ({ key, type, fallback, meaning }) =>
      `| \`${key}\` | ${cell(type)} | ${cell(fallback)} | ${cell(meaning)} |`,
  );
  return `| key | type | default | meaning |\n| --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}

/** A bar would end the cell, even inside code. */
function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function rowsOf(schema: Schema, prefix: string): readonly Row[] {
  return Object.entries(shapeOf(schema)).flatMap(([key, value]) => {
    const { schema: core } = coreOf(value);
    const name = `${prefix}${key}`;
    const row = {
      key: name,
      type: typeText(value),
      fallback: fallbackText(value),
      meaning: meaningOf(value),
    };
    return [row, ...rowsOf(core, `${name}.`), ...elementRows(core, name)];
  });
}

/** Maps in lists, or as one of several forms: `listen[].url`. */
function elementRows(core: Schema, name: string): readonly Row[] {
  const definition = definitionOf(core);
  if (definition.type === "array") {
    const element = coreOf(definition.element).schema;
    return [...rowsOf(element, `${name}[].`), ...elementRows(element, `${name}[]`)];
  }
  const maps = (optionsOf(core) ?? []).map((option) => coreOf(option).schema);
  return maps.flatMap((option) => rowsOf(option, `${name}.`));
}

function meaningOf(schema: Schema): string {
  const { description } = schema as { readonly description?: string };
  return description ?? "";
}

const KIND_NAMES: Readonly<Record<string, string>> = { string: "text", boolean: "`true` or `false`" };

function markText(mark: Mark): string {
  switch (mark.kind) {
    case "file":
      return "file";
    case "secret":
      return "secret text";
    case "url":
      return `address: ${mark.schemes.map((scheme) => `\`${scheme}\``).join(", ")}`;
    case "bytes":
      return rangeText("size", mark.min && formatBytes(mark.min), mark.max && formatBytes(mark.max));
    case "duration":
    case "rate": {
      const isTime = mark.kind === "duration";
      const text = (value: number | undefined) =>
        value && (isTime ? formatDurationMs(value) : formatRate(value));
      const range = rangeText(isTime ? "time" : "rate", text(mark.min), text(mark.max));
      return mark.max === undefined ? `${range} or \`unlimited\`` : range;
    }
  }
}

/** A bound that is zero or absent says nothing. */
function rangeText(
  noun: string,
  least: string | number | undefined,
  most: string | number | undefined,
): string {
  if (least && most) return `${noun}, ${least} to ${most}`;
  if (least) return `${noun} from ${least}`;
  return most ? `${noun} to ${most}` : noun;
}

function typeText(schema: Schema): string {
  const { schema: core, mark } = coreOf(schema);
  if (mark !== undefined) return markText(mark);
  const definition = definitionOf(core);
  switch (definition.type) {
    case "number":
      return numberText(core);
    case "literal":
      return definition.values.map((value) => `\`${value}\``).join(" or ");
    case "enum":
      return Object.values(definition.entries)
        .map((value) => `\`${value}\``)
        .join(", ");
    case "array":
      return `list: ${typeText(definition.element)}`;
    case "record":
      return `map of names: ${typeText(definition.valueType)}`;
    case "object":
      return "map";
    case "union":
      return [...new Set(definition.options.map(typeText))].join(" or ");
    default:
      return KIND_NAMES[definition.type] ?? definition.type;
  }
}

function numberText(schema: Schema): string {
  const { type, minimum, maximum, exclusiveMinimum } = z.toJSONSchema(schema, { io: "input" });
  const noun = type === "integer" ? "whole number" : "number";
  // zod writes the range of exact integers where there is no other.
  const least = minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (exclusiveMinimum !== undefined) return `${noun} above ${exclusiveMinimum}`;
  if (least === 0) return most === undefined ? `${noun} from 0` : `${noun}, 0 to ${most}`;
  return rangeText(noun, least, most);
}

function fallbackText(schema: Schema): string {
  const { fallback, isOptional, mark, schema: core } = coreOf(schema);
  if (fallback === undefined) return isOptional ? "none" : "**required**";
  const { value } = fallback;
  if (typeof value === "number" && mark?.kind === "bytes") return `\`${formatBytes(value)}\``;
  if (typeof value === "number" && mark?.kind === "duration") return `\`${formatDurationMs(value)}\``;
  if (typeof value === "number" && mark?.kind === "rate") return `\`${formatRate(value)}\``;
  if (definitionOf(core).type === "object") return "as below";
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

function renderFailures(): string {
  const rows = Object.entries(FAILURES).map(
    ([code, { message, closeCode, httpStatus, retry }]) =>
      `| \`${code}\` | ${message} | ${closeCode} | ${httpStatus} | ${retry} |`,
  );
  return `| code | message | close code | HTTP | again |\n| --- | --- | --- | --- | --- |\n${rows.join("\n")}\n`;
}
