import { describe, expect, test } from "bun:test";
import { formatHostPort, isIPv4, isIPv6, parseAddress } from "./address.ts";

const parse = (text: string) => parseAddress(text, "`tcp://host:port`");

describe("an address", () => {
  test.each([
    ["tcp://broker:1883", { scheme: "tcp", hostname: "broker", port: 1883, path: "" }],
    ["TCP://Broker.Example.COM:1", { scheme: "tcp", hostname: "broker.example.com", port: 1, path: "" }],
    ["http://10.0.0.1", { scheme: "http", hostname: "10.0.0.1", port: undefined, path: "" }],
    ["http://[::1]:80/a?b=c", { scheme: "http", hostname: "::1", port: 80, path: "/a?b=c" }],
    ["http://[2001:DB8::1]", { scheme: "http", hostname: "2001:db8::1", port: undefined, path: "" }],
    ["ws://host?x=1", { scheme: "ws", hostname: "host", port: undefined, path: "?x=1" }],
    ["tcp://my_container:0", { scheme: "tcp", hostname: "my_container", port: 0, path: "" }],
    ["tcp://host.:65535", { scheme: "tcp", hostname: "host.", port: 65_535, path: "" }],
    ["tcp://[fe80::1%eth0]:1", { scheme: "tcp", hostname: "fe80::1%eth0", port: 1, path: "" }],
  ])("%s", (text, address) => {
    expect(parse(text)).toEqual(address);
  });

  test.each([
    ["", "is not a URL; write `tcp://host:port`"],
    ["broker:1883", "is not a URL; write `tcp://host:port`"],
    ["tcp:/broker:1", "is not a URL; write `tcp://host:port`"],
    ["tcp://", "has no host"],
    ["tcp://:1", "has no host"],
    ["tcp://a b:1", "holds a space or a character that a URL cannot have"],
    ["tcp://a\r\nX: y:1", "holds a space or a character that a URL cannot have"],
    ["tcp://bücher:1", "holds a space or a character that a URL cannot have"],
    ["tcp://me:secret@host:1", "has a user or password; credentials do not belong into an address"],
    ["tcp://host:1#x", "has a fragment (`#…`), which an address cannot have"],
    ["tcp://host:", "has a port `` that is not a number from 0 to 65535"],
    ["tcp://host:65536", "has a port `65536` that is not a number from 0 to 65535"],
    ["tcp://host:-1", "has a port `-1` that is not a number from 0 to 65535"],
    ["tcp://host:1e3", "has a port `1e3` that is not a number from 0 to 65535"],
    ["tcp://::1", "has a host that is not readable; an IPv6 address stands in brackets: `[::1]`"],
    ["tcp://[::1", "has a host that is not readable; an IPv6 address stands in brackets: `[::1]`"],
    ["tcp://[1::2::3]:1", "has a host `[1::2::3]` that is not an IPv6 address"],
    ["tcp://10.0.0.256:1", "has a host `10.0.0.256` that is not an IPv4 address"],
    ["tcp://10.1:1", "has a host `10.1` that is not an IPv4 address"],
    ["tcp://-a:1", "has a host `-a` that is not a host name"],
    ["tcp://a..b:1", "has a host `a..b` that is not a host name"],
    [`tcp://${"a".repeat(64)}:1`, `has a host \`${"a".repeat(64)}\` that is not a host name`],
    [`tcp://${"a.".repeat(127)}:1`, "has a host name of more than 253 characters"],
  ])("%p is refused", (text, problem) => {
    expect(parse(text)).toBe(problem);
  });
});

test.each([
  ["::", true],
  ["::1", true],
  ["1:2:3:4:5:6:7:8", true],
  ["1:2:3:4:5:6:7::", true],
  ["::ffff:1.2.3.4", true],
  ["1:2:3:4:5:6:1.2.3.4", true],
  ["fe80::1%eth0.1", true],
  ["", false],
  [":", false],
  [":::", false],
  ["1:2:3:4:5:6:7", false],
  ["1:2:3:4:5:6:7:8:9", false],
  ["1:2:3:4:5:6:7:8::", false],
  ["12345::", false],
  ["g::", false],
  ["::1.2.3.256", false],
  ["::1%", false],
  ["::1%a b", false],
])("RFC 4291 §2.2: `%s` is an IPv6 address: %p", (text, expected) => {
  expect(isIPv6(text)).toBe(expected);
});

test("an IPv4 address has four numbers up to 255", () => {
  expect(["0.0.0.0", "255.255.255.255"].every(isIPv4)).toBe(true);
  expect(["1.2.3", "1.2.3.4.5", "256.1.1.1", "1.2.3.", "a.b.c.d", ""].some(isIPv4)).toBe(false);
});

test("an IPv6 address is written in brackets before a port", () => {
  expect(formatHostPort("::1", 80)).toBe("[::1]:80");
  expect(formatHostPort("localhost", 80)).toBe("localhost:80");
});
