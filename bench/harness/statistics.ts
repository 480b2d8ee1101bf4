// Medians, ratios pair by pair, and verdicts. Pure.

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export type Verdict =
  | { readonly met: true }
  /** `by` is the share above the goal: 0.1 means 10 % over it. */
  | { readonly met: false; readonly by: number };

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

export function spreadOf(values: readonly number[]): Spread {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** Round by round, so that what disturbed the machine in one round weighs on both sides of its ratio. */
export function ratiosOf(subject: readonly number[], reference: readonly number[]): Spread {
  if (subject.length !== reference.length || subject.length === 0)
    throw new Error(`cannot pair ${subject.length} runs with ${reference.length}`);
  return spreadOf(subject.map((value, round) => value / (reference[round] ?? Number.NaN)));
}

/** Judges a figure of which less is better. A figure that is no number misses every goal. */
export function judge(figure: number, goal: number): Verdict {
  return figure <= goal ? { met: true } : { met: false, by: figure / goal - 1 };
}

/** The order of one round: back and forth, so that a drift of the machine does not favour who comes first. */
export function roundOrder<T>(participants: readonly T[], round: number): T[] {
  return round % 2 === 0 ? [...participants] : [...participants].reverse();
}
