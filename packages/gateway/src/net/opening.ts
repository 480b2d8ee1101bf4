// The opening handshake of whichever of the three protocols a request speaks: RFC 6455, hixie-75 or hixie-76. Judges
// the request's form and makes the answer; who may come in is the gate's business. Pure.
import {
  answerChallenge,
  checkDraftRequest,
  classifyDraft,
  type Draft,
  formatHixie75Response,
  formatHixie76Response,
  formatLocation,
  KEY3_BYTES,
  parseKeyNumber,
} from "@sluice/wire/drafts";
import { formatHandshakeResponse } from "@sluice/wire/websocket";
import type { Refusal } from "../guard/guard.ts";
import type { Handshake } from "../session/handshake.ts";
import type { CarrierCodec } from "./codec-carrier.ts";
import { createDraftCodec } from "./draft-codec.ts";
import { createRfc6455Codec } from "./rfc6455-codec.ts";
import { findUpgradeProblem } from "./upgrade.ts";

export interface RequestHead {
  readonly method: string;
  /** As sent. */
  readonly target: string;
  /** Such as `1.1`. */
  readonly httpVersion: string;
  /** One entry for each line of that name; lower-case name. */
  values(name: string): readonly string[];
}

export interface Opening {
  readonly carrier: "websocket" | Draft;
  /** The header that holds the offered subprotocols. */
  readonly subprotocolField: "sec-websocket-protocol" | "websocket-protocol";
  findProblem(handshake: Handshake): Refusal | undefined;
  /** The answer's head. */
  formatHead(handshake: Handshake, subprotocol: string): Uint8Array;
  /** Bytes after the request's head that belong to the handshake: 8 in hixie-76, else none. */
  readonly trailerBytes: number;
  /** What follows the answer's head, once these bytes are there. */
  formatAnswer(trailer: Uint8Array): Uint8Array;
  createCodec(messageMaxBytes: number): CarrierCodec;
}

const NO_BYTES = new Uint8Array();

export function readOpening(head: RequestHead): Opening {
  const draft = classifyDraft({
    version: head.values("sec-websocket-version"),
    key: head.values("sec-websocket-key"),
    key1: head.values("sec-websocket-key1"),
    key2: head.values("sec-websocket-key2"),
  });
  return draft === undefined ? createRfc6455Opening(head) : createDraftOpening(draft, head);
}

function createRfc6455Opening(head: RequestHead): Opening {
  return {
    carrier: "websocket",
    subprotocolField: "sec-websocket-protocol",
    findProblem: (handshake) => findUpgradeProblem(handshake, head.httpVersion),
    formatHead: (_handshake, subprotocol) =>
      formatHandshakeResponse({
        key: head.values("sec-websocket-key")[0] ?? "",
        subprotocol,
        extraFields: [],
      }),
    trailerBytes: 0,
    formatAnswer: () => NO_BYTES,
    createCodec: createRfc6455Codec,
  };
}

function createDraftOpening(draft: Draft, head: RequestHead): Opening {
  const isHixie76 = draft === "hixie-76";
  const subprotocolField = isHixie76 ? "sec-websocket-protocol" : "websocket-protocol";
  const [key1 = ""] = head.values("sec-websocket-key1");
  const [key2 = ""] = head.values("sec-websocket-key2");
  return {
    carrier: draft,
    subprotocolField,
    findProblem() {
      const problem = checkDraftRequest(draft, {
        method: head.method,
        target: head.target,
        host: head.values("host"),
        upgrade: head.values("upgrade"),
        connection: head.values("connection"),
        origin: head.values("origin"),
        subprotocol: head.values(subprotocolField),
        key1: head.values("sec-websocket-key1"),
        key2: head.values("sec-websocket-key2"),
      });
      if (problem === undefined) return undefined;
      return { code: "handshake.invalid", detail: `${draft}: malformed or missing ${problem}` };
    },
    formatHead({ secure, host, origin = "" }, subprotocol) {
      const location = formatLocation({ secure, host, target: head.target });
      const parts = { origin, location, subprotocol, extraFields: [] };
      return isHixie76 ? formatHixie76Response(parts) : formatHixie75Response(parts);
    },
    trailerBytes: isHixie76 ? KEY3_BYTES : 0,
    formatAnswer: (trailer) =>
      // Both keys were judged by `findProblem`.
      isHixie76 ? answerChallenge(parseKeyNumber(key1) ?? 0, parseKeyNumber(key2) ?? 0, trailer) : NO_BYTES,
    createCodec: (messageMaxBytes) => createDraftCodec(draft, messageMaxBytes),
  };
}
