import { expect, test } from "bun:test";
import { parseSubprotocols } from "./subprotocol-list.ts";

test("gives the offered names in the client's order, over all lines (RFC 6455 §11.3.4)", () => {
  expect(parseSubprotocols(["v12.stomp, mqtt", "amqp"])).toEqual(["v12.stomp", "mqtt", "amqp"]);
  expect(parseSubprotocols([])).toEqual([]);
});

test("names differ by case, and a repeat counts once", () => {
  expect(parseSubprotocols(["a, A, a", "A,b"])).toEqual(["a", "A", "b"]);
});

test("empty elements are ignored (RFC 9110 §5.6.1.2)", () => {
  expect(parseSubprotocols([",a,, b ,", ""])).toEqual(["a", "b"]);
});

test.each([["alpha;q=1"], ["a b"], ['"a"'], ["a, b/c"], ["a\r\nX: y"], ["\u00e9"]])(
  "one name that is no token makes %p malformed",
  (value) => expect(parseSubprotocols(["ok", value])).toBeUndefined(),
);
