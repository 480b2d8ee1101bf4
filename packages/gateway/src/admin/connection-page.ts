// A page of connections in a stable order: by the time they were opened, then by id. Whoever pages sees each connection
// that stays open exactly once, whatever comes and goes meanwhile.
import type { ConnectionView } from "./view.ts";

/** The last connection of the page before. It need not be open any more. */
export interface Cursor {
  readonly openedAtMs: number;
  readonly id: string;
}

export interface ConnectionPage {
  readonly connections: readonly ConnectionView[];
  /** `undefined` when this is the last page. */
  readonly next: Cursor | undefined;
}

/**
 * Looks at every connection once and keeps at most twice the page, so that a page of 100 out of 20,000 costs the walk
 * and hardly any sorting.
 */
export function selectPage(
  connections: Iterable<ConnectionView>,
  limit: number,
  after: Cursor | undefined,
): ConnectionPage {
  // One more than the page tells whether there is a next one.
  const keep = limit + 1;
  let first: ConnectionView[] = [];
  for (const connection of connections) {
    if (after !== undefined && compare(connection, after) <= 0) continue;
    first.push(connection);
    if (first.length >= 2 * keep) first = first.sort(compare).slice(0, keep);
  }
  const page = first.sort(compare).slice(0, limit);
  return { connections: page, next: first.length > limit ? page.at(-1) : undefined };
}

export function formatCursor({ openedAtMs, id }: Cursor): string {
  return `${openedAtMs}:${id}`;
}

export function parseCursor(text: string): Cursor | undefined {
  const [, openedAtMs, id] = /^(\d{1,16}(?:\.\d{1,9})?):(.{1,100})$/.exec(text) ?? [];
  return openedAtMs === undefined || id === undefined ? undefined : { openedAtMs: Number(openedAtMs), id };
}

/** By UTF-16 units: the order must not depend on a locale. */
function compare(a: Cursor, b: Cursor): number {
  if (a.openedAtMs !== b.openedAtMs) return a.openedAtMs - b.openedAtMs;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}
