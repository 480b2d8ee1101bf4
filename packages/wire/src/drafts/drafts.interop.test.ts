// hixie-75 and hixie-76 against websocket-driver, which we did not write: whole connections in this process, from
// request to close, several thousand messages each way.
import { describe, expect, mock, test } from "bun:test";
import type { EventEmitter } from "node:events";
import { createRequire } from "node:module";
import fc from "fast-check";
import { concat, cut } from "../../testing/bytes.ts";
import { drain } from "../../testing/drain.ts";
import { formatKeyNumber } from "./challenge.ts";
import { createDraftResponseReader, type DraftKeys, formatDraftRequest } from "./client-handshake.ts";
import type { Draft } from "./draft.ts";
import { createDraftFrameDecoder, type DraftEvent } from "./frame-decoder.ts";
import { encodeDraftBinary, encodeDraftClose, encodeDraftText } from "./frame-encoder.ts";

interface Driver extends EventEmitter {
  readonly io: EventEmitter & { write(chunk: Uint8Array): boolean };
  readonly messages: EventEmitter;
  readonly version: string;
  start(): boolean;
  text(message: string): boolean;
  close(): boolean;
}
// The cast: the package has no types.
const driverPackage = createRequire(import.meta.url)("websocket-driver") as {
  server(options: { allowDrafts: boolean; maxLength: number }): Driver;
};

const LIMIT = 1 << 16;
const DRAFTS: Draft[] = ["hixie-75", "hixie-76"];
const HANDSHAKE = {
  secure: false,
  host: "example.com:8080",
  target: "/echo?a=b",
  origin: "http://example.com",
  subprotocol: "",
  extraFields: [],
};

interface Peer {
  readonly driver: Driver;
  /** What it has read. */
  readonly messages: string[];
  /** What it has written and nobody has taken. */
  takeWritten(): Uint8Array;
}

/** A server of theirs that has had our request. */
function startPeer(keys: DraftKeys | undefined, cuts: readonly number[]): Peer {
  const driver = driverPackage.server({ allowDrafts: true, maxLength: LIMIT });
  const messages: string[] = [];
  let written: Uint8Array[] = [];
  driver.on("connect", () => driver.start());
  driver.io.on("data", (chunk: Uint8Array) => written.push(new Uint8Array(chunk)));
  driver.messages.on("data", (message: string) => messages.push(message));
  for (const chunk of cut(formatDraftRequest(HANDSHAKE, keys), cuts)) driver.io.write(Buffer.from(chunk));
  return {
    driver,
    messages,
    takeWritten() {
      const bytes = concat(...written);
      written = [];
      return bytes;
    },
  };
}

/** Its key1 and key2 are never zero, which the draft allows and this peer refuses. */
const keysOf: Record<Draft, fc.Arbitrary<DraftKeys | undefined>> = {
  "hixie-75": fc.constant(undefined),
  "hixie-76": fc
    .tuple(
      fc.integer({ min: 1, max: 0x1555_5555 }),
      fc.integer({ min: 1, max: 0x1555_5555 }),
      fc.integer({ min: 1, max: 12 }),
    )
    .chain(([number1, number2, spaces]) =>
      fc.uint8Array({ minLength: 60, maxLength: 60 }).map((noise) => ({
        key1: formatKeyNumber(number1, spaces, noise.subarray(0, spaces + 2)),
        key2: formatKeyNumber(number2, 13 - spaces, noise.subarray(16, 16 + 13 - spaces + 24)),
        key3: noise.slice(52),
      })),
    ),
};

const texts = fc.array(fc.string({ unit: "binary", maxLength: 120 }), { minLength: 20, maxLength: 60 });
const cutPlaces = fc.array(fc.nat(4000), { maxLength: 20 });

describe.each(DRAFTS)("%s", (draft) => {
  test("opens, carries messages both ways and closes", () => {
    fc.assert(
      fc.property(keysOf[draft], texts, texts, cutPlaces, (keys, outgoing, incoming, cuts) => {
        const peer = startPeer(keys, cuts);
        expect(peer.driver.version).toBe(draft);
        const reader = createDraftResponseReader(HANDSHAKE, keys, { headMaxBytes: 4096 });
        const outcome = cut(peer.takeWritten(), cuts).map((chunk) =>
          chunk.length > 0 ? reader.read(chunk) : undefined,
        );
        expect(outcome.filter((one) => one !== undefined)).toMatchObject([
          { type: "opened", rest: new Uint8Array(0) },
        ]);

        // Ours to theirs: they skip binary frames, as the drafts say, and read every text.
        const sent = outgoing.map((text, index) =>
          index % 3 === 0
            ? concat(encodeDraftBinary(Uint8Array.of(0, 0xff, index)), encodeDraftText(text))
            : encodeDraftText(text),
        );
        for (const chunk of cut(concat(...sent), cuts)) peer.driver.io.write(Buffer.from(chunk));
        expect(peer.messages).toEqual(outgoing);

        // Theirs to ours, with their close at the end.
        for (const text of incoming) peer.driver.text(text);
        peer.driver.close();
        const decoder = createDraftFrameDecoder(draft, { messageMaxBytes: LIMIT });
        const expected: DraftEvent[] = incoming.map((text) => ({ type: "text", text }));
        // hixie-75 has no close frame.
        if (draft === "hixie-76") expected.push({ type: "close", code: 1005, reason: "" });
        expect(drain(decoder, cut(peer.takeWritten(), cuts)).events).toEqual(expected);
      }),
      { numRuns: 60 },
    );
  });
});

test("our close frame closes their hixie-76", () => {
  const [keys] = fc.sample(keysOf["hixie-76"], 1);
  const peer = startPeer(keys, []);
  const closed = mock();
  peer.driver.on("close", closed);
  peer.driver.io.write(Buffer.from(encodeDraftText("last")));
  expect(closed).not.toHaveBeenCalled();
  peer.driver.io.write(Buffer.from(encodeDraftClose()));
  expect(closed).toHaveBeenCalledTimes(1);
  expect(peer.messages).toEqual(["last"]);
});
