// @ts-check
// What the page knows of one measurement. A new one begins with all of it empty; what still comes for the one before
// finds its own.
import { createLatencies, createPairing, TECHNIQUES } from "./measure.js";

/** @typedef {import("./techniques.js").TechniqueName} TechniqueName */
/** @typedef {import("./techniques.js").Technique} Technique */
/** @typedef {ReturnType<typeof createMeasurement>} Measurement */

/**
 * @template T
 * @param {(name: TechniqueName) => T} create
 * @returns {Record<TechniqueName, T>}
 */
export function each(create) {
  return {
    poll: create("poll"),
    "long-poll": create("long-poll"),
    sse: create("sse"),
    websocket: create("websocket"),
  };
}

/** What one measurement knows; a new one begins with all of it empty. */
export function createMeasurement(/** @type {number} */ size) {
  return {
    startedMs: performance.now(),
    size,
    text: "",
    made: 0,
    sent: each(() => 0),
    received: each(() => 0),
    arrived: each(() => 0),
    toPage: each(() => ({ pairing: createPairing(), latencies: createLatencies() })),
    toServer: each(() => ({ pairing: createPairing(), latencies: createLatencies() })),
    points: each(() => /** @type {[number, number][]} */ ([])),
    failures: /** @type {Partial<Record<TechniqueName, string>>} */ ({}),
    tally: /** @type {import("./measure.js").Tally | undefined} */ (undefined),
    open: /** @type {Partial<Record<TechniqueName, Technique>>} */ ({}),
    lead: /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined),
    ticker: /** @type {ReturnType<typeof setInterval> | undefined} */ (undefined),
    wasHidden: false,
  };
}

/**
 * Techniques that failed are not waited for.
 * @param {Measurement} measurement
 * @param {(name: TechniqueName) => boolean} isDone
 */
export function haveAll({ failures }, isDone) {
  return TECHNIQUES.every(({ name }) => failures[name] !== undefined || isDone(name));
}
