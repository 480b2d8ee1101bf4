import { expect, test } from "bun:test";
import { formatListenerUrl } from "./listener-url.ts";

test.each([
  [false, "localhost", 8000, "http://localhost:8000"],
  [true, "0.0.0.0", 443, "https://0.0.0.0:443"],
  [false, "::1", 80, "http://[::1]:80"],
])("%p %s %d is %s", (secure, hostname, port, url) => {
  expect(formatListenerUrl(secure, hostname, port)).toBe(url);
});
