// Bytes of one whole frame to its meaning. Knows no session: whether a frame may come here and now is the machine's.
// Numbers are varints (v); a field is a varint length and its bytes (f); a payload goes to the frame's end (*).
//
//   01 text     utf-8 *                            08 ping     token *
//   02 binary   bytes *                            09 pong     token *
//   03 ack      v count  v credit                  0a move     bytes *
//   04 opened   v credit  v messageMax             0b auth     bytes *
//               v detachWindow  f ticket           0c notice   bytes *
//               subprotocol *                      0d topic    1 kind (01, 02)  f topic  f epoch  v offset
//   05 resume   v attempt  v count  v first                    payload *
//               ticket *                           0e skip     v first
//   06 resumed  v attempt  v count  v first         80-ff       extensions
//               ticket *
//   07 close    v number  1 abort (00, 01)
//               2 code, big-endian  reason *
import { isToken } from "../bytes/http-token.ts";
import { decodeUtf8 } from "../bytes/utf8.ts";
import { CLOSE_NO_STATUS, isWireCloseCode } from "../websocket/close-code.ts";
import { SESSION_FAULTS, type SessionFault } from "./fault.ts";
import { EXTENSION_MIN, type ExtensionFrame, FRAME_TYPE, type Frame, type Message } from "./frame.ts";
import { FrameReader } from "./frame-reader.ts";
import {
  EPOCH_MAX_BYTES,
  type FrameLimits,
  REASON_MAX_BYTES,
  SUBPROTOCOL_MAX_BYTES,
  TOKEN_MAX_BYTES,
  TOPIC_MAX_BYTES,
} from "./limits.ts";

type Decoded<F> = F | SessionFault;

/** The bytes of a decoded frame are views of what was given. */
export function decodeFrame(bytes: Uint8Array, limits: FrameLimits): Decoded<Frame | ExtensionFrame> {
  const type = bytes[0];
  if (type === FRAME_TYPE.text || type === FRAME_TYPE.binary) return decodeMessage(bytes, limits);
  const reader = new FrameReader(bytes);
  switch (type) {
    case FRAME_TYPE.ack:
      return reader.end({ type: "ack", count: reader.varint(), creditBytes: reader.varint() });
    case FRAME_TYPE.opened:
      return decodeOpened(reader, limits);
    case FRAME_TYPE.resume:
      return decodeResume(reader, limits);
    case FRAME_TYPE.resumed:
      return decodeResumed(reader, limits);
    case FRAME_TYPE.close:
      return decodeClose(reader);
    case FRAME_TYPE.ping:
      return reader.end({ type: "ping", token: reader.rest(TOKEN_MAX_BYTES, SESSION_FAULTS.field) });
    case FRAME_TYPE.pong:
      return reader.end({ type: "pong", token: reader.rest(TOKEN_MAX_BYTES, SESSION_FAULTS.field) });
    case FRAME_TYPE.move:
      return decodePayload(reader, "move", limits);
    case FRAME_TYPE.auth:
      return decodePayload(reader, "auth", limits);
    case FRAME_TYPE.notice:
      return decodePayload(reader, "notice", limits);
    case FRAME_TYPE.topic:
      return decodeTopic(reader, limits);
    case FRAME_TYPE.skip:
      return reader.end({ type: "skip", first: readNumber(reader) });
    case undefined:
      return SESSION_FAULTS.empty;
    default:
      return type >= EXTENSION_MIN ? EXTENSION : SESSION_FAULTS.frameType;
  }
}

const EXTENSION: ExtensionFrame = Object.freeze({ type: "extension" });

/** A `text` or `binary` frame, without going through a reader: most frames are these. */
export function decodeMessage(bytes: Uint8Array, limits: FrameLimits): Decoded<Message> {
  if (bytes.length - 1 > limits.messageMaxBytes) return SESSION_FAULTS.messageTooBig;
  const payload = bytes.subarray(1);
  if (bytes[0] === FRAME_TYPE.binary) return { type: "binary", bytes: payload };
  const text = payload.length === 0 ? "" : decodeUtf8(payload);
  return text === undefined ? SESSION_FAULTS.text : { type: "text", text };
}

