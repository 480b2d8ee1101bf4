import { describe, expect, test } from "bun:test";
import { httpOptions } from "./options.ts";

function problems(options: object): string[] {
  const result = httpOptions.safeParse({ connect: "http://back.example/", ...options });
  return result.success ? [] : result.error.issues.map(({ path }) => path.join("."));
}

describe("options of http", () => {
  test("need a back end and nothing else; by default no client is believed", () => {
    expect(httpOptions.safeParse({}).success).toBe(false);
    expect(httpOptions.parse({ connect: "https://back.example/base" })).toMatchObject({
      connect: { scheme: "https", hostname: "back.example", port: 443, path: "/base" },
      preserveHost: false,
      forwarded: "replace",
      rewriteLocation: true,
      locations: [],
      rewriteCookieDomain: "keep",
      rewriteCookiePath: false,
      connectTimeout: 10_000,
      responseTimeout: 60_000,
      pendingConnectsMax: 1000,
      tls: { verify: true },
    });
  });

  test("take what they describe", () => {
    expect(
      problems({
        locations: [
          { from: "https://sso.internal/", to: "/sso/" },
          { from: "/old/", to: "https://new.example/" },
        ],
        rewriteCookieDomain: [{ from: ".internal", to: "example.com" }],
        responseTimeout: "unlimited",
      }),
    ).toEqual([]);
    expect(problems({ rewriteCookieDomain: "remove" })).toEqual([]);
  });

  for (const [options, path] of [
    [{ connect: "ws://back.example/" }, "connect"],
    [{ connect: "http://back.example/?a=b" }, "connect"],
    [{ connect: "http://user:secret@back.example/" }, "connect"],
    [{ locations: [{ from: "x", to: "/" }] }, "locations.0.from"],
    [{ locations: [{ from: "/", to: "javascript:x" }] }, "locations.0.to"],
    [{ locations: [{ from: "/", to: "/\r\nX: y" }] }, "locations.0.to"],
    [{ locations: [{ from: "/", to: "/" }], rewriteLocation: false }, "locations"],
    [{ rewriteCookieDomain: "drop" }, "rewriteCookieDomain"],
    [{ rewriteCookieDomain: [] }, "rewriteCookieDomain"],
    [{ rewriteCookieDomain: [{ from: "a", to: "b; Secure" }] }, "rewriteCookieDomain.0.to"],
    [{ forwarded: "yes" }, "forwarded"],
    [{ connectTimeout: 10 }, "connectTimeout"],
    [{ pendingConnectsMax: 0 }, "pendingConnectsMax"],
    [{ unknown: 1 }, ""],
  ] as const) {
    test(`refuse ${JSON.stringify(options)}`, () => expect(problems(options)).toEqual([path]));
  }
});
