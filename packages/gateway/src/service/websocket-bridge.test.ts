import { describe, expect, test } from "bun:test";
import type {
  BackendWebSocket,
  WebSocketDialer,
  WebSocketHandler,
  WebSocketRequest,
} from "../backend/websocket.ts";
import type { CommonSettings } from "../config/common.ts";
import { Failure } from "../failure.ts";
import type { Message } from "../session/session.ts";
import { createFakeContext, FakeSession } from "./fake-session.ts";
import { acceptThroughWebSocket } from "./websocket-bridge.ts";

const LIMIT_BYTES = 1000;

/** A back end that a test plays. */
class FakeBackend implements BackendWebSocket {
  handler: WebSocketHandler;
  isOpen = true;
  bufferedBytes = 0;
  isPaused = false;
  resumes = 0;
  readonly sent: Message[] = [];
  closedWith: { code: number; reason: string } | undefined;

  constructor(handler: WebSocketHandler) {
    this.handler = handler;
  }
  send(message: Message): void {
    this.sent.push(message);
    this.bufferedBytes += Buffer.byteLength(message);
  }
  pause(): void {
    this.isPaused = true;
  }
  resume(): void {
    this.isPaused = false;
    this.resumes++;
  }
  close(code: number, reason: string): void {
    this.closedWith = { code, reason };
  }
  terminate(): void {
    this.isOpen = false;
  }
  /** The kernel takes bytes until `left` wait. */
  drainTo(left: number): void {
    this.bufferedBytes = left;
    this.handler.drained();
  }
}

function setUp(subprotocols: readonly string[] = [], common: Partial<CommonSettings> = {}) {
  const context = createFakeContext({ pendingMaxSize: LIMIT_BYTES, ...common });
  const dialed: FakeBackend[] = [];
  const dialer: WebSocketDialer = {
    open(_request, handler) {
      const backend = new FakeBackend(handler);
      dialed.push(backend);
      return backend;
    },
  };
  const request: WebSocketRequest = {
    target: { scheme: "tcp", hostname: "127.0.0.1", port: 9 },
    host: "back.example",
    path: "/",
    origin: undefined,
    subprotocols,
    headers: [],
  };
  const acceptance = acceptThroughWebSocket(request, dialer, context);
  const backend = dialed[0] as FakeBackend;
  return { context, acceptance, backend, session: new FakeSession() };
}

async function setUpOpen(common: Partial<CommonSettings> = {}) {
  const parts = setUp([], common);
  parts.backend.handler.opened("");
  const handler = parts.session.open(await parts.acceptance);
  return { ...parts, handler };
}

const refused = () => new Failure("backend.refused", "tcp://127.0.0.1:9: ECONNREFUSED");

describe("acceptance", () => {
  test("waits for the back end and answers with what it chose", async () => {
    const { acceptance, backend, context } = setUp(["a", "b"]);
    backend.handler.opened("b");
    expect(await acceptance).toMatchObject({ subprotocol: "b" });
    expect(context.metrics).toMatchObject({ backendConnects: 1, backendsOpen: 1 });
  });

  test("answers without a subprotocol when the back end chose none", async () => {
    const { acceptance, backend } = setUp(["a"]);
    backend.handler.opened("");
    expect(await acceptance).toMatchObject({ subprotocol: "" });
  });

  for (const [offers, agreed] of [
    [["a", "b"], "a"],
    [[], ""],
  ] as const) {
    test(`without a back end agrees to ${JSON.stringify(agreed)} and closes with the failure's code`, async () => {
      const { acceptance, backend, context, session } = setUp(offers);
      backend.handler.closed(1006, "", refused());
      expect(await acceptance).toMatchObject({ subprotocol: agreed });
      session.open(await acceptance);
      expect(session.closedWith?.code).toBe(1014);
      expect(context.metrics.backendFailures.get("backend.refused")).toBe(1);
      expect(context.metrics).toMatchObject({ backendConnects: 0, backendsOpen: 0 });
    });
  }

  test("keeps the back end quiet until the client is there", async () => {
    const { acceptance, backend, session } = setUp();
    backend.handler.opened("");
    expect(backend.isPaused).toBe(true);
    session.open(await acceptance);
    expect(backend.isPaused).toBe(false);
  });

  test("leaves the back end alone once its client is there", async () => {
    const { backend, context } = await setUpOpen();
    expect(context.clock.pendingTimers).toBe(0);
    expect(backend.closedWith).toBeUndefined();
  });

  test("lets the back end go when its client never comes up", async () => {
    const { acceptance, backend, context } = setUp();
    backend.handler.opened("");
    const opening = await acceptance;
    if ("refusal" in opening) throw new Error("refused");
    opening.abandon?.();
    expect(backend.closedWith).toEqual({ code: 1001, reason: "" });
    // Paused, it could not be heard to answer.
    expect(backend.isPaused).toBe(false);
    backend.handler.closed(1001, "", undefined);
    expect(context.metrics.backendsOpen).toBe(0);
    expect(context.clock.pendingTimers).toBe(0);
  });

  test("tells a client that comes up after the back end has gone how it went", async () => {
    const { acceptance, backend, session, context } = setUp();
    backend.handler.opened("");
    const accepted = await acceptance;
    backend.handler.closed(4001, "so long", undefined);
    session.open(accepted);
    expect(session.closedWith).toEqual({ code: 4001, reason: "so long" });
    expect(context.clock.pendingTimers).toBe(0);
  });
});

