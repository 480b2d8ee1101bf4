import { expect, test } from "bun:test";
import type { z } from "zod";
import { addressRange, hostPattern, originPattern } from "./patterns.ts";

function judge(schema: z.ZodType, value: string): unknown {
  const result = schema.safeParse(value);
  return result.success ? { is: result.data } : result.error.issues[0]?.message;
}

test.each([
  ["https://app.example.com", { is: "https://app.example.com" }],
  ["HTTPS://App.Example.com:8443", { is: "https://app.example.com:8443" }],
  ["https://*.example.com", { is: "https://*.example.com" }],
  ["http://[::1]:3000", { is: "http://[::1]:3000" }],
  ["*", { is: "*" }],
  ["null", { is: "null" }],
  ["app.example.com", "is not a URL; write `https://app.example.com`"],
  ["https://app.example.com/", "ends in a slash, which an origin does not have (RFC 6454 §6.2)"],
  ["https://app.example.com/x", "has a path; an origin is scheme, host and port only (RFC 6454 §4)"],
  ["https://a.*.com", "has a host `a.*.com` that is not a host name"],
  ["https://*", "has a host `*` that is not a host name"],
])("origin %s", (text, expected) => {
  expect(judge(originPattern(), text)).toEqual(expected);
});

test.each([
  ["App.example.com", { is: "app.example.com" }],
  ["*.example.com", { is: "*.example.com" }],
  ["[::1]", { is: "[::1]" }],
  ["https://app.example.com", "is a URL; write the host name alone, such as `app.example.com`"],
  ["app.example.com:80", "has a port; host names are matched whatever the port"],
  ["app.example.com/x", "has a path; write the host name alone"],
  ["*", "has a host `*` that is not a host name"],
])("host %s", (text, expected) => {
  expect(judge(hostPattern(), text)).toEqual(expected);
});

const NEITHER =
  "is neither an address nor a range; write for example `203.0.113.7`, `10.0.0.0/8` or `2001:db8::/32`";

test.each([
  ["203.0.113.7", { is: "203.0.113.7" }],
  ["10.0.0.0/8", { is: "10.0.0.0/8" }],
  ["0.0.0.0/0", { is: "0.0.0.0/0" }],
  ["::/128", { is: "::/128" }],
  ["10.0.0.0/33", "has a prefix that is not a number from 0 to 32"],
  ["::/129", "has a prefix that is not a number from 0 to 128"],
  ["10.0.0.0/", "has a prefix that is not a number from 0 to 32"],
  ["10.0.0.0/8/8", NEITHER],
  ["10.0.0", NEITHER],
  ["fe80::1%eth0", NEITHER],
  ["example.com", NEITHER],
])("address range %s", (text, expected) => {
  expect(judge(addressRange(), text)).toEqual(expected);
});
