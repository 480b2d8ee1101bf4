// What a question of the bench is and what it answers with. Types only.
import type { Lab } from "./lab.ts";
import type { Timing } from "./measure.ts";
import type { Spread, Verdict } from "./statistics.ts";

/** How thorough a run is. */
export interface Plan {
  readonly isQuick: boolean;
  /** Interleaved rounds, at least 3. */
  readonly rounds: number;
  readonly timing: Timing;
}

export interface Question {
  /** The word for `--only`. */
  readonly id: string;
  readonly title: string;
  ask(lab: Lab, plan: Plan, say: (progress: string) => void): Promise<Answer>;
}

export interface Answer {
  readonly findings: readonly Finding[];
  readonly tables: readonly Table[];
  readonly notes: readonly string[];
  /** Every single run, for whoever wants to look behind the medians. */
  readonly runs: Readonly<Record<string, readonly unknown[]>>;
}

/** One figure that has, or could have, a goal. Less is better in all of them. */
export interface Finding {
  readonly claim: string;
  readonly unit: "×" | "bytes" | "ms";
  readonly figure: Spread;
  readonly goal?: number;
  readonly verdict?: Verdict;
  /** The subject often had to wait for its core: something else was running, and the figure is worth little. */
  readonly isDisturbed?: boolean;
}

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}
