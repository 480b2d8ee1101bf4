import { describe, expect, test } from "bun:test";
import { createFakeHandshake } from "../fake-session.ts";
import { httpOptions } from "./options.ts";
import { authorityOf, findContentProblem, mapRequest, publicAuthorityOf } from "./request.ts";

const handshake = { ...createFakeHandshake({ query: "q=1", host: "gateway.example:8000" }), path: "/app/x" };
const map = (options: object, fields: [string, string][] = [], path = handshake.path) =>
  mapRequest({ ...handshake, path }, fields, {
    settings: httpOptions.parse({ connect: "http://back.example:81/base", ...options }),
    path: "/app",
    pseudonym: "me",
  });

describe("a request to the back end", () => {
  test("has the back end's target and host, the client's fields, and the gateway's word", () => {
    expect(
      map({}, [
        ["Host", "gateway.example:8000"],
        ["Cookie", "a=b"],
        ["X-Forwarded-For", "6.6.6.6"],
        ["Connection", "x-hop"],
        ["X-Hop", "1"],
        ["Via", "1.1 cdn"],
      ]),
    ).toEqual({
      target: "/base/x?q=1",
      host: "back.example:81",
      fields: [
        ["Cookie", "a=b"],
        ["Forwarded", 'for=192.0.2.7;by=_me;host="gateway.example:8000";proto=http'],
        ["X-Forwarded-For", "192.0.2.7"],
        ["X-Forwarded-Host", "gateway.example:8000"],
        ["X-Forwarded-Proto", "http"],
        ["Via", "1.1 cdn, 1.1 me"],
      ],
    });
  });

  test("has the client's host where that is wanted", () => {
    expect(map({ preserveHost: true })?.host).toBe("gateway.example:8000");
  });

  test("gets the gateway's word even if the client's Connection names it (RFC 9110 §7.6.1)", () => {
    const fields = map({}, [["Connection", "x-forwarded-for, forwarded, via"]])?.fields ?? [];
    expect(fields.map(([name]) => name)).toEqual([
      "Forwarded",
      "X-Forwarded-For",
      "X-Forwarded-Host",
      "X-Forwarded-Proto",
      "Via",
    ]);
  });

  test("has no control characters (RFC 9110 §5.5)", () => {
    expect(map({ forwarded: "keep" }, [["X", "a\u0001b"]])?.fields[0]).toEqual(["X", "a b"]);
  });

  test("is none where the path leads out", () => expect(map({}, [], "/app/..%2fx")).toBeUndefined());
});

test("authorities are without the port that their scheme has anyway", () => {
  const of = (connect: string) => authorityOf(httpOptions.parse({ connect }).connect);
  expect(of("http://a.example")).toBe("a.example");
  expect(of("http://a.example:443")).toBe("a.example:443");
  expect(of("https://a.example:443")).toBe("a.example");
  expect(of("https://[2001:db8::1]:8443/x")).toBe("[2001:db8::1]:8443");
  expect(of("https://[2001:db8::1]/x")).toBe("[2001:db8::1]");
  expect(publicAuthorityOf(createFakeHandshake({ host: "a:80" }))).toBe("a");
  expect(publicAuthorityOf(createFakeHandshake({ host: "a:80", secure: true }))).toBe("a:80");
  expect(publicAuthorityOf(createFakeHandshake({ host: "a:443", secure: true }))).toBe("a");
});

describe("content", () => {
  const problem = (headers: Record<string, string>, hasContent: boolean) =>
    findContentProblem(new Headers(headers), hasContent);

  test("that is declared, by a length other than zero or by chunks, must be there (RFC 9112 §6.3)", () => {
    for (const headers of [{ "content-length": "1" }, { "transfer-encoding": "chunked" }]) {
      expect(problem(headers, false)).toBeString();
      expect(problem(headers, true)).toBeUndefined();
    }
    for (const headers of [{}, { "content-length": "0" }, { "content-length": "00" }]) {
      expect(problem(headers, false)).toBeUndefined();
    }
  });

  for (const length of ["", "5, 5", "5 5", "+5", "-5", "0x5", "5e3", "1234567890123456"]) {
    test(`of ${JSON.stringify(length)} bytes is not passed on: its end would be anybody's guess`, () => {
      expect(problem({ "content-length": length }, true)).toBeString();
    });
  }
});
