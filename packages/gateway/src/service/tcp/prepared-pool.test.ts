import { describe, expect, test } from "bun:test";
import { Failure } from "../../failure.ts";
import { FakeClock } from "../../host/fake-clock.ts";
import type { TcpConnection, TcpHandler } from "../../host/tcp.ts";
import { FakeLog } from "../fake-session.ts";
import { PreparedPool } from "./prepared-pool.ts";

interface Dialed {
  readonly handler: TcpHandler;
  readonly connection: TcpConnection;
  readonly calls: string[];
}

function setUp(size = 2) {
  const clock = new FakeClock();
  const dialed: Dialed[] = [];
  const failures: Failure[] = [];
  const pool = new PreparedPool({
    size,
    clock,
    log: new FakeLog(),
    onFailure: (failure) => failures.push(failure),
    dial(handler) {
      const calls: string[] = [];
      const connection: TcpConnection = {
        isOpen: true,
        write: (bytes) => bytes.length,
        pause: () => calls.push("pause"),
        resume: () => calls.push("resume"),
        end: () => calls.push("end"),
        terminate: () => {
          calls.push("terminate");
          handler.closed(undefined);
        },
      };
      dialed.push({ handler, connection, calls });
      return connection;
    },
  });
  return { pool, clock, dialed, failures };
}

function recorder() {
  const seen: string[] = [];
  const handler: TcpHandler = {
    opened: () => seen.push("opened"),
    data: (chunk) => seen.push(`data ${Buffer.from(chunk)}`),
    drained: () => seen.push("drained"),
    ended: () => seen.push("ended"),
    closed: (failure) => seen.push(`closed ${failure?.code}`),
  };
  return { seen, handler };
}

describe("a pool of prepared connections", () => {
  test("keeps as many as asked for, and replaces what is taken", () => {
    const { pool, dialed } = setUp();
    pool.fill();
    expect(dialed).toHaveLength(2);
    for (const { handler } of dialed) handler.opened();
    pool.take(recorder().handler);
    expect(dialed).toHaveLength(3);
  });

  test("hands a connection over with what the back end said first, in order", async () => {
    const { pool, dialed } = setUp(1);
    pool.fill();
    dialed[0]?.handler.opened();
    dialed[0]?.handler.data(Buffer.from("220 hello"));
    const { seen, handler } = recorder();
    const connection = pool.take(handler);
    expect(connection).toBe(dialed[0]?.connection as TcpConnection);
    await Promise.resolve();
    dialed[0]?.handler.data(Buffer.from("later"));
    dialed[0]?.handler.ended();
    dialed[0]?.handler.closed(undefined);
    expect(seen).toEqual(["opened", "data 220 hello", "data later", "ended", "closed undefined"]);
  });

  test("stops reading a greeting at 16 KiB", () => {
    const { pool, dialed } = setUp(1);
    pool.fill();
    dialed[0]?.handler.opened();
    dialed[0]?.handler.data(new Uint8Array(16_383));
    expect(dialed[0]?.calls).toEqual([]);
    dialed[0]?.handler.data(new Uint8Array(1));
    expect(dialed[0]?.calls).toEqual(["pause"]);
  });

  test("connects anew for a client that finds none ready", () => {
    const { pool, dialed } = setUp(1);
    pool.fill();
    const { handler } = recorder();
    pool.take(handler);
    expect(dialed[1]?.handler).toBe(handler);
  });

  test("never hands out a connection that the back end has ended", () => {
    const { pool, dialed } = setUp(1);
    pool.fill();
    dialed[0]?.handler.opened();
    dialed[0]?.handler.ended();
    const { handler } = recorder();
    pool.take(handler);
    expect(dialed[1]?.handler).toBe(handler);
  });

  test("tries again after a second, and tells of an outage once", () => {
    const { pool, clock, dialed, failures } = setUp(1);
    pool.fill();
    dialed[0]?.handler.closed(new Failure("backend.refused"));
    clock.advance(999);
    expect(dialed).toHaveLength(1);
    clock.advance(1);
    expect(dialed).toHaveLength(2);
    dialed[1]?.handler.closed(new Failure("backend.refused"));
    expect(failures).toHaveLength(1);
    clock.advance(1000);
    dialed[2]?.handler.opened();
    dialed[2]?.handler.closed(new Failure("backend.reset"));
    expect(failures).toHaveLength(2);
  });

  test("leaves nothing behind when it stops", () => {
    const { pool, clock, dialed } = setUp(2);
    pool.fill();
    dialed[0]?.handler.opened();
    pool.stop();
    expect(dialed.map(({ calls }) => calls)).toEqual([["terminate"], ["terminate"]]);
    expect(clock.pendingTimers).toBe(0);
    pool.fill();
    expect(dialed).toHaveLength(2);
  });
});
