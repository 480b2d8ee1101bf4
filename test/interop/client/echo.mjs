// The `ws` package against an echo service: kinds of messages, the message limit at its edge, pings, close codes,
// subprotocols. `node echo.mjs URL` prints one line of JSON.
import { once } from "node:events";
import { WebSocket } from "ws";

const url = process.argv[2];

async function open(subprotocols = []) {
  const socket = new WebSocket(url, subprotocols);
  await once(socket, "open");
  return socket;
}

async function echo(socket, message) {
  const answer = once(socket, "message");
  socket.send(message);
  const [data, isBinary] = await answer;
  return { isBinary, isSame: data.equals(Buffer.from(message)) };
}

async function closeCodeAfter(act) {
  const socket = await open();
  const closed = once(socket, "close");
  act(socket);
  const [code, reason] = await closed;
  return [code, reason.toString()];
}

async function ping() {
  const socket = await open();
  const pong = once(socket, "pong");
  socket.ping("are you there");
  const [payload] = await pong;
  socket.terminate();
  return payload.toString();
}

/** One message in three frames with a ping between them (RFC 6455 §5.4). */
async function fragments() {
  const socket = await open();
  const answer = once(socket, "message");
  const pong = once(socket, "pong");
  socket.send("frag", { fin: false });
  socket.ping();
  socket.send("men", { fin: false });
  socket.send("ts ✓", { fin: true });
  await pong;
  const [data, isBinary] = await answer;
  socket.terminate();
  return [data.toString(), isBinary];
}

async function subprotocolOf(offered) {
  const socket = new WebSocket(url, offered);
  const result = await Promise.race([
    once(socket, "open").then(() => socket.protocol),
    once(socket, "unexpected-response").then(([, response]) => response.statusCode),
  ]);
  socket.terminate();
  return result;
}

const socket = await open();
const result = {
  text: await echo(socket, "héllo ✓"),
  empty: await echo(socket, ""),
  binary: await echo(socket, Buffer.from([0, 255, 128, 10])),
  largest: await echo(socket, Buffer.alloc(131_072, 7)),
  tooLarge: (await closeCodeAfter((one) => one.send(Buffer.alloc(131_073))))[0],
  fragments: await fragments(),
  pong: await ping(),
  closeCodes: [
    await closeCodeAfter((one) => one.close()),
    await closeCodeAfter((one) => one.close(1000, "done ✓")),
    await closeCodeAfter((one) => one.close(3000)),
    await closeCodeAfter((one) => one.close(4999, "mine")),
  ],
  subprotocols: {
    none: await subprotocolOf([]),
    first: await subprotocolOf(["other", "chat.v1", "chat.v2"]),
    unknown: await subprotocolOf(["other"]),
  },
};
socket.close();
process.stdout.write(`${JSON.stringify(result)}\n`);
