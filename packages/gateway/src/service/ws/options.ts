// Options of the `ws` service.
import { z } from "zod";
import { headerFields, headerName, tlsOptions } from "../../backend/websocket-options.ts";
import { backendUrl, bytes, durationMs } from "../../config/scalars.ts";

/** An origin as RFC 6454 §6.2 serialises it: scheme, host, port; no path. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@]+$/;

const fields = z.strictObject({
  connect: backendUrl(["ws", "wss"]).describe(
    "The back end: `ws://host/path` or `wss://host/path`. One connection for each client.",
  ),
  query: z
    .enum(["pass", "drop"])
    .default("pass")
    .describe("`pass`: the client's query is added to the back end's path. `drop`: it is not."),
  origin: z
    .string()
    .refine((text) => text === "pass" || text === "none" || ORIGIN.test(text), {
      error: "must be `pass`, `none` or an origin such as `https://app.example.com`",
    })
    .default("pass")
    .describe("The Origin header for the back end: the client's own, none, or always this one."),
  forward: z
    .array(headerName().transform((name) => name.toLowerCase()))
    .default([])
    .describe(
      "Headers of the client's handshake that the back end gets, such as `cookie` and `authorization`.",
    ),
  headers: headerFields()
    .default({})
    .describe("Headers that the back end always gets, such as a key of its own."),
  forwarded: z
    .enum(["both", "x-forwarded", "forwarded", "none"])
    .default("both")
    .describe(
      "How the back end learns who the client is: `X-Forwarded-For`, `-Proto` and `-Host`, or `Forwarded` (RFC 7239), or both, or not at all.",
    ),
  connectTimeout: durationMs()
    .prefault("10s")
    .describe(
      "From the connect to the back end's agreement, name lookup and TLS included. Then the client is closed with 1014.",
    ),
  backendMessageMaxSize: bytes({ min: 1 })
    .prefault("1 MiB")
    .describe("Largest message from the back end. A larger one closes both sides with 1009."),
  backendIdleTimeout: durationMs({ min: 100 })
    .prefault("60s")
    .describe(
      "Silence after which a back end counts as lost and the client is closed with 1014; at half of it a ping is sent. `unlimited`: never.",
    ),
  pendingConnectsMax: z
    .int()
    .min(1)
    .default(1000)
    .describe("Connects under way at once; more clients are closed with 1013. Each holds a file descriptor."),
  tls: tlsOptions.prefault({}).describe("For `wss://` back ends."),
});

/** Written by the gateway from what it knows; a client's own word for it must not get through beside that. */
const TOLD_BY_GATEWAY: readonly string[] = [
  "forwarded",
  "via",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-forwarded-proto",
];

export const wsOptions = fields.superRefine((settings, context) => {
  for (const [index, name] of settings.forward.entries()) {
    if (!TOLD_BY_GATEWAY.includes(name)) continue;
    const message = "is a header that the gateway writes itself; see `forwarded`";
    context.addIssue({ code: "custom", path: ["forward", index], message });
  }
  for (const name of Object.keys(settings.headers)) {
    const lower = name.toLowerCase();
    if (TOLD_BY_GATEWAY.includes(lower)) {
      const message = "is a header that the gateway writes itself; see `forwarded`";
      context.addIssue({ code: "custom", path: ["headers", name], message });
    } else if (settings.forward.includes(lower)) {
      const message = "stands in `forward` as well; which one should the back end get?";
      context.addIssue({ code: "custom", path: ["headers", name], message });
    }
  }
});

export type WsSettings = z.output<typeof wsOptions>;
