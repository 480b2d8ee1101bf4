// The section `services`: for each path the type's own options and the common ones, with `defaults` below them.
// The list of types is handed in; this file knows none of them.
import { UsageError } from "../failure.ts";
import type { ServiceDefinition } from "../service/service.ts";
import { type CommonSettings, commonOptions } from "./common.ts";
import { list, unknownKey } from "./issues.ts";
import { nearestName } from "./nearest.ts";
import type { Reading } from "./reading.ts";
import { normaliseServicePath } from "./service-path.ts";
import type { ServiceSettings } from "./settings.ts";
import { isRecord, type Path } from "./source.ts";

const COMMON_KEYS = Object.keys(commonOptions.shape);

/** What `type` and the keys of one service were split into. */
export interface ServiceParts {
  readonly definition: ServiceDefinition;
  readonly own: Readonly<Record<string, unknown>>;
  readonly common: Readonly<Record<string, unknown>>;
}

export function pick(
  value: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => Object.hasOwn(value, key)).map((key) => [key, value[key]]));
}

/** `value` is that of a service whose `type` is known. */
export function splitService(
  value: Readonly<Record<string, unknown>>,
  definitions: readonly ServiceDefinition[],
): ServiceParts | undefined {
  const definition = definitions.find(({ type }) => type === value.type);
  if (definition === undefined) return undefined;
  return {
    definition,
    own: pick(value, Object.keys(definition.options.shape)),
    common: pick(value, COMMON_KEYS),
  };
}

/** What every service is read with. */
export interface ServicesContext {
  /** The section of that name, checked or not. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly definitions: readonly ServiceDefinition[];
  readonly reading: Reading;
}

/** Sorted by path. */
export function readServices(value: unknown, context: ServicesContext): readonly ServiceSettings[] {
  const { reading } = context;
  const path = ["services"];
  if (!isRecord(value)) {
    const message = value === undefined || value === null ? "is missing" : "must be a map of paths";
    reading.report({ path, message, suggestion: "write for example `/echo: { type: echo }` below it" });
    return [];
  }
  const entries = Object.entries(value);
  if (entries.length === 0) reading.report({ path, message: "is empty: the gateway would serve nothing" });
  const paths = readPaths(Object.keys(value), path, reading);
  const services = entries.flatMap(([key, entry]) => {
    const service = readService([...path, key], entry, context);
    const servicePath = paths.get(key);
    return servicePath === undefined || service === undefined ? [] : [{ path: servicePath, ...service }];
  });
  if (services.length < entries.length && reading.findings.length === 0) {
    throw new UsageError("a service was left out and nobody was told why");
  }
  return services.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** By key; those that are no path, or a second spelling of one, are reported and left out. */
function readPaths(keys: readonly string[], path: Path, reading: Reading): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  const firstKeys = new Map<string, string>();
  const blame = (key: string, message: string) =>
    reading.report({ path: [...path, key], at: "key", message });
  for (const key of keys) {
    const name = normaliseServicePath(key);
    if ("problem" in name) {
      blame(key, name.problem);
      continue;
    }
    const earlier = firstKeys.get(name.path);
    if (earlier !== undefined) blame(key, `is the same path as \`${earlier}\``);
    else {
      firstKeys.set(name.path, key);
      paths.set(key, name.path);
    }
  }
  return paths;
}

function readService(
  path: Path,
  value: unknown,
  context: ServicesContext,
): Omit<ServiceSettings, "path"> | undefined {
  const { definitions, reading } = context;
  const types = definitions.map(({ type }) => type);
  if (!isRecord(value)) {
    reading.report({ path, message: "must be a map with a `type`", suggestion: `types are ${list(types)}` });
    return undefined;
  }
  const parts = splitService(value, definitions);
  if (parts === undefined) {
    reportType(path, value, types, reading);
    return undefined;
  }
  const options = readOwn(path, value, parts, reading);
  const common = readCommon(path, parts.common, context);
  if (options === undefined || common === undefined) return undefined;
  return { type: parts.definition.type, common, options: options.value };
}

function readOwn(
  path: Path,
  value: Readonly<Record<string, unknown>>,
  { definition, own }: ServiceParts,
  reading: Reading,
): { readonly value: unknown } | undefined {
  const known = ["type", ...Object.keys(definition.options.shape), ...COMMON_KEYS];
  const unknown = Object.keys(value).filter((key) => !known.includes(key));
  for (const key of unknown) reading.report(unknownKey([...path, key], known));
  // A key that was only misspelt is not missing too.
  const misspelt = unknown.map((key) => nearestName(key, known));
  return reading.parse(definition.options, own, path, (finding) => {
    const key = String(finding.path[path.length]);
    return !misspelt.includes(key) || Object.hasOwn(own, key);
  });
}

function reportType(
  path: Path,
  value: Readonly<Record<string, unknown>>,
  types: readonly string[],
  reading: Reading,
): void {
  const { type } = value;
  const misspelt = Object.keys(value).find((key) => nearestName(key, ["type"]) !== undefined);
  if (type === undefined && misspelt !== undefined) {
    reading.report(unknownKey([...path, misspelt], ["type"]));
  } else if (typeof type !== "string") {
    const message = type === undefined || type === null ? "is missing" : "must be a text";
    reading.report({ path: [...path, "type"], message, suggestion: `types are ${list(types)}` });
  } else {
    const nearest = nearestName(type, types);
    const meant = nearest === undefined ? "" : `did you mean \`${nearest}\`? `;
    const suggestion = `${meant}${meant === "" ? "types" : "Types"} are ${list(types)}`;
    reading.report({ path: [...path, "type"], message: "unknown service type", suggestion });
  }
}

/** What is wrong with `defaults` is reported once, where it stands, not again for each service. */
function readCommon(
  path: Path,
  own: Readonly<Record<string, unknown>>,
  { defaults, reading }: ServicesContext,
): CommonSettings | undefined {
  // Prepared where they stand: whether a text is one of the environment is known by its path.
  const below = reading.prepare(commonOptions, pick(defaults, COMMON_KEYS), ["defaults"]);
  const above = reading.prepare(commonOptions, own, path);
  const layered = { ...(isRecord(below) ? below : {}), ...(isRecord(above) ? above : {}) };
  const isOwn = (key: string | number | undefined) => key !== undefined && Object.hasOwn(own, key);
  return reading.parse(commonOptions, layered, path, (finding) => isOwn(finding.path[path.length]))?.value;
}
