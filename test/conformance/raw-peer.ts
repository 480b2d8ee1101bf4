// A WebSocket client of bytes for conformance cases: it can break every rule, and reads frames without judging them.
// Knows nothing of our codecs, so that the two cannot agree on a mistake.
import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { until } from "../fixture/until.ts";

const DEADLINE_MS = 5_000;
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

export interface Frame {
  readonly fin: boolean;
  /** Three bits. */
  readonly rsv: number;
  readonly opcode: number;
  readonly masked: boolean;
  readonly payload: Buffer;
}

export interface RawPeer {
  /** What came before the first frame: the status line and the header lines. */
  readonly head: string;
  send(...parts: readonly (Uint8Array | string)[]): void;
  /** The next frame; rejects when the connection ends before. */
  frame(): Promise<Frame>;
  /** The code of the next frame, which must be Close: 1005 when it has none. */
  closeCode(): Promise<number>;
  /** Resolves when the peer has ended the connection. */
  ended(): Promise<void>;
  readonly isEnded: boolean;
  destroy(): void;
}

/** Bytes to and from `url`; nothing is sent by itself. */
export function dial(url: string) {
  const { protocol, hostname, port } = new URL(url);
  const isSecure = protocol === "wss:" || protocol === "https:";
  const target = { host: hostname, port: Number(port || (isSecure ? 443 : 80)) };
  const socket = isSecure ? connectTls({ ...target, rejectUnauthorized: false }) : connectTcp(target);
  socket.setNoDelay(true);
  let received = Buffer.alloc(0);
  let isEnded = false;
  socket.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
  });
  socket.on("close", () => {
    isEnded = true;
  });
  // A reset is an end like any other here.
  socket.on("error", () => {});
  return {
    socket,
    get isEnded() {
      return isEnded;
    },
    received: () => received,
    /** Takes away the first `count` bytes. */
    take(count: number): Buffer {
      const taken = received.subarray(0, count);
      received = received.subarray(count);
      return taken;
    },
    send(...parts: readonly (Uint8Array | string)[]) {
      for (const part of parts) socket.write(part);
    },
    ended: () => until(() => isEnded, "the peer ends the connection", DEADLINE_MS),
  };
}

/** The status of the answer to `request`, its head and what follows it; status 0 when there was no answer. */
export async function ask(url: string, request: string): Promise<{ status: number; head: string }> {
  const wire = dial(url);
  wire.send(request);
  await until(() => wire.isEnded || wire.received().includes("\r\n\r\n"), "an answer", DEADLINE_MS);
  wire.socket.destroy();
  const [head = ""] = wire.received().toString("latin1").split("\r\n\r\n");
  return { status: Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? 0), head };
}

/** An opening handshake (RFC 6455 §4.1) with these headers changed, added, or left out where `undefined`. */
export function handshake(
  url: string,
  changes: Readonly<Record<string, string | undefined>> = {},
  requestLine?: string,
): string {
  const { host, pathname } = new URL(url);
  const headers = {
    Host: host,
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": KEY,
    "Sec-WebSocket-Version": "13",
    ...changes,
  };
  const lines = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return `${[requestLine ?? `GET ${pathname} HTTP/1.1`, ...lines].join("\r\n")}\r\n\r\n`;
}

