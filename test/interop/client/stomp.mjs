// @stomp/stompjs speaks to a broker: connect with heart-beats, subscribe, send with a receipt, ack and nack, and
// stay for some heart-beats. Runs in Node and, bundled, in a page.
import { Client } from "@stomp/stompjs";

const HEART_BEAT_MS = 500;
/** The line end behind the broker's last frame looks like a heart-beat too: the first may be that. */
const HEART_BEATS = 4;

export async function converse(url) {
  const queue = `/queue/sluice-${Math.random().toString(36).slice(2)}`;
  let heartBeats = countedEvent(HEART_BEATS);
  const client = new Client({
    brokerURL: url,
    connectHeaders: { login: "guest", passcode: "guest", host: "/" },
    heartbeatIncoming: HEART_BEAT_MS,
    heartbeatOutgoing: HEART_BEAT_MS,
    reconnectDelay: 0,
    // The library reports a heart-beat of the broker nowhere else.
    debug: (text) => text === "<<< PONG" && heartBeats.happened(),
  });
  const connected = await connect(client);
  const first = resolvers();
  const second = resolvers();
  const subscription = client.subscribe(
    queue,
    (message) => (message.headers.redelivered === "true" ? second.resolve(message) : first.resolve(message)),
    { ack: "client-individual" },
  );
  const receipt = resolvers();
  client.watchForReceipt("sent", receipt.resolve);
  client.publish({
    destination: queue,
    body: "héllo ✓\nline two",
    headers: { receipt: "sent", "x-colon": "a:b\nc" },
  });
  await receipt.promise;
  const delivered = await first.promise;
  delivered.nack({ requeue: "true" });
  const redelivered = await second.promise;
  redelivered.ack();
  heartBeats = countedEvent(HEART_BEATS);
  const quietSinceMs = performance.now();
  await heartBeats.promise;
  const quietMs = performance.now() - quietSinceMs;
  subscription.unsubscribe();
  const closed = new Promise((resolve) => {
    client.onWebSocketClose = ({ code }) => resolve(code);
  });
  await client.deactivate();
  return {
    version: connected.headers.version,
    subprotocol: connected.subprotocol,
    body: delivered.body,
    header: delivered.headers["x-colon"],
    isRedelivered: redelivered.headers.redelivered,
    heartBeatsAreSpaced: quietMs > HEART_BEAT_MS,
    closeCode: await closed,
  };
}

function connect(client) {
  return new Promise((resolve, reject) => {
    client.onConnect = ({ headers }) => resolve({ headers, subprotocol: client.webSocket?.protocol });
    client.onStompError = ({ headers, body }) => reject(new Error(`${headers.message}: ${body}`));
    client.onWebSocketClose = ({ code, reason }) => reject(new Error(`closed ${code} ${reason}`));
    client.activate();
  });
}

function resolvers() {
  const result = {};
  result.promise = new Promise((resolve, reject) => Object.assign(result, { resolve, reject }));
  return result;
}

function countedEvent(count) {
  const { promise, resolve } = resolvers();
  let seen = 0;
  return { promise, happened: () => ++seen === count && resolve() };
}
