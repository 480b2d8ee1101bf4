// The opening handshake of a back-end WebSocket (RFC 6455 §4.1): one request, one answer, and what an operator is told
// when the answer is none. Moves no bytes.
import {
  createResponseReader,
  formatHandshakeRequest,
  formatKey,
  type HandshakeOutcome,
  type ResponseProblem,
} from "@sluice/wire/websocket";
import { Failure } from "../failure.ts";
import { formatTarget } from "../host/tcp.ts";
import type { WebSocketRequest } from "./websocket.ts";

/** Enough for cookies that a back end sets; as much as the gateway takes from clients by default. */
const HEAD_MAX_BYTES = 16_384;

export interface Opening {
  readonly requestBytes: Uint8Array;
  /** `undefined` while more is needed. `rest` holds the first bytes of frames. */
  read(chunk: Uint8Array): { readonly subprotocol: string; readonly rest: Uint8Array } | Failure | undefined;
}

/** `random`: 16 bytes that nobody can guess, new for each connection. */
export function createOpening(request: WebSocketRequest, random: Uint8Array): Opening {
  const { host, path, origin, subprotocols, headers } = request;
  const key = formatKey(random);
  const reader = createResponseReader({ key, subprotocols }, { headMaxBytes: HEAD_MAX_BYTES });
  return {
    requestBytes: formatHandshakeRequest({
      target: path,
      host,
      key,
      subprotocols,
      origin,
      extraFields: headers,
    }),
    read(chunk) {
      const outcome = reader.read(chunk);
      return outcome?.type === "refused" ? refusalFailure(request, outcome) : outcome;
    },
  };
}

const PROBLEMS = {
  "head-too-large": `the answer's header is larger than ${HEAD_MAX_BYTES} bytes`,
  "head-malformed": "the answer is not HTTP",
  "http-version": "the answer is not HTTP/1.1, so it cannot upgrade",
  status: "the answer is not 101",
  upgrade: "the answer's Upgrade is not `websocket`",
  connection: "the answer's Connection is not `upgrade`",
  accept: "the answer's Sec-WebSocket-Accept does not fit the key",
  extension: "the answer has an extension that was not offered",
  subprotocol: "the answer has a subprotocol that was not offered",
} as const satisfies Record<ResponseProblem, string>;

/** An ordinary HTTP answer is a refusal; everything else breaks the protocol. */
function refusalFailure(
  { target }: WebSocketRequest,
  { problem, head }: Extract<HandshakeOutcome, { type: "refused" }>,
): Failure {
  const where = formatTarget(target);
  if (problem === "status" && head !== undefined) {
    return new Failure("backend.refused", `${where}: answered the handshake with HTTP ${head.status}`);
  }
  return new Failure("backend.protocol", `${where}: ${PROBLEMS[problem]}`);
}
