// What a schema says about the shape of its input: keys, defaults, marks; and the walk along schema and value
// together. The only file that knows how zod stores schemas.
import { z } from "zod";
import { type Mark, markOf } from "./marks.ts";
import { isRecord, type Path } from "./source.ts";

export type Schema = z.core.$ZodType;

/** zod's definitions, told apart by `type`. */
export function definitionOf(schema: Schema): z.core.$ZodTypes["_zod"]["def"] {
  // Every schema that zod's own constructors make is one of this union.
  return (schema as z.core.$ZodTypes)._zod.def;
}

export interface Core {
  /** Without what wraps it: optional, default, transforms of its output. */
  readonly schema: Schema;
  /** The outermost mark on the way. */
  readonly mark: Mark | undefined;
  /** The outermost default on the way, in the form of input. */
  readonly fallback: { readonly value: unknown } | undefined;
  readonly isOptional: boolean;
}

/** The schema inside its wrappers, and what they say. */
export function coreOf(schema: Schema): Core {
  const definition = definitionOf(schema);
  const mark = markOf(schema);
  switch (definition.type) {
    case "default":
    case "prefault": {
      const inner = coreOf(definition.innerType);
      const fallback = { value: definition.defaultValue };
      return { ...inner, mark: mark ?? inner.mark, fallback, isOptional: true };
    }
    case "optional": {
      const inner = coreOf(definition.innerType);
      return { ...inner, mark: mark ?? inner.mark, isOptional: true };
    }
    case "nullable":
    case "nonoptional":
    case "readonly":
    case "catch": {
      const inner = coreOf(definition.innerType);
      return { ...inner, mark: mark ?? inner.mark };
    }
    case "pipe": {
      // A transform in front, as `z.preprocess` makes it, says nothing of its input; what follows it does.
      const isTransform = definitionOf(definition.in).type === "transform";
      const inner = coreOf(isTransform ? definition.out : definition.in);
      return { ...inner, mark: mark ?? inner.mark };
    }
    case "lazy": {
      const inner = coreOf(definition.getter());
      return { ...inner, mark: mark ?? inner.mark };
    }
    default:
      return { schema, mark, fallback: undefined, isOptional: false };
  }
}

/** The keys of an object schema; empty for others. */
export function shapeOf(schema: Schema): Readonly<Record<string, Schema>> {
  const definition = definitionOf(schema);
  return definition.type === "object" ? definition.shape : {};
}

export function optionsOf(schema: Schema): readonly Schema[] | undefined {
  const definition = definitionOf(schema);
  return definition.type === "union" ? definition.options : undefined;
}

/** All keys that may stand at `path` below `schema`, whatever the alternatives on the way. */
export function keysAt(schema: Schema, path: Path): readonly string[] {
  const core = coreOf(schema).schema;
  const alternatives = optionsOf(core);
  if (alternatives !== undefined) return [...new Set(alternatives.flatMap((option) => keysAt(option, path)))];
  const [part, ...rest] = path;
  if (part === undefined) return Object.keys(shapeOf(core));
  const inner = innerOf(core, part);
  return inner === undefined ? [] : keysAt(inner, rest);
}

/** The schema of the value under `part` of an object, record, array or tuple. */
export function innerOf(schema: Schema, part: string | number): Schema | undefined {
  const definition = definitionOf(schema);
  switch (definition.type) {
    case "object":
      return Object.hasOwn(definition.shape, part) ? definition.shape[part] : undefined;
    case "record":
      return definition.valueType;
    case "array":
      return definition.element;
    case "tuple":
      return typeof part === "number" ? (definition.items[part] ?? definition.rest ?? undefined) : undefined;
    default:
      return undefined;
  }
}

export interface Leaf {
  readonly value: unknown;
  readonly path: Path;
  readonly mark: Mark | undefined;
  /** zod's name of the kind: `string`, `number`, `boolean`, … */
  readonly kind: string;
}

export interface WalkOptions {
  /** Puts in the defaults of what is absent. */
  readonly isFilling: boolean;
  /** Called for all that is no object, list or union. */
  mapLeaf(leaf: Leaf): unknown;
}

/**
 * `value`, of the form that `schema` takes as input, with its leaves mapped. Parts that do not fit the schema come
 * back as they are: judging is the schema's business. An empty value (`key:` with nothing after it) is as good as an
 * absent one, unless the schema takes it.
 */
export function mapInput(schema: Schema, value: unknown, path: Path, options: WalkOptions): unknown {
  const { schema: core, mark } = coreOf(schema);
  const definition = definitionOf(core);
  if (mark === undefined && definition.type === "union")
    return mapUnion(definition.options, value, path, options);
  if (mark === undefined && definition.type === "object" && isRecord(value)) {
    return mapObject(definition.shape, value, path, options);
  }
  const map = (inner: unknown, part: string | number): unknown => {
    const schema = innerOf(core, part);
    return schema === undefined ? inner : mapInput(schema, inner, [...path, part], options);
  };
  if (mark === undefined && Array.isArray(value)) return value.map(map);
  if (mark === undefined && isRecord(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, map(inner, key)]));
  }
  return options.mapLeaf({ value, path, mark, kind: definition.type });
}

function mapObject(
  shape: Readonly<Record<string, Schema>>,
  value: Readonly<Record<string, unknown>>,
  path: Path,
  options: WalkOptions,
): Record<string, unknown> {
  const mapped: Record<string, unknown> = Object.create(null);
  for (const [key, schema] of Object.entries(shape)) {
    const given = Object.hasOwn(value, key) ? value[key] : undefined;
    const isAbsent = given === undefined || (given === null && !accepts(schema, null));
    const used = isAbsent ? (options.isFilling ? coreOf(schema).fallback?.value : undefined) : given;
    if (used !== undefined) mapped[key] = mapInput(schema, used, [...path, key], options);
  }
  for (const [key, unknown] of Object.entries(value)) {
    if (!Object.hasOwn(shape, key)) mapped[key] = unknown;
  }
  return mapped;
}

function mapUnion(
  alternatives: readonly Schema[],
  value: unknown,
  path: Path,
  options: WalkOptions,
): unknown {
  let first: unknown;
  for (const alternative of alternatives) {
    const mapped = mapInput(alternative, value, path, options);
    if (accepts(alternative, mapped)) return mapped;
    // None may fit: then the objects among them still get what they can, for the sake of the messages.
    if (isRecord(mapped) && Object.keys(shapeOf(coreOf(alternative).schema)).length > 0) first ??= mapped;
  }
  return first ?? value;
}

function accepts(schema: Schema, value: unknown): boolean {
  return parseInput(schema, value).success;
}

/**
 * Parses; messages that the schema's author did not give are empty, to be worded by `describeIssues`. Without zod's
 * compiled fast path, since a configuration is parsed once.
 */
export function parseInput(schema: Schema, value: unknown) {
  return z.core.safeParse(schema, value, { error: () => "", reportInput: true, jitless: true });
}
