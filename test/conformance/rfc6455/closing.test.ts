// RFC 6455 §5.5.1, §7.1 and §7.4: the closing handshake and its codes.
import { describe, expect, test } from "bun:test";
import { close, frame, open, ping, text } from "../raw-peer.ts";
import { onEachTarget } from "../target.ts";

onEachTarget((url) => {
  async function answerTo(...parts: readonly Uint8Array[]): Promise<number> {
    const peer = await open(url());
    peer.send(...parts);
    const code = await peer.closeCode();
    // The server ends the TCP connection first (§7.1.1).
    await peer.ended();
    return code;
  }

  describe("codes that may be sent (§7.4)", () => {
    const registered = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014];
    for (const code of [...registered, 3000, 3999, 4000, 4999]) {
      test(`${code} comes back`, async () => {
        expect(await answerTo(close(code))).toBe(code);
      });
    }

    test("a Close without a code is answered", async () => {
      expect([1000, 1005]).toContain(await answerTo(close()));
    });

    test("a reason of 123 bytes is the longest", async () => {
      expect(await answerTo(close(1000, "r".repeat(123)))).toBe(1000);
      expect(await answerTo(close(1000, "r".repeat(124)))).toBe(1002);
    });
  });

  describe("codes that may not be sent (§7.4.1, §7.4.2)", () => {
    for (const code of [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535]) {
      test(`${code} is a protocol error`, async () => {
        expect(await answerTo(close(code))).toBe(1002);
      });
    }

    test("half a code is a protocol error (§5.5.1)", async () => {
      expect(await answerTo(frame({ opcode: 8, payload: Uint8Array.of(3) }))).toBe(1002);
    });

    test("a reason that is not UTF-8 is refused (§5.5.1)", async () => {
      expect([1002, 1007]).toContain(await answerTo(close(1000, Uint8Array.of(0xce, 0xba, 0xe1, 0xbd))));
    });
  });

  describe("after a Close", () => {
    test("messages and pings are not answered (§5.5.1)", async () => {
      const peer = await open(url());
      peer.send(Buffer.concat([close(1000), text("late"), ping("late")]));
      expect(await peer.closeCode()).toBe(1000);
      await peer.ended();
      await expect(peer.frame()).rejects.toThrow("ended before a frame");
    });

    test("what came before it is", async () => {
      const peer = await open(url());
      peer.send(Buffer.concat([text("early"), close(1000)]));
      expect((await peer.frame()).payload.toString()).toBe("early");
      expect(await peer.closeCode()).toBe(1000);
    });
  });
});
