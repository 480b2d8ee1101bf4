// The services that run, by path. A change is prepared whole, then committed or rolled back whole: sessions of
// services that did not change never notice.

import { isDeepStrictEqual } from "node:util";
import type { ServiceSettings } from "../config/settings.ts";
import { Failure } from "../failure.ts";
import type { Clock, Timer } from "../host/clock.ts";
import type { PlainSession } from "../session/plain-session.ts";
import type { RunningService } from "./running-service.ts";
import { startSweeper } from "./sweeper.ts";

export interface ServiceChange {
  /** Takes the new services in and ends the old ones. Resolves to what changed, for people. */
  commit(): Promise<readonly string[]>;
  /** Stops what was started for the change. */
  rollBack(): Promise<void>;
}

export class ServiceSet {
  readonly #clock: Clock;
  readonly #create: (settings: ServiceSettings) => RunningService;
  readonly #sweepers = new Map<RunningService, Timer>();
  /** Removed by a reload; some of their sessions and back ends may still be ending. */
  readonly #leaving = new Set<RunningService>();
  #running: ReadonlyMap<string, RunningService> = new Map();

  constructor(clock: Clock, create: (settings: ServiceSettings) => RunningService) {
    this.#clock = clock;
    this.#create = create;
  }

  get running(): ReadonlyMap<string, RunningService> {
    return this.#running;
  }

  get sessionCount(): number {
    return this.#all().reduce((sum, { group }) => sum + group.sessions.size, 0);
  }

  /** No session and no back-end connection is left. */
  get isIdle(): boolean {
    return this.#all().every(
      ({ group }) => group.sessions.size === 0 && group.opening === 0 && group.metrics.backendsOpen === 0,
    );
  }

  sessions(): PlainSession[] {
    return this.#all().flatMap(({ group }) => [...group.sessions]);
  }

  /** Makes and starts what is new. Rejects, with nothing left running, when one of them cannot start. */
  async prepare(settings: readonly ServiceSettings[]): Promise<ServiceChange> {
    const next = new Map<string, RunningService>();
    const fresh: RunningService[] = [];
    const rollBack = async (): Promise<void> => {
      for (const { service } of fresh) await service.stop();
    };
    try {
      for (const one of settings) {
        const current = this.#running.get(one.path);
        if (current !== undefined && isDeepStrictEqual(current.settings, one)) next.set(one.path, current);
        else {
          const created = this.#create(one);
          fresh.push(created);
          next.set(one.path, created);
          await created.service.start?.();
        }
      }
    } catch (error) {
      await rollBack();
      throw error;
    }
    return { rollBack, commit: () => this.#commit(next, fresh) };
  }

  async stopAll(): Promise<void> {
    for (const { group } of this.#all()) group.endedBy = "gateway.stopping";
    for (const { service } of this.#running.values()) await service.stop();
    for (const timer of this.#sweepers.values()) timer.cancel();
  }

  async #commit(
    next: ReadonlyMap<string, RunningService>,
    fresh: readonly RunningService[],
  ): Promise<string[]> {
    const before = this.#running;
    const gone = [...before.values()].filter((old) => next.get(old.path) !== old);
    this.#running = next;
    for (const running of fresh) this.#sweepers.set(running, startSweeper(this.#clock, running.group));
    for (const running of gone) await this.#end(running);
    return [
      ...gone.filter(({ path }) => !next.has(path)).map(({ path }) => `service ${path} removed`),
      ...fresh.map(({ path }) => `service ${path} ${before.has(path) ? "changed" : "added"}`),
    ];
  }

  async #end(running: RunningService): Promise<void> {
    this.#leaving.add(running);
    running.group.endedBy = "service.stopped";
    await running.service.stop();
    const stopped = new Failure("service.stopped");
    for (const session of [...running.group.sessions]) session.fail(stopped);
    this.#sweepers.get(running)?.cancel();
    this.#sweepers.delete(running);
  }

  #all(): RunningService[] {
    for (const running of this.#leaving) {
      const { sessions, opening, metrics } = running.group;
      // At a path that still runs the counters are the new service's too, and say nothing of this one.
      const hasBackends = metrics.backendsOpen > 0 && !this.#running.has(running.path);
      if (sessions.size === 0 && opening === 0 && !hasBackends) this.#leaving.delete(running);
    }
    return [...this.#running.values(), ...this.#leaving];
  }
}
