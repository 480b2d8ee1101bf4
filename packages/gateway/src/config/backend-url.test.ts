import { describe, expect, test } from "bun:test";
import { backendUrl, formatBackendUrl, parseBackendUrl } from "./backend-url.ts";
import { markOf } from "./marks.ts";

const ALL = ["tcp", "tls", "udp", "unix", "ws", "wss", "http", "https"] as const;

describe("an address of a back end", () => {
  test.each([
    ["tcp://host:1883", { scheme: "tcp", hostname: "host", port: 1883, path: "" }],
    ["tls://[::1]:8883/", { scheme: "tls", hostname: "::1", port: 8883, path: "" }],
    ["udp://239.1.2.3:5000", { scheme: "udp", hostname: "239.1.2.3", port: 5000, path: "" }],
    ["ws://host", { scheme: "ws", hostname: "host", port: 80, path: "/" }],
    ["wss://host/a?b", { scheme: "wss", hostname: "host", port: 443, path: "/a?b" }],
    ["http://host?b", { scheme: "http", hostname: "host", port: 80, path: "/?b" }],
    ["https://host:444/", { scheme: "https", hostname: "host", port: 444, path: "/" }],
    ["unix:/run/a.sock", { scheme: "unix", hostname: "", port: 0, path: "/run/a.sock" }],
    ["unix:///run/a b.sock", { scheme: "unix", hostname: "", port: 0, path: "/run/a b.sock" }],
  ] as const)("%s", (text, url) => {
    expect(parseBackendUrl(text, ALL)).toEqual(url);
  });

  test.each([
    ["tcp://host", "has no port; write `tcp://host:PORT`"],
    ["tcp://[::1]", "has no port; write `tcp://[::1]:PORT`"],
    ["tcp://host:0", "has port 0; nothing can be connected there"],
    ["tcp://host:1/x", "has a path `/x`, which tcp does not have"],
    ["unix:run/a.sock", "needs the absolute path of a socket, such as `unix:/run/app.sock`"],
    ["unix://run/a.sock", "needs the absolute path of a socket, such as `unix:/run/app.sock`"],
    ["ftp://host:1", /^has the scheme `ftp`; write `tcp:\/\/host:port`, .* or `https:\/\/host\/path`$/],
  ])("%s is refused", (text, problem) => {
    expect(parseBackendUrl(text, ALL)).toEqual(
      problem instanceof RegExp ? expect.stringMatching(problem) : problem,
    );
  });

  test("holds no NUL, which would end the path for the system", () => {
    expect(parseBackendUrl("unix:/a\0b", ALL)).toBe("holds a NUL character");
  });

  test("has one of the schemes that the service takes", () => {
    expect(parseBackendUrl("ws://host", ["tcp"])).toBe("has the scheme `ws`; write `tcp://host:port`");
    expect(parseBackendUrl("unix:/a", ["tcp"])).toBe("is not a URL; write `tcp://host:port`");
  });

  test("fits into the system's 104 bytes if it is a socket's path", () => {
    expect(typeof parseBackendUrl(`unix:/${"ü".repeat(51)}`, ALL)).toBe("object");
    expect(parseBackendUrl(`unix:/${"ü".repeat(51)}a`, ALL)).toBe("has a socket path of more than 103 bytes");
  });

  test("is formatted as an operator writes it", () => {
    for (const text of ["tcp://host:1883", "wss://[::1]:443/a?b", "unix:/run/a.sock"]) {
      const url = parseBackendUrl(text, ALL);
      expect(typeof url === "string" ? url : formatBackendUrl(url)).toBe(text);
    }
  });
});

test("the schema says what is missing and what could stand there", () => {
  const schema = backendUrl(["tcp", "unix"]);
  expect(schema.safeParse(undefined).error?.issues[0]?.message).toBe(
    "is missing; write `tcp://host:port` or `unix:/path`",
  );
  expect(schema.safeParse(5).error?.issues[0]?.message).toBe("must be `tcp://host:port` or `unix:/path`");
  expect(markOf(schema)).toEqual({ kind: "url", schemes: ["tcp", "unix"] });
});
