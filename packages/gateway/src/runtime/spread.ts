// Does something to each of many, spread evenly over a time, so that what they cause does not come all at once.
import type { Clock } from "../host/clock.ts";

/** Milliseconds between two portions. */
const STEP_MS = 20;

export function spreadOver<Item>(
  clock: Clock,
  items: readonly Item[],
  durationMs: number,
  act: (item: Item) => void,
): Promise<void> {
  const portions = Math.max(1, Math.min(items.length, Math.floor(durationMs / STEP_MS)));
  const size = Math.ceil(items.length / portions);
  return new Promise((resolve) => {
    const step = (start: number): void => {
      for (const item of items.slice(start, start + size)) act(item);
      if (start + size < items.length) clock.after(STEP_MS, () => step(start + size));
      else resolve();
    };
    step(0);
  });
}
