// The server's half of the two draft handshakes: the judgement of a request whose head somebody else has parsed, and
// the exact forms of the answer. Judges neither path nor origin: those are policy.
import {
  formatHead,
  isFieldValue,
  isHost,
  isOriginForm,
  isToken,
  listHasToken,
} from "../bytes/http-token.ts";
import { UsageError } from "../bytes/usage-error.ts";
import { assertExtraField } from "../websocket/handshake.ts";
import { parseSubprotocols } from "../websocket/subprotocol-list.ts";
import { ANSWER_BYTES, parseKeyNumber } from "./challenge.ts";
import { DRAFT_FIELDS, type Draft } from "./draft.ts";

/** A request's head. Each field is given as the values of its lines, so that a field sent twice is seen. */
export interface DraftRequestFields {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly host: readonly string[];
  readonly upgrade: readonly string[];
  readonly connection: readonly string[];
  readonly origin: readonly string[];
  /** `WebSocket-Protocol` in hixie-75, `Sec-WebSocket-Protocol` in hixie-76. */
  readonly subprotocol: readonly string[];
  /** `Sec-WebSocket-Key1` and `Sec-WebSocket-Key2`: hixie-76 only. */
  readonly key1: readonly string[];
  readonly key2: readonly string[];
}

/** The first thing that is wrong with a request. */
export type DraftRequestProblem =
  | "method"
  | "target"
  | "host"
  | "upgrade"
  | "connection"
  | "origin"
  | "subprotocol"
  | "key1"
  | "key2";

/** `undefined` when nothing is wrong: then the parts are fit for `formatHixie75Response` or `formatHixie76Response`. */
export function checkDraftRequest(draft: Draft, fields: DraftRequestFields): DraftRequestProblem | undefined {
  const { method, target, host, upgrade, connection, origin, subprotocol, key1, key2 } = fields;
  if (method !== "GET") return "method";
  if (!isOriginForm(target)) return "target";
  if (host.length !== 1 || !isHost(host[0] ?? "")) return "host";
  if (!upgrade.some((value) => listHasToken(value, "websocket"))) return "upgrade";
  if (!connection.some((value) => listHasToken(value, "upgrade"))) return "connection";
  // Both drafts have every client send it, and the answer must repeat it.
  if (origin.length !== 1 || origin[0] === "" || !isFieldValue(origin[0] ?? "")) return "origin";
  if (parseSubprotocols(subprotocol) === undefined) return "subprotocol";
  if (draft === "hixie-75") return undefined;
  if (key1.length !== 1 || parseKeyNumber(key1[0] ?? "") === undefined) return "key1";
  if (key2.length !== 1 || parseKeyNumber(key2[0] ?? "") === undefined) return "key2";
  return undefined;
}

export interface DraftServerHandshake {
  /** The request's Origin, repeated. */
  readonly origin: string;
  /** Of `formatLocation`. */
  readonly location: string;
  /** One of the offered names; empty when none is agreed. */
  readonly subprotocol: string;
  /** More fields, such as `Set-Cookie`. Those of the handshake itself are refused. */
  readonly extraFields: Iterable<readonly [name: string, value: string]>;
}

/** Draft -75 fixes the first three lines byte for byte. Throws `UsageError` when a part could end its line. */
export function formatHixie75Response(handshake: DraftServerHandshake): Uint8Array<ArrayBuffer> {
  return formatDraftHead("hixie-75", "HTTP/1.1 101 Web Socket Protocol Handshake", handshake);
}

/**
 * `answer`: of `answerChallenge`, 16 bytes that follow the head at once. Without it the head alone: some proxies hold
 * the client's eight bytes back until they have seen one.
 */
export function formatHixie76Response(
  handshake: DraftServerHandshake,
  answer?: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const head = formatDraftHead("hixie-76", "HTTP/1.1 101 WebSocket Protocol Handshake", handshake);
  if (answer === undefined) return head;
  if (answer.length !== ANSWER_BYTES) throw new UsageError("The answer to the challenge is 16 bytes.");
  const response = new Uint8Array(head.length + ANSWER_BYTES);
  response.set(head);
  response.set(answer, head.length);
  return response;
}

function formatDraftHead(
  draft: Draft,
  startLine: string,
  handshake: DraftServerHandshake,
): Uint8Array<ArrayBuffer> {
  const names = DRAFT_FIELDS[draft];
  const fields: (readonly [string, string])[] = [
    ["Upgrade", "WebSocket"],
    ["Connection", "Upgrade"],
    [names.origin, handshake.origin],
    [names.location, handshake.location],
  ];
  if (handshake.subprotocol !== "") {
    if (!isToken(handshake.subprotocol)) throw new UsageError("The subprotocol is not a token.");
    fields.push([names.subprotocol, handshake.subprotocol]);
  }
  for (const field of handshake.extraFields) {
    assertExtraField(field[0]);
    fields.push(field);
  }
  return formatHead(startLine, fields);
}
