import { describe, expect, test } from "bun:test";
import { FAILURES, type FailureCode } from "../failure.ts";
import { formatRefusal } from "./refusal.ts";

describe("the answer to a refused client", () => {
  test("has the status and the sentence of the failure, and never the detail", async () => {
    for (const code of Object.keys(FAILURES) as FailureCode[]) {
      const response = formatRefusal({ code, detail: "secret detail" });
      expect(response.status).toBe(FAILURES[code].httpStatus);
      expect(await response.text()).toBe(`${FAILURES[code].message}\n`);
      expect(response.headers.get("connection")).toBe("close");
    }
  });

  test("says when to come back, in whole seconds", () => {
    expect(
      formatRefusal({ code: "rate.exceeded", detail: "", retryAfterS: 0.2 }).headers.get("retry-after"),
    ).toBe("1");
  });

  test("names the protocol to upgrade to (RFC 9110 §15.5.22) and the known version (RFC 6455 §4.4)", () => {
    expect(formatRefusal({ code: "upgrade.required", detail: "" }).headers.get("upgrade")).toBe("websocket");
    expect(
      formatRefusal({ code: "handshake.version", detail: "" }).headers.get("sec-websocket-version"),
    ).toBe("13");
  });
});
