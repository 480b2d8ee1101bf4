// From what was read to what the gateway runs on: every section judged, contradictions found, defaults filled in.
// Pure but for the door through which certificates are looked at. Knows no service: the list of types is handed in.
import { dirname, resolve } from "node:path";
import type { ServiceDefinition } from "../service/service.ts";
import { judgeCertificate, type ReadFile } from "./certificates.ts";
import { commonOptions } from "./common.ts";
import { gatewayOptions, LISTENERS_MAX, type ListenOptions, listenEntry } from "./gateway.ts";
import { unknownKey } from "./issues.ts";
import { findCollisions, isLoopback, resolveAdmin, resolveListener } from "./listen.ts";
import { type Problem, problemOf } from "./problem.ts";
import { createReading, type Reading } from "./reading.ts";
import { pick, readServices } from "./services.ts";
import type { AdminSettings, GatewaySettings, ListenSettings } from "./settings.ts";
import { type Finding, isRecord, type Path, type Source } from "./source.ts";

export interface LoadOptions {
  /** For messages, as the operator wrote it. */
  readonly file: string;
  /** Absolute; relative paths in the configuration are relative to it. Default: the folder of `file`. */
  readonly baseDirectory?: string;
  /** What was read: by `readYaml` or `sourceOfValue`. */
  readonly source: Source;
  readonly definitions: readonly ServiceDefinition[];
  /** Sections that stand in place of the file's, such as those of a command line. Maps are laid over the file's. */
  readonly overrides?: Readonly<Record<string, unknown>>;
  /** Absent: certificates are not looked at. */
  readonly readFile?: ReadFile;
  /** Milliseconds since 1970, for the dates of certificates. */
  readonly nowMs: number;
}

export interface LoadedConfig {
  readonly settings: GatewaySettings;
  /** What works, but is seldom meant. */
  readonly warnings: readonly Problem[];
  /** What the settings were made of; for printing. */
  readonly source: Source;
}

export type LoadResult = LoadedConfig | { readonly problems: readonly Problem[] };

export function loadConfig(options: LoadOptions): LoadResult {
  const { file } = options;
  const baseDirectory = options.baseDirectory ?? resolve(dirname(file));
  const source = overlay(options.source, options.overrides ?? {});
  const reading = createReading(source, baseDirectory);
  const settings = isRecord(source.data) ? readSections(source.data, options, reading) : undefined;
  if (!isRecord(source.data) && reading.findings.length === 0) {
    const isEmpty = source.data === null || source.data === undefined;
    reading.report({ path: [], message: isEmpty ? "is empty" : "must be a map of keys such as `services`" });
  }
  const placed = (findings: readonly Finding[]) =>
    inOrder(findings.map((one) => problemOf(one, source, file)));
  if (settings === undefined || reading.findings.length > 0) return { problems: placed(reading.findings) };
  return { settings: { ...settings, baseDirectory }, warnings: placed(reading.warnings), source };
}

function overlay(source: Source, overrides: Readonly<Record<string, unknown>>): Source {
  if (!isRecord(source.data) || Object.keys(overrides).length === 0) return source;
  const data: Record<string, unknown> = { ...source.data };
  for (const [key, value] of Object.entries(overrides)) {
    const below = data[key];
    data[key] = isRecord(value) && isRecord(below) ? { ...below, ...value } : value;
  }
  return { ...source, data };
}

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

const GATEWAY_KEYS: readonly string[] = Object.keys(gatewayOptions.shape);
/** `$schema` names the JSON Schema for editors; it means nothing here. */
const SECTIONS: readonly string[] = [...GATEWAY_KEYS, "defaults", "services", "$schema"];

/** Every section is judged, whatever is wrong with the others. */
function readSections(
  sections: Readonly<Record<string, unknown>>,
  options: LoadOptions,
  reading: Reading,
): Omit<GatewaySettings, "baseDirectory"> | undefined {
  for (const key of Object.keys(sections)) {
    if (!SECTIONS.includes(key)) reading.report(unknownKey([key], SECTIONS));
  }
  const defaults = sections.defaults ?? {};
  reading.parse(commonOptions, defaults, ["defaults"]);
  const services = readServices(sections.services, {
    defaults: isRecord(defaults) ? defaults : {},
    definitions: options.definitions,
    reading,
  });
  const gateway = reading.parse(gatewayOptions, pick(sections, GATEWAY_KEYS), []);
  const listen = readListen(sections.listen, options, reading);
  const admin = readAdmin(sections.admin, reading);
  for (const finding of findCollisions([...listen, ...(admin === undefined ? [] : [admin])])) {
    reading.report(finding);
  }
  return (
    gateway &&
    listen && {
      ...gateway.value,
      listen: listen.map(({ settings }) => settings),
      admin: admin?.settings,
      services,
    }
  );
}

interface Placed<Settings> {
  readonly settings: Settings;
  readonly path: Path;
}

/** What is wrong with the form of an entry is reported with that of the others; here it only keeps it from going on. */
function readListen(
  section: unknown,
  options: LoadOptions,
  reading: Reading,
): readonly Placed<ListenSettings>[] {
  const parsed = reading.parse(gatewayOptions.shape.listen, section ?? undefined, ["listen"], silently);
  const entries: readonly unknown[] =
    parsed?.value ?? (Array.isArray(section) ? section.slice(0, LISTENERS_MAX) : []);
  return entries.flatMap((entry, index) => {
    const path = ["listen", index];
    const form = reading.parse(listenEntry, entry, path, silently);
    if (form === undefined) return [];
    const judged = resolveListener(form.value, path);
    if ("settings" in judged) {
      if (typeof form.value !== "string") judgeCertificates(form.value, path, options, reading);
      return [{ settings: judged.settings, path }];
    }
    for (const finding of judged.findings) reading.report(finding);
    return [];
  });
}

const silently = (): boolean => false;

function readAdmin(section: unknown, reading: Reading): Placed<AdminSettings> | undefined {
  const path = ["admin"];
  const parsed = reading.parse(gatewayOptions.shape.admin, section ?? undefined, path, silently);
  if (parsed === undefined) return undefined;
  const judged = resolveAdmin(parsed.value, path);
  if ("findings" in judged) for (const finding of judged.findings) reading.report(finding);
  else if (judged.settings !== undefined) {
    if (!isLoopback(judged.settings.hostname)) {
      reading.warn({ path, message: "can be reached from other hosts and has no login; loopback is safer" });
    }
    return { settings: judged.settings, path };
  }
  return undefined;
}

function judgeCertificates({ tls }: ListenOptions, path: Path, options: LoadOptions, reading: Reading): void {
  const { readFile, nowMs } = options;
  if (readFile === undefined || tls === undefined) return;
  for (const [index, pair] of [tls].flat().entries()) {
    const pairPath = [...path, "tls", ...(Array.isArray(tls) ? [index] : [])];
    const verdict = judgeCertificate(pair, pairPath, readFile, nowMs);
    for (const finding of verdict.findings) reading.report(finding);
    for (const finding of verdict.warnings) reading.warn(finding);
  }
}
