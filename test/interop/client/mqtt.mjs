// MQTT.js speaks to a broker: subscribe, publish with QoS 0, 1 and 2, a retained message, many in order.
// Runs in Node and, bundled, in a page.
import mqtt from "mqtt";

const ORDERED = 1000;
/** More than one TCP segment and one WebSocket frame of 16 bits length, less than the gateway's message limit. */
const LARGE_BYTES = 100_000;

export async function converse(url) {
  const topic = `sluice/${Math.random().toString(36).slice(2)}`;
  const client = await mqtt.connectAsync(url, { reconnectPeriod: 0, connectTimeout: 10_000 });
  const inbox = createInbox(client);
  await client.subscribeAsync(`${topic}/+`, { qos: 2 });
  const result = { qos: [], retained: null, largeIsIntact: false, ordered: 0 };
  for (const qos of [0, 1, 2]) {
    await client.publishAsync(`${topic}/qos`, `QoS ${qos} ✓`, { qos });
    const { payload, packet } = await inbox.next();
    result.qos.push([packet.qos, payload.toString()]);
  }
  result.retained = await retainedMessage(client, inbox, topic);
  const large = Uint8Array.from({ length: LARGE_BYTES }, (_, index) => index % 251);
  await client.publishAsync(`${topic}/large`, large, { qos: 1 });
  const { payload } = await inbox.next();
  result.largeIsIntact =
    payload.length === LARGE_BYTES && payload.every((byte, index) => byte === large[index]);
  for (let index = 0; index < ORDERED; index++) client.publish(`${topic}/ordered`, String(index), { qos: 1 });
  while (result.ordered < ORDERED && (await inbox.next()).payload.toString() === String(result.ordered)) {
    result.ordered++;
  }
  await client.endAsync();
  return result;
}

/** A retained message comes to whoever subscribes later; an empty one removes it. */
async function retainedMessage(client, inbox, topic) {
  await client.publishAsync(`${topic}-retained`, "kept", { qos: 1, retain: true });
  await client.subscribeAsync(`${topic}-retained`, { qos: 1 });
  const { payload, packet } = await inbox.next();
  await client.unsubscribeAsync(`${topic}-retained`);
  await client.publishAsync(`${topic}-retained`, "", { qos: 1, retain: true });
  return { payload: payload.toString(), isRetained: packet.retain };
}

/** Messages in the order of their arrival, for who asks for the next one. */
function createInbox(client) {
  const messages = [];
  const waiting = [];
  client.on("message", (_topic, payload, packet) => {
    const message = { payload, packet };
    const resolve = waiting.shift();
    if (resolve === undefined) messages.push(message);
    else resolve(message);
  });
  return {
    next: () =>
      new Promise((resolve) => (messages.length > 0 ? resolve(messages.shift()) : waiting.push(resolve))),
  };
}
