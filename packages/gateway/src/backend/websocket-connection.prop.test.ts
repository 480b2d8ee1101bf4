import { expect, test } from "bun:test";
import fc from "fast-check";
import { FakeClock } from "../host/fake-clock.ts";
import type { TcpHandler } from "../host/tcp.ts";
import { switching } from "./raw-backend.ts";
import type { WebSocketHandler } from "./websocket.ts";
import { WebSocketConnection } from "./websocket-connection.ts";
import { createOpening } from "./websocket-opening.ts";

const target = { scheme: "tcp", hostname: "127.0.0.1", port: 9 } as const;

/** A connection whose bytes the test plays, opened; and what its handler is told. */
function createOpened(onMessage: () => void) {
  const clock = new FakeClock();
  const told: string[] = [];
  const handler: WebSocketHandler = {
    opened() {},
    message(message) {
      told.push(String(message));
      onMessage();
    },
    drained() {},
    closed: (code, _reason, failure) => void told.push(`end ${code} ${failure?.code ?? ""}`),
  };
  let tcp: TcpHandler | undefined;
  const opening = createOpening(
    { target, host: "a", path: "/", origin: undefined, subprotocols: [], headers: [] },
    new Uint8Array(16),
  );
  const socket = new WebSocketConnection({
    target,
    opening,
    handler,
    connectTimeoutMs: 1000,
    messageMaxBytes: 100,
    idleTimeoutMs: 1000,
    clock,
    budget: { pending: 0, pendingMax: 1 },
    turns: { enter: () => 0, atEnd: () => {} },
    masks: { next: () => new Uint8Array(4) },
    dial(_target, dialled) {
      tcp = dialled;
      return {
        isOpen: true,
        write: (bytes) => bytes.length,
        pause() {},
        resume() {},
        end() {},
        terminate: () => dialled.closed(undefined),
      };
    },
  });
  if (tcp === undefined) throw new Error("nothing was dialled");
  tcp.opened();
  tcp.data(Buffer.from(switching(Buffer.from(opening.requestBytes).toString("latin1")), "latin1"));
  return { socket, tcp, told, clock };
}

/** One-byte text messages `a`, `b`, …, then a Close with 4001 or nothing. */
function streamOf(count: number, hasClose: boolean): { bytes: Buffer; expected: string[] } {
  const letters = Array.from({ length: count }, (_, i) => String.fromCharCode(97 + i));
  const frames = letters.map((letter) => Buffer.from([0x81, 1, letter.charCodeAt(0)]));
  const close = hasClose ? [Buffer.from([0x88, 2, 0x0f, 0xa1])] : [];
  const end = hasClose ? "end 4001 " : "end 1006 backend.reset";
  return { bytes: Buffer.concat([...frames, ...close]), expected: [...letters, end] };
}

const step = fc.oneof(
  fc.record({ kind: fc.constant("data" as const), size: fc.integer({ min: 1, max: 9 }) }),
  fc.record({ kind: fc.constantFrom("pause" as const, "resume" as const) }),
);

test("every message and then the end is told once and in order, however bytes, pauses and the peer's end fall", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 20 }),
      fc.boolean(),
      fc.array(step, { maxLength: 60 }),
      // At which messages the owner pauses from within the call.
      fc.array(fc.boolean(), { maxLength: 20 }),
      (count, hasClose, steps, pauses) => {
        const { bytes, expected } = streamOf(count, hasClose);
        let isPaused = false;
        const { socket, tcp, told, clock } = createOpened(() => {
          expect(isPaused).toBe(false);
          if (pauses[told.length - 1] !== true) return;
          isPaused = true;
          socket.pause();
        });
        const resume = () => {
          isPaused = false;
          socket.resume();
        };
        let at = 0;
        for (const each of steps) {
          const before = told.length;
          const wasPaused = isPaused;
          if (each.kind === "data") {
            if (at < bytes.length) tcp.data(bytes.subarray(at, at + each.size));
            at += each.size;
            if (wasPaused) expect(told.length).toBe(before);
          } else if (each.kind === "resume") resume();
          else {
            isPaused = true;
            socket.pause();
          }
        }
        if (at < bytes.length) tcp.data(bytes.subarray(at));
        tcp.ended();
        tcp.closed(undefined);
        for (let i = 0; i <= expected.length; i++) resume();
        expect(told).toEqual(expected);
        clock.advance(5000);
        expect(clock.pendingTimers).toBe(0);
      },
    ),
    { numRuns: 150 },
  );
});

test("any bytes after the handshake end in messages or one end, and never in a throw", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 }), (chunks) => {
      const { tcp, told, clock } = createOpened(() => {});
      for (const chunk of chunks) tcp.data(chunk);
      tcp.ended();
      tcp.closed(undefined);
      expect(told.filter((line) => line.startsWith("end "))).toHaveLength(1);
      expect(told.at(-1)).toStartWith("end ");
      clock.advance(5000);
      expect(clock.pendingTimers).toBe(0);
    }),
    { numRuns: 150 },
  );
});
