// The page's control connection: it starts and stops measurements and tells the page what the server knows, several
// times a second. Its own bytes count as "other". While it is open the run has a page; when it ends, the feed does.
import { z } from "zod";
import { Failure } from "../../failure.ts";
import type { Clock, Timer } from "../../host/clock.ts";
import type { Message, Session, SessionHandler } from "../../session/session.ts";
import { FEED_LIMITS, type FeedEnd, LEAD_MS, TEXT } from "./feed.ts";
import { TECHNIQUES, type Technique } from "./route.ts";
import { type Run, startRun } from "./run-store.ts";
import type { Tally } from "./tally.ts";

/** Milliseconds between two looks at the figures. */
const FIGURES_MS = 250;
/** Looks after the end of a measurement, until its last bytes have been counted. */
const LOOKS_AFTER_END = 8;

const pageMessage = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("clock"), id: z.int() }),
  z.strictObject({
    type: z.literal("start"),
    rate: z.number().min(1).max(FEED_LIMITS.rateMax),
    size: z.int().min(TEXT.length).max(FEED_LIMITS.sizeMaxBytes),
  }),
  z.strictObject({ type: z.literal("stop") }),
]);

/** Times are the server's monotonic milliseconds. */
export type ServerMessage =
  | { readonly type: "hello"; readonly unmetered: string | null; readonly limits: typeof FEED_LIMITS }
  /** Answers a page's `clock`, so that it can tell how far the clocks are apart. */
  | { readonly type: "clock"; readonly id: number; readonly nowMs: number }
  /** The first message is made after the lead; then the page may send its own. */
  | { readonly type: "started"; readonly text: string; readonly leadMs: number }
  | { readonly type: "ended"; readonly end: FeedEnd }
  | FiguresMessage;

export interface FiguresMessage {
  readonly type: "figures";
  readonly elapsedMs: number;
  /** Messages of the feed so far. */
  readonly made: number;
  /** When the messages since the last look were made, and when the page's own arrived. */
  readonly times: readonly number[];
  readonly arrivals: Readonly<Record<Technique, readonly number[]>>;
  readonly tally: Tally;
}

/** Takes the times out, so that each is told once. */
export function takeFigures(run: Run): FiguresMessage {
  const taken = TECHNIQUES.map((technique) => [technique, run.arrivals[technique].splice(0)]);
  return {
    type: "figures",
    elapsedMs: run.feed.elapsedMs,
    made: run.feed.last,
    times: run.feed.takeTimes(),
    // `fromEntries` forgets the keys, which are those of TECHNIQUES.
    arrivals: Object.fromEntries(taken) as Record<Technique, number[]>,
    tally: run.tally,
  };
}

export function openLive(session: Session, run: Run, clock: Clock): SessionHandler {
  return new Live(session, run, clock);
}

class Live implements SessionHandler {
  readonly #session: Session;
  readonly #run: Run;
  readonly #clock: Clock;
  readonly #unlisten: (() => void) | undefined;
  readonly #timer: Timer;
  readonly #dismiss = (why: Failure) => this.#session.fail(why);
  #hasRoom = true;
  #looksLeft = 0;

  constructor(session: Session, run: Run, clock: Clock) {
    this.#session = session;
    this.#run = run;
    this.#clock = clock;
    // The page of a run is the one that came last: a reload may overtake the end of what it replaces.
    run.dismiss?.(new Failure("service.stopped", "another page took over the run"));
    run.dismiss = this.#dismiss;
    run.feed.stop();
    this.#unlisten = run.feed.listen({ made() {}, ended: (end) => this.#send({ type: "ended", end }) });
    this.#timer = clock.every(FIGURES_MS, () => this.#look());
    this.#send({ type: "hello", unmetered: run.unmetered ?? null, limits: FEED_LIMITS });
  }

  message(message: Message): void {
    const parsed = pageMessage.safeParse(parseJson(message));
    if (!parsed.success) {
      this.#session.fail(new Failure("message.kind", "not a message of the demo's page"));
      return;
    }
    const { data } = parsed;
    if (data.type === "clock") {
      this.#send({ type: "clock", id: data.id, nowMs: this.#clock.monotonicMs() });
    } else if (data.type === "start") {
      startRun(this.#run, data.rate, data.size);
      this.#send({ type: "started", text: this.#run.feed.text, leadMs: LEAD_MS });
    } else this.#run.feed.stop();
  }

  drained(): void {
    this.#hasRoom = true;
  }

  closed(): void {
    this.#timer.cancel();
    this.#unlisten?.();
    if (this.#run.dismiss !== this.#dismiss) return;
    this.#run.dismiss = undefined;
    this.#run.feed.stop();
  }

  #look(): void {
    if (this.#run.feed.isRunning) this.#looksLeft = LOOKS_AFTER_END;
    if (!this.#hasRoom || this.#looksLeft === 0) return;
    this.#looksLeft--;
    this.#send(takeFigures(this.#run));
  }

  #send(message: ServerMessage): void {
    this.#hasRoom = this.#session.send(JSON.stringify(message));
  }
}

function parseJson(message: Message): unknown {
  if (typeof message !== "string") return undefined;
  try {
    return JSON.parse(message);
  } catch {
    // Whatever is no JSON is no message of the page either.
    return undefined;
  }
}
