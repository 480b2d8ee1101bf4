// @cloudamqp/amqp-client speaks AMQP 0-9-1 to a broker over WebSocket: publish with confirms, consume, get.
// Runs in Node and, bundled, in a page.
import { AMQPWebSocketClient } from "@cloudamqp/amqp-client/amqp-websocket-client";

const ORDERED = 500;
const LARGE_BYTES = 300_000;

export async function converse(url) {
  const client = new AMQPWebSocketClient({ url, vhost: "/", username: "guest", password: "guest" });
  await client.connect();
  const channel = await client.channel();
  const { name: queue } = await channel.queueDeclare("", { exclusive: true });
  await channel.confirmSelect();
  const confirmed = await channel.basicPublish("", queue, "héllo ✓", { contentType: "text/plain" });
  const got = await channel.basicGet(queue, { noAck: true });
  // Many AMQP frames, which this client sends as one WebSocket message.
  const large = Uint8Array.from({ length: LARGE_BYTES }, (_, index) => index % 251);
  await channel.basicPublish("", queue, large);
  const big = await channel.basicGet(queue, { noAck: true });
  const ordered = await publishAndConsume(channel, queue);
  await client.close();
  return {
    confirmed,
    body: got.bodyString(),
    contentType: got.properties.contentType,
    largeIsIntact: big.body.length === LARGE_BYTES && big.body.every((byte, index) => byte === large[index]),
    ordered,
  };
}

/** How many came back in order and were acknowledged. */
async function publishAndConsume(channel, queue) {
  let inOrder = 0;
  const all = new Promise((resolve, reject) => {
    channel
      .basicConsume(queue, { noAck: false }, async (message) => {
        if (message.bodyString() !== String(inOrder)) return resolve();
        inOrder++;
        await message.ack();
        if (inOrder === ORDERED) resolve();
      })
      .catch(reject);
  });
  const confirms = [];
  for (let index = 0; index < ORDERED; index++) confirms.push(channel.basicPublish("", queue, String(index)));
  await Promise.all(confirms);
  await all;
  return inOrder;
}
