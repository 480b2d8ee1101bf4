// Options of the gateway as a whole: where it listens, what it admits, what it holds. Services bring their own.
import { z } from "zod";
import { addressRange, hostPattern } from "./patterns.ts";
import { bytes, durationMs, filePath } from "./scalars.ts";

/** How long a bounded wait may be made. Longer ones only look like a hanging gateway. */
const HOUR_MS = 3600e3;

const certificate = z.strictObject({
  certificate: filePath().describe("PEM file: the certificate, then its chain."),
  key: filePath().describe("PEM file: the private key, without a password."),
  names: z
    .array(hostPattern())
    .default([])
    .describe(
      "Server names (SNI) that get this certificate, `*.example.com` included. Empty: the names in the certificate. The first certificate serves all other names.",
    ),
});

export const listenOptions = z.strictObject({
  url: z
    .string()
    .describe(
      "`http://HOST:PORT` or `https://HOST:PORT`; ws and wss are served on the same port. Host 0.0.0.0 or [::]: all addresses. Port 0: a free one.",
    ),
  tls: z
    .union([certificate, z.array(certificate).min(1)])
    .optional()
    .describe("Certificates, for https only. Files are watched and taken over when they change."),
  drafts: z
    .boolean()
    .default(false)
    .describe(
      "Also speak the drafts hixie-75 and hixie-76 of 2009. They have no masking: only for clients that need them.",
    ),
  compression: z
    .boolean()
    .default(false)
    .describe("Offer permessage-deflate (RFC 7692). A service compresses from its `compressionMinSize` on."),
});

/** Each is compared with each, and all are watched; more are a slip. */
export const LISTENERS_MAX = 64;

/** One entry of `listen`. */
export const listenEntry = z.union([z.string(), listenOptions]);

const limits = z.strictObject({
  connectionsMax: z
    .union([z.int().min(1), z.literal("auto")])
    .default("auto")
    .describe("Open connections in all. `auto`: what the limit of file descriptors leaves after a reserve."),
  connectionsPerAddressMax: z
    .union([z.int().min(1), z.literal("unlimited")])
    .default(1000)
    .describe("Open connections from one client address; an IPv6 address counts by its /64."),
  connectsPerAddress: z
    .strictObject({
      perSecond: z.number().positive().default(100).describe("Tokens that come back each second."),
      burst: z.int().min(1).default(500).describe("Most tokens held: handshakes that may come at once."),
    })
    .prefault({})
    .describe("Handshakes from one client address: a token bucket. More are refused with 429."),
  handshakeTimeout: durationMs({ min: 1e3, max: 255e3 })
    .prefault("10s")
    .describe(
      "For the request header, from its first byte to its end; slower clients are cut. A listener with `drafts` keeps to it; the others are cut by their host after about 12 s, whatever is written here.",
    ),
  headerMaxSize: bytes({ min: 1024, max: 1024 ** 2 })
    .prefault("16 KiB")
    .describe("Request header, all lines together; larger is refused with 431. A change takes a restart."),
  requestBodyMaxSize: bytes()
    .prefault("16 MiB")
    .describe("Body of a plain HTTP request; larger is refused with 413."),
  closeTimeout: durationMs({ max: HOUR_MS })
    .prefault("5s")
    .describe("How long an answer to our Close frame is awaited before the connection is cut."),
  memoryMaxSize: z
    .union([bytes(), z.literal("unlimited")])
    .default("unlimited")
    .describe(
      "Resident memory of the process from which new connections are refused with 503. Open ones go on.",
    ),
  descriptorReserve: z
    .int()
    .min(16)
    .default(256)
    .describe(
      "File descriptors kept free for back ends, files and the admin side; below it, new connections are refused.",
    ),
});

const stop = z.strictObject({
  spread: durationMs({ max: HOUR_MS })
    .prefault("1s")
    .describe("Clients get their 1001 spread over this time, so that they do not all return at once."),
  deadline: durationMs({ max: 24 * HOUR_MS })
    .prefault("10s")
    .describe("After this time from SIGTERM the process ends, whatever is still open."),
});

const log = z.strictObject({
  level: z.enum(["debug", "info", "warn", "error"]).default("info").describe("Least level written."),
  format: z
    .enum(["auto", "json", "pretty"])
    .default("auto")
    .describe("`auto`: readable on a terminal, JSON lines otherwise."),
});

const addresses = z.strictObject({
  allow: z
    .array(addressRange())
    .default([])
    .describe("Client addresses or CIDR ranges that are admitted. Empty: all."),
  deny: z
    .array(addressRange())
    .default([])
    .describe("Client addresses or CIDR ranges that are refused, even if allowed above."),
});

export const gatewayOptions = z.strictObject({
  listen: z
    .array(listenEntry)
    .min(1)
    .max(LISTENERS_MAX)
    .default(["http://localhost:8000"])
    .describe(
      "Where clients connect: URLs, or maps with a `url` and more. `localhost` is 127.0.0.1 and ::1.",
    ),
  admin: z
    .union([z.string(), z.literal("off")])
    .default("http://127.0.0.1:8001")
    .describe(
      "Where health, metrics and the admin API are served. It has no login: keep it on loopback. `off`: nowhere. A change takes a restart.",
    ),
  hosts: z
    .array(hostPattern())
    .default([])
    .describe(
      "Host names served, `*.example.com` included. Empty: any, but on a loopback listener only loopback names (against DNS rebinding).",
    ),
  addresses: addresses.prefault({}).describe("Which client addresses are admitted."),
  trustedProxies: z
    .array(addressRange())
    .default([])
    .describe(
      "Proxy addresses or CIDR ranges whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. Empty: none.",
    ),
  limits: limits.prefault({}).describe("What the gateway holds at most."),
  stop: stop.prefault({}).describe("How the gateway stops."),
  log: log.prefault({}).describe("The log, on standard output. A change takes a restart."),
});

export type CertificateSettings = z.output<typeof certificate>;
export type ListenOptions = z.output<typeof listenOptions>;
export type LimitSettings = z.output<typeof limits>;
export type StopSettings = z.output<typeof stop>;
export type LogSettings = z.output<typeof log>;
export type AddressSettings = z.output<typeof addresses>;
