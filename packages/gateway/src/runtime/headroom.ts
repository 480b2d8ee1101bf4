// Watches how many descriptors and how much memory the process has left, and stops listening before there is none:
// at the very limit the host would spin on accept and answer nobody.
import type { Headroom } from "../guard/limits.ts";
import type { Clock, Timer } from "../host/clock.ts";
import type { Log } from "../telemetry/log.ts";

export interface HeadroomWatchOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Open now and the limit; `Infinity` where the system does not tell. */
  readonly readDescriptors: () => { readonly open: number; readonly limit: number };
  readonly readMemoryBytes: () => number;
  readonly descriptorReserve: () => number;
  readonly pauseListening: () => void;
  /** Throws when an address cannot be had; tried again at the next look. */
  readonly resumeListening: () => void;
}

export interface HeadroomWatch {
  current(): Headroom;
  readonly descriptors: { readonly open: number; readonly limit: number };
  start(): void;
  stop(): void;
}

/** Often enough that a burst of connects cannot eat the reserve unseen for long; a look costs some microseconds. */
const LOOK_PERIOD_MS = 100;
/** For whoever asks, the last look may be this old: a burst of newcomers of this length must fit into the reserve. */
const STALE_MS = 5;
/** Below this part of the reserve the listeners close: refusing by an answer has not been enough. */
const PAUSE_SHARE = 1 / 4;

/** Reading a file of the system takes a descriptor, which is just what there may be none of; then the last value stands. */
function readOr(last: number, read: () => number): number {
  try {
    return read();
  } catch {
    return last;
  }
}

export function createHeadroomWatch(options: HeadroomWatchOptions): HeadroomWatch {
  const { log } = options;
  let descriptors = options.readDescriptors();
  let memoryBytes = options.readMemoryBytes();
  let readMs = options.clock.monotonicMs();
  let isPaused = false;
  let timers: Timer[] = [];
  const read = (): void => {
    readMs = options.clock.monotonicMs();
    descriptors = options.readDescriptors();
    memoryBytes = readOr(memoryBytes, options.readMemoryBytes);
  };
  const look = (): void => {
    read();
    const free = descriptors.limit - descriptors.open;
    const reserve = options.descriptorReserve();
    const fields = { open: descriptors.open, limit: descriptors.limit };
    if (!isPaused && free < reserve * PAUSE_SHARE) {
      isPaused = true;
      log.error("accepting paused: almost no file descriptors are left", fields);
      options.pauseListening();
    } else if (isPaused && free >= reserve) {
      try {
        options.resumeListening();
        isPaused = false;
        log.info("accepting resumed", fields);
      } catch (error) {
        log.error("accepting cannot be resumed", fields, error);
      }
    }
  };
  const refresh = (): void => {
    if (options.clock.monotonicMs() - readMs >= STALE_MS) read();
  };
  return {
    get descriptors() {
      refresh();
      return descriptors;
    },
    current() {
      refresh();
      return { descriptorsFree: descriptors.limit - descriptors.open, memoryBytes };
    },
    start() {
      // With the listeners closed there may be nothing else left that keeps the process alive.
      timers = [options.clock.every(LOOK_PERIOD_MS, look), options.clock.keepAlive()];
    },
    stop() {
      for (const timer of timers) timer.cancel();
    },
  };
}
