// Options of the `broadcast` service.
import { z } from "zod";
import { headerFields, subprotocolName, tlsOptions } from "../../backend/websocket-options.ts";
import type { BackendUrl } from "../../config/backend-url.ts";
import { backendUrl, bytes, durationMs } from "../../config/scalars.ts";
import { isMulticast } from "../../host/udp.ts";

/** Longest wait between two tries, and least limit of silence; beyond an hour a source is better left out. */
const HOUR_MS = 3_600_000;

const reconnect = z
  .strictObject({
    initial: durationMs({ min: 1, max: HOUR_MS })
      .prefault("500ms")
      .describe("Longest wait before the first try after a loss. It doubles with each failure."),
    max: durationMs({ min: 1, max: HOUR_MS })
      .prefault("6s")
      .describe("Where the doubling ends. While a source is away it is tried every half of this on average."),
  })
  .superRefine(({ initial, max }, context) => {
    if (initial <= max) return;
    context.addIssue({ code: "custom", path: ["initial"], message: "is longer than `max`" });
  });

const fields = z.strictObject({
  source: backendUrl(["tcp", "tls", "unix", "udp", "ws", "wss"])
    .optional()
    .describe(
      "Where messages come from: `tcp://host:port`, `tls://host:port`, `unix:/path` and `ws://host/path`, `wss://host/path` are connected to; `udp://address:port` is a local address to listen on, or a multicast group to join. Absent: from the clients.",
    ),
  interface: z
    .string()
    .regex(/^[A-Za-z0-9_.:@-]{1,64}$/, { error: "is not the name or address of a network interface" })
    .optional()
    .describe(
      "Network interface on which a multicast group is joined: its name or one of its addresses. Absent: the system's choice.",
    ),
  framing: z
    .enum(["chunks", "lines"])
    .default("chunks")
    .describe(
      "How the bytes of a tcp, tls or unix source become messages: `chunks` as they come, `lines` one a line, without its end (LF or CR LF).",
    ),
  sourceMessageMaxSize: bytes({ min: 1 })
    .prefault("128 KiB")
    .describe(
      "Largest message from the source. A longer line is left out, a longer chunk is cut, a longer WebSocket message ends the source's connection with 1009. Best at most a quarter of `slowMaxSize`.",
    ),
  kind: z
    .enum(["auto", "text", "binary"])
    .default("auto")
    .describe(
      "What clients get. `auto`: text for lines, binary for chunks and datagrams, as it came from WebSocket sources and clients. `text`: bytes that are not UTF-8 become U+FFFD.",
    ),
  clients: z
    .enum(["publish", "ignore", "refuse"])
    .optional()
    .describe(
      "What a message from a client does: `publish` sends it to all, its sender too; `ignore` drops it; `refuse` closes the client with 1003. Default: `ignore` with a source, `publish` without.",
    ),
  onSourceLoss: z
    .enum(["keep", "close"])
    .default("keep")
    .describe(
      "`keep`: clients stay and wait for the source. `close`: they are closed with 1014, and so are newcomers until it is back.",
    ),
  reconnect: reconnect
    .prefault({})
    .describe("How a lost source is opened again. Each wait is random, from 0 up."),
  connectTimeout: durationMs()
    .prefault("10s")
    .describe("Time for a connect to the source, name lookup, TLS and WebSocket handshake included."),
  sourceIdleTimeout: durationMs({ min: 1 })
    .prefault("unlimited")
    .describe("Time without a message after which the source counts as lost and is opened again."),
  subprotocol: subprotocolName()
    .optional()
    .describe("Subprotocol to ask a ws or wss source for. A source that chooses none is taken too."),
  headers: headerFields()
    .default({})
    .describe("Headers for the handshake with a ws or wss source, such as `Authorization`."),
  tls: tlsOptions.prefault({}).describe("For `tls://` and `wss://` sources."),
});

/** What the options say against each other, by option. */
function contradictions(settings: z.output<typeof fields>): [option: string, message: string][] {
  const { source, clients } = settings;
  if (source === undefined) {
    const problems: [string, string][] = [];
    if (clients !== undefined && clients !== "publish")
      problems.push(["clients", `\`${clients}\` without a \`source\` leaves nobody to publish`]);
    if (settings.onSourceLoss === "close") problems.push(["onSourceLoss", "needs a `source`"]);
    if (settings.framing === "lines") problems.push(["framing", "needs a `source`"]);
    return problems;
  }
  return contradictionsWithSource(source, settings);
}

function contradictionsWithSource(
  source: BackendUrl,
  settings: z.output<typeof fields>,
): [option: string, message: string][] {
  const problems: [string, string][] = [];
  const isStream = source.scheme === "tcp" || source.scheme === "tls" || source.scheme === "unix";
  const isWebSocket = source.scheme === "ws" || source.scheme === "wss";
  if (settings.framing === "lines" && !isStream)
    problems.push([
      "framing",
      `\`lines\` is for tcp, tls and unix; ${source.scheme} has messages of its own`,
    ]);
  if (source.scheme === "udp" && !/^[\d.]+$|:/.test(source.hostname))
    problems.push(["source", "must be an address, not a name: it is listened on, not connected to"]);
  if (settings.interface !== undefined && !(source.scheme === "udp" && isMulticast(source.hostname)))
    problems.push(["interface", "needs a multicast group as `source`, such as `udp://239.1.2.3:5000`"]);
  if (settings.subprotocol !== undefined && !isWebSocket)
    problems.push(["subprotocol", "needs a ws or wss `source`"]);
  if (Object.keys(settings.headers).length > 0 && !isWebSocket)
    problems.push(["headers", "need a ws or wss `source`"]);
  return problems;
}

export const broadcastOptions = fields.superRefine((settings, context) => {
  for (const [option, message] of contradictions(settings)) {
    context.addIssue({ code: "custom", path: [option], message });
  }
});

export type BroadcastSettings = z.output<typeof broadcastOptions>;
