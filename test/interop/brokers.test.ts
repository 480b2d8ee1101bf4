// Client libraries that browsers and servers use today, in a real Node, through the gateway to real servers.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { CONVERSATIONS } from "./expected.ts";
import { runNodeClient } from "./program.ts";
import { startWorld, WORLD_START_MS, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld(import.meta.dir);
}, WORLD_START_MS);
afterAll(() => world.stop());

const TITLES = {
  mqtt: "MQTT.js with mosquitto: QoS 0, 1 and 2, retained, 1000 in order",
  stomp: "stompjs with RabbitMQ: receipt, nack, ack, heart-beats",
  amqp: "amqp-client.js with RabbitMQ: confirms, get, a message larger than a frame, 500 in order",
  irc: "two IRC clients with ngIRCd: one line a message, text that is not ASCII",
};

describe("Node through the gateway", () => {
  for (const [name, expected] of CONVERSATIONS) {
    test(TITLES[name], async () => {
      expect(await runNodeClient("run", name, world.gateway.url(`/${name}`))).toEqual(expected);
    }, 30_000);
  }
});
