// @ts-check
// Arithmetic of the measurement: how far the two clocks are apart, how long messages took, and what the tally says
// of a technique. Knows nothing of the page.

/** @typedef {import("./techniques.js").TechniqueName} TechniqueName */

/**
 * @typedef {{ up: number, down: number, requests: number }} Opening
 * @typedef {{ up: number, down: number, requests: number, messages: number, payloadBytes: number }} Half
 * @typedef {{ opening: Opening, toPage: Half, toServer: Half }} TechniqueTally
 * @typedef {{ techniques: Record<TechniqueName, TechniqueTally>, other: Opening }} Tally
 */

/** @type {readonly { name: TechniqueName, label: string, short: string }[]} */
export const TECHNIQUES = [
  { name: "poll", label: "Polling", short: "Polling" },
  { name: "long-poll", label: "Long polling", short: "Long poll" },
  { name: "sse", label: "Server-sent events", short: "SSE" },
  { name: "websocket", label: "WebSocket", short: "WebSocket" },
];

/** Samples kept for percentiles: the most recent ones. */
const SAMPLES_MAX = 2000;
/** Looks at the clock that are compared: recent ones, since clocks drift. */
const LOOKS_MAX = 24;

/** The gateway's clock as seen from here, by the quickest of several looks. */
export function createAlignment() {
  /** @type {{ offsetMs: number, roundTripMs: number }[]} */
  let looks = [];
  const best = () => looks.reduce((a, b) => (b.roundTripMs < a.roundTripMs ? b : a));
  return {
    /**
     * @param {number} sentMs By the page's clock.
     * @param {number} receivedMs By the page's clock.
     * @param {number} serverMs By the gateway's clock, somewhere between the two.
     */
    add(sentMs, receivedMs, serverMs) {
      const roundTripMs = receivedMs - sentMs;
      looks = [
        ...looks.slice(1 - LOOKS_MAX),
        { offsetMs: serverMs - (sentMs + receivedMs) / 2, roundTripMs },
      ];
    },
    get isKnown() {
      return looks.length > 0;
    },
    /** To be added to the page's time. */
    get offsetMs() {
      return looks.length === 0 ? 0 : best().offsetMs;
    },
    /** Half a round trip: the answer was given somewhere in it. */
    get errorMs() {
      return looks.length === 0 ? 0 : best().roundTripMs / 2;
    },
  };
}

/** How long messages took, one way. */
export function createLatencies() {
  /** @type {number[]} */
  let samples = [];
  return {
    /** @param {number} latencyMs */
    add(latencyMs) {
      // Within the error of the clocks a message may seem to have come before it was sent.
      samples.push(Math.max(0, latencyMs));
      if (samples.length >= 2 * SAMPLES_MAX) samples = samples.slice(-SAMPLES_MAX);
    },
    /**
     * @param {number} share 0 to 1
     * @returns {number | undefined} The least sample that at least this share of all does not exceed.
     */
    percentile(share) {
      if (samples.length === 0) return undefined;
      const sorted = samples.slice(-SAMPLES_MAX).sort((a, b) => a - b);
      return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
    },
  };
}

/** Pairs what happened here with what the gateway reports of it later, by number, in either order. */
export function createPairing() {
  /** @type {Map<number, number>} */
  const waiting = new Map();
  return {
    /**
     * @param {number} number
     * @param {number} timeMs
     * @returns {number | undefined} The other side's time, once it is known; then both are forgotten.
     */
    meet(number, timeMs) {
      const other = waiting.get(number);
      if (other === undefined) waiting.set(number, timeMs);
      else waiting.delete(number);
      return other;
    },
  };
}

/** @param {TechniqueTally} tally */
export function totalsOf({ opening, toPage, toServer }) {
  const up = opening.up + toPage.up + toServer.up;
  const down = opening.down + toPage.down + toServer.down;
  const messages = toPage.messages + toServer.messages;
  const payloadBytes = toPage.payloadBytes + toServer.payloadBytes;
  return {
    up,
    down,
    bytes: up + down,
    messages,
    requests: opening.requests + toPage.requests + toServer.requests,
    overhead: messages === 0 ? undefined : (up + down - payloadBytes) / messages,
  };
}

/**
 * @param {Half} half
 * @returns {number | undefined} Bytes for each message, payload left out.
 */
export function overheadOf({ up, down, messages, payloadBytes }) {
  return messages === 0 ? undefined : Math.max(0, up + down - payloadBytes) / messages;
}
