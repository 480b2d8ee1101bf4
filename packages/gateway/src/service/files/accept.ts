// Content negotiation (RFC 9110 §12.5): what of a few known things a client would rather have.

/** Of members past this many nobody makes use; a longer list is cut. */
const MEMBERS_MAX = 64;
/** RFC 9110 §12.4.2. */
const WEIGHT = /;[ \t]*q=([01](?:\.\d{0,3})?)[ \t]*(?:;|$)/i;

/** The weight of each member, by its lower-case name without parameters; 0 is a refusal. */
function parseWeights(header: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>();
  for (const member of header.split(",", MEMBERS_MAX)) {
    const name = (member.split(";", 1)[0] ?? "").trim().toLowerCase();
    const [, weight = "1"] = WEIGHT.exec(member) ?? [];
    if (name !== "") weights.set(name, Math.min(1, Number(weight)));
  }
  return weights;
}

/** RFC 9110 §12.5.1, the most specific range first. Without the header anything is welcome. */
export function weightOfType(accept: string | null, type: string): number {
  if (accept === null) return 1;
  const weights = parseWeights(accept);
  return weights.get(type) ?? weights.get(`${type.slice(0, type.indexOf("/"))}/*`) ?? weights.get("*/*") ?? 0;
}

/**
 * The codings of `offered` that the client takes, best first; `offered` is in the server's order, which decides between
 * equals. Without the header none: such clients are old or simple (RFC 9110 §12.5.3 would allow any).
 */
export function acceptedCodings(
  acceptEncoding: string | null,
  offered: readonly string[],
): readonly string[] {
  if (acceptEncoding === null) return [];
  const weights = parseWeights(acceptEncoding);
  const weightOf = (coding: string) => weights.get(coding) ?? weights.get("*") ?? 0;
  const identity = weights.get("identity") ?? 0;
  return offered
    .filter((coding) => weightOf(coding) > 0 && weightOf(coding) >= identity)
    .sort((one, other) => weightOf(other) - weightOf(one));
}
