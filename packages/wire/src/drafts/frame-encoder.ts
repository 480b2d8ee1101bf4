// Messages to frames of hixie-75 and hixie-76; see frame-decoder.ts for the layout. Both ends write alike: no masks.
import { encodeUtf8 } from "../bytes/utf8.ts";
import { FRAME_TYPE, SENTINEL } from "./frame-decoder.ts";

/** A lone surrogate becomes U+FFFD. */
export function encodeDraftText(text: string): Uint8Array<ArrayBuffer> {
  const bytes = encodeUtf8(text);
  const frame = new Uint8Array(bytes.length + 2);
  frame[0] = FRAME_TYPE.text;
  frame.set(bytes, 1);
  frame[frame.length - 1] = SENTINEL;
  return frame;
}

/** Only for peers that read type 80 as binary: others skip it silently, as the drafts say. */
export function encodeDraftBinary(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const lengthBytes = countGroups(bytes.length);
  const frame = new Uint8Array(1 + lengthBytes + bytes.length);
  frame[0] = FRAME_TYPE.binary;
  let rest = bytes.length;
  for (let at = lengthBytes; at >= 1; at -= 1) {
    frame[at] = (rest % 128) | (at === lengthBytes ? 0 : 0x80);
    rest = Math.floor(rest / 128);
  }
  frame.set(bytes, 1 + lengthBytes);
  return frame;
}

/** hixie-76 only; hixie-75 closes by closing the connection. */
export function encodeDraftClose(): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(FRAME_TYPE.close, 0x00);
}

/** Base-128 groups of a length; zero has one. */
function countGroups(length: number): number {
  let groups = 1;
  for (let rest = Math.floor(length / 128); rest > 0; rest = Math.floor(rest / 128)) groups += 1;
  return groups;
}
