// Keeps one source open: opens it, opens it again after a loss, tells its owner once per change. Knows nothing of clients.
import { Failure, type FailureCode } from "../../failure.ts";
import type { Clock, Timer } from "../../host/clock.ts";
import type { Message } from "../../session/session.ts";
import type { Log } from "../../telemetry/log.ts";
import { count, type ServiceMetrics } from "../../telemetry/metrics.ts";
import type { OpenSource, Source, SourceHandler } from "./source.ts";

export interface FeedOptions {
  readonly open: OpenSource;
  /** As an operator writes it, for the log. */
  readonly url: string;
  /** Bounds of the wait before the source is opened again: it doubles from `initialMs` with each failure. */
  readonly reconnect: { readonly initialMs: number; readonly maxMs: number };
  /** Milliseconds without a message after which the source counts as lost; `Infinity` for never. */
  readonly idleTimeoutMs: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: ServiceMetrics;
  onMessage(message: Message): void;
  /** The source was up and is not any more. Not called by `stop`. */
  onLoss(failure: Failure): void;
}

export interface Feed {
  start(): void;
  stop(): void;
  /** Why there is no source now; `undefined` while it is up. */
  readonly failure: Failure | undefined;
}

/** What a feed that has not been up yet answers. */
const NOT_YET = new Failure("backend.unreachable", "the source has not been reached yet");

export function createFeed(options: FeedOptions): Feed {
  return new ReconnectingFeed(options);
}

class ReconnectingFeed implements Feed, SourceHandler {
  readonly #options: FeedOptions;
  #source: Source | undefined;
  #failure: Failure | undefined = NOT_YET;
  #timer: Timer | undefined;
  /** Failures since the source was last up for as long as the longest wait. */
  #failures = 0;
  /** What this outage was logged for. */
  readonly #loggedCodes = new Set<FailureCode>();
  #openedAtMs = 0;
  #heardAtMs = 0;
  /** Set while a source that fell silent is being stopped. */
  #silence: Failure | undefined;
  #isStopped = true;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  start(): void {
    this.#isStopped = false;
    this.#open();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#source?.stop();
  }

  opened(): void {
    const { clock, log, metrics, url } = this.#options;
    metrics.backendConnects++;
    metrics.backendsOpen++;
    this.#failure = undefined;
    this.#loggedCodes.clear();
    this.#openedAtMs = this.#heardAtMs = clock.monotonicMs();
    this.#awaitMessage();
    log.info("source is up", { source: url });
  }

  message(message: Message): void {
    this.#heardAtMs = this.#options.clock.monotonicMs();
    this.#options.onMessage(message);
  }

  closed(failure: Failure | undefined): void {
    const wasUp = this.#failure === undefined;
    this.#source = undefined;
    this.#timer?.cancel();
    if (wasUp) this.#options.metrics.backendsOpen--;
    if (this.#isStopped) return;
    const cause = this.#silence ?? failure;
    this.#silence = undefined;
    this.#fall(cause ?? new Failure("backend.reset", `${this.#options.url}: the source ended`), wasUp);
  }

  #open(): void {
    this.#source = this.#options.open(this);
  }

  #fall(failure: Failure, wasUp: boolean): void {
    const { clock, log, metrics, reconnect, url } = this.#options;
    count(metrics.backendFailures, failure.code);
    // Once an outage and reason, not once a try: a source that is away for a night is one line.
    const isNews = !this.#loggedCodes.has(failure.code);
    this.#loggedCodes.add(failure.code);
    if (isNews) log.warn("source is down", { source: url, code: failure.code, detail: failure.detail });
    this.#failure = failure;
    if (wasUp && clock.monotonicMs() - this.#openedAtMs >= reconnect.maxMs) this.#failures = 0;
    const delayMs = reconnectDelayMs(reconnect, this.#failures++, clock.random());
    this.#timer = clock.after(delayMs, () => this.#open());
    if (wasUp) this.#options.onLoss(failure);
  }

  /** One timer a silence, not one a message. */
  #awaitMessage(): void {
    const { clock, idleTimeoutMs } = this.#options;
    if (!Number.isFinite(idleTimeoutMs)) return;
    const silentMs = clock.monotonicMs() - this.#heardAtMs;
    if (silentMs < idleTimeoutMs) {
      this.#timer = clock.after(idleTimeoutMs - silentMs, () => this.#awaitMessage());
      return;
    }
    this.#silence = new Failure("backend.silent", `${this.#options.url}: no message for ${idleTimeoutMs} ms`);
    this.#source?.stop();
  }
}

/** Full jitter: anywhere between 0 and a cap that doubles from `initialMs` to `maxMs`. `random` is in [0, 1). */
export function reconnectDelayMs(
  { initialMs, maxMs }: FeedOptions["reconnect"],
  failures: number,
  random: number,
): number {
  // 2 ** 1024 is Infinity, which `min` takes away again.
  return random * Math.min(maxMs, initialMs * 2 ** failures);
}
