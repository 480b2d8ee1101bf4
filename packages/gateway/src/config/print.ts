// The configuration as it is in force: every default filled in, units as people write them, secrets masked. What is
// printed can be read again, but for the masks.
import type { ServiceDefinition } from "../service/service.ts";
import { commonOptions } from "./common.ts";
import { gatewayOptions } from "./gateway.ts";
import type { LoadedConfig } from "./load.ts";
import { inputOf } from "./reading.ts";
import { type Leaf, mapInput, type WalkOptions } from "./schema-shape.ts";
import { normaliseServicePath } from "./service-path.ts";
import { pick, splitService } from "./services.ts";
import { isRecord, type Path, type Source } from "./source.ts";
import { formatBytes, formatDurationMs, formatRate } from "./units.ts";

export const MASK = "********";

/** Names of options, headers and variables whose values nobody should read over a shoulder. */
const SECRET_NAME =
  /pass(word|phrase|wd)|secret|token|credential|authorization|cookie|(api|access|private|signing)[-_]?key|key[-_]?material/i;
const USER_INFO = /^([A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#@:]*):[^/?#@]*@/;

/** Plain data in the form of the file. */
export function resolvedData(
  { source, settings }: Pick<LoadedConfig, "source" | "settings">,
  definitions: readonly ServiceDefinition[],
): Record<string, unknown> {
  const data = isRecord(source.data) ? source.data : {};
  const mapLeaf = (leaf: Leaf): unknown => printed(leaf, source, settings.baseDirectory);
  const walk: WalkOptions = { isFilling: true, mapLeaf };
  const gateway = mapInput(
    gatewayOptions,
    withListenMaps(pick(data, Object.keys(gatewayOptions.shape))),
    [],
    walk,
  );
  return {
    ...(isRecord(gateway) ? gateway : {}),
    services: resolvedServices(data, definitions, walk),
  };
}

/** A listener that is only a URL becomes a map, so that its defaults can be seen. */
function withListenMaps(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const listen = data.listen ?? gatewayOptions.shape.listen.parse(undefined);
  if (!Array.isArray(listen)) return { ...data };
  return {
    ...data,
    listen: listen.map((entry: unknown) => (typeof entry === "string" ? { url: entry } : entry)),
  };
}

function resolvedServices(
  data: Readonly<Record<string, unknown>>,
  definitions: readonly ServiceDefinition[],
  walk: WalkOptions,
): Record<string, unknown> {
  const defaults = isRecord(data.defaults) ? data.defaults : {};
  const services = isRecord(data.services) ? data.services : {};
  const layer = mapInput(commonOptions, defaults, ["defaults"], walk);
  const entries = Object.entries(services).flatMap(([key, value]): [string, unknown][] => {
    const name = normaliseServicePath(key);
    const parts = isRecord(value) ? splitService(value, definitions) : undefined;
    if (parts === undefined || "problem" in name) return [];
    const path = ["services", key];
    const own = mapInput(parts.definition.options, parts.own, path, walk);
    const given = mapInput(commonOptions, parts.common, path, { ...walk, isFilling: false });
    return [[name.path, { type: parts.definition.type, ...record(own), ...record(layer), ...record(given) }]];
  });
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function printed(leaf: Leaf, source: Source, baseDirectory: string): unknown {
  const value = inputOf(leaf, source, baseDirectory);
  if (isSecret(leaf, source)) return MASK;
  if (typeof value === "number") {
    if (leaf.mark?.kind === "bytes") return formatBytes(value);
    if (leaf.mark?.kind === "duration") return formatDurationMs(value);
    if (leaf.mark?.kind === "rate") return formatRate(value);
    return value;
  }
  if (typeof value !== "string") return value;
  // What was read as `$${` has to be written so again.
  return value.replace(USER_INFO, `$1:${MASK}@`).replaceAll("${", () => "$${");
}

function isSecret({ value, path, mark }: Leaf, source: Source): boolean {
  if (mark?.kind === "secret") return value !== undefined;
  if (typeof value !== "string" || mark?.kind === "file") return false;
  const name = path.findLast((part) => typeof part === "string") ?? "";
  return [name, ...variablesOf(path, source)].some((one) => SECRET_NAME.test(String(one)));
}

/** A listener's URL may have been written without its map. */
function variablesOf(path: Path, source: Source): readonly string[] {
  const names = source.environmentOf(path);
  return names.length > 0 || path.at(-1) !== "url" ? names : source.environmentOf(path.slice(0, -1));
}
