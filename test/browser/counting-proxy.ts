// A TCP proxy that counts, for one test: what the gateway's own meter says of a connection is held against what
// this one saw of it. Written with another socket library than the gateway's on purpose.
import { connect, createServer, type Socket } from "node:net";

export interface CountedConnection {
  /** The first line that the client sent. */
  requestLine: string;
  up: number;
  down: number;
  isClosed: boolean;
}

export interface CountingProxy {
  readonly port: number;
  readonly connections: readonly CountedConnection[];
  stop(): Promise<void>;
}

export function startCountingProxy(targetPort: number): Promise<CountingProxy> {
  const connections: CountedConnection[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const counted: CountedConnection = { requestLine: "", up: 0, down: 0, isClosed: false };
    connections.push(counted);
    const target = connect({ host: "127.0.0.1", port: targetPort, allowHalfOpen: true });
    for (const socket of [client, target]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      // A reset of one side ends the other; the figures stand.
      socket.on("error", () => {
        client.destroy();
        target.destroy();
      });
    }
    client.on("data", (chunk) => {
      if (counted.up === 0) counted.requestLine = chunk.toString("latin1").split("\r\n")[0] ?? "";
      counted.up += chunk.length;
    });
    target.on("data", (chunk) => {
      counted.down += chunk.length;
    });
    client.on("close", () => {
      counted.isClosed = true;
    });
    client.pipe(target);
    target.pipe(client);
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      if (address === null || typeof address === "string") throw new Error("the proxy has no port");
      resolve({
        port: address.port,
        connections,
        stop: () =>
          new Promise((stopped) => {
            server.close(() => stopped());
            for (const socket of sockets) socket.destroy();
          }),
      });
    });
  });
}
