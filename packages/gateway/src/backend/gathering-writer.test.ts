import { describe, expect, test } from "bun:test";
import type { TcpConnection } from "../host/tcp.ts";
import type { Turns } from "../host/turns.ts";
import { GatheringWriter } from "./gathering-writer.ts";

function setUp(room = Number.POSITIVE_INFINITY) {
  const writes: string[] = [];
  const kernel = { room };
  const connection: TcpConnection = {
    isOpen: true,
    write(bytes) {
      const taken = Math.min(kernel.room, bytes.length);
      kernel.room -= taken;
      writes.push(Buffer.from(bytes.subarray(0, taken)).toString());
      return taken;
    },
    pause() {},
    resume() {},
    end() {},
    terminate() {},
  };
  let turn = 0;
  let tasks: (() => void)[] = [];
  const turns: Turns = { enter: () => turn, atEnd: (task) => void tasks.push(task) };
  const endTurn = () => {
    turn++;
    for (const task of tasks.splice(0)) task();
    tasks = [];
  };
  let lesses = 0;
  const writer = new GatheringWriter(connection, turns, () => lesses++);
  const write = (text: string) => writer.write(Buffer.from(text));
  return { writer, write, writes, endTurn, kernel, lesses: () => lesses };
}

describe("a gathering writer", () => {
  test("writes the first of a turn at once and the rest together at its end", () => {
    const { writer, write, writes, endTurn } = setUp();
    for (const text of ["a", "b", "c"]) write(text);
    expect(writes).toEqual(["a"]);
    expect(writer.length).toBe(2);
    endTurn();
    expect(writes).toEqual(["a", "bc"]);
    expect(writer.length).toBe(0);
    write("d");
    expect(writes).toEqual(["a", "bc", "d"]);
  });

  test("keeps what the kernel does not take, in order, and goes on when there is room", () => {
    const { writer, write, writes, endTurn, kernel, lesses } = setUp(2);
    write("abc");
    write("de");
    endTurn();
    expect(writes).toEqual(["ab"]);
    expect(writer.length).toBe(3);
    kernel.room = 2;
    writer.flush();
    expect(writer.length).toBe(1);
    expect(lesses()).toBe(1);
    kernel.room = 10;
    writer.flush();
    expect(writes.join("")).toBe("abcde");
    expect(lesses()).toBe(2);
  });

  test("says nothing when nothing was taken", () => {
    const { writer, write, kernel, lesses } = setUp(0);
    write("abc");
    writer.flush();
    kernel.room = 0;
    writer.flush();
    expect(lesses()).toBe(0);
    expect(writer.length).toBe(3);
  });

  test("copies what it keeps", () => {
    const { writer, writes, kernel } = setUp(0);
    const bytes = Buffer.from("abc");
    writer.write(bytes);
    bytes.fill(0);
    kernel.room = 10;
    writer.flush();
    expect(writes.join("")).toBe("abc");
  });
});
