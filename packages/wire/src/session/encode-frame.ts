// A frame to its bytes; see decode-frame.ts for the layout. Throws when a field could not be read at the other end:
// what it carries is its owner's to check. Limits that the peer chose are not known here.
import { isToken } from "../bytes/http-token.ts";
import { UsageError } from "../bytes/usage-error.ts";
import { encodeUtf8 } from "../bytes/utf8.ts";
import { varintBytes, writeVarint } from "../bytes/varint.ts";
import { isCloseCode } from "./decode-frame.ts";
import { type CloseFrame, FRAME_TYPE, type Frame, type OpenedFrame, type TopicFrame } from "./frame.ts";
import {
  EPOCH_MAX_BYTES,
  REASON_MAX_BYTES,
  SUBPROTOCOL_MAX_BYTES,
  TOKEN_MAX_BYTES,
  TOPIC_MAX_BYTES,
} from "./limits.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export function encodeFrame(frame: Frame): Bytes {
  switch (frame.type) {
    case "text":
      return encodeText(frame.text);
    case "binary":
      return encodeBinary(frame.bytes);
    case "ack":
      return encodeAck(frame.count, frame.creditBytes);
    case "opened":
      return encodeOpened(frame);
    case "resume":
      assertNumbers(frame.attempt, frame.first);
      return join(FRAME_TYPE.resume, [frame.attempt, frame.count, frame.first], frame.ticket);
    case "resumed":
      assertNumbers(frame.attempt, frame.first);
      return join(FRAME_TYPE.resumed, [frame.attempt, frame.count, frame.first], frame.ticket);
    case "close":
      return encodeClose(frame);
    case "topic":
      return encodeTopic(frame);
    case "skip":
      assertNumbers(frame.first);
      return join(FRAME_TYPE.skip, [frame.first], EMPTY);
    case "ping":
    case "pong":
      assertLength("A token", frame.token, TOKEN_MAX_BYTES);
      return withType(FRAME_TYPE[frame.type], frame.token);
    default:
      return withType(FRAME_TYPE[frame.type], frame.bytes);
  }
}

const EMPTY = new Uint8Array(0);

/** A lone surrogate becomes U+FFFD. */
export function encodeText(text: string): Bytes {
  return withType(FRAME_TYPE.text, encodeUtf8(text));
}

export function encodeBinary(bytes: Uint8Array): Bytes {
  return withType(FRAME_TYPE.binary, bytes);
}

export function encodeAck(count: number, creditBytes: number): Bytes {
  return join(FRAME_TYPE.ack, [count, creditBytes], EMPTY);
}

function withType(type: number, body: Uint8Array): Bytes {
  const frame = new Uint8Array(1 + body.length);
  frame[0] = type;
  frame.set(body, 1);
  return frame;
}

function join(type: number, numbers: readonly number[], rest: Uint8Array): Bytes {
  let byteLength = 1 + rest.length;
  for (const number of numbers) byteLength += varintBytes(number);
  const frame = new Uint8Array(byteLength);
  frame[0] = type;
  let at = 1;
  for (const number of numbers) at = writeVarint(frame, at, number);
  frame.set(rest, at);
  return frame;
}

function encodeOpened(frame: OpenedFrame): Bytes {
  if (frame.subprotocol !== "" && !isToken(frame.subprotocol)) {
    throw new UsageError("A subprotocol is a token (RFC 9110 §5.6.2).");
  }
  const subprotocol = encodeUtf8(frame.subprotocol);
  assertLength("A subprotocol", subprotocol, SUBPROTOCOL_MAX_BYTES);
  const rest = new Uint8Array(frame.ticket.length + subprotocol.length);
  rest.set(frame.ticket);
  rest.set(subprotocol, frame.ticket.length);
  const numbers = [frame.creditBytes, frame.messageMaxBytes, frame.detachWindowMs, frame.ticket.length];
  return join(FRAME_TYPE.opened, numbers, rest);
}

function encodeClose(frame: CloseFrame): Bytes {
  if (!isCloseCode(frame.code)) throw new UsageError("The close code may not be sent (RFC 6455 §7.4).");
  if (frame.number === 0 && !frame.isAbort) throw new UsageError("An orderly close has a number.");
  const reason = encodeUtf8(frame.reason);
  assertLength("A close reason", reason, REASON_MAX_BYTES);
  const rest = new Uint8Array(3 + reason.length);
  rest[0] = frame.isAbort ? 1 : 0;
  rest[1] = frame.code >> 8;
  rest[2] = frame.code & 0xff;
  rest.set(reason, 3);
  return join(FRAME_TYPE.close, [frame.number], rest);
}

function encodeTopic(frame: TopicFrame): Bytes {
  const topic = encodeUtf8(frame.topic);
  assertLength("A topic", topic, TOPIC_MAX_BYTES);
  assertLength("An epoch", frame.epoch, EPOCH_MAX_BYTES);
  const { message } = frame;
  const payload = message.type === "text" ? encodeUtf8(message.text) : message.bytes;
  const head =
    2 + varintBytes(topic.length) + topic.length + 1 + frame.epoch.length + varintBytes(frame.offset);
  const bytes = new Uint8Array(head + payload.length);
  bytes[0] = FRAME_TYPE.topic;
  bytes[1] = FRAME_TYPE[message.type];
  let at = writeVarint(bytes, 2, topic.length);
  bytes.set(topic, at);
  at = writeVarint(bytes, at + topic.length, frame.epoch.length);
  bytes.set(frame.epoch, at);
  at = writeVarint(bytes, at + frame.epoch.length, frame.offset);
  bytes.set(payload, at);
  return bytes;
}

function assertLength(what: string, bytes: Uint8Array, maxBytes: number): void {
  if (bytes.length > maxBytes) throw new UsageError(`${what} has at most ${maxBytes} bytes.`);
}

function assertNumbers(...numbers: readonly number[]): void {
  if (numbers.includes(0)) throw new UsageError("Numbers count from 1.");
}
