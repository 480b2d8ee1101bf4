// The known name that was probably meant by an unknown one: for unknown keys, types and values.

/** Case and the separators of other naming styles: `idle_timeout` and `idle-timeout` mean `idleTimeout`. */
function normalise(name: string): string {
  return name.replace(/[-_\s]/g, "").toLowerCase();
}

/** Edits to turn `a` into `b`: insertion, deletion, exchange of one character, or of two neighbours. */
export function editDistance(a: string, b: string): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1;
      let distance = Math.min(
        (current[column - 1] ?? 0) + 1,
        (last[column] ?? 0) + 1,
        (last[column - 1] ?? 0) + same,
      );
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (isSwap) distance = Math.min(distance, (beforeLast[column - 2] ?? 0) + 1);
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

/** Fewer characters begin too many names to mean one of them. */
const PREFIX_MIN_CHARACTERS = 3;

/** As `editDistance`, but a name that was cut or continued (`cert`, `warning`) is near to what it begins with. */
function distanceOf(wanted: string, known: string): number {
  const isCut = known.startsWith(wanted) || wanted.startsWith(known);
  return isCut && Math.min(wanted.length, known.length) >= PREFIX_MIN_CHARACTERS && wanted !== known
    ? 1
    : editDistance(wanted, known);
}

/** Longer names are no slips of known ones, and comparing them would cost the square of their length. */
const NAME_MAX_CHARACTERS = 64;

/** `undefined` when no known name is near: one edit for short names, up to a third of longer ones. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  const wanted = normalise(name);
  if (wanted.length > NAME_MAX_CHARACTERS) return undefined;
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = distanceOf(wanted, normalise(candidate));
    const allowed = Math.max(1, Math.floor(Math.min(wanted.length, candidate.length) / 3));
    if (distance <= allowed && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
