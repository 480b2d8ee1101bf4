import { describe, expect, test } from "bun:test";
import { failureCodeOf, systemCodeOf } from "./http-failure.ts";

describe("the failure of an exchange", () => {
  for (const [code, stage, failure] of [
    ["ECONNREFUSED", "connecting", "backend.refused"],
    ["ENOTFOUND", "connecting", "backend.unresolved"],
    ["EAI_AGAIN", "connecting", "backend.unresolved"],
    ["ETIMEDOUT", "connecting", "backend.timeout"],
    ["EHOSTUNREACH", "connecting", "backend.unreachable"],
    ["unknown cause", "connecting", "backend.unreachable"],
    ["ECONNRESET", "connecting", "backend.reset"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "securing", "backend.tls"],
    ["ECONNRESET", "securing", "backend.tls"],
    ["ECONNRESET", "waiting", "backend.reset"],
    ["EPIPE", "waiting", "backend.reset"],
    ["HPE_INVALID_CONSTANT", "waiting", "backend.protocol"],
    ["HPE_INVALID_CHUNK_SIZE", "answered", "backend.protocol"],
    ["unknown cause", "answered", "backend.reset"],
  ] as const) {
    test(`by ${code} while ${stage} is ${failure}`, () => expect(failureCodeOf(code, stage)).toBe(failure));
  }

  test("is found by the error's code alone", () => {
    expect(systemCodeOf(Object.assign(new Error("x"), { code: "EPIPE" }))).toBe("EPIPE");
    expect(systemCodeOf(Object.assign(new Error("x"), { code: 7 }))).toBe("unknown cause");
    expect(systemCodeOf(new Error("ECONNRESET"))).toBe("unknown cause");
    expect(systemCodeOf("ECONNRESET")).toBe("unknown cause");
  });
});
