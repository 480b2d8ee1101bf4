import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type Cursor, formatCursor, parseCursor, selectPage } from "./connection-page.ts";
import { FakeView } from "./fake-view.ts";
import type { ConnectionView } from "./view.ts";

function connections(...entries: readonly (readonly [openedAtMs: number, id: string])[]): ConnectionView[] {
  const view = new FakeView();
  for (const [openedAtMs, id] of entries) view.addConnection(id, { openedAtMs });
  return view.connectionList;
}

const ids = (page: { readonly connections: readonly Cursor[] }) => page.connections.map(({ id }) => id);

describe("a page of connections", () => {
  test("is ordered by opening time, then id", () => {
    expect(ids(selectPage(connections([2, "a"], [1, "c"], [1, "b"]), 10, undefined))).toEqual([
      "b",
      "c",
      "a",
    ]);
  });

  test("knows whether there is another, exactly at its limit", () => {
    const three = connections([1, "a"], [2, "b"], [3, "c"]);
    expect(selectPage(three, 3, undefined).next).toBeUndefined();
    expect(selectPage(three, 2, undefined).next).toMatchObject({ openedAtMs: 2, id: "b" });
  });

  test("goes on behind a connection that is gone", () => {
    const page = selectPage(connections([1, "a"], [3, "c"]), 10, { openedAtMs: 2, id: "b" });
    expect(ids(page)).toEqual(["c"]);
  });

  test("is empty when nothing is left", () => {
    expect(selectPage([], 5, undefined)).toEqual({ connections: [], next: undefined });
  });

  test("leads through all connections once, in whatever order and size", () => {
    const entry = fc.tuple(fc.integer({ min: 0, max: 5 }), fc.string({ minLength: 1, maxLength: 4 }));
    const entries = fc.uniqueArray(entry, { selector: ([, id]) => id, maxLength: 60 });
    fc.assert(
      fc.property(entries, fc.integer({ min: 1, max: 7 }), (list, limit) => {
        const all = connections(...list);
        const seen: string[] = [];
        let after: Cursor | undefined;
        do {
          const page = selectPage(all, limit, after);
          expect(page.connections.length).toBeLessThanOrEqual(limit);
          seen.push(...ids(page));
          after = page.next;
        } while (after !== undefined);
        const sorted = list.toSorted(([a, x], [b, y]) => a - b || (x < y ? -1 : 1)).map(([, id]) => id);
        expect(seen).toEqual(sorted);
      }),
    );
  });
});

describe("a cursor", () => {
  test("gives back what was put into it, colons in ids included", () => {
    for (const cursor of [
      { openedAtMs: 1_700_000_000_000, id: "k3-1f" },
      { openedAtMs: 1.5, id: "a:b" },
    ]) {
      expect(parseCursor(formatCursor(cursor))).toEqual(cursor);
    }
  });
});
