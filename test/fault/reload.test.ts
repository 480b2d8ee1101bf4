// Reload under load: sessions of untouched services notice nothing, a bad file changes nothing.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type GatewayFixture, startGateway } from "../fixture/gateway.ts";

const SESSIONS = 50;
const RELOADS = 20;

const config = (more: string) => `
listen: [http://localhost:0]
admin: http://127.0.0.1:0
services:
  /echo: { type: echo }
${more}
`;

let gateway: GatewayFixture;
beforeAll(async () => {
  gateway = await startGateway(config("  /other: { type: echo, repeat: 2 }"));
});
afterAll(() => gateway.stop());

interface Load {
  readonly lost: () => number;
  readonly rounds: () => number;
  readonly stop: () => Promise<void>;
}

/** Sessions that each send a number, wait for it, and send the next one. */
async function startLoad(path: string): Promise<Load> {
  let lost = 0;
  let rounds = 0;
  let isOver = false;
  const sockets = await Promise.all(
    Array.from({ length: SESSIONS }, async () => {
      const socket = new WebSocket(gateway.url(path));
      await new Promise((resolve, reject) => {
        socket.onopen = resolve;
        socket.onerror = reject;
      });
      return socket;
    }),
  );
  const ends = sockets.map(
    (socket) =>
      new Promise<void>((resolve) => {
        let next = 0;
        socket.onmessage = ({ data }) => {
          if (data !== String(next)) lost++;
          rounds++;
          if (isOver) return socket.close();
          socket.send(String(++next));
        };
        socket.onclose = () => {
          if (!isOver) lost++;
          resolve();
        };
        socket.send(String(next));
      }),
  );
  return {
    lost: () => lost,
    rounds: () => rounds,
    async stop() {
      isOver = true;
      await Promise.all(ends);
    },
  };
}

async function reload(text: string): Promise<{ status: number; body: { changes?: string[] } }> {
  gateway.writeConfig(text);
  const response = await fetch(`${gateway.adminUrl}/api/v1/reload`, { method: "POST" });
  return { status: response.status, body: (await response.json()) as { changes?: string[] } };
}

describe("a reload under load", () => {
  test("drops no session of an untouched service, however often", async () => {
    const load = await startLoad("/echo");
    for (let round = 0; round < RELOADS; round++) {
      const before = load.rounds();
      const { status, body } = await reload(config(`  /other: { type: echo, repeat: ${3 + (round % 2)} }`));
      expect([status, body.changes]).toEqual([200, ["service /other changed"]]);
      while (load.rounds() === before) await new Promise((resolve) => setImmediate(resolve));
    }
    await load.stop();
    expect(load.lost()).toBe(0);
  });

  test("keeps sessions when the largest message changes, and takes the new one for them", async () => {
    const load = await startLoad("/echo");
    const { status } = await reload(config("  /big: { type: echo, messageMaxSize: 1 MiB }"));
    expect(status).toBe(200);
    const socket = new WebSocket(gateway.url("/big"));
    socket.binaryType = "arraybuffer";
    await new Promise((resolve) => {
      socket.onopen = resolve;
    });
    const answer = new Promise<number>((resolve) => {
      socket.onmessage = ({ data }) => resolve(data.byteLength);
    });
    socket.send(new Uint8Array(1 << 20));
    expect(await answer).toBe(1 << 20);
    await load.stop();
    expect(load.lost()).toBe(0);
  });

  test("ends the sessions of a removed service with 1012", async () => {
    await reload(config("  /other: { type: echo }"));
    const socket = new WebSocket(gateway.url("/other"));
    await new Promise((resolve) => {
      socket.onopen = resolve;
    });
    const end = new Promise<number>((resolve) => {
      socket.onclose = ({ code }) => resolve(code);
    });
    await reload(config(""));
    expect(await end).toBe(1012);
  });

  test.each([
    ["is no YAML", "listen: ["],
    ["has an unknown key", config("  /x: { type: echo, repaet: 2 }")],
    ["has an unknown type", config("  /x: { type: ecko }")],
    ["listens where somebody else does", "TAKEN"],
  ])("refuses a file that %s whole, says why, and changes nothing", async (_name, text) => {
    const taken = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const load = await startLoad("/echo");
    const bad =
      text === "TAKEN"
        ? `listen: [http://127.0.0.1:${taken.port}]\nservices: { /new: { type: echo } }`
        : text;
    expect((await reload(bad)).status).toBe(422);
    const services = (await (await fetch(`${gateway.adminUrl}/api/v1/services`)).json()) as unknown;
    expect(JSON.stringify(services)).not.toContain("/new");
    await load.stop();
    expect(load.lost()).toBe(0);
    taken.stop(true);
    expect(
      gateway.log().some((line) => line.level === "error" && String(line.event).includes("reload refused")),
    ).toBe(true);
  });

  test("happens on SIGHUP too", async () => {
    gateway.writeConfig(config("  /hup: { type: echo }"));
    gateway.signal("SIGHUP");
    while (!gateway.log().some((line) => String(line.changes).includes("service /hup added"))) {
      await fetch(`${gateway.adminUrl}/healthz`);
    }
  });
});
