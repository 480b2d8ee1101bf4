// The Range header of one request against a file of known size (RFC 9110 §14). Several ranges are not served: the
// whole file is, as §14.2 allows; they are what "Range: bytes=0-,0-,0-" attacks are made of, and players send one.

export type ByteRange =
  | { readonly kind: "whole" }
  /** First byte and the one after the last: `0 <= start < end <= size`. */
  | { readonly kind: "part"; readonly start: number; readonly end: number }
  | { readonly kind: "unsatisfiable" };

const WHOLE: ByteRange = { kind: "whole" };
const UNSATISFIABLE: ByteRange = { kind: "unsatisfiable" };
/** RFC 9110 §14.1.2: first-last, first-, or -suffix. */
const ONE_RANGE = /^bytes=[ \t]*(?:(\d+)-(\d*)|-(\d+))[ \t]*$/i;

/** What cannot be read, or names another unit, is ignored (RFC 9110 §14.2). */
export function parseByteRange(header: string | null, sizeBytes: number): ByteRange {
  if (header === null) return WHOLE;
  const match = ONE_RANGE.exec(header);
  if (match === null) return WHOLE;
  const [, first, last, suffix] = match;
  if (suffix !== undefined) return suffixRange(Number(suffix), sizeBytes);
  const start = Number(first);
  const end = last === undefined || last === "" ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  // RFC 9110 §14.1.1: a last position before the first makes the range invalid, which is not unsatisfiable.
  if (last !== undefined && last !== "" && Number(last) < start) return WHOLE;
  return start < sizeBytes ? { kind: "part", start, end } : UNSATISFIABLE;
}

function suffixRange(length: number, sizeBytes: number): ByteRange {
  if (length === 0) return UNSATISFIABLE;
  // The whole of nothing has no Content-Range that could say so.
  if (sizeBytes === 0) return WHOLE;
  return { kind: "part", start: Math.max(0, sizeBytes - length), end: sizeBytes };
}

/** RFC 9110 §14.4. */
export function formatContentRange(range: { start: number; end: number }, sizeBytes: number): string {
  return `bytes ${range.start}-${range.end - 1}/${sizeBytes}`;
}

/** RFC 9110 §15.5.17: what a 416 tells the client to try instead. */
export function formatUnsatisfied(sizeBytes: number): string {
  return `bytes */${sizeBytes}`;
}
