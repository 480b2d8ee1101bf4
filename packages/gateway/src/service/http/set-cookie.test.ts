import { describe, expect, test } from "bun:test";
import { type CookieMapping, mapSetCookie } from "./set-cookie.ts";

const keep: CookieMapping = { domain: "keep", path: undefined };
const map = (field: string, more: Partial<CookieMapping>) => mapSetCookie(field, { ...keep, ...more });
const paths = (backendPath: string, servicePath: string) => ({ path: { backendPath, servicePath } });

describe("Set-Cookie (RFC 6265 §4.1)", () => {
  for (const field of [
    "a=b",
    "a=b; Domain=back.example; Path=/base; Secure; HttpOnly; SameSite=Lax; Expires=Wed, 01 Jan 2030 00:00:00 GMT",
    'a="x;y',
    "a=b;path=/x ; ;domain",
    "",
  ]) {
    test(`passes as it is where nothing is to be mapped: ${JSON.stringify(field)}`, () => {
      expect(map(field, {})).toBe(field);
    });
  }

  test("loses its Domain, in any case", () => {
    expect(map("a=b; DOMAIN=.x.example; Secure", { domain: "remove" })).toBe("a=b; Secure");
  });

  test("gets another Domain where a rule has its own, a dot in front or not (§5.2.3)", () => {
    const domain = [{ from: "back.example", to: "example.org" }];
    expect(map("a=b; Domain=.Back.Example; Secure", { domain })).toBe("a=b; Domain=example.org; Secure");
    expect(map("a=b; domain=sub.back.example", { domain })).toBe("a=b; domain=sub.back.example");
  });

  for (const [path, backendPath, servicePath, mapped] of [
    ["/base", "/base", "/app", "/app"],
    ["/base/", "/base", "/app", "/app"],
    ["/base/x", "/base", "/app", "/app/x"],
    ["/basement", "/base", "/app", "/basement"],
    ["/", "/base", "/app", "/"],
    ["/", "/", "/app", "/app"],
    ["/x", "/", "/app", "/app/x"],
    ["/base", "/base", "/", "/"],
    ["/base/x", "/base", "/", "/x"],
    ["/", "/", "/", "/"],
  ] as const) {
    test(`gets its Path ${path} from ${backendPath} to ${servicePath}: ${mapped}`, () => {
      expect(map(`a=b; Path=${path}`, paths(backendPath, servicePath))).toBe(`a=b; Path=${mapped}`);
    });
  }

  test("keeps a value that looks like an attribute", () => {
    expect(map("path=/base; Path=/base", paths("/base", "/app"))).toBe("path=/base; Path=/app");
  });
});
