// A count of durations by size, as Prometheus wants it: buckets with fixed upper bounds, sum and number.
// Observing costs a few comparisons and no memory.

export interface Histogram {
  /** Ascending, in the unit of what is observed, without the infinite one. */
  readonly bounds: readonly number[];
  readonly sum: number;
  readonly count: number;
  /** A value equal to a bound belongs to that bound's bucket. */
  observe(value: number): void;
  /** How many observed values were at most as large as each bound. */
  cumulated(): number[];
}

export function createHistogram(bounds: readonly number[]): Histogram {
  return new BucketHistogram(bounds);
}

class BucketHistogram implements Histogram {
  readonly bounds: readonly number[];
  sum = 0;
  count = 0;
  /** One more than bounds: the last holds what is above all of them. */
  readonly #buckets: Float64Array;

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.#buckets = new Float64Array(bounds.length + 1);
  }

  observe(value: number): void {
    let bucket = 0;
    while (bucket < this.bounds.length && value > (this.bounds[bucket] ?? 0)) bucket++;
    this.#buckets[bucket] = (this.#buckets[bucket] ?? 0) + 1;
    this.sum += value;
    this.count++;
  }

  cumulated(): number[] {
    let below = 0;
    return this.bounds.map((_, bucket) => {
      below += this.#buckets[bucket] ?? 0;
      return below;
    });
  }
}
