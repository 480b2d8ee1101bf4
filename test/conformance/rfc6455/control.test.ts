// RFC 6455 §5.4 and §5.5: fragments, and control frames between them.
import { describe, expect, test } from "bun:test";
import { binary, continuation, frame, open, ping, text } from "../raw-peer.ts";
import { onEachTarget } from "../target.ts";

onEachTarget((url) => {
  async function closeCodeAfter(...parts: readonly Uint8Array[]): Promise<number> {
    const peer = await open(url());
    peer.send(...parts);
    const code = await peer.closeCode();
    await peer.ended();
    return code;
  }

  describe("fragments (§5.4)", () => {
    test("are one message, with empty ones among them", async () => {
      const peer = await open(url());
      peer.send(
        text("", false),
        continuation("frag", false),
        continuation("", false),
        continuation("ments", true),
      );
      expect(await peer.frame()).toMatchObject({ fin: true, opcode: 1, payload: Buffer.from("fragments") });
      peer.destroy();
    });

    test("let control frames pass between them, at once", async () => {
      const peer = await open(url());
      peer.send(binary(Uint8Array.of(1), false), ping("now"));
      expect(await peer.frame()).toMatchObject({ opcode: 10, payload: Buffer.from("now") });
      peer.send(continuation(Uint8Array.of(2)));
      expect(await peer.frame()).toMatchObject({ opcode: 2, payload: Buffer.of(1, 2) });
      peer.destroy();
    });

    test("of one byte each, a thousand of them, are one message", async () => {
      const peer = await open(url());
      const parts = Array.from({ length: 1000 }, () => continuation("x", false));
      peer.send(Buffer.concat([text("", false), ...parts, continuation("")]));
      expect((await peer.frame()).payload.toString()).toBe("x".repeat(1000));
      peer.destroy();
    });

    test("that continue nothing end the connection", async () => {
      expect(await closeCodeAfter(continuation("x"))).toBe(1002);
      const peer = await open(url());
      peer.send(text("a", false), continuation("b"), continuation("c"));
      expect((await peer.frame()).payload.toString()).toBe("ab");
      expect(await peer.closeCode()).toBe(1002);
    });

    test("of two messages at a time end the connection", async () => {
      expect(await closeCodeAfter(text("a", false), text("b"))).toBe(1002);
      expect(await closeCodeAfter(text("a", false), binary(Uint8Array.of(1), false))).toBe(1002);
    });
  });

  describe("control frames (§5.5)", () => {
    for (const length of [0, 1, 125]) {
      test(`a ping of ${length} bytes is answered by a pong of the same (§5.5.3)`, async () => {
        const peer = await open(url());
        const payload = Buffer.alloc(length, 0xfe);
        peer.send(ping(payload));
        expect(await peer.frame()).toEqual({ fin: true, rsv: 0, opcode: 10, masked: false, payload });
        peer.destroy();
      });
    }

    test("pings in one piece are each answered, in order", async () => {
      const peer = await open(url());
      peer.send(Buffer.concat(Array.from({ length: 10 }, (_, index) => ping(String(index)))));
      for (let index = 0; index < 10; index++) {
        expect(await peer.frame()).toMatchObject({ opcode: 10, payload: Buffer.from(String(index)) });
      }
      peer.destroy();
    });

    test("a pong that nobody asked for is ignored (§5.5.3)", async () => {
      const peer = await open(url());
      peer.send(frame({ opcode: 10, payload: "unasked" }), text("next"));
      expect(await peer.frame()).toMatchObject({ opcode: 1, payload: Buffer.from("next") });
      peer.destroy();
    });

    for (const [opcode, name] of [
      [8, "close"],
      [9, "ping"],
      [10, "pong"],
    ] as const) {
      test(`a ${name} of more than 125 bytes ends the connection`, async () => {
        const payload = Buffer.alloc(126, 0x03);
        expect(await closeCodeAfter(frame({ opcode, payload }))).toBe(1002);
      });

      test(`a ${name} in fragments ends the connection`, async () => {
        expect(await closeCodeAfter(frame({ opcode, fin: false }))).toBe(1002);
      });
    }
  });
});
