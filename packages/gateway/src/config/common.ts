// Options that every service has, beside its own. `defaults:` in the configuration sets them for all.
import { z } from "zod";
import { originPattern } from "./patterns.ts";
import { bytes, durationMs } from "./scalars.ts";

// RFC 6455 §4.1: a token of RFC 9110 §5.6.2.
const subprotocol = z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, {
  error: "is no name of a subprotocol: letters, digits and !#$%&'*+-.^_`|~ only",
});

export const commonOptions = z.strictObject({
  origins: z
    .array(originPattern())
    .default([])
    .describe(
      "Origins of pages that may connect, beside the gateway's own: `https://app.example.com`, " +
        "`https://*.example.com` (one or more labels in place of the star), or `*` for any. " +
        "Clients that send no Origin are not pages and are admitted.",
    ),
  subprotocols: z
    .array(subprotocol)
    .default([])
    .describe(
      "Subprotocols served: of a client's offers the first of these is agreed to, and offers of none of them are refused. A client that offers none is admitted. Empty: the client's first offer is agreed to.",
    ),
  messageMaxSize: bytes()
    .prefault("128 KiB")
    .describe("Largest message from a client. A larger one closes its connection with 1009."),
  pendingMaxSize: bytes()
    .prefault("256 KiB")
    .describe(
      "Bytes held for one connection and direction before the sending side is paused; resumed at half.",
    ),
  slowMaxSize: bytes()
    .prefault("1 MiB")
    .describe(
      "Bytes waiting for one client at which it counts as too slow and is closed with 1013. For services that cannot pause their source.",
    ),
  idleTimeout: durationMs()
    .prefault("60s")
    .describe(
      "Silence after which a client is closed with 3008; at half of it a ping is sent. `unlimited`: never.",
    ),
  connectionsMax: z
    .union([z.int().min(0), z.literal("unlimited")])
    .default("unlimited")
    .describe("Open connections of this service. More are refused with 503."),
  compressionMinSize: z
    .union([bytes(), z.literal("off")])
    .default("off")
    .describe(
      "Messages to the client from this size are compressed, if the listener offers permessage-deflate. `off`: none.",
    ),
});

export type CommonSettings = z.output<typeof commonOptions>;
