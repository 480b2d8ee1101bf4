// Conditional requests (RFC 9110 §13): which answer the state of one file deserves. Reads headers, knows no files.
import { type EntityTag, FRESH_MS, matchesStrongly, matchesWeakly, parseEntityTags } from "./entity-tag.ts";
import { parseHttpDate } from "./http-date.ts";

export interface Validators {
  readonly tag: EntityTag;
  /** Whole seconds, as Last-Modified says it. Milliseconds since 1970. */
  readonly lastModifiedMs: number;
}

/** `failed`: 412. `unchanged`: 304. */
export type Verdict = "proceed" | "failed" | "unchanged";

/** The order of RFC 9110 §13.2.2, for GET and HEAD. If-Range comes after it: see `isRangeWanted`. */
export function judgeConditions(headers: Headers, file: Validators, nowMs: number): Verdict {
  const ifMatch = headers.get("if-match");
  if (ifMatch !== null) {
    if (!matchesAny(ifMatch, file.tag, matchesStrongly)) return "failed";
  } else {
    const since = readDate(headers, "if-unmodified-since", nowMs);
    if (since !== undefined && file.lastModifiedMs > since) return "failed";
  }
  const ifNoneMatch = headers.get("if-none-match");
  if (ifNoneMatch !== null) return matchesAny(ifNoneMatch, file.tag, matchesWeakly) ? "unchanged" : "proceed";
  const since = readDate(headers, "if-modified-since", nowMs);
  return since !== undefined && file.lastModifiedMs <= since ? "unchanged" : "proceed";
}

/** RFC 9110 §13.1.5: with an If-Range that does not hold, Range is ignored. */
export function isRangeWanted(headers: Headers, file: Validators, nowMs: number): boolean {
  const ifRange = headers.get("if-range");
  if (ifRange === null) return true;
  const tags = parseEntityTags(ifRange);
  if (tags !== undefined && tags !== "*") {
    const [tag, second] = tags;
    return tag !== undefined && second === undefined && matchesStrongly(tag, file.tag);
  }
  // A date is a strong validator only once it cannot be that of a later change as well (§8.8.2.2).
  const isStrong = nowMs - file.lastModifiedMs >= FRESH_MS;
  return isStrong && parseHttpDate(ifRange, nowMs) === file.lastModifiedMs;
}

/** A list that cannot be read matches nothing: for If-Match that is the careful reading, for If-None-Match the harmless one. */
function matchesAny(
  value: string,
  tag: EntityTag,
  matches: (a: EntityTag, b: EntityTag) => boolean,
): boolean {
  const tags = parseEntityTags(value);
  if (tags === undefined) return false;
  return tags === "*" || tags.some((one) => matches(one, tag));
}

/** A date that cannot be read is ignored (RFC 9110 §13.1.3, §13.1.4). */
function readDate(headers: Headers, name: string, nowMs: number): number | undefined {
  const value = headers.get(name);
  return value === null ? undefined : parseHttpDate(value, nowMs);
}
