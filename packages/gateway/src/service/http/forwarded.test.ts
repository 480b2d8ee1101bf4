import { describe, expect, test } from "bun:test";
import { createFakeHandshake } from "../fake-session.ts";
import { appendVia, applyForwarded, createPseudonym, formatForwarded, isLoop } from "./forwarded.ts";
import type { Field } from "./header-filter.ts";

const handshake = createFakeHandshake({ address: "192.0.2.7", host: "gateway.example:8443", secure: true });
const own: Field[] = [
  ["Forwarded", 'for=192.0.2.7;by=_me;host="gateway.example:8443";proto=https'],
  ["X-Forwarded-For", "192.0.2.7"],
  ["X-Forwarded-Host", "gateway.example:8443"],
  ["X-Forwarded-Proto", "https"],
];
const forged: Field[] = [
  ["X-Forwarded-For", "127.0.0.1"],
  ["forwarded", "for=127.0.0.1"],
  ["Accept", "*/*"],
  ["X-Real-IP", "127.0.0.1"],
  ["x_forwarded_for", "127.0.0.1"],
  ["X-Forwarded-Prefix", "/admin"],
  ["True-Client-IP", "127.0.0.1"],
];

describe("what the back end learns of the client", () => {
  test("replace: is the gateway's word, and nothing of the client's", () => {
    expect(applyForwarded(forged, handshake, "replace", "me")).toEqual([["Accept", "*/*"], ...own]);
  });

  test("remove: is nothing", () => {
    expect(applyForwarded(forged, handshake, "remove", "me")).toEqual([["Accept", "*/*"]]);
  });

  test("keep: is the client's word alone", () => {
    expect(applyForwarded(forged, handshake, "keep", "me")).toEqual(forged);
  });

  test("append: is the gateway's word after what came, and only in the fields that the gateway writes", () => {
    const fields = applyForwarded(forged, handshake, "append", "me");
    expect(fields).toEqual([
      ["Accept", "*/*"],
      ["Forwarded", `for=127.0.0.1, ${own[0]?.[1]}`],
      ["X-Forwarded-For", "127.0.0.1, 192.0.2.7"],
      ["X-Forwarded-Host", "gateway.example:8443"],
      ["X-Forwarded-Proto", "https"],
    ]);
  });
});

describe("Forwarded (RFC 7239)", () => {
  test("has an IPv6 address in brackets and quotes (§6)", () => {
    expect(formatForwarded({ address: "2001:db8::1", host: "a", proto: "http", by: "x" })).toBe(
      'for="[2001:db8::1]";by=_x;host="a";proto=http',
    );
  });
  test("cannot be left by a host", () => {
    expect(formatForwarded({ address: "::", host: 'a";for=evil\r\n\\', proto: "http", by: "x" })).toBe(
      'for="[::]";by=_x;host="a\\";for=evil\\\\";proto=http',
    );
  });
});

describe("Via (RFC 9110 §7.6.3)", () => {
  test("is added, after what is there", () => {
    expect(appendVia([["A", "b"]], "me")).toEqual([
      ["A", "b"],
      ["Via", "1.1 me"],
    ]);
    expect(
      appendVia(
        [
          ["via", "1.0 fred"],
          ["Via", "1.1 p.example (x)"],
        ],
        "me",
      ),
    ).toEqual([["Via", "1.0 fred, 1.1 p.example (x), 1.1 me"]]);
  });

  test("shows a request that was here before", () => {
    for (const value of ["1.1 me", "1.0 fred, 1.1 me", "HTTP/1.1 me (comment), 1.1 x", " 1.1\tme ,x"]) {
      expect(isLoop([["VIA", value]], "me")).toBe(true);
    }
    for (const value of ["1.1 you", "1.1 me2", "me", "1.1 x (1.1 me)", ""]) {
      expect(isLoop([["Via", value]], "me")).toBe(false);
    }
    expect(isLoop([["X-Via", "1.1 me"]], "me")).toBe(false);
  });
});

test("a pseudonym is a token, and has all of the randomness", () => {
  expect(createPseudonym((bytes) => void bytes.set([0, 15, 255]))).toBe(`sluice-000fff${"0".repeat(18)}`);
});
