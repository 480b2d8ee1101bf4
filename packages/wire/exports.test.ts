// The contract of the package: what each of its sub-paths names. A change here is a change for every user.
import { expect, test } from "bun:test";
import * as bytes from "./src/bytes/index.ts";
import * as drafts from "./src/drafts/index.ts";
import * as session from "./src/session/index.ts";
import * as websocket from "./src/websocket/index.ts";

const BYTES = `
  UsageError createByteBuffer createChunkQueue createUtf8Validator decodeBase64 decodeUtf8 encodeBase64 encodeUtf8
  formatHead isFieldValue isHost isOriginForm isToken listHasToken md5 sha1 splitList trimBlanks`;
const WEBSOCKET = `
  CLOSE_NO_STATUS CLOSE_REASON_MAX_BYTES CONTROL_MAX_BYTES FRAME_FAULTS HEADER_MAX_BYTES OPCODE WEBSOCKET_VERSION
  acceptKey applyMask checkHandshakeRequest createFrameDecoder createResponseReader encodeBinary encodeClose encodeFrame
  encodeHeader encodePing encodePong encodeText formatHandshakeRequest formatHandshakeResponse formatKey isKey
  isWireCloseCode parseSubprotocols readMaskKey`;
const DRAFTS = `
  ANSWER_BYTES DRAFT_FAULTS DRAFT_FIELDS KEY3_BYTES answerChallenge checkDraftRequest classifyDraft
  createDraftFrameDecoder createDraftResponseReader encodeDraftBinary encodeDraftClose encodeDraftText
  formatDraftRequest formatHixie75Response formatHixie76Response formatKeyNumber formatLocation parseKeyNumber`;
const SESSION = `
  FIRST_GENERATION FRAME_TYPE INITIAL_CREDIT_BYTES MESSAGE_OVERHEAD_BYTES SESSION_FAULTS createFrameSplitter
  createSessionMachine decodeFrame encodeBinary encodeFrame encodeText frameMaxBytes judgeTicket prefixFrame`;

test.each([
  ["bytes", bytes, BYTES],
  ["websocket", websocket, WEBSOCKET],
  ["drafts", drafts, DRAFTS],
  ["session", session, SESSION],
])("%s exports these names", (_, module, names) => {
  expect(Object.keys(module).sort()).toEqual(names.trim().split(/\s+/).sort());
});
