// The client's half of the two draft handshakes: requests as bytes, and the judgement of the answer. For tests, probes
// and back ends that never learnt RFC 6455.
import { createByteBuffer } from "../bytes/byte-buffer.ts";
import { formatHead, isHost, isOriginForm, isToken, listHasToken } from "../bytes/http-token.ts";
import { UsageError } from "../bytes/usage-error.ts";
import { assertExtraField } from "../websocket/handshake.ts";
import { createHeadReader, type HeadLimits, type ResponseHead } from "../websocket/response-head.ts";
import { ANSWER_BYTES, answerChallenge, KEY3_BYTES, parseKeyNumber } from "./challenge.ts";
import { DRAFT_FIELDS, type Draft, formatLocation } from "./draft.ts";

export interface DraftClientHandshake {
  readonly secure: boolean;
  /** Name or address, and the port unless it is the scheme's own. */
  readonly host: string;
  /** Path and query. */
  readonly target: string;
  readonly origin: string;
  /** The one name that a draft client can offer; empty offers none. */
  readonly subprotocol: string;
  readonly extraFields: Iterable<readonly [name: string, value: string]>;
}

/** hixie-76: two of `formatKeyNumber`, and eight random bytes. */
export interface DraftKeys {
  readonly key1: string;
  readonly key2: string;
  readonly key3: Uint8Array;
}

/** `keys` make it hixie-76, `undefined` hixie-75. Throws `UsageError` when a part could end its line. */
export function formatDraftRequest(
  handshake: DraftClientHandshake,
  keys: DraftKeys | undefined,
): Uint8Array<ArrayBuffer> {
  const { host, target, origin, subprotocol } = handshake;
  if (!isOriginForm(target)) throw new UsageError("The request target is not a path with a query.");
  if (!isHost(host)) throw new UsageError("The host is not a name with an optional port.");
  if (subprotocol !== "" && !isToken(subprotocol)) throw new UsageError("The subprotocol is not a token.");
  const fields: (readonly [string, string])[] = [
    ["Upgrade", "WebSocket"],
    ["Connection", "Upgrade"],
    ["Host", host],
    ["Origin", origin],
  ];
  if (subprotocol !== "")
    fields.push([DRAFT_FIELDS[keys ? "hixie-76" : "hixie-75"].subprotocol, subprotocol]);
  if (keys !== undefined) fields.push(["Sec-WebSocket-Key1", keys.key1], ["Sec-WebSocket-Key2", keys.key2]);
  for (const field of handshake.extraFields) {
    assertExtraField(field[0]);
    fields.push(field);
  }
  const head = formatHead(`GET ${target} HTTP/1.1`, fields);
  if (keys === undefined) return head;
  if (keys.key3.length !== KEY3_BYTES) throw new UsageError("The bytes after the head are eight.");
  const request = new Uint8Array(head.length + KEY3_BYTES);
  request.set(head);
  request.set(keys.key3, head.length);
  return request;
}

export type DraftResponseProblem =
  | "head-too-large"
  | "head-malformed"
  | "status"
  | "upgrade"
  | "connection"
  | "origin"
  | "location"
  | "subprotocol"
  | "answer";

export type DraftOutcome =
  | {
      readonly type: "opened";
      readonly subprotocol: string;
      readonly head: ResponseHead;
      readonly rest: Uint8Array;
    }
  | {
      readonly type: "refused";
      readonly problem: DraftResponseProblem;
      readonly head: ResponseHead | undefined;
    };

export interface DraftResponseReader {
  /** Takes the next bytes of the server; `undefined` while they are not all there. Throws once there was an outcome. */
  read(chunk: Uint8Array): DraftOutcome | undefined;
}

export function createDraftResponseReader(
  handshake: DraftClientHandshake,
  keys: DraftKeys | undefined,
  limits: HeadLimits,
): DraftResponseReader {
  const headReader = createHeadReader(limits);
  const answer = createByteBuffer(ANSWER_BYTES);
  const expected = keys === undefined ? new Uint8Array(0) : expectedAnswer(keys);
  const draft: Draft = keys === undefined ? "hixie-75" : "hixie-76";
  let accepted: ResponseHead | undefined;

  function readAnswer(head: ResponseHead, chunk: Uint8Array): DraftOutcome | undefined {
    const taken = Math.min(chunk.length, expected.length - answer.byteLength);
    answer.append(chunk, 0, taken);
    if (answer.byteLength < expected.length) return undefined;
    if (!isEqual(answer.take(), expected)) return { type: "refused", problem: "answer", head };
    const subprotocol = head.fields.get(DRAFT_FIELDS[draft].subprotocol.toLowerCase())?.[0] ?? "";
    return { type: "opened", subprotocol, head, rest: chunk.subarray(taken) };
  }

  return {
    read(chunk) {
      if (accepted !== undefined) return readAnswer(accepted, chunk);
      const outcome = headReader.read(chunk);
      if (outcome === undefined) return undefined;
      if (outcome.type === "fault") return { type: "refused", problem: outcome.problem, head: undefined };
      const problem = checkHead(outcome.head, handshake, draft);
      if (problem !== undefined) return { type: "refused", problem, head: outcome.head };
      accepted = outcome.head;
      return readAnswer(accepted, outcome.rest);
    },
  };
}

function expectedAnswer({ key1, key2, key3 }: DraftKeys): Uint8Array {
  const number1 = parseKeyNumber(key1);
  const number2 = parseKeyNumber(key2);
  if (number1 === undefined || number2 === undefined) throw new UsageError("A key holds no number.");
  return answerChallenge(number1, number2, key3);
}

/** Neither draft lets a server leave out or change what tells the page where it is connected. */
function checkHead(
  head: ResponseHead,
  handshake: DraftClientHandshake,
  draft: Draft,
): DraftResponseProblem | undefined {
  const names = DRAFT_FIELDS[draft];
  const values = (name: string) => head.fields.get(name.toLowerCase()) ?? [];
  const isOnly = (name: string, value: string) => values(name).length === 1 && values(name)[0] === value;
  if (head.status !== 101) return "status";
  if (values("upgrade").length !== 1 || values("upgrade")[0]?.toLowerCase() !== "websocket") return "upgrade";
  if (!values("connection").some((value) => listHasToken(value, "upgrade"))) return "connection";
  if (!isOnly(names.origin, handshake.origin)) return "origin";
  if (!isOnly(names.location, formatLocation(handshake))) return "location";
  const { subprotocol } = handshake;
  if (values(names.subprotocol).length > 0 && !isOnly(names.subprotocol, subprotocol)) return "subprotocol";
  return undefined;
}

function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
