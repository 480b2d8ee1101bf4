// How much memory does a connection hold that says nothing?
//
// Every run has a fresh server: memory that an earlier run grew and gave back to the allocator would hide the next
// run's. Two figures: all that was added, over all connections (what a machine must have), and the slope between a
// fifth of the connections and all of them (what one more connection costs, without what the first ones brought).
import type { Server } from "./harness/child.ts";
import { digits, thousands } from "./harness/format.ts";
import type { Lab } from "./harness/lab.ts";
import { startLoad } from "./harness/load.ts";
import { residentBytes } from "./harness/process-tree.ts";
import type { Question } from "./harness/question.ts";
import { finding, interleave, runsOf } from "./harness/rounds.ts";
import { type Spread, spreadOf } from "./harness/statistics.ts";
import { startBare, startGateway, startWs } from "./servers.ts";

interface IdleRun {
  readonly bytesPerConnection: number;
  readonly bytesPerOneMore: number;
  readonly startBytes: number;
}

/** Below the limit of 20,000 descriptors that is usual for one process, with the gateway's reserve taken off. */
const CONNECTIONS = 16_000;
const CONNECTIONS_QUICK = 8_000;
/** From the last handshake, or the last collection, to the reading. */
const SETTLE_MS = 700;
const GATEWAY_EXCESS_MAX_BYTES = 0.7 * 1024;
const GATEWAY_MAX_BYTES = 2 * 1024;

async function settledBytes(server: Server): Promise<number> {
  // Twice: what the first collection finalizes, the second one frees.
  for (let i = 0; i < 2; i++) {
    await Bun.sleep(SETTLE_MS / 2);
    process.kill(server.pid, "SIGUSR2");
  }
  await Bun.sleep(SETTLE_MS / 2);
  return residentBytes(server.pids());
}

async function runIdle(lab: Lab, connections: number, start: () => Promise<Server>): Promise<IdleRun> {
  const server = await start();
  const few = Math.floor(connections / 5);
  const load = { mode: "idle", path: "/echo", port: server.port, sources: 4 } as const;
  const startBytes = await settledBytes(server);
  const first = await startLoad(lab.loadBinary, { ...load, connections: few });
  const fewBytes = await settledBytes(server);
  const rest = await startLoad(lab.loadBinary, { ...load, connections: connections - few });
  const allBytes = await settledBytes(server);
  await first.stop();
  await rest.stop();
  await server.stop();
  return {
    bytesPerConnection: (allBytes - startBytes) / connections,
    bytesPerOneMore: (allBytes - fewBytes) / (connections - few),
    startBytes,
  };
}

export const idle: Question = {
  id: "idle",
  title: "Memory of an idle WebSocket connection",
  async ask(lab, plan, say) {
    const connections = plan.isQuick ? CONNECTIONS_QUICK : CONNECTIONS;
    say(`${thousands(connections)} connections`);
    const bunArguments = ["--preload", `${lab.root}/bench/peers/gc-on-signal.ts`];
    const nodeArguments = ["--expose-gc", "--import", `${lab.root}/bench/peers/gc-on-signal.mjs`];
    const starters = new Map<string, () => Promise<Server>>([
      ["gateway", () => startGateway(lab, { services: { "/echo": { type: "echo" } }, bunArguments })],
      ["bare Bun.serve", () => startBare(lab, bunArguments)],
      ...(plan.isQuick ? [] : [["ws on Node", () => startWs(lab, nodeArguments)] as const]),
    ]);
    const runs = await interleave(starters, plan.rounds, (start) => runIdle(lab, connections, start));
    const gateway = runsOf(runs, "gateway");
    const bare = runsOf(runs, "bare Bun.serve");
    const held = gateway.map((run) => run.bytesPerConnection);
    const excess = held.map((bytes, round) => bytes - (bare[round]?.bytesPerConnection ?? Number.NaN));
    const text = ({ median, least, most }: Spread) => `${digits(median)} (${digits(least)}–${digits(most)})`;
    const rows = [...runs].map(([name, all]) => [
      name,
      text(spreadOf(all.map((run) => run.bytesPerConnection))),
      text(spreadOf(all.map((run) => run.bytesPerOneMore))),
      digits(spreadOf(all.map((run) => run.startBytes / 1024 / 1024)).median),
    ]);
    return {
      findings: [
        finding("gateway, memory per idle connection", "bytes", spreadOf(held), GATEWAY_MAX_BYTES),
        finding(
          "gateway − bare Bun.serve, per idle connection",
          "bytes",
          spreadOf(excess),
          GATEWAY_EXCESS_MAX_BYTES,
        ),
      ],
      tables: [
        {
          title: `${thousands(connections)} connections`,
          columns: ["server", "bytes/connection (least–most)", "bytes for one more", "MB at start"],
          rows,
        },
      ],
      notes: [
        "Resident memory after two forced garbage collections, against the same server before its first connection. The kernel's own socket memory is not in it.",
      ],
      runs: Object.fromEntries(runs),
    };
  },
};
