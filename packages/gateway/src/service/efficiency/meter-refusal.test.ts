import { expect, test } from "bun:test";
import { formatMeterRefusal } from "./meter-refusal.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test.each([
  [400, "HTTP/1.1 400 Bad Request\r\n"],
  [404, "HTTP/1.1 404 Not Found\r\n"],
  [503, "HTTP/1.1 503 Service Unavailable\r\n"],
] as const)("answers %d with a sentence of the length it says, and the connection's end", (status, line) => {
  const answer = text(formatMeterRefusal({ status }));
  expect(answer).toStartWith(line);
  expect(answer).toContain("\r\nconnection: close\r\n");
  const [head = "", body = ""] = answer.split("\r\n\r\n");
  expect(head).toContain(`content-length: ${body.length}\r\n`);
  expect(body).toEndWith(".\n");
});

test("sends a lost page home", () => {
  const answer = text(formatMeterRefusal({ home: "http://localhost:8000/d/" }));
  expect(answer).toStartWith("HTTP/1.1 302 Found\r\n");
  expect(answer).toContain("\r\nlocation: http://localhost:8000/d/\r\n\r\n");
});
