import { describe, expect, test } from "bun:test";
import { createFakeHandshake } from "../service/fake-session.ts";
import { createHostGuard, hostName, isLoopbackHost } from "./host.ts";

const judge = (hosts: string[], host: string, isLoopback: boolean) =>
  createHostGuard(hosts, () => isLoopback).judge(createFakeHandshake({ host }), 0);

describe("the host guard", () => {
  test.each(["localhost:8000", "127.0.0.1", "127.1.2.3:80", "[::1]:8000", "app.localhost"])(
    "serves %s on a loopback listener",
    (host) => {
      expect(judge([], host, true)).toBeUndefined();
    },
  );

  test.each(["evil.example:8000", "127.0.0.1.evil.example", "localhost.evil.example", "[::2]"])(
    "refuses %s on a loopback listener, against DNS rebinding",
    (host) => {
      expect(judge([], host, true)).toMatchObject({ code: "host.refused" });
    },
  );

  test("serves any name on another listener, unless names are listed", () => {
    expect(judge([], "anything.example", false)).toBeUndefined();
    expect(judge(["a.example"], "anything.example", false)).toMatchObject({ code: "host.refused" });
    expect(judge(["a.example", "*.b.example"], "x.y.b.example:8443", false)).toBeUndefined();
    expect(judge(["*.b.example"], "b.example", false)).toMatchObject({ code: "host.refused" });
  });

  test("takes the port off a host, also off an IPv6 one", () => {
    expect([hostName("a:1"), hostName("[::1]:1"), hostName("[::1]")]).toEqual(["a", "[::1]", "[::1]"]);
    expect(isLoopbackHost("128.0.0.1")).toBe(false);
  });
});
