// Entity tags (RFC 9110 §8.8.3): made from a file's size and time of change, and compared with what a request names.

export interface EntityTag {
  readonly isWeak: boolean;
  /** With its quotes. */
  readonly opaque: string;
}

/**
 * A file that was changed this short a time ago may change again within one tick of the file system's clock, and two
 * contents would have one tag; so its tag is weak (RFC 9110 §8.8.1). Milliseconds; Apache has 1 s and FAT 2 s.
 */
export const FRESH_MS = 2000;

/**
 * Size and time of change, so that members that serve copies of one folder agree where copies keep their times.
 * `variant` tells the forms of one resource apart, such as `br`.
 */
export function createEntityTag(
  file: { readonly sizeBytes: number; readonly modifiedMs: number },
  variant: string,
  nowMs: number,
): EntityTag {
  // Microseconds: what a double holds exactly of a time of change.
  const modified = Math.round(file.modifiedMs * 1000).toString(36);
  const suffix = variant === "" ? "" : `-${variant}`;
  return {
    isWeak: nowMs - file.modifiedMs < FRESH_MS,
    opaque: `"${file.sizeBytes.toString(36)}-${modified}${suffix}"`,
  };
}

export function formatEntityTag(tag: EntityTag): string {
  return `${tag.isWeak ? "W/" : ""}${tag.opaque}`;
}

const ENTITY_TAG = /[ \t]*(W\/)?("[\x21\x23-\x7e\x80-\xff]*")[ \t]*(?:,|$)|[ \t]*(?:,|$)/y;

/** The members of an If-Match or If-None-Match; `*` for any; `undefined` when it is neither, which is then ignored. */
export function parseEntityTags(value: string): readonly EntityTag[] | "*" | undefined {
  if (value.trim() === "*") return "*";
  const tags: EntityTag[] = [];
  const pattern = new RegExp(ENTITY_TAG);
  while (pattern.lastIndex < value.length) {
    const match = pattern.exec(value);
    if (match === null) return undefined;
    const [, weak, opaque] = match;
    if (opaque !== undefined) tags.push({ isWeak: weak !== undefined, opaque });
  }
  return tags.length === 0 ? undefined : tags;
}

/** RFC 9110 §8.8.3.2: both strong and the same. */
export function matchesStrongly(one: EntityTag, other: EntityTag): boolean {
  return !one.isWeak && !other.isWeak && one.opaque === other.opaque;
}

/** RFC 9110 §8.8.3.2: the same, weak or not. */
export function matchesWeakly(one: EntityTag, other: EntityTag): boolean {
  return one.opaque === other.opaque;
}
