// The bare Bun bridge that the gateway's `tcp` service is measured against: WebSocket to TCP with back-pressure both
// ways and nothing else. Called with the back end's port. Prints `listening PORT`.
import type { ServerWebSocket, Socket } from "bun";

interface Pair {
  client: ServerWebSocket<Pair> | undefined;
  backend: Socket<Pair> | undefined;
  /** What the back end has not taken yet; the client is not read while there is any. */
  waiting: Uint8Array[];
}

const backendPort = Number(process.argv[2]);

function toBackend(pair: Pair, bytes: Uint8Array): void {
  const taken = pair.waiting.length === 0 && pair.backend ? Math.max(pair.backend.write(bytes), 0) : 0;
  if (taken === bytes.length) return;
  pair.waiting.push(bytes.slice(taken));
  pair.client?.pause();
}

function flush(pair: Pair): void {
  for (let bytes = pair.waiting[0]; bytes && pair.backend; bytes = pair.waiting[0]) {
    const taken = Math.max(pair.backend.write(bytes), 0);
    if (taken < bytes.length) {
      pair.waiting[0] = bytes.subarray(taken);
      return;
    }
    pair.waiting.shift();
  }
  pair.client?.resume();
}

const backendHandler = {
  open(backend: Socket<Pair>) {
    backend.data.backend = backend;
    flush(backend.data);
  },
  data(backend: Socket<Pair>, bytes: Uint8Array) {
    // Not above zero: nothing more fits at present.
    if ((backend.data.client?.send(bytes) ?? 0) <= 0) backend.pause();
  },
  drain(backend: Socket<Pair>) {
    flush(backend.data);
  },
  close(backend: Socket<Pair>) {
    backend.data.client?.close(1000);
  },
  error(backend: Socket<Pair>) {
    backend.data.client?.close(1011);
  },
};

const server = Bun.serve<Pair>({
  hostname: "127.0.0.1",
  port: 0,
  development: false,
  fetch(request, server) {
    const data: Pair = { client: undefined, backend: undefined, waiting: [] };
    return server.upgrade(request, { data }) ? undefined : new Response("WebSocket only", { status: 426 });
  },
  websocket: {
    idleTimeout: 0,
    perMessageDeflate: false,
    open(client) {
      client.data.client = client;
      Bun.connect({
        hostname: "127.0.0.1",
        port: backendPort,
        data: client.data,
        socket: backendHandler,
      }).catch(() => client.close(1013));
    },
    message(client, message) {
      toBackend(client.data, typeof message === "string" ? Buffer.from(message) : message);
    },
    drain(client) {
      client.data.backend?.resume();
    },
    close(client) {
      client.data.client = undefined;
      client.data.backend?.end();
    },
  },
});
console.log(`listening ${server.port}`);
