// From the options to the source: which kind, where, and what its messages are.
import type { WebSocketRequest } from "../../backend/websocket.ts";
import { createWebSocketDialer } from "../../backend/websocket-dialer.ts";
import { formatHostHeader, resolveTarget } from "../../backend/websocket-options.ts";
import { type BackendUrl, formatBackendUrl } from "../../config/backend-url.ts";
import type { ServiceContext } from "../service.ts";
import { openDatagramSource } from "./datagram-source.ts";
import type { BroadcastSettings } from "./options.ts";
import type { OpenSource } from "./source.ts";
import { createStreamFraming } from "./stream-framing.ts";
import { openStreamSource } from "./stream-source.ts";
import { openWebSocketSource } from "./websocket-source.ts";

export interface ResolvedSource {
  readonly open: OpenSource;
  /** For the log. */
  readonly url: string;
  /** What its messages are to be made into. */
  readonly kind: BroadcastSettings["kind"];
}

/** `undefined` when clients are the source. Throws `TextFileError` when a file of authorities cannot be read. */
export function createOpenSource(
  settings: BroadcastSettings,
  context: ServiceContext,
): ResolvedSource | undefined {
  const { source, kind } = settings;
  if (source === undefined) return undefined;
  const url = formatBackendUrl(source);
  if (source.scheme === "udp") {
    const { hostname, port } = source;
    const target = {
      hostname,
      port,
      ...(settings.interface === undefined ? {} : { interface: settings.interface }),
    };
    return { url, kind, open: (handler) => openDatagramSource(target, handler) };
  }
  if (source.scheme === "ws" || source.scheme === "wss")
    return createWebSocket({ ...source, scheme: source.scheme }, settings, context);
  return createStream(source, settings, context);
}

/** A feed may be silent for hours; a connection that answers no ping is dead. Milliseconds. */
const SOURCE_SILENCE_MS = 60_000;

function createWebSocket(
  source: BackendUrl<"ws" | "wss">,
  settings: BroadcastSettings,
  { clock }: ServiceContext,
): ResolvedSource {
  const dialer = createWebSocketDialer(
    {
      connectTimeoutMs: settings.connectTimeout,
      messageMaxBytes: settings.sourceMessageMaxSize,
      idleTimeoutMs: SOURCE_SILENCE_MS,
      pendingConnectsMax: 1,
    },
    clock,
  );
  const request: WebSocketRequest = {
    target: resolveTarget(source, settings.tls),
    host: formatHostHeader(source),
    path: source.path,
    origin: undefined,
    subprotocols: settings.subprotocol === undefined ? [] : [settings.subprotocol],
    headers: Object.entries(settings.headers),
  };
  return {
    url: formatBackendUrl(source),
    kind: settings.kind,
    open: (handler) => openWebSocketSource(dialer, request, handler),
  };
}

function createStream(
  source: BackendUrl,
  settings: BroadcastSettings,
  { clock, log }: ServiceContext,
): ResolvedSource {
  const { framing, kind } = settings;
  const url = formatBackendUrl(source);
  const target = resolveTarget(source, settings.tls);
  // Text is made where the bytes are, since only there are characters put together that two chunks share.
  const isText = kind === "text" || (kind === "auto" && framing === "lines");
  const messageMaxBytes = settings.sourceMessageMaxSize;
  const onOverlong = () => log.warn("line from the source left out", { source: url, limit: messageMaxBytes });
  return {
    url,
    kind,
    open: (handler) =>
      openStreamSource(
        {
          target,
          clock,
          connectTimeoutMs: settings.connectTimeout,
          framing: createStreamFraming({ framing, isText, messageMaxBytes, onOverlong }),
        },
        handler,
      ),
  };
}
