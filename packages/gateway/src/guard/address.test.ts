import { describe, expect, test } from "bun:test";
import { createFakeHandshake } from "../service/fake-session.ts";
import { createAddressGuard, createAddressSet, normaliseAddress } from "./address.ts";

const judge = (allow: string[], deny: string[], address: string) =>
  createAddressGuard({ allow, deny }).judge(createFakeHandshake({ address }), 0);

describe("the address guard", () => {
  test("admits all by default", () => {
    expect(judge([], [], "203.0.113.1")).toBeUndefined();
  });

  test("admits only listed ranges, at their edges", () => {
    expect(judge(["10.0.0.0/8"], [], "10.255.255.255")).toBeUndefined();
    expect(judge(["10.0.0.0/8"], [], "11.0.0.0")).toMatchObject({ code: "address.refused" });
    expect(judge(["2001:db8::/32"], [], "2001:db8:ffff::1")).toBeUndefined();
    expect(judge(["2001:db8::/32"], [], "2001:db9::1")).toMatchObject({ code: "address.refused" });
  });

  test("refuses what is denied even if it is allowed", () => {
    expect(judge(["10.0.0.0/8"], ["10.1.1.1"], "10.1.1.1")).toMatchObject({ code: "address.refused" });
  });

  test.each(["10.0.0.0/33", "10.0.0/8", "x", "", "::/129", "10.0.0.0/8/8", "10.0.0.0/-1", "10.0.0.0/"])(
    "says of `%s` that it is no range",
    (range) => {
      expect(() => createAddressSet([range])).toThrow(RangeError);
    },
  );

  test("takes an IPv4-mapped IPv6 address for the IPv4 address (RFC 4291 §2.5.5.2)", () => {
    expect(normaliseAddress("::ffff:10.0.0.1")).toBe("10.0.0.1");
    expect(normaliseAddress("::1")).toBe("::1");
  });
});
