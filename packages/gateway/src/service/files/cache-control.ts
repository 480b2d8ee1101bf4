// Which Cache-Control a file is sent with: the first rule whose pattern matches its path.
import { isFieldValue } from "@sluice/wire/bytes";
import { parseDurationMs } from "../../config/units.ts";
import { createGlob } from "./glob.ts";

export interface CacheRule {
  readonly pattern: string;
  readonly value: string;
}

/** "Ask every time": a question costs one round trip and no body, a stale script beside a new page costs the page. */
export const DEFAULT_CACHE_CONTROL = "no-cache";

/** `max-age=modified+1d`: so long after the file's last change, counted down as time goes by. */
const RELATIVE_AGE = /\b(max-age|s-maxage)=modified\+([\w.]+)/gi;

/** What is wrong with a value, as the rest of a sentence about it. */
export function findCacheValueProblem(value: string): string | undefined {
  if (value === "" || !isFieldValue(value)) return "is empty, or holds a character that a header cannot have";
  for (const [, , duration = ""] of value.matchAll(RELATIVE_AGE)) {
    const ms = parseDurationMs(duration);
    if (ms === undefined || !Number.isFinite(ms))
      return `has no time in \`modified+${duration}\`; write for example \`modified+1d\``;
  }
  return undefined;
}

/** The rules were checked. `path` is relative to the served folder. */
export function createCachePolicy(rules: readonly CacheRule[]) {
  const compiled = rules.map(({ pattern, value }) => ({ glob: createGlob(pattern), value }));
  return (path: string, modifiedMs: number, nowMs: number): string => {
    const rule = compiled.find(({ glob }) => glob.matches(path));
    return rule === undefined ? DEFAULT_CACHE_CONTROL : formatAges(rule.value, modifiedMs, nowMs);
  };
}

function formatAges(value: string, modifiedMs: number, nowMs: number): string {
  return value.replace(RELATIVE_AGE, (_, directive: string, duration: string) => {
    const leftMs = modifiedMs + (parseDurationMs(duration) ?? 0) - nowMs;
    return `${directive}=${Math.max(0, Math.floor(leftMs / 1000))}`;
  });
}