/** Numbers of frames count from 1. */
function readNumber(reader: FrameReader): number {
  const number = reader.varint();
  return number === 0 ? reader.fail(SESSION_FAULTS.field) : number;
}

function decodeOpened(reader: FrameReader, limits: FrameLimits): Decoded<Frame> {
  const creditBytes = reader.varint();
  const messageMaxBytes = reader.varint();
  const detachWindowMs = reader.varint();
  const ticket = reader.field(limits.controlMaxBytes, SESSION_FAULTS.controlTooBig);
  const subprotocol = reader.text(reader.rest(SUBPROTOCOL_MAX_BYTES, SESSION_FAULTS.field));
  if (subprotocol !== "" && !isToken(subprotocol)) reader.fail(SESSION_FAULTS.field);
  return reader.end({ type: "opened", creditBytes, messageMaxBytes, detachWindowMs, ticket, subprotocol });
}

function decodeResume(reader: FrameReader, limits: FrameLimits): Decoded<Frame> {
  const attempt = readNumber(reader);
  const count = reader.varint();
  const first = readNumber(reader);
  const ticket = reader.rest(limits.controlMaxBytes, SESSION_FAULTS.controlTooBig);
  return reader.end({ type: "resume", ticket, attempt, count, first });
}

function decodeResumed(reader: FrameReader, limits: FrameLimits): Decoded<Frame> {
  const attempt = readNumber(reader);
  const count = reader.varint();
  const first = readNumber(reader);
  const ticket = reader.rest(limits.controlMaxBytes, SESSION_FAULTS.controlTooBig);
  return reader.end({ type: "resumed", ticket, attempt, count, first });
}

function decodeClose(reader: FrameReader): Decoded<Frame> {
  const number = reader.varint();
  const abort = reader.byte();
  const code = (reader.byte() << 8) | reader.byte();
  const reason = reader.text(reader.rest(REASON_MAX_BYTES, SESSION_FAULTS.field));
  const isOrderlyUnknown = number === 0 && abort === 0;
  if (abort > 1 || isOrderlyUnknown || !isCloseCode(code)) reader.fail(SESSION_FAULTS.field);
  return reader.end({ type: "close", number, isAbort: abort === 1, code, reason });
}

/** What may stand in a close frame: the codes of RFC 6455 §7.4, and 1005, which says that there was none. */
export function isCloseCode(code: number): boolean {
  return code === CLOSE_NO_STATUS || isWireCloseCode(code);
}

function decodePayload(
  reader: FrameReader,
  type: "move" | "auth" | "notice",
  limits: FrameLimits,
): Decoded<Frame> {
  return reader.end({ type, bytes: reader.rest(limits.controlMaxBytes, SESSION_FAULTS.controlTooBig) });
}

function decodeTopic(reader: FrameReader, limits: FrameLimits): Decoded<Frame> {
  const kind = reader.byte();
  const topic = reader.text(reader.field(TOPIC_MAX_BYTES, SESSION_FAULTS.field));
  const epoch = reader.field(EPOCH_MAX_BYTES, SESSION_FAULTS.field);
  const offset = reader.varint();
  const payload = reader.rest(limits.messageMaxBytes, SESSION_FAULTS.messageTooBig);
  if (kind === FRAME_TYPE.binary) {
    return reader.end({ type: "topic", topic, epoch, offset, message: { type: "binary", bytes: payload } });
  }
  if (kind !== FRAME_TYPE.text) reader.fail(SESSION_FAULTS.field);
  return reader.end({
    type: "topic",
    topic,
    epoch,
    offset,
    message: { type: "text", text: reader.text(payload) },
  });
}
