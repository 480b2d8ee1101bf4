// The visitors' runs: each has a name that nobody can guess, its own feed and its own figures. Bounded in number and
// age; the meter lets nothing pass that does not name one of these.
import { Failure } from "../../failure.ts";
import type { Clock } from "../../host/clock.ts";
import { createFeed, type Feed } from "./feed.ts";
import { TECHNIQUES, type Technique } from "./route.ts";
import { createTally, type Tally } from "./tally.ts";

export interface RunLimits {
  readonly runsMax: number;
  /** A run without its page for this long is forgotten. */
  readonly abandonedMaxMs: number;
}

export const RUN_LIMITS: RunLimits = { runsMax: 100, abandonedMaxMs: 600_000 };

/** Arrival times kept for the page's next look; a minute at the highest rate. */
const ARRIVALS_MAX = 3000;

/** Why the bytes of a run are not counted. */
export type UnmeteredReason = "off" | "tls" | "other-port" | "failed";

export interface Run {
  readonly id: string;
  readonly feed: Feed;
  /** The gateway's own address that the visitor came by, such as `http://localhost:8000`. */
  readonly listener: string;
  readonly unmetered: UnmeteredReason | undefined;
  /** Where a page begins anew: the address before the meter's. */
  readonly home: string;
  tally: Tally;
  /** Relayed connections that are open. */
  connections: number;
  /** Monotonic milliseconds at which messages of the page arrived, not yet told to it. */
  readonly arrivals: Readonly<Record<Technique, number[]>>;
  /** Ends the page's control connection; `undefined` while the page has none. */
  dismiss: ((why: Failure) => void) | undefined;
}

export interface RunOrigin {
  readonly listener: string;
  readonly home: string;
  readonly unmetered: UnmeteredReason | undefined;
}

export interface RunStore {
  readonly size: number;
  /** `undefined` when all places are taken by runs that are measuring. */
  create(origin: RunOrigin): Run | undefined;
  /** A run is kept alive by being asked for. */
  get(id: string): Run | undefined;
  /** Ends all measurements and forgets the runs. Their pages' connections are the gateway's to close. */
  clear(): void;
}

/** Starts a measurement with empty figures. What still moves for the one before is counted there. */
export function startRun(run: Run, rate: number, size: number): void {
  run.tally = createTally();
  for (const technique of TECHNIQUES) run.arrivals[technique].length = 0;
  run.feed.start(rate, size);
}

export function noteArrival(run: Run, technique: Technique, nowMs: number): void {
  if (run.arrivals[technique].length < ARRIVALS_MAX) run.arrivals[technique].push(nowMs);
}

export function createRunStore(clock: Clock, newId: () => string, limits: RunLimits = RUN_LIMITS): RunStore {
  return new Store(clock, newId, limits);
}

interface Place {
  readonly run: Run;
  usedMs: number;
}

class Store implements RunStore {
  readonly #clock: Clock;
  readonly #newId: () => string;
  readonly #limits: RunLimits;
  /** The least recently used first. */
  readonly #places = new Map<string, Place>();

  constructor(clock: Clock, newId: () => string, limits: RunLimits) {
    this.#clock = clock;
    this.#newId = newId;
    this.#limits = limits;
  }

  get size(): number {
    return this.#places.size;
  }

  create(origin: RunOrigin): Run | undefined {
    this.#forgetAbandoned();
    if (this.#places.size >= this.#limits.runsMax && !this.#makeRoom()) return undefined;
    const run: Run = {
      ...origin,
      id: this.#newId(),
      feed: createFeed(this.#clock),
      tally: createTally(),
      connections: 0,
      arrivals: { poll: [], "long-poll": [], sse: [], websocket: [] },
      dismiss: undefined,
    };
    this.#places.set(run.id, { run, usedMs: this.#clock.monotonicMs() });
    return run;
  }

  get(id: string): Run | undefined {
    const place = this.#places.get(id);
    if (place === undefined) return undefined;
    if (this.#isAbandoned(place)) {
      this.#forget(place);
      return undefined;
    }
    place.usedMs = this.#clock.monotonicMs();
    this.#places.delete(id);
    this.#places.set(id, place);
    return place.run;
  }

  clear(): void {
    for (const { run } of this.#places.values()) run.feed.stop();
    this.#places.clear();
  }

  #isAbandoned({ run, usedMs }: Place): boolean {
    return run.dismiss === undefined && this.#clock.monotonicMs() - usedMs >= this.#limits.abandonedMaxMs;
  }

  #forgetAbandoned(): void {
    for (const place of [...this.#places.values()]) if (this.#isAbandoned(place)) this.#forget(place);
  }

  /** A place without a page goes first, then one whose page is idle; one that measures stays. */
  #makeRoom(): boolean {
    const places = [...this.#places.values()];
    const least =
      places.find(({ run }) => run.dismiss === undefined) ?? places.find(({ run }) => !run.feed.isRunning);
    if (least !== undefined)
      this.#forget(least, new Failure("limit.connections", "another visitor had no place"));
    return least !== undefined;
  }

  /** `why` is for a page that is still there. */
  #forget({ run }: Place, why = new Failure("session.idle")): void {
    this.#places.delete(run.id);
    run.feed.stop();
    run.dismiss?.(why);
  }
}
