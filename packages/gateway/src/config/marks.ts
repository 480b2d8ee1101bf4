// What a schema cannot say by its kind alone: this string is a file, that one a secret, this number has a unit.
// Marks are read when a configuration is loaded (files), printed (secrets, units) and documented (all).
import { z } from "zod";

export type Mark =
  /** Least and greatest value; without a greatest, times and rates may be `unlimited`. */
  | { readonly kind: "bytes" | "duration" | "rate"; readonly min?: number; readonly max?: number }
  | { readonly kind: "file" }
  | { readonly kind: "secret" }
  | { readonly kind: "url"; readonly schemes: readonly string[] };

// A weak map from schema to mark. It is written while schemas are built and only read afterwards.
const marks = z.registry<Mark>();

export function marked<Schema extends z.ZodType>(schema: Schema, mark: Mark): Schema {
  marks.add(schema, mark);
  return schema;
}

export function markOf(schema: z.core.$ZodType): Mark | undefined {
  return marks.get(schema);
}

/** A file or folder. Relative paths in the configuration are relative to its file; the service gets an absolute path. */
export const filePath = () =>
  marked(
    z
      .string()
      .min(1, { error: "is empty; write the path of a file or folder" })
      // A NUL ends the name for the system, so that another file would be opened than the one that is read here.
      .refine((text) => !text.includes("\0"), { error: "holds a NUL character" }),
    { kind: "file" },
  );

/** A password, token or key. Printed masked by `sluice config print`, wherever it stands in a service's options. */
export const secret = () =>
  marked(z.string().min(1, { error: "is empty; is the environment variable set?" }), { kind: "secret" });
