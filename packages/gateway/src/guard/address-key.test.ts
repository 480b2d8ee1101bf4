import { describe, expect, test } from "bun:test";
import { addressKey } from "./address-key.ts";

describe("the key of an address", () => {
  test.each([
    ["192.0.2.1", "192.0.2.1"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2/64"],
    ["2001:db8:1:2::9", "2001:db8:1:2/64"],
    ["2001:db8::9", "2001:db8:0:0/64"],
    ["::1", "0:0:0:0/64"],
    ["fe80::", "fe80:0:0:0/64"],
  ])("of %s is %s", (address, key) => {
    expect(addressKey(address)).toBe(key);
  });
});
