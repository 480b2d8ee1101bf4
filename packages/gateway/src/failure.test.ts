import { describe, expect, test } from "bun:test";
import { FAILURES, Failure, type FailureCode } from "./failure.ts";

const codes = Object.keys(FAILURES) as FailureCode[];

describe("the table of failures", () => {
  test("uses close codes of the IANA registry that may stand on the wire (RFC 6455 §7.4)", () => {
    const registered = new Set([
      1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3003, 3008,
    ]);
    expect(codes.filter((code) => !registered.has(FAILURES[code].closeCode))).toEqual([]);
  });

  test("has sentences that fit into a Close frame (RFC 6455 §5.5: 125 bytes less the code)", () => {
    expect(codes.filter((code) => Buffer.byteLength(FAILURES[code].message) > 123)).toEqual([]);
    expect(codes.filter((code) => !/^[A-Z][^\n]*\.$/.test(FAILURES[code].message))).toEqual([]);
  });

  test("has HTTP statuses that say error", () => {
    expect(
      codes.filter((code) => FAILURES[code].httpStatus < 400 || FAILURES[code].httpStatus > 599),
    ).toEqual([]);
  });

  test("is what a failure shows, with its detail", () => {
    const failure = new Failure("backend.refused", "tcp://a:1");
    expect(failure.message).toBe("The back end refused the connection. (tcp://a:1)");
    expect(failure.kind.closeCode).toBe(1014);
  });
});
