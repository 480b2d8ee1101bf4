// An HTTP and WebSocket client for tests that counts every byte at its own TCP socket, so that the meter's figures
// have something independent to be held against. Writes requests by hand and parses only as much as it needs.

export interface RawClient {
  /** All that was written and read so far. */
  readonly counts: { readonly up: number; readonly down: number };
  readonly text: string;
  readonly isClosed: boolean;
  write(bytes: string | Uint8Array): void;
  /** Resolves once all that was received satisfies the condition, or the connection has ended. */
  until(condition: (text: string) => boolean): Promise<void>;
  close(): Promise<void>;
}

export async function connectRaw(origin: string): Promise<RawClient> {
  const { hostname, port } = new URL(origin);
  const counts = { up: 0, down: 0 };
  let text = "";
  let isClosed = false;
  let waiters: (() => void)[] = [];
  const wake = () => {
    const due = waiters;
    waiters = [];
    for (const waiter of due) waiter();
  };
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data(_, chunk) {
        counts.down += chunk.length;
        text += chunk.toString("latin1");
        wake();
      },
      close() {
        isClosed = true;
        wake();
      },
    },
  });
  const until = async (condition: (text: string) => boolean) => {
    while (!condition(text) && !isClosed) await new Promise<void>((resolve) => waiters.push(resolve));
  };
  return {
    counts,
    get text() {
      return text;
    },
    get isClosed() {
      return isClosed;
    },
    write(bytes) {
      const data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
      if (socket.write(data) !== data.length) throw new Error("the kernel took less than was written");
      counts.up += data.length;
    },
    until,
    async close() {
      socket.end();
      await until(() => false);
    },
  };
}

/** One exchange on a keep-alive connection; resolves to the response's text, its head included. */
export async function exchange(client: RawClient, request: string): Promise<string> {
  const from = client.text.length;
  client.write(request);
  const answered = (text: string): boolean => {
    const response = text.slice(from);
    const end = response.indexOf("\r\n\r\n");
    if (end < 0) return false;
    const length = /content-length: (\d+)/i.exec(response)?.[1] ?? "0";
    return response.length >= end + 4 + Number(length);
  };
  await client.until(answered);
  return client.text.slice(from);
}

/** A masked text frame of less than 126 bytes (RFC 6455 §5.2), with a mask of zeros. */
export function textFrame(text: string): Uint8Array {
  const payload = new TextEncoder().encode(text);
  return new Uint8Array([0x81, 0x80 | payload.length, 0, 0, 0, 0, ...payload]);
}
