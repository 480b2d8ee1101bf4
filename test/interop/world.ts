// The gateway of sluice.yaml and the real servers behind it, started for a test file and stopped after it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type GatewayFixture, startGateway } from "../fixture/gateway.ts";
import { startMosquitto } from "../fixture/mosquitto.ts";
import { startNgIrcd } from "../fixture/ngircd.ts";
import { startRabbitMq } from "../fixture/rabbitmq.ts";

export interface World {
  readonly gateway: GatewayFixture;
  stop(): Promise<void>;
}

/** RabbitMQ takes 10 s on two idle cores. */
export const WORLD_START_MS = 120_000;

/** `pages`: the folder served below `/pages`. */
export async function startWorld(pages: string): Promise<World> {
  const [mosquitto, rabbitMq, ngIrcd] = await Promise.all([startMosquitto(), startRabbitMq(), startNgIrcd()]);
  const servers = [mosquitto, rabbitMq, ngIrcd];
  const stopServers = () => Promise.all(servers.map((server) => server.stop()));
  try {
    const gateway = await startInteropGateway({
      PAGES: pages,
      AMQP_PORT: String(rabbitMq.amqpPort),
      STOMP_PORT: String(rabbitMq.stompPort),
      MQTT_PORT: String(mosquitto.port),
      IRC_PORT: String(ngIrcd.port),
    });
    return {
      gateway,
      async stop() {
        await gateway.stop();
        await stopServers();
      },
    };
  } catch (error) {
    await stopServers();
    throw error;
  }
}

/** Without servers behind it: port 9 of loopback, the discard service, is not listened on. */
const NO_SERVERS = { PAGES: import.meta.dir, AMQP_PORT: "9", STOMP_PORT: "9", MQTT_PORT: "9", IRC_PORT: "9" };

export function startInteropGateway(
  env: Readonly<Record<string, string>> = NO_SERVERS,
): Promise<GatewayFixture> {
  return startGateway(readFileSync(join(import.meta.dir, "sluice.yaml"), "utf8"), { env });
}
