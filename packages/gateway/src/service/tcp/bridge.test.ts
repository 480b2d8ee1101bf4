import { describe, expect, test } from "bun:test";
import { Failure } from "../../failure.ts";
import type { TcpConnection, TcpHandler } from "../../host/tcp.ts";
import type { Turns } from "../../host/turns.ts";
import { createFakeContext, FakeSession } from "../fake-session.ts";
import { type BridgeOptions, bridge } from "./bridge.ts";
import { createFraming } from "./framing.ts";

/** A back end that a test plays. */
class FakeConnection implements TcpConnection {
  isOpen = false;
  /** Bytes it will take before it is full. */
  room = Number.POSITIVE_INFINITY;
  readonly written: number[] = [];
  writes = 0;
  readonly calls: string[] = [];
  readonly handler: TcpHandler;

  constructor(handler: TcpHandler) {
    this.handler = handler;
  }
  open(): void {
    this.isOpen = true;
    this.handler.opened();
  }
  write(bytes: Uint8Array): number {
    if (!this.isOpen) return 0;
    this.writes++;
    const taken = Math.min(this.room, bytes.length);
    this.room -= taken;
    for (const byte of bytes.subarray(0, taken)) this.written.push(byte);
    return taken;
  }
  pause(): void {
    this.calls.push("pause");
  }
  resume(): void {
    this.calls.push("resume");
  }
  end(): void {
    this.calls.push("end");
  }
  terminate(): void {
    this.calls.push("terminate");
    this.close(undefined);
  }
  close(failure: Failure | undefined): void {
    this.isOpen = false;
    this.handler.closed(failure);
  }
}

/** Each message a turn of its own, unless a test says that some arrive together. */
class FakeTurns implements Turns {
  #current = 0;
  #isTogether = false;
  #tasks: (() => void)[] = [];

