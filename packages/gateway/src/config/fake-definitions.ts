// For tests: service types with every kind of option, so that the configuration is tested by itself.
import { z } from "zod";
import type { ServiceDefinition } from "../service/service.ts";
import { backendUrl, bytes, durationMs, filePath, rate, secret } from "./scalars.ts";

const mirrorOptions = z.strictObject({
  repeat: z.int().min(1).max(1000).default(1).describe("How often. 1 to 1000."),
});

const relayOptions = z
  .strictObject({
    connect: backendUrl(["tcp", "tls", "unix", "ws"]).describe("Where to."),
    password: z.string().optional().describe("A text whose name says what it is."),
    key: secret().optional().describe("Said by its schema."),
    login: z
      .strictObject({
        user: z.string().describe("Who."),
        file: filePath().optional().describe("Read for it."),
        headers: z.record(z.string(), z.string()).default({}).describe("Sent with it."),
      })
      .optional()
      .describe("One in another."),
    mode: z.enum(["plain", "framed"]).default("plain").describe("How."),
    weights: z.array(z.int()).default([]).describe("Some numbers."),
    isEager: z.boolean().default(false).describe("Whether."),
    bufferSize: bytes({ min: 1 }).default(65_536).describe("A size whose default is a number."),
    wait: durationMs({ max: 60e3 }).prefault("5s").describe("A bounded time."),
    speed: z
      .union([rate(), z.literal("auto")])
      .default("auto")
      .describe("One of two kinds."),
  })
  .superRefine(({ mode, isEager }, context) => {
    if (mode === "framed" && isEager) {
      context.addIssue({ code: "custom", path: ["isEager"], message: "is not for the mode `framed`" });
    }
  });

function define<Schema extends z.ZodObject, Type extends string>(
  type: Type,
  options: Schema,
): ServiceDefinition<Schema, Type> {
  return {
    type,
    summary: `For tests of the configuration: ${type}.`,
    match: "exact",
    options,
    create: () => ({ stop() {} }),
  };
}

export const FAKE_DEFINITIONS = [define("mirror", mirrorOptions), define("relay", relayOptions)] as const;
