// The HTTP answer to a newcomer that is not admitted: the same for every listener. Tells the reason's one sentence
// and never the detail, which is for the log.
import { FAILURES } from "../failure.ts";
import type { Refusal } from "./guard.ts";

export function formatRefusal(refusal: Refusal): Response {
  const { httpStatus, message } = FAILURES[refusal.code];
  const headers: Record<string, string> = {
    "content-type": "text/plain; charset=utf-8",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    // A refused client has nothing more to ask on this connection, and its descriptor is wanted back.
    connection: "close",
  };
  if (refusal.retryAfterS !== undefined) headers["retry-after"] = String(Math.ceil(refusal.retryAfterS));
  // RFC 9110 §15.5.22: 426 names the protocol to upgrade to.
  if (httpStatus === 426) headers.upgrade = "websocket";
  // RFC 6455 §4.4: an unknown version is answered with the known ones.
  if (refusal.code === "handshake.version") headers["sec-websocket-version"] = "13";
  return new Response(`${message}\n`, { status: httpStatus, headers });
}
