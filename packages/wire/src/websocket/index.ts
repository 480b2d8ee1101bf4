// RFC 6455 for both roles: frames to messages and back, and the opening handshake. No sockets, no time, no randomness.
export {
  type ClientHandshake,
  createResponseReader,
  formatHandshakeRequest,
  type HandshakeOutcome,
  type ResponseProblem,
  type ResponseReader,
} from "./client-handshake.ts";
export { CLOSE_NO_STATUS, isWireCloseCode } from "./close-code.ts";
export type { WebSocketEvent } from "./event.ts";
export { type Fault, FRAME_FAULTS } from "./fault.ts";
export { createFrameDecoder, type FrameDecoder, type FrameLimits } from "./frame-decoder.ts";
export {
  CLOSE_REASON_MAX_BYTES,
  encodeBinary,
  encodeClose,
  encodeFrame,
  encodeHeader,
  encodePing,
  encodePong,
  encodeText,
  type MaskKey,
} from "./frame-encoder.ts";
export { CONTROL_MAX_BYTES, HEADER_MAX_BYTES, OPCODE, type Opcode, type Role } from "./frame-header.ts";
export { acceptKey, formatKey, isKey, WEBSOCKET_VERSION } from "./handshake.ts";
export { applyMask, readMaskKey } from "./mask.ts";
export type { HeadLimits, ResponseHead } from "./response-head.ts";
export {
  checkHandshakeRequest,
  formatHandshakeResponse,
  type RequestFields,
  type RequestProblem,
  type ServerHandshake,
} from "./server-handshake.ts";
export { parseSubprotocols } from "./subprotocol-list.ts";
