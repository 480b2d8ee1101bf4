import { expect, test } from "bun:test";
import { originFor, portOf } from "./origin.ts";

test.each([
  ["localhost:8000", 8002, "http://localhost:8002"],
  ["localhost", 8002, "http://localhost:8002"],
  ["Example.COM:8000", 8002, "http://example.com:8002"],
  ["192.0.2.7:8000", 80, "http://192.0.2.7"],
  ["[2001:db8::1]:8000", 8002, "http://[2001:db8::1]:8002"],
])("sends a visitor of %s to the same host at %d", (host, port, origin) => {
  expect(originFor(host, port)).toBe(origin);
});

test.each([
  "",
  "evil.example/",
  "user@evil.example",
  "a b",
  "a\r\nset-cookie: x",
  "evil.example#",
  "[::1",
  "a:b",
  "a:1:2",
  "a:123456",
])("makes no address of %j", (host) => {
  expect(originFor(host, 8002)).toBeUndefined();
});

test("reads the port of an origin, and the standard one where none is written", () => {
  expect(portOf("http://localhost:8000")).toBe(8000);
  expect(portOf("http://[::1]:8000")).toBe(8000);
  expect(portOf("http://example.com")).toBe(80);
  expect(portOf("http://a b")).toBeUndefined();
});
