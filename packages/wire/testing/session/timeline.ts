// A virtual clock: what is planned happens in order of time, and of planning where the time is the same.

interface Plan {
  readonly atMs: number;
  readonly run: () => void;
}

export class Timeline {
  nowMs = 0;
  /** In order of time. There are few at once. */
  readonly #plans: Plan[] = [];

  plan(delayMs: number, run: () => void): void {
    const atMs = this.nowMs + delayMs;
    let at = this.#plans.length;
    while (at > 0 && (this.#plans[at - 1]?.atMs ?? 0) > atMs) at -= 1;
    this.#plans.splice(at, 0, { atMs, run });
  }

  /** `false` when nothing is planned. */
  step(): boolean {
    const plan = this.#plans.shift();
    if (plan === undefined) return false;
    this.nowMs = plan.atMs;
    plan.run();
    return true;
  }
}
