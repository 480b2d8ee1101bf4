// The documents that are made from the schemas: where they are and what they should hold.
import { jsonSchema } from "../config/json-schema.ts";
import { renderReference } from "../config/reference.ts";
import type { ServiceDefinition } from "../service/service.ts";

export interface GeneratedDoc {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

export function generatedDocs(definitions: readonly ServiceDefinition[]): readonly GeneratedDoc[] {
  return [
    { path: "docs/guide/configuration.md", text: renderReference(definitions) },
    {
      path: "docs/guide/sluice.schema.json",
      text: `${JSON.stringify(jsonSchema(definitions), undefined, 2)}\n`,
    },
  ];
}
