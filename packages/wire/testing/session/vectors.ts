// The vectors of docs/protocol/session-vectors.json as the tests read them: hex becomes bytes.
import vectors from "../../../../docs/protocol/session-vectors.json";

export { vectors };

/** Fields that are opaque bytes, which the vectors give in hex. */
const BYTE_FIELDS: ReadonlySet<string> = new Set(["bytes", "ticket", "token", "epoch"]);

/** The vector's frame with bytes for hex, in whatever depth. */
export function withBytes(value: unknown, field = ""): unknown {
  if (typeof value === "string" && BYTE_FIELDS.has(field)) return fromHex(value);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withBytes(inner, name)]));
}

export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}

export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
