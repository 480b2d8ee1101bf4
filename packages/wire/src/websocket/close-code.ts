// Which status codes may stand in a Close frame (RFC 6455 §7.4 and the IANA registry). Gives them no meaning.

/** There was no code in the Close frame. Never on the wire (RFC 6455 §7.4.1). */
export const CLOSE_NO_STATUS = 1005;

/**
 * 1000–1003 and 1007–1014 are assigned, 3000–3999 are registered by others, 4000–4999 belong to applications.
 * 1004 is reserved; 1005, 1006 and 1015 only ever describe what happened; the rest is nobody's yet.
 */
export function isWireCloseCode(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}
