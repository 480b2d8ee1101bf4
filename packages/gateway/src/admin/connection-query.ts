// What a query string says about connections: which ones, how many, from where on. Strict, since a misspelt filter that
// is passed over would close every connection.
import { nearestName } from "../config/nearest.ts";
import type { CarrierKind } from "../session/handshake.ts";
import type { Cursor } from "./connection-page.ts";
import { parseCursor } from "./connection-page.ts";
import type { ConnectionFilter } from "./view.ts";

export const PAGE_DEFAULT = 100;
export const PAGE_MAX = 1000;

/** A record, so that the compiler misses a carrier that is left out. */
const CARRIERS: Readonly<Record<CarrierKind, true>> = {
  websocket: true,
  "hixie-75": true,
  "hixie-76": true,
  http: true,
};

const FILTERS = ["path", "address", "origin", "carrier"] as const;

export interface PageQuery {
  readonly filter: ConnectionFilter;
  readonly limit: number;
  readonly after: Cursor | undefined;
}

/** A sentence that says what is wrong, instead of the query. */
export type QueryFault = string;

export function parsePageQuery(query: URLSearchParams): PageQuery | QueryFault {
  const given = readParameters(query, [...FILTERS, "limit", "after"]);
  if (typeof given === "string") return given;
  const filter = filterOf(given);
  if (typeof filter === "string") return filter;
  const limit = given.get("limit") ?? String(PAGE_DEFAULT);
  if (!/^\d{1,4}$/.test(limit) || Number(limit) < 1 || Number(limit) > PAGE_MAX) {
    return `\`limit\` is a number from 1 to ${PAGE_MAX}.`;
  }
  const after = given.get("after");
  const cursor = after === undefined ? undefined : parseCursor(after);
  if (after !== undefined && cursor === undefined) return "`after` is not one that `next` gave.";
  return { filter, limit: Number(limit), after: cursor };
}

/** The connections to close. No filter at all is a fault unless `all=true` says that it is meant. */
export function parseCloseQuery(query: URLSearchParams): ConnectionFilter | QueryFault {
  const given = readParameters(query, [...FILTERS, "all"]);
  if (typeof given === "string") return given;
  const filter = filterOf(given);
  if (typeof filter === "string") return filter;
  const all = given.get("all");
  if (all !== undefined && all !== "true") return "`all` can only be `true`.";
  const isFiltered = Object.keys(filter).length > 0;
  if (!isFiltered && all === undefined) {
    return "Say which connections: by `path`, `address`, `origin` or `carrier`, or `all=true`.";
  }
  return isFiltered && all !== undefined ? "`all=true` and a filter contradict each other." : filter;
}

function readParameters(
  query: URLSearchParams,
  known: readonly string[],
): ReadonlyMap<string, string> | QueryFault {
  const given = new Map<string, string>();
  for (const [name, value] of query) {
    if (!known.includes(name)) {
      const nearest = nearestName(name, known);
      const hint = nearest === undefined ? `Known are ${known.join(", ")}.` : `Did you mean \`${nearest}\`?`;
      return `There is an unknown parameter in the query. ${hint}`;
    }
    if (given.has(name)) return `\`${name}\` is given twice.`;
    if (value === "") return `\`${name}\` is empty.`;
    given.set(name, value);
  }
  return given;
}

function filterOf(given: ReadonlyMap<string, string>): ConnectionFilter | QueryFault {
  const { carrier, ...others } = Object.fromEntries(
    FILTERS.flatMap((name) => {
      const value = given.get(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
  if (carrier === undefined) return others;
  if (isCarrier(carrier)) return { ...others, carrier };
  return `\`carrier\` is one of ${Object.keys(CARRIERS).join(", ")}.`;
}

function isCarrier(name: string): name is CarrierKind {
  return Object.hasOwn(CARRIERS, name);
}
