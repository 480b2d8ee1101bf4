// A tcp, tls or unix socket as a source. Read without pause: the feed is live, so what clients cannot take is theirs to
// lose (see slow-readers.ts). Nothing is ever written to it.
import type { Clock } from "../../host/clock.ts";
import { dialTcp, type TcpTarget } from "../../host/tcp.ts";
import type { Source, SourceHandler } from "./source.ts";
import type { StreamFraming } from "./stream-framing.ts";

export interface StreamSourceOptions {
  readonly target: TcpTarget;
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
  /** One instance for this connection. */
  readonly framing: StreamFraming;
}

export function openStreamSource(options: StreamSourceOptions, handler: SourceHandler): Source {
  const { target, framing, clock, connectTimeoutMs } = options;
  const connection = dialTcp(
    target,
    {
      opened: () => handler.opened(),
      data: (chunk) => framing.push(chunk, (message) => handler.message(message)),
      drained() {},
      // A line without its end is dropped with the connection: half of a number is worse than none.
      ended: () => connection.terminate(),
      closed: (failure) => handler.closed(failure),
    },
    { clock, connectTimeoutMs },
  );
  return { stop: () => connection.terminate() };
}
