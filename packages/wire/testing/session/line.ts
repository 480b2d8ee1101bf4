// One direction of a simulated carrier: frames go in, and come out later, in order, as messages or as a byte stream
// cut anywhere; from some byte on it may swallow everything and say nothing.
import { createFrameSplitter, type FrameSplitter, prefixFrame } from "../../src/session/frame-splitter.ts";
import type { FrameLimits } from "../../src/session/limits.ts";
import type { Random } from "./random.ts";
import type { Timeline } from "./timeline.ts";

export interface LineOptions {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly isByteStream: boolean;
  readonly limits: FrameLimits;
  readonly delayMaxMs: number;
  readonly arrive: (frame: Uint8Array) => void;
}

export class Line {
  readonly #options: LineOptions;
  readonly #splitter: FrameSplitter;
  #lastAtMs = 0;
  #isDown = false;
  /** Bytes that still pass before the line swallows. */
  #bytesLeft = Number.POSITIVE_INFINITY;
  /** Everything that was put in, for a repetition of the whole. */
  readonly record: Uint8Array[] = [];

  constructor(options: LineOptions) {
    this.#options = options;
    this.#splitter = createFrameSplitter(options.limits);
  }

  /** Everything that goes in comes out. */
  get isSound(): boolean {
    return !this.#isDown && this.#bytesLeft === Number.POSITIVE_INFINITY;
  }

  /** Nothing comes out any more, not even what is on its way. */
  cut(): void {
    this.#isDown = true;
  }

  /** After so many more bytes it swallows everything, for ever. */
  swallowAfter(byteLength: number): void {
    this.#bytesLeft = Math.min(this.#bytesLeft, byteLength);
  }

  put(frame: Uint8Array): void {
    this.record.push(frame);
    if (!this.#options.isByteStream) {
      // A message is whole or not there.
      if (this.#pass(frame.length) === frame.length) this.#carry(() => this.#options.arrive(frame));
      return;
    }
    let rest: Uint8Array = prefixFrame(frame);
    rest = rest.subarray(0, this.#pass(rest.length));
    while (rest.length > 0) {
      const end = this.#options.random.oneIn(3) ? 1 + this.#options.random.below(rest.length) : rest.length;
      const chunk = rest.slice(0, end);
      rest = rest.subarray(end);
      this.#carry(() => this.#read(chunk));
    }
  }

  #pass(byteLength: number): number {
    const passed = Math.min(byteLength, this.#bytesLeft);
    this.#bytesLeft = byteLength > this.#bytesLeft ? 0 : this.#bytesLeft - byteLength;
    return passed;
  }

  #carry(run: () => void): void {
    const { timeline, random, delayMaxMs } = this.#options;
    const atMs = Math.max(this.#lastAtMs, timeline.nowMs + random.below(delayMaxMs + 1));
    this.#lastAtMs = atMs;
    timeline.plan(atMs - timeline.nowMs, () => {
      if (!this.#isDown) run();
    });
  }

  #read(chunk: Uint8Array): void {
    this.#splitter.push(chunk);
    for (let frame = this.#splitter.next(); frame !== undefined; frame = this.#splitter.next()) {
      if (!(frame instanceof Uint8Array)) throw new Error(`The splitter refused: ${frame.reason}`);
      if (this.#isDown) return;
      this.#options.arrive(frame);
    }
  }
}
