// A client of the drafts of 2009 for the echo service, with the framing of the package `websocket-driver`: the two
// drafts have no masking, so its server side writes and reads what a client would. The handshake is written here.
// `node draft.mjs hixie-75|hixie-76 HOST PORT SEED` sends random messages and prints one line of JSON.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createRequire } from "node:module";
import { connect } from "node:net";

const MESSAGES = 10_000;
const IN_FLIGHT = 64;
const LENGTH_MAX = 200;

const require = createRequire(import.meta.url);
const [draft, host, port, seed] = process.argv.slice(2);
const Draft =
  draft === "hixie-75"
    ? require("websocket-driver/lib/websocket/driver/draft75")
    : require("websocket-driver/lib/websocket/driver/draft76");

// draft-hixie-thewebsocketprotocol-76 §1.2: the example of the two keys and its answer.
const KEYS = {
  "Sec-WebSocket-Key1": "18x 6]8vM;54 *(5:  {   U1]8  z [  8",
  "Sec-WebSocket-Key2": "1_ tx7X d  <  nw  334J702) 7]o}` 0",
};
const BODY = "Tm[K T2u";
const ANSWER = "fQJ,fN/4F4!~K~MH";

const request = {
  headers: { origin: "http://localhost", ...lowerCase(KEYS) },
  method: "GET",
  url: "/echo",
};

function lowerCase(headers) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

/** Opens the connection; resolves with the socket, the answer's head and the bytes behind it. */
async function handshake() {
  const socket = connect(Number(port), host);
  await once(socket, "connect");
  const lines = [
    "GET /echo HTTP/1.1",
    "Upgrade: WebSocket",
    "Connection: Upgrade",
    `Host: ${host}:${port}`,
    `Origin: http://${host}:${port}`,
    ...(draft === "hixie-76" ? Object.entries(KEYS).map(([name, value]) => `${name}: ${value}`) : []),
  ];
  socket.write(`${lines.join("\r\n")}\r\n\r\n${draft === "hixie-76" ? BODY : ""}`, "latin1");
  let bytes = Buffer.alloc(0);
  const bodyLength = draft === "hixie-76" ? ANSWER.length : 0;
  for (;;) {
    const end = bytes.indexOf("\r\n\r\n");
    if (end >= 0 && bytes.length >= end + 4 + bodyLength) {
      socket.pause();
      const bodyStart = end + 4;
      return {
        socket,
        head: bytes.toString("latin1", 0, end),
        answer: bytes.toString("latin1", bodyStart, bodyStart + bodyLength),
        rest: bytes.subarray(bodyStart + bodyLength),
      };
    }
    const [chunk] = await once(socket, "data");
    bytes = Buffer.concat([bytes, chunk]);
  }
}

/** An endless row of numbers from a seed: the same seed gives the same messages. */
function* randomBytes(text) {
  for (let block = 0; ; block++) yield* createHash("sha256").update(`${text} ${block}`).digest();
}

function* randomMessages() {
  const bytes = randomBytes(seed);
  const next = () => bytes.next().value;
  for (let index = 0; index < MESSAGES; index++) {
    const length = (next() * LENGTH_MAX) >> 8;
    // Any code points but surrogates: one, two, three and four bytes of UTF-8.
    const points = Array.from(
      { length },
      () => [next() & 0x7f, next() * 7, 0xe000 + next() * 31, 0x10000 + next() * 4000][next() & 3],
    );
    yield String.fromCodePoint(...points);
  }
}

const { socket, head, answer, rest } = await handshake();
if (!head.startsWith("HTTP/1.1 101 ")) throw new Error(`refused: ${head}`);
const driver = new Draft(request, "ws://localhost/echo", {});
// As if its handshake were over: from here on it only frames.
driver._stage = 0;
driver.readyState = 1;
driver.io.on("data", (bytes) => socket.write(bytes));
const sent = [];
const messages = randomMessages();
let received = 0;
let isIntact = true;

function sendNext() {
  const { value, done } = messages.next();
  if (done) return;
  sent.push(value);
  driver.frame(value);
}

const done = new Promise((resolve, reject) => {
  driver.messages.on("data", (text) => {
    if (text !== sent.shift()) isIntact = false;
    received++;
    if (received === MESSAGES || !isIntact) resolve();
    else sendNext();
  });
  socket.once("close", () => reject(new Error(`closed after ${received} messages`)));
});
socket.on("data", (chunk) => driver.parse(chunk));
driver.parse(rest);
for (let index = 0; index < IN_FLIGHT; index++) sendNext();
socket.resume();
await done;

// hixie-76 §1.4: FF 00 says goodbye and is answered by the same. hixie-75 has nothing but the end of the connection.
const goodbye = [];
socket.on("data", (chunk) => goodbye.push(chunk));
const closed = once(socket, "close");
if (draft === "hixie-76") socket.write(Buffer.of(0xff, 0x00));
else socket.end();
await closed.catch(() => {});
process.stdout.write(
  `${JSON.stringify({
    status: head.split("\r\n")[0].slice(0, 12),
    answerIsRight: draft === "hixie-75" || answer === ANSWER,
    received,
    isIntact,
    goodbye: Buffer.concat(goodbye).toString("hex"),
  })}\n`,
);
