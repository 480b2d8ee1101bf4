// From the options to the source: which kind, where, and what its messages are.
import { resolveTarget } from "../../backend/websocket-options.ts";
import { type BackendUrl, formatBackendUrl } from "../../config/backend-url.ts";
import type { ServiceContext } from "../service.ts";
import { openDatagramSource } from "./datagram-source.ts";
import type { BroadcastSettings } from "./options.ts";
import type { OpenSource } from "./source.ts";
import { createStreamFraming } from "./stream-framing.ts";
import { openStreamSource } from "./stream-source.ts";

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
  return createStream(source, settings, context);
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
