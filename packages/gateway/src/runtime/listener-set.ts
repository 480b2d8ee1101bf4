// All listeners of the gateway: opened, exchanged by a reload, paused at the limit of descriptors, and looked at
// for changed certificates. Closed ones stay known until their last session is gone, for `publish`.
import { listenerName } from "../config/diff.ts";
import type { ListenSettings } from "../config/settings.ts";
import type { Clock, Timer } from "../host/clock.ts";
import type { Listener } from "../net/listener.ts";
import type { Message } from "../session/session.ts";
import type { Log } from "../telemetry/log.ts";

export interface ListenerSetOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Listens at once. Throws when the address cannot be had. */
  readonly createListener: (settings: ListenSettings) => Listener;
}

/** Certificates are renewed every some weeks; operators expect the new one within seconds. Milliseconds. */
const CERTIFICATE_PERIOD_MS = 2000;

function isTaken(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE";
}

interface Entry {
  readonly key: string;
  readonly listener: Listener;
}

export class ListenerSet {
  readonly #options: ListenerSetOptions;
  #entries: Entry[] = [];
  /** No longer accepting; they may still carry sessions. */
  #retired: Listener[] = [];
  #timer: Timer | undefined;
  #isPaused = false;

  constructor(options: ListenerSetOptions) {
    this.#options = options;
  }

  get all(): readonly Listener[] {
    return this.#entries.map((entry) => entry.listener);
  }

  /** Opens what is new and closes what is gone; all or nothing. Throws when an address cannot be had. */
  apply(settings: readonly ListenSettings[]): readonly string[] {
    const wanted = settings.map((one) => ({ key: JSON.stringify(one), settings: one }));
    const kept = this.#entries.filter((entry) => wanted.some(({ key }) => key === entry.key));
    const gone = this.#entries.filter((entry) => !kept.includes(entry));
    // An address that only changes its options has to be given up before it can be had again.
    for (const { listener } of gone) listener.pause();
    const opened: Entry[] = [];
    try {
      for (const { key, settings: one } of wanted) {
        if (kept.some((entry) => entry.key === key)) continue;
        opened.push({ key, listener: this.#create(one) });
      }
    } catch (error) {
      for (const { listener } of opened) listener.destroy();
      for (const { listener } of gone) this.#reopen(listener);
      throw error;
    }
    for (const { listener } of gone) this.#retire(listener);
    this.#entries = [...kept, ...opened];
    if (this.#isPaused) for (const { listener } of opened) listener.pause();
    this.#watchCertificates();
    return [
      ...gone.map(({ listener }) => `listener ${listener.url} closed`),
      ...opened.map(({ listener }) => `listener ${listener.url} opened`),
    ];
  }

  /** Closes and opens all, so that they take limits that a listener only reads when it opens. Sessions stay. */
  rebind(): void {
    if (this.#isPaused) return;
    for (const { listener } of this.#entries) {
      listener.pause();
      this.#reopen(listener);
    }
  }

  pause(): void {
    this.#isPaused = true;
    for (const { listener } of this.#entries) listener.pause();
  }

  resume(): void {
    for (const { listener } of this.#entries) listener.resume();
    this.#isPaused = false;
  }

  publish(topic: string, message: Message, compress: boolean): void {
    for (const { listener } of this.#entries) listener.publish(topic, message, compress);
    for (const listener of this.#retired) listener.publish(topic, message, compress);
  }

  /** No more newcomers, on any. */
  close(): void {
    this.#timer?.cancel();
    for (const { listener } of this.#entries) listener.close();
  }

  destroy(): void {
    this.#timer?.cancel();
    for (const { listener } of this.#entries) listener.destroy();
    for (const listener of this.#retired) listener.destroy();
  }

  /** No connection is left on any; only after `close`. */
  get isIdle(): boolean {
    return [...this.all, ...this.#retired].every(({ isIdle }) => isIdle);
  }

  #create(settings: ListenSettings): Listener {
    try {
      return this.#options.createListener(settings);
    } catch (cause) {
      const why = isTaken(cause) ? "somebody else listens there" : String(cause);
      throw new Error(`cannot listen on ${listenerName(settings)}: ${why}`, { cause });
    }
  }

  /** Not now, if accepting is paused; and later again, if the address cannot be had. */
  #reopen(listener: Listener): void {
    if (this.#isPaused) return;
    try {
      listener.resume();
    } catch (error) {
      this.#options.log.error("listener cannot open, trying again", { listener: listener.url }, error);
    }
  }

  #retire(listener: Listener): void {
    listener.close();
    this.#retired.push(listener);
  }

  #watchCertificates(): void {
    this.#timer?.cancel();
    const { clock, log } = this.#options;
    this.#timer = clock.every(CERTIFICATE_PERIOD_MS, () => {
      this.#retired = this.#retired.filter(({ isIdle }) => !isIdle);
      for (const { listener } of this.#entries) {
        if (listener.state === "paused") this.#reopen(listener);
        try {
          if (listener.reloadCertificates()) log.info("certificates taken over", { listener: listener.url });
        } catch (error) {
          log.error("certificates refused, the old ones stay", { listener: listener.url }, error);
        }
      }
    });
  }
}
