// A back end for tests that speaks in bytes: what it sends is written by hand, not by our own encoder. Loopback, port 0.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";

export interface RawConnection {
  readonly socket: Socket;
  /** The request head that the client sent, without its empty line. */
  readonly head: string;
  /** Resolves with the next `count` bytes after the head. */
  read(count: number): Promise<Buffer>;
  /** `true` once the client's FIN or reset is there. */
  readonly ended: Promise<void>;
}

export interface RawBackend {
  readonly port: number;
  /** The next connection whose request head has come. */
  connection(): Promise<RawConnection>;
  close(): void;
}

/** RFC 6455 §1.3, worked out with the host's own SHA-1. */
export function acceptFor(head: string): string {
  const key = /^sec-websocket-key: *(.*)$/im.exec(head)?.[1] ?? "";
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

/** A good answer, with more header lines if given. */
export function switching(head: string, lines: readonly string[] = []): string {
  const all = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
  return [...all, `Sec-WebSocket-Accept: ${acceptFor(head)}`, ...lines, "", ""].join("\r\n");
}

/** Takes the mask off a client's frame with a 7-bit length: opcode byte and payload. */
export function unmask(frame: Buffer): { readonly first: number; readonly payload: Buffer } {
  const [first = 0, second = 0] = frame;
  if ((second & 0x80) === 0) throw new Error("the frame is not masked");
  const payload = Buffer.from(frame.subarray(6, 6 + (second & 0x7f)));
  for (let i = 0; i < payload.length; i++) payload[i] = (payload[i] ?? 0) ^ (frame[2 + (i & 3)] ?? 0);
  return { first, payload };
}

export async function createRawBackend(): Promise<RawBackend> {
  const ready: RawConnection[] = [];
  const waiting: ((connection: RawConnection) => void)[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    // A client that resets is what some tests are about.
    socket.on("error", () => {});
    readHead(socket, (connection) => {
      const waiter = waiting.shift();
      if (waiter === undefined) ready.push(connection);
      else waiter(connection);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    connection() {
      const connection = ready.shift();
      return connection === undefined
        ? new Promise((resolve) => waiting.push(resolve))
        : Promise.resolve(connection);
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

function readHead(socket: Socket, onHead: (connection: RawConnection) => void): void {
  let buffered = Buffer.alloc(0);
  let hasHead = false;
  let wanted: { readonly count: number; resolve(bytes: Buffer): void } | undefined;
  const ended = new Promise<void>((resolve) => {
    socket.on("end", resolve);
    socket.on("close", () => resolve());
  });
  const give = () => {
    if (wanted === undefined || buffered.length < wanted.count) return;
    const { count, resolve } = wanted;
    wanted = undefined;
    const bytes = buffered.subarray(0, count);
    buffered = buffered.subarray(count);
    resolve(bytes);
  };
  const read = (count: number) =>
    new Promise<Buffer>((resolve) => {
      wanted = { count, resolve };
      give();
    });
  socket.on("data", (chunk: Buffer) => {
    buffered = Buffer.concat([buffered, chunk]);
    const end = hasHead ? -1 : buffered.indexOf("\r\n\r\n");
    if (end >= 0) {
      hasHead = true;
      const head = buffered.subarray(0, end).toString("latin1");
      buffered = buffered.subarray(end + 4);
      onHead({ socket, head, read, ended });
    }
    if (hasHead) give();
  });
}
