import { describe, expect, test } from "bun:test";
import { wsOptions } from "./options.ts";

function problems(options: object): string[] {
  const result = wsOptions.safeParse({ connect: "ws://back.example/", ...options });
  return result.success ? [] : result.error.issues.map(({ path }) => path.join("."));
}

describe("options of ws", () => {
  test("need an address alone", () => {
    const settings = wsOptions.parse({ connect: "wss://back.example/chat?v=2" });
    expect(settings).toMatchObject({
      connect: { scheme: "wss", hostname: "back.example", port: 443, path: "/chat?v=2" },
      query: "pass",
      origin: "pass",
      forward: [],
      headers: {},
      forwarded: "both",
      connectTimeout: 10_000,
      backendMessageMaxSize: 1_048_576,
      backendIdleTimeout: 60_000,
      pendingConnectsMax: 1000,
      tls: { verify: true },
    });
  });

  test("take an origin, and nothing that merely looks like one", () => {
    expect(problems({ origin: "https://app.example:8443" })).toEqual([]);
    expect(problems({ origin: "capacitor://localhost" })).toEqual([]);
    for (const origin of [
      "https://app.example/",
      "https://a b",
      "app.example",
      "https://u@app.example",
      "",
    ]) {
      expect(problems({ origin })).toEqual(["origin"]);
    }
  });

  test("refuse headers that the gateway writes itself", () => {
    for (const name of ["Host", "Origin", "Sec-WebSocket-Key", "X-Forwarded-For", "Forwarded", "Via"]) {
      expect(problems({ forward: [name] })).toEqual(["forward.0"]);
      expect(problems({ headers: { [name]: "x" } })).toEqual([`headers.${name}`]);
    }
  });

  test("refuse a header that is both passed and fixed", () => {
    expect(problems({ forward: ["cookie"], headers: { Cookie: "a=1" } })).toEqual(["headers.Cookie"]);
  });
});
