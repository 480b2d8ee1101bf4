// RFC 6455 §5.1 and §5.2: masks, reserved bits, opcodes, lengths.
import { describe, expect, test } from "bun:test";
import { binary, frame, open, text } from "../raw-peer.ts";
import { onEachTarget } from "../target.ts";

onEachTarget((url) => {
  /** What the peer closes with after these bytes. */
  async function closeCodeAfter(...parts: readonly Uint8Array[]): Promise<number> {
    const peer = await open(url());
    peer.send(...parts);
    const code = await peer.closeCode();
    await peer.ended();
    return code;
  }

  describe("payload lengths (§5.2)", () => {
    for (const length of [0, 1, 125, 126, 127, 128, 65_535, 65_536, 131_072]) {
      test(`${length} bytes come back, binary and text, unmasked, in the shortest form`, async () => {
        const peer = await open(url());
        const bytes = Buffer.alloc(length, 0x61);
        peer.send(binary(bytes), text(bytes));
        for (const opcode of [2, 1]) {
          const answer = await peer.frame();
          expect({ ...answer, payload: answer.payload.equals(bytes) }).toEqual({
            fin: true,
            rsv: 0,
            opcode,
            masked: false,
            payload: true,
          });
        }
        peer.destroy();
      });
    }

    test("a length of more than 63 bits ends the connection", async () => {
      const lengthBytes = [127, 0x80, 0, 0, 0, 0, 0, 0, 1];
      expect([1002, 1009]).toContain(await closeCodeAfter(frame({ opcode: 2, payload: "x", lengthBytes })));
    });

    test("a frame in one-byte pieces is the same frame", async () => {
      const peer = await open(url());
      for (const byte of text("piecemeal")) {
        peer.send(Uint8Array.of(byte));
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect((await peer.frame()).payload.toString()).toBe("piecemeal");
      peer.destroy();
    });

    test("many frames in one piece are many frames", async () => {
      const peer = await open(url());
      peer.send(Buffer.concat(Array.from({ length: 500 }, (_, index) => text(String(index)))));
      for (let index = 0; index < 500; index++)
        expect((await peer.frame()).payload.toString()).toBe(String(index));
      peer.destroy();
    });
  });

  describe("what is not a frame of a client", () => {
    test("without a mask (§5.1)", async () => {
      expect(await closeCodeAfter(frame({ opcode: 1, payload: "x", masked: false }))).toBe(1002);
    });

    for (const rsv of [1, 2, 3, 4, 5, 6, 7]) {
      test(`reserved bits ${rsv.toString(2).padStart(3, "0")} without an extension (§5.2)`, async () => {
        expect(await closeCodeAfter(frame({ opcode: 1, payload: "x", rsv }))).toBe(1002);
      });
    }

    for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15]) {
      test(`reserved opcode ${opcode} (§5.2)`, async () => {
        expect(await closeCodeAfter(frame({ opcode, payload: "x" }))).toBe(1002);
      });
    }

    test("the messages before the mistake are answered", async () => {
      const peer = await open(url());
      peer.send(text("before"), frame({ opcode: 3 }));
      expect((await peer.frame()).payload.toString()).toBe("before");
      expect(await peer.closeCode()).toBe(1002);
    });
  });
});
