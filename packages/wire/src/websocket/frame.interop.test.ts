// Frames against `ws`, which we did not write: its sender into our decoder, our encoder into its receiver.
import { describe, expect, test } from "bun:test";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Writable } from "node:stream";
import fc from "fast-check";
import { concat, cut } from "../../testing/bytes.ts";
import { drain } from "../../testing/drain.ts";
import type { WebSocketEvent } from "./event.ts";
import { createFrameDecoder } from "./frame-decoder.ts";
import { encodeBinary, encodeClose, encodePing, encodePong, encodeText } from "./frame-encoder.ts";
import type { Role } from "./frame-header.ts";

/** What is used of the two classes of `ws`; its published types leave them out. */
interface Sender {
  send(data: Uint8Array | string, options: object, callback: () => void): void;
  ping(data: Uint8Array, mask: boolean, callback: () => void): void;
  pong(data: Uint8Array, mask: boolean, callback: () => void): void;
  close(code: number, reason: string, mask: boolean, callback: () => void): void;
}
interface Receiver extends Writable {
  on(event: string, listener: (...values: never[]) => void): this;
}
// Bun answers `import "ws"` with its own WebSocket, which would be no peer: the package's files are loaded by their path.
const load = createRequire(import.meta.url);
const library = join(dirname(load.resolve("ws/package.json")), "lib");
// The casts: these files carry no types.
const Sender = load(join(library, "sender.js")) as new (socket: Writable) => Sender;
const Receiver = load(join(library, "receiver.js")) as new (options: object) => Receiver;

const LIMIT = 1 << 20;
const bytes = fc.oneof(
  { weight: 10, arbitrary: fc.uint8Array({ maxLength: 300 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(65_535, 65_536, 70_001).map((n) => new Uint8Array(n).fill(n & 0xff)),
  },
);
const event = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.string({ unit: "binary", maxLength: 200 }).map((text) => ({ type: "text", text }) as const),
  },
  { weight: 3, arbitrary: bytes.map((value) => ({ type: "binary", bytes: value }) as const) },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 125 }).map((value) => ({ type: "ping", bytes: value }) as const),
  },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 125 }).map((value) => ({ type: "pong", bytes: value }) as const),
  },
);
const close = fc.constantFrom(
  { type: "close", code: 1000, reason: "" } as const,
  { type: "close", code: 4999, reason: "bye \u20ac" } as const,
);

/** The bytes that `ws` sends for these events. Nothing is compressed, so it writes at once. */
function sentByWs(events: readonly WebSocketEvent[], mask: boolean): Uint8Array {
  const written: Uint8Array[] = [];
  const socket = new Writable({
    write(chunk: Uint8Array, _, callback) {
      written.push(new Uint8Array(chunk));
      callback();
    },
  });
  const sender = new Sender(socket);
  const done = () => undefined;
  for (const one of events) {
    const options = { binary: one.type === "binary", fin: true, compress: false, mask };
    if (one.type === "text") sender.send(one.text, options, done);
    else if (one.type === "binary") sender.send(one.bytes.slice(), options, done);
    else if (one.type === "close") sender.close(one.code, one.reason, mask, done);
    else sender[one.type](one.bytes.slice(), mask, done);
  }
  return concat(...written);
}

/** What `ws` reads from these chunks, in the order in which it tells. */
function readByWs(chunks: readonly Uint8Array[], isServer: boolean): Promise<WebSocketEvent[]> {
  const events: WebSocketEvent[] = [];
  const receiver = new Receiver({ isServer, maxPayload: LIMIT, allowSynchronousEvents: true });
  receiver.on("message", (data: Uint8Array, isBinary: boolean) => {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(data);
    events.push(isBinary ? { type: "binary", bytes: new Uint8Array(data) } : { type: "text", text });
  });
  receiver.on("ping", (data: Uint8Array) => events.push({ type: "ping", bytes: new Uint8Array(data) }));
  receiver.on("pong", (data: Uint8Array) => events.push({ type: "pong", bytes: new Uint8Array(data) }));
  return new Promise((resolve, reject) => {
    receiver.on("error", reject);
    receiver.on("conclude", (code: number, reason: Uint8Array) => {
      events.push({ type: "close", code, reason: new TextDecoder().decode(reason) });
      resolve(events);
    });
    for (const chunk of chunks) receiver.write(chunk);
  });
}

function encode(one: WebSocketEvent, maskKey: Uint8Array | undefined): Uint8Array {
  if (one.type === "text") return encodeText(one.text, maskKey);
  if (one.type === "binary") return encodeBinary(one.bytes, maskKey);
  if (one.type === "ping") return encodePing(one.bytes, maskKey);
  if (one.type === "pong") return encodePong(one.bytes, maskKey);
  return encodeClose(one.code, one.reason, maskKey);
}

describe.each<[Role, Role]>([
  ["client", "server"],
  ["server", "client"],
])("as a %s, with `ws` as the %s", (role) => {
  const steps = fc.array(event, { minLength: 5, maxLength: 30 });

  test("we read what it sends", () => {
    fc.assert(
      fc.property(steps, close, fc.array(fc.nat(5000)), (events, last, cuts) => {
        const sent = sentByWs([...events, last], role === "server");
        const decoder = createFrameDecoder(role, { messageMaxBytes: LIMIT });
        expect(drain(decoder, cut(sent, cuts)).events).toEqual([...events, last]);
      }),
      { numRuns: 100 },
    );
  });

  test("it reads what we send", async () => {
    const keys = fc.uint8Array({ minLength: 4, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(steps, close, keys, fc.array(fc.nat(5000)), async (events, last, key, cuts) => {
        const maskKey = role === "client" ? key : undefined;
        const sent = concat(...[...events, last].map((one) => encode(one, maskKey)));
        expect(await readByWs(cut(sent, cuts), role === "client")).toEqual([...events, last]);
      }),
      { numRuns: 100 },
    );
  });
});
