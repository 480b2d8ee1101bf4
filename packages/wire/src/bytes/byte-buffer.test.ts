import { describe, expect, test } from "bun:test";
import { hex } from "../../testing/bytes.ts";
import { createByteBuffer } from "./byte-buffer.ts";
import { UsageError } from "./usage-error.ts";

describe("a byte buffer", () => {
  test("collects copies of what is appended", () => {
    const buffer = createByteBuffer(8);
    const chunk = hex("01 02 03");
    buffer.append(chunk, 0, 3);
    chunk.fill(0xff);
    buffer.append(hex("00 04 05 00"), 1, 3);
    expect(buffer.byteLength).toBe(5);
    expect(buffer.take()).toEqual(hex("01 02 03 04 05"));
  });

  test("is empty after take, and what it gave is not written to again", () => {
    const buffer = createByteBuffer(8);
    buffer.append(hex("01 02"), 0, 2);
    const taken = buffer.take();
    buffer.append(hex("03 04"), 0, 2);
    expect(taken).toEqual(hex("01 02"));
    expect(buffer.take()).toEqual(hex("03 04"));
    expect(buffer.take()).toEqual(hex(""));
    expect(buffer.capacity).toBe(0);
  });

  test("fills to its ceiling and throws at the byte beyond", () => {
    const buffer = createByteBuffer(3);
    buffer.append(hex("01 02 03"), 0, 3);
    expect(() => buffer.append(hex("04"), 0, 1)).toThrow(UsageError);
    expect(buffer.take()).toEqual(hex("01 02 03"));
  });

  test("reserves in proportion to what has come, and never above its ceiling", () => {
    const buffer = createByteBuffer(100_000);
    expect(buffer.capacity).toBe(0);
    for (let length = 1; length <= 100_000; length += 1) {
      buffer.append(hex("61"), 0, 1);
      if (buffer.capacity > Math.min(100_000, Math.max(64, length * 2))) {
        throw new Error(`${buffer.capacity} bytes are reserved for ${length}`);
      }
    }
    expect(buffer.capacity).toBe(100_000);
  });
});
