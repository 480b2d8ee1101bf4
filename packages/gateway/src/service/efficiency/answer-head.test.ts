import { expect, test } from "bun:test";
import { createAnswerHead } from "./answer-head.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const SWITCH = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";

test("tells head from frames in one chunk, and knows the switch", () => {
  const head = createAnswerHead();
  expect(head.isSwitch).toBe(false);
  expect(head.push(encode(`${SWITCH}\x81\x02hi`))).toBe(SWITCH.length);
  expect([head.isComplete, head.isSwitch]).toEqual([true, true]);
  expect(head.push(encode("\r\n\r\n"))).toBe(0);
});

test("says the same byte by byte, whatever the head looks like", () => {
  const text = "HTTP/1.1 101 A\r\n\r: x\r\n\r\r\n\r\n";
  const head = createAnswerHead();
  let used = 0;
  for (const byte of encode(`${text}rest`)) used += head.push(Uint8Array.of(byte));
  expect(used).toBe(text.length);
  expect(head.isSwitch).toBe(true);
});

test.each(["HTTP/1.1 400 Bad Request", "HTTP/1.1 1011 Odd", "HTTP/1.0 101 Switching Protocols", "101"])(
  "takes %j for no switch",
  (line) => {
    const head = createAnswerHead();
    head.push(encode(`${line}\r\n\r\n`));
    expect([head.isComplete, head.isSwitch]).toEqual([true, false]);
  },
);

test("stops looking after 16 KiB without an end", () => {
  const head = createAnswerHead();
  expect(head.push(new Uint8Array(16_384 + 1))).toBe(16_384);
  expect(head.push(encode("\r\n\r\n"))).toBe(0);
  expect(head.isComplete).toBe(false);
});
