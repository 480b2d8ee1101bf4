import { describe, expect, test } from "bun:test";
import { chooseSubprotocol } from "./subprotocol.ts";

describe("the choice of a subprotocol (RFC 6455 §4.2.2)", () => {
  test.each([
    ["nothing offered, nothing served", [], [], ""],
    ["nothing offered, something served", [], ["mqtt"], ""],
    ["the first offer, where bytes pass through", ["a", "b"], [], "a"],
    ["the client's order counts", ["b", "a"], ["a", "b"], "b"],
    ["the first served offer", ["x", "a"], ["a"], "a"],
  ])("%s", (_name, offered, served, chosen) => {
    expect(chooseSubprotocol(offered, served)).toBe(chosen);
  });

  test("is a refusal when no offer is served; letter case counts", () => {
    expect(chooseSubprotocol(["MQTT"], ["mqtt"])).toMatchObject({ code: "subprotocol.unsupported" });
  });
});