test("a client that comes up after its back end was let go and cut is cut as well", async () => {
  const { acceptance, backend, session, context } = setUp();
  backend.handler.opened("");
  const accepted = await acceptance;
  context.clock.advance(10_000);
  backend.handler.closed(1006, "", undefined);
  session.open(accepted);
  expect(session.isTerminated).toBe(true);
});

describe("messages", () => {
  test("pass both ways, each as the kind it is", async () => {
    const { backend, session, handler } = await setUpOpen();
    handler.message("text");
    handler.message(Uint8Array.of(1, 2));
    backend.handler.message("back");
    backend.handler.message(Uint8Array.of(3));
    expect(backend.sent).toEqual(["text", Uint8Array.of(1, 2)]);
    expect(session.sent).toEqual(["back", Uint8Array.of(3)]);
  });

  test("of a back end stop reaching a client that has left", async () => {
    const { backend, session } = await setUpOpen();
    session.leave(1000);
    backend.handler.message("late");
    expect(session.sent).toEqual([]);
  });
});

describe("a slow back end", () => {
  test("pauses its client at the limit and not one byte before", async () => {
    const { handler, session } = await setUpOpen();
    handler.message("x".repeat(LIMIT_BYTES - 1));
    expect(session.isPaused).toBe(false);
    handler.message("x");
    expect(session.isPaused).toBe(true);
  });

  test("has its client resumed at half of the limit and not one byte before", async () => {
    const { backend, handler, session } = await setUpOpen();
    handler.message("x".repeat(LIMIT_BYTES));
    backend.drainTo(LIMIT_BYTES / 2 + 1);
    expect(session.isPaused).toBe(true);
    backend.drainTo(LIMIT_BYTES / 2);
    expect(session.isPaused).toBe(false);
  });
});

describe("a slow client", () => {
  test("pauses its back end once the limit waits, and not one byte before", async () => {
    const { backend, session } = await setUpOpen();
    session.hasRoom = false;
    session.bufferedBytes = LIMIT_BYTES - 1;
    backend.handler.message("x");
    expect(backend.isPaused).toBe(false);
    session.bufferedBytes = LIMIT_BYTES;
    backend.handler.message("x");
    expect(backend.isPaused).toBe(true);
  });

  test("has its back end resumed once, when it has drained", async () => {
    const { backend, session, handler } = await setUpOpen();
    session.hasRoom = false;
    session.bufferedBytes = LIMIT_BYTES;
    backend.handler.message("x");
    const before = backend.resumes;
    handler.drained();
    handler.drained();
    expect(backend.isPaused).toBe(false);
    expect(backend.resumes).toBe(before + 1);
  });

  test("that leaves has its back end read on, so that its Close can be heard", async () => {
    const { backend, session } = await setUpOpen();
    session.hasRoom = false;
    session.bufferedBytes = LIMIT_BYTES;
    backend.handler.message("x");
    session.leave(1000);
    expect(backend.isPaused).toBe(false);
  });
});

describe("the end", () => {
  for (const [code, reason] of [
    [1000, "done"],
    [1011, "oops"],
    [3000, ""],
    [4999, "mine"],
    [1005, ""],
  ] as const) {
    test(`passes ${code} from the back end to the client and from the client to the back end`, async () => {
      const one = await setUpOpen();
      one.backend.handler.closed(code, reason, undefined);
      expect(one.session.closedWith).toEqual({ code, reason });
      expect(one.context.metrics.backendsOpen).toBe(0);
      const other = await setUpOpen();
      other.session.leave(code, reason);
      expect(other.backend.closedWith).toEqual({ code, reason });
    });
  }

  for (const code of [1006, 1015]) {
    test(`is 1001 for the back end when the client's was ${code}, which no Close frame can carry (RFC 6455 §7.4.1)`, async () => {
      const { backend, session } = await setUpOpen();
      session.leave(code, "lost");
      expect(backend.closedWith).toEqual({ code: 1001, reason: "" });
    });
  }

  test("is the failure's code for the client when the back end broke off", async () => {
    const { backend, session, context } = await setUpOpen();
    backend.handler.closed(1006, "", new Failure("backend.reset", "ECONNRESET"));
    expect(session.failure?.code).toBe("backend.reset");
    expect(session.closedWith?.code).toBe(1014);
    expect(context.metrics.backendFailures.get("backend.reset")).toBe(1);
  });

  test("of the back end is not answered to it again", async () => {
    const { backend, session } = await setUpOpen();
    backend.handler.closed(1000, "", undefined);
    expect(session.isOpen).toBe(false);
    expect(backend.closedWith).toBeUndefined();
  });
});
