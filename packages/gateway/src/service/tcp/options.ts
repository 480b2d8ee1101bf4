// Options of the `tcp` service.
import { z } from "zod";
import { backendUrl, bytes, durationMs, filePath } from "../../config/scalars.ts";

export const tcpOptions = z.strictObject({
  connect: backendUrl(["tcp", "tls", "unix"]).describe(
    "The back end: `tcp://host:port`, `tls://host:port` or `unix:/path`. One connection for each client.",
  ),
  strategy: z
    .enum(["immediate", "deferred", "prepared"])
    .default("immediate")
    .describe(
      "When to connect: `immediate` as the client arrives, `deferred` at its first message, `prepared` takes a connection from a pool that is kept open.",
    ),
  preparedCount: z
    .int()
    .min(1)
    .max(1000)
    .default(4)
    .describe("Connections kept ready, for the strategy `prepared`."),
  framing: z
    .enum(["chunks", "text", "lines"])
    .default("chunks")
    .describe(
      "How the back end's bytes become messages: `chunks` binary as they come; `text` as they come, UTF-8 checked; `lines` one text message a line, without its end, and one line end added to each message from the client.",
    ),
  lineEnding: z
    .enum(["crlf", "lf"])
    .default("crlf")
    .describe("What `lines` adds to a client's message. Both are understood from the back end."),
  lineMaxSize: bytes()
    .prefault("64 KiB")
    .describe("Longest line from the back end, for `lines`. A longer one ends the connection with 1014."),
  connectTimeout: durationMs()
    .prefault("10s")
    .describe(
      "From the connect to its success, name lookup and TLS included. Then the client is closed with 1014.",
    ),
  firstByteTimeout: durationMs()
    .prefault("60s")
    .describe(
      "How long a back end may say nothing at all after the client's first message before the client is closed with 1014. `unlimited` for back ends that only listen.",
    ),
  pendingConnectsMax: z
    .int()
    .min(1)
    .default(1000)
    .describe("Connects under way at once; more clients are closed with 1013. Each holds a file descriptor."),
  tls: z
    .strictObject({
      verify: z
        .boolean()
        .default(true)
        .describe("Check the back end's certificate and name. `false` only for tests."),
      ca: filePath().optional().describe("PEM file of the authorities to trust instead of the system's."),
      serverName: z
        .string()
        .optional()
        .describe("Name to ask for (SNI) and to check, if not the host of `connect`."),
    })
    .prefault({})
    .describe("For `tls://` back ends."),
});

export type TcpSettings = z.output<typeof tcpOptions>;
