// Opens WebSockets to back ends: what all of one service share, and one connection each.
import type { Clock } from "../host/clock.ts";
import { type FillRandom, fillRandom } from "../host/random-bytes.ts";
import { type DialBudget, dialTcp } from "../host/tcp.ts";
import { createTurns } from "../host/turns.ts";
import type { WebSocketDialer } from "./websocket.ts";
import { WebSocketConnection } from "./websocket-connection.ts";
import { createMaskSource } from "./websocket-masks.ts";
import { createOpening } from "./websocket-opening.ts";

export interface WebSocketDialerSettings {
  /** From the dial to the back end's 101, name lookup and TLS included. */
  readonly connectTimeoutMs: number;
  /** Largest message from the back end; a larger one ends the connection with 1009. Bytes. */
  readonly messageMaxBytes: number;
  /** Silence after which the back end counts as lost; at half of it it is pinged. `Infinity`: never. */
  readonly idleTimeoutMs: number;
  /** Connects under way at once; more fail with `backend.busy`. */
  readonly pendingConnectsMax: number;
}

export function createWebSocketDialer(
  settings: WebSocketDialerSettings,
  clock: Clock,
  random: FillRandom = fillRandom,
): WebSocketDialer {
  const budget: DialBudget = { pending: 0, pendingMax: settings.pendingConnectsMax };
  const turns = createTurns();
  const masks = createMaskSource(random);
  return {
    open(request, handler) {
      const nonce = new Uint8Array(16);
      random(nonce);
      const opening = createOpening(request, nonce);
      return new WebSocketConnection({
        ...settings,
        target: request.target,
        opening,
        handler,
        clock,
        budget,
        turns,
        masks,
        dial: dialTcp,
      });
    },
  };
}
