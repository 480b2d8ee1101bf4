// Where the gateway does otherwise than RFC 6455 says, with the reason. Each case shows what it does, so that a
// change, for better or worse, fails here and is written down.
import { expect, test } from "bun:test";
import { ask, frame, handshake, open } from "../raw-peer.ts";
import { onEachTarget } from "../target.ts";

onEachTarget(
  (url) => {
    // §5.2: "the minimal number of bytes MUST be used to encode the length". The server under the gateway does not look,
    // and the message is the same: nobody is harmed by the longer form.
    for (const [name, lengthBytes] of [
      ["16 bits", [126, 0, 2]],
      ["64 bits", [127, 0, 0, 0, 0, 0, 0, 0, 2]],
    ] as const) {
      test(`DEVIATION from §5.2: a length of 2 written in ${name} is taken`, async () => {
        const peer = await open(url());
        peer.send(frame({ opcode: 1, payload: "ok", lengthBytes }));
        expect((await peer.frame()).payload.toString()).toBe("ok");
        peer.destroy();
      });
    }

    // §4.2.1: "an HTTP/1.1 or higher GET request". The server under the gateway does not tell the version. A client of
    // HTTP/1.0 that asks for an upgrade gets one, and no proxy of HTTP/1.0 passes the request's Upgrade header on.
    test("DEVIATION from §4.2.1: a handshake in HTTP/1.0 is taken", async () => {
      const { status } = await ask(url(), handshake(url(), {}, `GET ${new URL(url()).pathname} HTTP/1.0`));
      expect(status).toBe(101);
    });
  },
  ["the listener"],
);
