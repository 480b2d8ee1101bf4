// The JSON Schema of the configuration file, for editors. Made from the schemas that also judge the file; looser than
// they are where a reference to the environment may stand for a number.
import { z } from "zod";
import type { ServiceDefinition } from "../service/service.ts";
import { commonOptions } from "./common.ts";
import { gatewayOptions } from "./gateway.ts";
import { markOf } from "./marks.ts";
import type { Schema } from "./schema-shape.ts";

type JsonSchema = z.core.JSONSchema.BaseSchema;

export function jsonSchema(definitions: readonly ServiceDefinition[]): JsonSchema {
  const { properties } = convert(gatewayOptions);
  const services = definitions.map((definition) => [serviceName(definition), serviceSchema(definition)]);
  const common = Object.entries(convert(commonOptions).properties ?? {});
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Sluice configuration",
    type: "object",
    additionalProperties: false,
    required: ["services"],
    properties: {
      $schema: { type: "string", description: "Where this schema is, for editors." },
      ...properties,
      defaults: {
        type: "object",
        description: "Common options for all services that do not set them.",
        additionalProperties: false,
        properties: COMMON_REFERENCES,
      },
      services: {
        type: "object",
        description: "What is served, by path.",
        minProperties: 1,
        propertyNames: { pattern: "^/[^?#%]*$" },
        additionalProperties: {
          oneOf: definitions.map((definition) => ({ $ref: `#/$defs/${serviceName(definition)}` })),
        },
      },
    },
    $defs: {
      ...Object.fromEntries(common.map(([key, option]) => [commonName(key), option])),
      ...Object.fromEntries(services),
    },
  };
}

function serviceName({ type }: ServiceDefinition): string {
  return `service-${type}`;
}

function commonName(key: string): string {
  return `common-${key}`;
}

const COMMON_REFERENCES: Readonly<Record<string, JsonSchema>> = Object.fromEntries(
  Object.keys(commonOptions.shape).map((key) => [key, { $ref: `#/$defs/${commonName(key)}` }]),
);

function serviceSchema(definition: ServiceDefinition): JsonSchema {
  const { properties, required } = convert(definition.options);
  return {
    type: "object",
    description: definition.summary,
    additionalProperties: false,
    required: ["type", ...(required ?? [])],
    properties: {
      type: { const: definition.type, description: definition.summary },
      ...properties,
      ...COMMON_REFERENCES,
    },
  };
}

const EXAMPLES: Readonly<Record<string, readonly string[]>> = {
  bytes: ["64 KiB", "1 MB"],
  duration: ["500ms", "30s", "5m"],
  rate: ["2 MB/s", "64 KiB/s"],
};

const REFERENCE = "\\$\\{[A-Za-z_]";

function convert(schema: Schema): JsonSchema {
  const { $schema: _, ...converted } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override({ zodSchema, jsonSchema: json }) {
      const examples = EXAMPLES[markOf(zodSchema)?.kind ?? ""];
      if (examples !== undefined) json.examples = [...examples];
      // zod writes the range of exact integers, which tells nobody anything.
      if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
      if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
      allowReference(json);
    },
  });
  return converted;
}

/** Texts may hold references anyway; numbers, booleans and enumerations have to be told. */
function allowReference(json: JsonSchema): void {
  if (json.type === "integer" || json.type === "number" || json.type === "boolean") {
    // `pattern` judges texts only, `minimum` numbers only. The type of zod's document knows single types only.
    Object.assign(json, { type: [json.type, "string"], pattern: REFERENCE });
  } else if (json.enum !== undefined) {
    const values = json.enum;
    delete json.enum;
    delete json.type;
    json.anyOf = [{ enum: values }, { type: "string", pattern: REFERENCE }];
  }
}
