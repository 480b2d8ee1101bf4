import { expect, test } from "bun:test";
import { Carrier } from "./carrier.ts";

test("a carrier gives what waits for it in order, and answers only the latest ping", () => {
  const carrier = new Carrier(1, new Uint8Array(0));
  carrier.pong = Uint8Array.of(9, 1);
  carrier.push(Uint8Array.of(12, 1, 1));
  carrier.push(Uint8Array.of(12, 2));
  carrier.pong = Uint8Array.of(9, 2);
  expect(carrier.heldBytes).toBe(5);
  expect([carrier.shift(), carrier.shift(), carrier.shift(), carrier.shift()]).toEqual([
    Uint8Array.of(12, 1, 1),
    Uint8Array.of(12, 2),
    Uint8Array.of(9, 2),
    undefined,
  ]);
  expect(carrier.heldBytes).toBe(0);
});
