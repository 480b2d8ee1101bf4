// The choice of a subprotocol (RFC 6455 §4.2.2) from what the client offers and what the path serves.
import type { Refusal } from "../guard/guard.ts";

/**
 * `served` empty: the path passes bytes through and agrees to the client's first offer, or to none.
 * Otherwise the first offer that is served; no offer at all is accepted without a subprotocol, since many
 * clients of plain TCP protocols offer none; offers of which none is served are refused.
 */
export function chooseSubprotocol(offered: readonly string[], served: readonly string[]): string | Refusal {
  const first = offered[0];
  if (first === undefined) return "";
  if (served.length === 0) return first;
  const chosen = offered.find((name) => served.includes(name));
  if (chosen !== undefined) return chosen;
  return {
    code: "subprotocol.unsupported",
    detail: `offered ${offered.join(", ")}; served ${served.join(", ")}`,
  };
}
