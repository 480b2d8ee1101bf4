// A WebSocket client of raw bytes for load tests: no codec of ours, no library, next to no cost. Its mask is zero,
// which is valid and leaves payloads as they are.
import type { Socket } from "bun";

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";

export interface RawClient {
  readonly opened: Promise<void>;
  readonly closed: Promise<void>;
  /** Takes everything after the handshake's answer, as it came; what comes before it is set waits for it. */
  onData: (chunk: Uint8Array) => void;
  onDrain: (() => void) | undefined;
  write(bytes: Uint8Array): number;
  pause(): void;
  resume(): void;
  destroy(): void;
}

export interface RawTarget {
  readonly port: number;
  readonly path: string;
}

export function openRaw(target: RawTarget): RawClient {
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  let head = "";
  let isOpen = false;
  let socket: Socket | undefined;
  const early: Uint8Array[] = [];
  let receiver: ((chunk: Uint8Array) => void) | undefined;
  const deliver = (chunk: Uint8Array): void => {
    if (receiver === undefined) early.push(chunk.slice());
    else receiver(chunk);
  };
  const client: RawClient = {
    opened: opened.promise,
    closed: closed.promise,
    get onData() {
      return deliver;
    },
    set onData(next) {
      receiver = next;
      for (const chunk of early.splice(0)) next(chunk);
    },
    onDrain: undefined,
    write: (bytes) => Math.max(0, socket?.write(bytes) ?? 0),
    pause: () => socket?.pause(),
    resume: () => socket?.resume(),
    destroy: () => socket?.terminate(),
  };
  const request =
    `GET ${target.path} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    `Sec-WebSocket-Key: ${KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n`;
  const receive = (chunk: Uint8Array): void => {
    if (isOpen) {
      deliver(chunk);
      return;
    }
    head += Buffer.from(chunk).toString("latin1");
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) return;
    if (!head.startsWith("HTTP/1.1 101 ")) {
      opened.reject(new Error(head.slice(0, end)));
      return;
    }
    isOpen = true;
    opened.resolve();
    const rest = Buffer.from(head.slice(end + 4), "latin1");
    head = "";
    if (rest.length > 0) deliver(rest);
  };
  Bun.connect({
    hostname: "127.0.0.1",
    port: target.port,
    socket: {
      open(opening) {
        socket = opening;
        opening.write(request);
      },
      data: (_socket, chunk) => receive(chunk),
      drain: () => client.onDrain?.(),
      close() {
        opened.reject(new Error("closed during the handshake"));
        closed.resolve();
      },
    },
  }).catch((error: unknown) => {
    opened.reject(error);
    closed.resolve();
  });
  // A test that only waits for the end has no use for the rejection.
  opened.promise.catch(() => {});
  return client;
}

/** A binary frame from a client with a zero mask; payloads of 65,536 bytes and more (RFC 6455 §5.2). */
export function frameHeader(payloadLength: number): Uint8Array {
  const header = new Uint8Array(14);
  header[0] = 0x82;
  header[1] = 0x80 | 127;
  new DataView(header.buffer).setBigUint64(2, BigInt(payloadLength));
  return header;
}
