// What each technique has cost and moved in one measurement, in plain numbers. Bytes are written by the meter,
// messages by the endpoints; this only keeps them apart.
import { TECHNIQUES, type Technique } from "./route.ts";

/** Bytes as TCP carries them, heads and framing included; `up` from the page, `down` to it. */
export interface ByteCounts {
  up: number;
  down: number;
}

/** One direction of messages and what its exchange cost. */
export interface HalfTally extends ByteCounts {
  /** HTTP requests; 0 for a WebSocket. */
  requests: number;
  messages: number;
  payloadBytes: number;
}

export interface TechniqueTally {
  /** The opening handshake of a WebSocket, which belongs to neither half; 0 for the others. */
  readonly opening: ByteCounts & { requests: number };
  readonly toPage: HalfTally;
  readonly toServer: HalfTally;
}

export interface Tally {
  readonly techniques: Readonly<Record<Technique, TechniqueTally>>;
  /** The page itself, its control connection, these figures. */
  readonly other: ByteCounts & { requests: number };
}

function createHalf(): HalfTally {
  return { up: 0, down: 0, requests: 0, messages: 0, payloadBytes: 0 };
}

function createTechniqueTally(): TechniqueTally {
  return { opening: { up: 0, down: 0, requests: 0 }, toPage: createHalf(), toServer: createHalf() };
}

export function createTally(): Tally {
  const techniques = Object.fromEntries(
    TECHNIQUES.map((technique) => [technique, createTechniqueTally()]),
    // `fromEntries` forgets the keys, which are those of TECHNIQUES.
  ) as Record<Technique, TechniqueTally>;
  return { techniques, other: { up: 0, down: 0, requests: 0 } };
}
