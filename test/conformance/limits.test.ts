// What a peer can make grow is cut at the configured size or time: messages, headers, patience.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type GatewayFixture, startGateway } from "../fixture/gateway.ts";
import { until } from "../fixture/until.ts";
import { ask, binary, continuation, dial, frame, handshake, open } from "./raw-peer.ts";
import { LISTENERS } from "./target.ts";

const MESSAGE_MAX_BYTES = 128 * 1024;
const HEADER_MAX_BYTES = 16 * 1024;
const HANDSHAKE_TIMEOUT_MS = 1000;
/** Gives up on a gateway that never stops reading. */
const ENDLESS_BYTES = 32 * 1024 * 1024;

let gateway: GatewayFixture;
beforeAll(async () => {
  gateway = await startGateway(`
listen:
  - http://127.0.0.1:0
  - { url: http://127.0.0.1:0, drafts: true }
admin: http://127.0.0.1:0
limits: { handshakeTimeout: ${HANDSHAKE_TIMEOUT_MS}ms, headerMaxSize: 16 KiB }
defaults: { messageMaxSize: 128 KiB }
services:
  /echo: { type: echo }
`);
});
afterAll(() => gateway.stop());

for (const [index, name] of LISTENERS.entries()) {
  const url = () => `${gateway.listenerUrls[index]?.replace(/^http/, "ws")}/echo`;

  describe(`${name}: a message`, () => {
    test("of the greatest size is taken, in one frame and in many", async () => {
      const peer = await open(url());
      peer.send(binary(Buffer.alloc(MESSAGE_MAX_BYTES)));
      expect((await peer.frame()).payload.length).toBe(MESSAGE_MAX_BYTES);
      const part = Buffer.alloc(MESSAGE_MAX_BYTES / 4);
      peer.send(
        binary(part, false),
        continuation(part, false),
        continuation(part, false),
        continuation(part),
      );
      expect((await peer.frame()).payload.length).toBe(MESSAGE_MAX_BYTES);
      peer.destroy();
    });

    test("of one byte more ends with 1009, in one frame and in many", async () => {
      const whole = await open(url());
      whole.send(binary(Buffer.alloc(MESSAGE_MAX_BYTES + 1)));
      expect(await whole.closeCode()).toBe(1009);
      await whole.ended();
      const split = await open(url());
      split.send(binary(Buffer.alloc(MESSAGE_MAX_BYTES), false), continuation("x"));
      expect(await split.closeCode()).toBe(1009);
      await split.ended();
    });

    test("that only announces too much ends at once: nobody waits for its bytes", async () => {
      const peer = await open(url());
      // 2^40 bytes announced, 8 sent.
      peer.send(frame({ opcode: 2, payload: "12345678", lengthBytes: [127, 0, 0, 1, 0, 0, 0, 0, 0] }));
      expect(await peer.closeCode()).toBe(1009);
      await peer.ended();
    });
  });

  describe(`${name}: a request header`, () => {
    test("below the greatest size is taken, above it answered with 431", async () => {
      const withHeader = (bytes: number) => ask(url(), handshake(url(), { "X-Large": "a".repeat(bytes) }));
      expect((await withHeader(HEADER_MAX_BYTES - 1024)).status).toBe(101);
      // 0: the connection was ended without an answer, or with one that a reset overtook.
      const refused = [431, ...(name === "the listener" ? [] : [0])];
      expect(refused).toContain((await withHeader(HEADER_MAX_BYTES + 1)).status);
    });

    test.each([
      [
        "lines",
        "GET /echo HTTP/1.1\r\nHost: localhost\r\n",
        "X-A: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n",
      ],
      [
        "a line",
        "GET /echo HTTP/1.1\r\nHost: localhost\r\nX-A: ",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
      ],
      ["a path", "GET /echo", "/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],
      ["a method", "", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
    ])(
      "of endless %s is cut short",
      async (_, start, repeated) => {
        const wire = dial(url());
        wire.send(start);
        const chunk = repeated.repeat(200);
        let sent = 0;
        while (!wire.isEnded && sent < ENDLESS_BYTES) {
          wire.send(chunk);
          sent += chunk.length;
          // Lets the end be noticed.
          await new Promise((resolve) => setImmediate(resolve));
          await until(() => wire.isEnded || wire.socket.writableLength === 0, "the bytes are taken");
        }
        expect(sent).toBeLessThan(ENDLESS_BYTES);
        const status = wire.received().toString("latin1").slice(0, 12);
        expect(["", "HTTP/1.1 400", "HTTP/1.1 414", "HTTP/1.1 431"]).toContain(status);
      },
      20_000,
    );
  });
}

/** How long a peer may take for its header at most. The listener without drafts has a fixed time of its server's, 10 s and up to 4 s more. */
const CUT_AFTER_MS = { "the listener": 15_000, "the listener with drafts": HANDSHAKE_TIMEOUT_MS + 4_000 };
const DAWDLERS = ["says nothing", "stops in the middle", "sends a byte now and then"] as const;

test("a peer that does not get its header done is cut in time, however it dawdles", async () => {
  const cuts = LISTENERS.flatMap((name, index) =>
    DAWDLERS.map(async (dawdler) => {
      const startedMs = performance.now();
      const wire = dial(gateway.listenerUrls[index] ?? "");
      if (dawdler !== "says nothing") wire.send("GET /echo HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
      // The pace of the slow peer is what this is about. Each byte must buy it no more time.
      const dripping = setInterval(() => dawdler === "sends a byte now and then" && wire.send("s"), 200);
      await until(() => wire.isEnded, `${name} cuts a peer that ${dawdler}`, CUT_AFTER_MS[name]);
      clearInterval(dripping);
      expect(performance.now() - startedMs).toBeGreaterThan(HANDSHAKE_TIMEOUT_MS / 2);
      expect(["", "HTTP/1.1 408"]).toContain(wire.received().toString("latin1").slice(0, 12));
    }),
  );
  await Promise.all(cuts);
}, 30_000);
