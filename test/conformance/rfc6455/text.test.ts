// RFC 6455 §8.1: text is UTF-8 (RFC 3629), also where it is split.
import { describe, expect, test } from "bun:test";
import { binary, continuation, open, text } from "../raw-peer.ts";
import { onEachTarget } from "../target.ts";

onEachTarget((url) => {
  const VALID = [
    "48692c",
    "ceba",
    "e1bda3",
    "f0908080",
    "f48fbfbf",
    "ed9fbf",
    "ee8080",
    "efbfbd",
    "efbfbf",
    "00",
    "7f",
    "c280",
    "dfbf",
    "e0a080",
  ];
  const INVALID = {
    "a continuation byte alone": "80",
    "two of them": "bfbf",
    "a start byte alone": "c3",
    "an incomplete sequence of three": "e1bd",
    "an incomplete sequence of four": "f09080",
    "a sequence cut by another": "e1bd48",
    "an overlong slash": "c0af",
    "an overlong NUL": "c080",
    "an overlong sequence of three": "e09fbf",
    "an overlong sequence of four": "f08fbfbf",
    "a high surrogate": "eda080",
    "a low surrogate": "edbfbf",
    "a surrogate pair": "eda081edb080",
    "more than U+10FFFF": "f4908080",
    "a sequence of five": "f888808080",
    "a sequence of six": "fc8480808080",
    "the byte FE": "fe",
    "the byte FF": "ff",
    "valid text before it": "6869ff",
  };
  const hex = (digits: string) => Buffer.from(digits, "hex");

  describe("text that is UTF-8", () => {
    for (const digits of VALID) {
      test(`${digits} comes back, whole and split between its bytes`, async () => {
        const peer = await open(url());
        const bytes = hex(digits);
        peer.send(text(bytes));
        expect((await peer.frame()).payload).toEqual(bytes);
        const pieces = [...bytes].map((byte, index) =>
          continuation(Uint8Array.of(byte), index === bytes.length - 1),
        );
        peer.send(text("", false), ...pieces);
        expect((await peer.frame()).payload).toEqual(bytes);
        peer.destroy();
      });
    }
  });

  describe("text that is not ends with 1007", () => {
    for (const [name, digits] of Object.entries(INVALID)) {
      test(name, async () => {
        const whole = await open(url());
        whole.send(text(hex(digits)));
        expect(await whole.closeCode()).toBe(1007);
        await whole.ended();
        const split = await open(url());
        const bytes = hex(digits);
        split.send(text(bytes.subarray(0, 1), false), continuation(bytes.subarray(1)));
        expect(await split.closeCode()).toBe(1007);
        await split.ended();
      });

      test(`${name}: as bytes it may be anything`, async () => {
        const peer = await open(url());
        peer.send(binary(hex(digits)));
        expect((await peer.frame()).payload).toEqual(hex(digits));
        peer.destroy();
      });
    }
  });
});