  enter(): number {
    if (!this.#isTogether) this.#current++;
    return this.#current;
  }
  atEnd(task: () => void): void {
    this.#tasks.push(task);
  }
  together(arrive: () => void): void {
    this.#current++;
    this.#isTogether = true;
    arrive();
    this.#isTogether = false;
    for (const task of this.#tasks.splice(0)) task();
  }
}

function setUp(options: Partial<BridgeOptions> = {}, pendingMaxSize = 10) {
  const context = createFakeContext({ pendingMaxSize });
  const session = new FakeSession();
  const dialed: FakeConnection[] = [];
  const turns = new FakeTurns();
  const handler = bridge(session, {
    context,
    turns,
    framing: createFraming({ framing: "chunks", lineEnding: "crlf", lineMaxSize: 100 }),
    firstByteTimeoutMs: 1000,
    dial(tcpHandler) {
      const connection = new FakeConnection(tcpHandler);
      dialed.push(connection);
      return connection;
    },
    connectAtFirstMessage: false,
    ...options,
  });
  session.handler = handler;
  const backend = () => {
    const connection = dialed[0];
    if (connection === undefined) throw new Error("not dialed");
    return connection;
  };
  return { context, turns, session, handler, dialed, backend };
}

const bytes = (length: number, value = 1) => new Uint8Array(length).fill(value);

describe("connecting", () => {
  test("holds what the client sends until the back end is there, in order", () => {
    const { handler, backend } = setUp();
    handler.message("ab");
    handler.message("cd");
    backend().open();
    handler.message("ef");
    expect(Buffer.from(backend().written).toString()).toBe("abcdef");
  });

  test("waits for the client's first message when it is deferred", () => {
    const { handler, dialed, backend } = setUp({ connectAtFirstMessage: true });
    expect(dialed).toHaveLength(0);
    handler.message("a");
    backend().open();
    expect(backend().written).toEqual([0x61]);
  });

  test("fails the client with the back end's failure, counted once", () => {
    const { session, backend, context } = setUp();
    backend().close(new Failure("backend.refused", "x"));
    expect(session.closedWith?.code).toBe(1014);
    expect(context.metrics.backendFailures.get("backend.refused")).toBe(1);
    expect(context.metrics.backendsOpen).toBe(0);
  });

  test("is given up when the client leaves first with nothing sent", () => {
    const { session, backend } = setUp();
    session.leave(1001);
    expect(backend().calls).toEqual(["terminate"]);
  });
});

describe("back-pressure to the client", () => {
  test("pauses the client at pendingMaxSize, not before, and resumes it at half", () => {
    const { session, handler, backend } = setUp();
    backend().open();
    backend().room = 0;
    handler.message(bytes(9));
    expect(session.isPaused).toBe(false);
    handler.message(bytes(1));
    expect(session.isPaused).toBe(true);
    backend().room = 4;
    backend().handler.drained();
    expect(session.isPaused).toBe(true);
    backend().room = 1;
    backend().handler.drained();
    expect(session.isPaused).toBe(false);
  });

  test("keeps the order when a write is taken in part", () => {
    const { handler, backend } = setUp();
    backend().open();
    backend().room = 2;
    handler.message(Uint8Array.of(1, 2, 3));
    handler.message(Uint8Array.of(4));
    backend().room = Number.POSITIVE_INFINITY;
    backend().handler.drained();
    handler.message(Uint8Array.of(5));
    expect(backend().written).toEqual([1, 2, 3, 4, 5]);
  });
});

describe("messages that arrive together", () => {
  test("are written by two system calls: the first at once, the rest at the end of the turn", () => {
    const { handler, backend, turns } = setUp({}, 1000);
    backend().open();
    turns.together(() => {
      for (let i = 0; i < 20; i++) {
        handler.message(Uint8Array.of(i));
        expect(backend().writes).toBe(1);
      }
    });
    expect(backend().writes).toBe(2);
    expect(backend().written).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  test("wait for the back end like any others when it is full", () => {
    const { handler, backend, turns } = setUp({}, 1000);
    backend().open();
    backend().room = 1;
    turns.together(() => {
      for (let i = 0; i < 5; i++) handler.message(Uint8Array.of(i));
    });
    expect(backend().written).toEqual([0]);
    backend().room = 10;
    backend().handler.drained();
    expect(backend().written).toEqual([0, 1, 2, 3, 4]);
  });

  test("reach the back end even if the client leaves within the turn", () => {
    const { session, handler, backend, turns } = setUp({}, 1000);
    backend().open();
    turns.together(() => {
      handler.message("a");
      handler.message("b");
      session.leave(1000);
    });
    expect(Buffer.from(backend().written).toString()).toBe("ab");
    expect(backend().calls).toEqual(["end"]);
  });
});

describe("back-pressure to the back end", () => {
  test("pauses the back end once pendingMaxSize waits for the client, until all is gone", () => {
    const { session, handler, backend } = setUp();
    backend().open();
    session.hasRoom = false;
    session.bufferedBytes = 9;
    backend().handler.data(bytes(9));
    expect(backend().calls).toEqual([]);
    session.bufferedBytes = 10;
    backend().handler.data(bytes(1));
    backend().handler.data(bytes(1));
    expect(backend().calls).toEqual(["pause"]);
    session.hasRoom = true;
    session.bufferedBytes = 0;
    handler.drained();
    handler.drained();
    expect(backend().calls).toEqual(["pause", "resume"]);
  });
});

describe("the end", () => {
  test("of the client is passed on as FIN after everything it sent", () => {
    const { session, handler, backend, context } = setUp();
    backend().open();
    backend().room = 1;
    handler.message(bytes(3));
    session.leave(1000);
    expect(backend().calls).toEqual([]);
    backend().room = 10;
    backend().handler.drained();
    expect(backend().calls).toEqual(["end"]);
    backend().handler.ended();
    expect(backend().written).toHaveLength(3);
    expect(context.metrics.backendsOpen).toBe(0);
    expect(context.clock.pendingTimers).toBe(0);
  });

  test("of the client is cut short when the back end does not end its side in time", () => {
    const { session, backend, context } = setUp();
    backend().open();
    session.leave(1001);
    context.clock.advance(4999);
    expect(backend().calls).toEqual(["end"]);
    context.clock.advance(1);
    expect(backend().calls).toEqual(["end", "terminate"]);
  });

  test("of the client waits for a connect that is under way when something was sent", () => {
    const { session, handler, backend } = setUp();
    handler.message("last words");
    session.leave(1000);
    backend().open();
    expect(Buffer.from(backend().written).toString()).toBe("last words");
    expect(backend().calls).toEqual(["end"]);
  });

  test("of the back end closes the client with 1000, after it has read everything", () => {
    const { session, handler, backend } = setUp();
    backend().open();
    session.hasRoom = false;
    session.bufferedBytes = 5;
    backend().handler.data(bytes(5));
    backend().handler.ended();
    expect(session.isOpen).toBe(true);
    session.bufferedBytes = 0;
    handler.drained();
    expect(session.closedWith).toEqual({ code: 1000, reason: "" });
  });

  test("of the back end closes a client at once that was never out of room, whatever its carrier holds", () => {
    const { session, backend } = setUp();
    backend().open();
    session.bufferedBytes = 4;
    backend().handler.data(bytes(4));
    backend().handler.ended();
    expect(session.closedWith).toEqual({ code: 1000, reason: "" });
  });

  test("of the back end by a reset is not told as an orderly one", () => {
    const { session, backend } = setUp();
    backend().open();
    backend().close(new Failure("backend.reset", "ECONNRESET"));
    expect(session.closedWith?.code).toBe(1014);
  });

  test("leaves nothing to a client that is gone", () => {
    const { session, backend } = setUp();
    backend().open();
    session.leave(1000);
    backend().handler.data(bytes(4));
    expect(session.sent).toEqual([]);
  });
});

describe("a back end that says nothing", () => {
  test("ends the client firstByteTimeout after its first message, not before", () => {
    const { session, handler, backend, context } = setUp();
    backend().open();
    context.clock.advance(100_000);
    handler.message("x");
    handler.message("y");
    context.clock.advance(999);
    expect(session.isOpen).toBe(true);
    context.clock.advance(1);
    expect(session.failure?.code).toBe("backend.silent");
    expect(session.closedWith?.code).toBe(1014);
  });

  test("has spoken with its first byte, for good", () => {
    const { session, handler, backend, context } = setUp();
    backend().open();
    handler.message("x");
    backend().handler.data(bytes(1));
    handler.message("y");
    context.clock.advance(1_000_000);
    expect(session.isOpen).toBe(true);
    expect(context.clock.pendingTimers).toBe(0);
  });

  test("may do so with an unlimited firstByteTimeout", () => {
    const { handler, backend, context } = setUp({ firstByteTimeoutMs: Number.POSITIVE_INFINITY });
    backend().open();
    handler.message("x");
    expect(context.clock.pendingTimers).toBe(0);
  });
});

test("a back end that breaks the framing ends its client with 1014", () => {
  const { session, backend } = setUp({
    framing: createFraming({ framing: "text", lineEnding: "crlf", lineMaxSize: 10 }),
  });
  backend().open();
  backend().handler.data(Uint8Array.of(0xff));
  expect(session.failure?.code).toBe("backend.protocol");
});
