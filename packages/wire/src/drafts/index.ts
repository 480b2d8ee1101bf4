// hixie-75 and hixie-76, which browsers spoke before RFC 6455: frames to messages and back, and their handshakes.
export {
  ANSWER_BYTES,
  answerChallenge,
  formatKeyNumber,
  KEY3_BYTES,
  parseKeyNumber,
} from "./challenge.ts";
export {
  createDraftResponseReader,
  type DraftClientHandshake,
  type DraftKeys,
  type DraftOutcome,
  type DraftResponseProblem,
  type DraftResponseReader,
  formatDraftRequest,
} from "./client-handshake.ts";
export {
  classifyDraft,
  DRAFT_FIELDS,
  type Draft,
  type DraftSigns,
  formatLocation,
  type LocationParts,
} from "./draft.ts";
export { DRAFT_FAULTS } from "./fault.ts";
export { createDraftFrameDecoder, type DraftEvent, type DraftFrameDecoder } from "./frame-decoder.ts";
export { encodeDraftBinary, encodeDraftClose, encodeDraftText } from "./frame-encoder.ts";
export {
  checkDraftRequest,
  type DraftRequestFields,
  type DraftRequestProblem,
  type DraftServerHandshake,
  formatHixie75Response,
  formatHixie76Response,
} from "./server-handshake.ts";
