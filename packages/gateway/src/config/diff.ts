// What changes between two configurations, for people and for a reload. Compares only; applies nothing.
import { isDeepStrictEqual } from "node:util";
import { formatHostPort } from "./address.ts";
import type { GatewaySettings, ListenSettings, ServiceSettings } from "./settings.ts";

export interface SectionDiff<Item> {
  readonly added: readonly Item[];
  readonly removed: readonly Item[];
  readonly changed: readonly Change<Item>[];
}

export interface Change<Item> {
  readonly before: Item;
  readonly after: Item;
  /** The options that differ, as paths: `common.idleTimeout`. */
  readonly options: readonly string[];
}

export interface GlobalChange {
  /** As in the file: `limits.headerMaxSize`; `admin` as a whole. */
  readonly option: string;
  /** The running process does not take it. */
  readonly needsRestart: boolean;
}

export interface SettingsDiff {
  readonly listeners: SectionDiff<ListenSettings>;
  readonly services: SectionDiff<ServiceSettings>;
  readonly globals: readonly GlobalChange[];
}

/** What is set up once, when the process starts. */
const RESTART_OPTIONS: readonly string[] = ["admin", "limits.headerMaxSize", "log.level", "log.format"];

export function diffSettings(before: GatewaySettings, after: GatewaySettings): SettingsDiff {
  return {
    listeners: diffSection(keyed(before.listen, listenerName), keyed(after.listen, listenerName)),
    services: diffSection(
      keyed(before.services, ({ path }) => path),
      keyed(after.services, ({ path }) => path),
    ),
    globals: differences(globalsOf(before), globalsOf(after)).map((option) => ({
      option,
      needsRestart: RESTART_OPTIONS.includes(option),
    })),
  };
}

/** `admin` as one value, as it stands in the file. */
function globalsOf({
  listen: _l,
  services: _s,
  baseDirectory: _b,
  admin,
  ...globals
}: GatewaySettings): object {
  return { admin: admin && formatHostPort(admin.hostname, admin.port), ...globals };
}

/** As an operator writes it. */
export function listenerName({ secure, hostname, port }: ListenSettings): string {
  return `${secure ? "https" : "http"}://${formatHostPort(hostname, port)}`;
}

/** Names can repeat (any number of listeners may ask for a free port); then the order tells them apart. */
function keyed<Item>(items: readonly Item[], nameOf: (item: Item) => string): ReadonlyMap<string, Item> {
  const byKey = new Map<string, Item>();
  for (const item of items) {
    let key = nameOf(item);
    while (byKey.has(key)) key += "'";
    byKey.set(key, item);
  }
  return byKey;
}

function diffSection<Item extends object>(
  before: ReadonlyMap<string, Item>,
  after: ReadonlyMap<string, Item>,
): SectionDiff<Item> {
  const changed = [...after].flatMap(([key, item]): Change<Item>[] => {
    const old = before.get(key);
    if (old === undefined || isDeepStrictEqual(old, item)) return [];
    return [{ before: old, after: item, options: differences(old, item) }];
  });
  return {
    added: [...after].flatMap(([key, item]) => (before.has(key) ? [] : [item])),
    removed: [...before].flatMap(([key, item]) => (after.has(key) ? [] : [item])),
    changed,
  };
}

/** Paths of what differs: as deep as both sides are maps, and no deeper. */
function differences(before: object, after: object, prefix = ""): readonly string[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => {
    const [a, b]: unknown[] = [Reflect.get(before, key), Reflect.get(after, key)];
    if (isDeepStrictEqual(a, b)) return [];
    return isMap(a) && isMap(b) ? differences(a, b, `${prefix}${key}.`) : [`${prefix}${key}`];
  });
}

function isMap(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One line for each change, in the order of listeners, services, globals. Empty: nothing changes. */
export function describeDiff({ listeners, services, globals }: SettingsDiff): readonly string[] {
  return [
    ...describeSection("listener", listeners, listenerName),
    ...describeSection("service", services, ({ path }) => path),
    ...globals.map(describeGlobal),
  ];
}

export function describeGlobal({ option, needsRestart }: GlobalChange): string {
  return needsRestart ? `${option} takes effect at the next restart` : `${option} changed`;
}

function describeSection<Item>(
  noun: string,
  { added, removed, changed }: SectionDiff<Item>,
  nameOf: (item: Item) => string,
): readonly string[] {
  return [
    ...removed.map((item) => `${noun} ${nameOf(item)} removed`),
    ...added.map((item) => `${noun} ${nameOf(item)} added`),
    ...changed.map(
      ({ after, options }) => `${noun} ${nameOf(after)} changed: ${options.map(shortName).join(", ")}`,
    ),
  ];
}

/** As in the file, where a service's own options and the common ones stand side by side. */
function shortName(option: string): string {
  return option.replace(/^(common|options)\./, "");
}
