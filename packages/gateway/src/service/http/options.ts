// Options of the `http` service.
import { isFieldValue } from "@sluice/wire/bytes";
import { z } from "zod";
import { tlsOptions } from "../../backend/websocket-options.ts";
import { backendUrl, bytes, durationMs } from "../../config/scalars.ts";

/** A prefix of a Location: an absolute URL or an absolute path, nothing that a header cannot hold. */
const locationPrefix = () =>
  z.string().refine((text) => /^(?:https?:\/\/[^/?#\s]+|\/)/.test(text) && isFieldValue(text), {
    error: "is neither a URL nor an absolute path, such as `http://back.internal/` or `/old/`",
  });

const domain = () =>
  z.string().regex(/^\.?[a-z0-9-]+(?:\.[a-z0-9-]+)*$/i, { error: "is not a domain, such as `example.com`" });

const fields = z.strictObject({
  connect: backendUrl(["http", "https"]).describe(
    "The back end: `http://host/path` or `https://host/path`. Its path takes the place of the service's own.",
  ),
  preserveHost: z
    .boolean()
    .default(false)
    .describe("Send the client's Host to the back end instead of the back end's own."),
  forwarded: z
    .enum(["replace", "append", "remove", "keep"])
    .default("replace")
    .describe(
      "What the back end is told of the client by `Forwarded` (RFC 7239) and `X-Forwarded-For`, `-Host`, `-Proto`. `replace`: the gateway's word, and nothing that the client sent of this kind. `append`: the gateway's after the client's. `remove`: nothing. `keep`: the client's alone. `append` and `keep` let clients lie, unless all of them are proxies of yours.",
    ),
  rewriteLocation: z
    .boolean()
    .default(true)
    .describe("Turn the back end's own addresses in Location and Content-Location into the gateway's."),
  locations: z
    .array(z.strictObject({ from: locationPrefix(), to: locationPrefix() }))
    .default([])
    .describe(
      "Further beginnings of locations and what stands in their place; the first that fits, before the back end's own.",
    ),
  rewriteCookieDomain: z
    .union([z.enum(["keep", "remove"]), z.array(z.strictObject({ from: domain(), to: domain() })).min(1)], {
      error: "must be `keep`, `remove` or a list of `from` and `to`",
    })
    .default("keep")
    .describe(
      "Domain of the back end's cookies: as it is, none (then it is the gateway's host), or others by a list.",
    ),
  rewriteCookiePath: z
    .boolean()
    .default(false)
    .describe("Turn the back end's path in its cookies into the service's."),
  connectTimeout: durationMs()
    .prefault("10s")
    .describe(
      "From the request to a connection, name lookup and TLS included. Then the client is answered 504.",
    ),
  responseTimeout: durationMs()
    .prefault("60s")
    .describe(
      "From the request, or its last part that was passed on, to the beginning of the answer. Then the client is answered 504. The listener cuts what moves no byte for 120 s, so that more has no effect.",
    ),
  pendingConnectsMax: z
    .int()
    .min(1)
    .default(1000)
    .describe("Connects under way at once; more are answered 503. Each holds a file descriptor."),
  backendMessageMaxSize: bytes({ min: 1 })
    .prefault("1 MiB")
    .describe("WebSocket: largest message from the back end. A larger one closes both sides with 1009."),
  backendIdleTimeout: durationMs({ min: 100 })
    .prefault("60s")
    .describe(
      "WebSocket: silence after which a back end counts as lost and the client is closed with 1014; at half of it a ping is sent. `unlimited`: never.",
    ),
  tls: tlsOptions.prefault({}).describe("For `https://` back ends."),
});

export const httpOptions = fields.superRefine((settings, context) => {
  if (settings.connect.path.includes("?")) {
    const message = "has a query, and requests bring their own";
    context.addIssue({ code: "custom", path: ["connect"], message });
  }
  if (!settings.rewriteLocation && settings.locations.length > 0) {
    const message = "has rules, and `rewriteLocation` is `false`; which one do you want?";
    context.addIssue({ code: "custom", path: ["locations"], message });
  }
});

export type HttpSettings = z.output<typeof httpOptions>;
