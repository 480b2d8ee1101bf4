// A WebSocket server as a source: one message, one message. Says nothing to it but what the protocol demands.
import type { WebSocketDialer, WebSocketRequest } from "../../backend/websocket.ts";
import { Failure } from "../../failure.ts";
import type { Source, SourceHandler } from "./source.ts";

export function openWebSocketSource(
  dialer: WebSocketDialer,
  request: WebSocketRequest,
  handler: SourceHandler,
): Source {
  const socket = dialer.open(request, {
    opened: () => handler.opened(),
    message: (message) => handler.message(message),
    drained() {},
    closed(code, _reason, failure) {
      handler.closed(failure ?? (code === 1006 ? undefined : closeFailure(code)));
    },
  });
  return { stop: () => socket.terminate() };
}

/** The code is of use to an operator; the reason is the source's text and stays out of the log. */
function closeFailure(code: number): Failure {
  return new Failure("backend.reset", `the source closed the connection with ${code}`);
}
