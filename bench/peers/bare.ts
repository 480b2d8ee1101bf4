// The bare Bun server that the gateway is measured against: `Bun.serve` with the least code that answers.
// No checks, no limits, no logs; what a gateway adds is the difference. Takes a port, or none for a free one; prints `listening PORT`.
//   /echo  WebSocket, sends each message back      /feed  WebSocket, each message goes to every client
//   /      a response of 1 KB                       /large a response of 64 KB
interface Place {
  readonly isFeed: boolean;
}

const small = new Uint8Array(1024).fill(0x61);
const large = new Uint8Array(65_536).fill(0x61);

const server = Bun.serve<Place>({
  hostname: "127.0.0.1",
  port: Number(process.argv[2] ?? 0),
  development: false,
  fetch(request, server) {
    const path = request.url.slice(request.url.indexOf("/", 7));
    if (path === "/echo" || path === "/feed") {
      if (server.upgrade(request, { data: { isFeed: path === "/feed" } })) return undefined;
      return new Response("WebSocket only", { status: 426 });
    }
    return new Response(path === "/large" ? large : small);
  },
  websocket: {
    idleTimeout: 0,
    perMessageDeflate: false,
    open(socket) {
      if (socket.data.isFeed) socket.subscribe("feed");
    },
    message(socket, message) {
      if (socket.data.isFeed) server.publish("feed", message);
      else socket.send(message);
    },
  },
});
console.log(`listening ${server.port}`);