export async function open(url: string, changes: Readonly<Record<string, string>> = {}): Promise<RawPeer> {
  const wire = dial(url);
  wire.send(handshake(url, changes));
  await until(
    () => wire.isEnded || wire.received().includes("\r\n\r\n"),
    "the handshake's answer",
    DEADLINE_MS,
  );
  const head = wire.take(wire.received().indexOf("\r\n\r\n") + 4).toString("latin1");
  if (!head.startsWith("HTTP/1.1 101 ")) throw new Error(`refused: ${head}`);
  const frame = async (): Promise<Frame> => {
    let length: number | undefined;
    const isComplete = () => {
      length = frameLength(wire.received());
      return length !== undefined && wire.received().length >= length;
    };
    await until(() => isComplete() || wire.isEnded, "a frame", DEADLINE_MS);
    if (!isComplete() || length === undefined) throw new Error("the connection ended before a frame");
    return readFrame(wire.take(length));
  };
  return {
    head,
    frame,
    send: wire.send,
    async closeCode() {
      const { opcode, payload } = await frame();
      if (opcode !== 8) throw new Error(`opcode ${opcode} where a Close was expected`);
      return payload.length === 0 ? 1005 : payload.readUInt16BE(0);
    },
    ended: wire.ended,
    get isEnded() {
      return wire.isEnded;
    },
    destroy: () => wire.socket.destroy(),
  };
}

/** Of the whole first frame, or `undefined` while its length is not known (RFC 6455 §5.2). */
function frameLength(bytes: Buffer): number | undefined {
  const short = (bytes[1] ?? 0) & 127;
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (bytes.length < 2 + extended) return undefined;
  const length =
    extended === 2 ? bytes.readUInt16BE(2) : extended === 8 ? Number(bytes.readBigUInt64BE(2)) : short;
  return 2 + extended + ((bytes[1] ?? 0) & 128 ? 4 : 0) + length;
}

function readFrame(bytes: Buffer): Frame {
  const [first = 0, second = 0] = bytes;
  const extended = (second & 127) === 126 ? 2 : (second & 127) === 127 ? 8 : 0;
  const masked = (second & 128) !== 0;
  return {
    fin: (first & 128) !== 0,
    rsv: (first >> 4) & 7,
    opcode: first & 15,
    masked,
    payload: bytes.subarray(2 + extended + (masked ? 4 : 0)),
  };
}

export interface FrameParts {
  readonly opcode: number;
  readonly payload?: Uint8Array | string;
  readonly fin?: boolean;
  readonly rsv?: number;
  /** `false` leaves the mask out, which a client must not. */
  readonly masked?: boolean;
  /** The bytes that say the length, in place of the shortest form: for lengths that lie or are longer than need be. */
  readonly lengthBytes?: readonly number[];
}

const MASK = [0x37, 0xfa, 0x21, 0x3d];

/** A client's frame as these parts have it (RFC 6455 §5.2), right or wrong. */
export function frame({
  opcode,
  payload = "",
  fin = true,
  rsv = 0,
  masked = true,
  lengthBytes,
}: FrameParts): Buffer {
  const bytes = Buffer.from(payload as Uint8Array);
  const [short = 0, ...extended] = lengthBytes ?? lengthOf(bytes.length);
  const head = [(fin ? 128 : 0) | (rsv << 4) | opcode, (masked ? 128 : 0) | short, ...extended];
  const body = masked ? bytes.map((byte, index) => byte ^ (MASK[index % 4] ?? 0)) : bytes;
  return Buffer.concat([Buffer.from(head), Buffer.from(masked ? MASK : []), body]);
}

function lengthOf(length: number): number[] {
  if (length < 126) return [length];
  if (length < 65_536) return [126, length >> 8, length & 255];
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(length));
  return [127, ...bytes];
}

export const text = (payload: string | Uint8Array, fin = true): Buffer => frame({ opcode: 1, payload, fin });
export const binary = (payload: Uint8Array, fin = true): Buffer => frame({ opcode: 2, payload, fin });
export const continuation = (payload: string | Uint8Array, fin = true): Buffer =>
  frame({ opcode: 0, payload, fin });
export const ping = (payload: string | Uint8Array = ""): Buffer => frame({ opcode: 9, payload });

export function close(code?: number, reason: string | Uint8Array = ""): Buffer {
  const head = code === undefined ? [] : [code >> 8, code & 255];
  return frame({ opcode: 8, payload: Buffer.concat([Buffer.from(head), Buffer.from(reason as Uint8Array)]) });
}
