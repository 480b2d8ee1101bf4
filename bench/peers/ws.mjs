// The library `ws` on Node, as its own documentation suggests to use it: the reference of many who would use this
// gateway. Prints `listening PORT`.
//   /echo  sends each message back      /feed  each message goes to every client
import { createServer } from "node:http";
import { WebSocketServer } from "ws";

const http = createServer();
const sockets = new WebSocketServer({ server: http, perMessageDeflate: false });
const feed = new Set();

sockets.on("connection", (socket, request) => {
  socket.on("error", () => socket.terminate());
  if (request.url === "/feed") {
    feed.add(socket);
    socket.on("close", () => feed.delete(socket));
    socket.on("message", (data, isBinary) => {
      for (const client of feed) client.send(data, { binary: isBinary });
    });
  } else socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary }));
});

// The default backlog of 511 would make a burst of handshakes wait for SYN retransmissions.
http.listen({ host: "127.0.0.1", port: 0, backlog: 4096 }, () =>
  console.log(`listening ${http.address().port}`),
);
