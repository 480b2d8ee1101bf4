// How long does the gateway take from its command to its first answer?
import { accepts, stopChild } from "./harness/child.ts";
import { digits } from "./harness/format.ts";
import type { Lab } from "./harness/lab.ts";
import { cpuBetween, cpuSnapshot, processTree } from "./harness/process-tree.ts";
import type { Question } from "./harness/question.ts";
import { finding, interleave, runsOf } from "./harness/rounds.ts";
import { spreadOf } from "./harness/statistics.ts";
import { bareCommand, gatewayCommand, type PlannedServer } from "./servers.ts";

const GOAL_MS = 300;
/** Starts are short: more of them than other questions have rounds. */
const ROUNDS_MIN = 7;
const GIVE_UP_MS = 15_000;

const SERVICES = {
  "/echo": { type: "echo" },
  "/feed": { type: "broadcast", clients: "publish" },
  "/tcp": { type: "tcp", connect: "tcp://127.0.0.1:9" },
};

interface StartRun {
  readonly ms: number;
  /** CPU time of the whole process tree until then. */
  readonly cpuMs: number;
}

async function startOnce({ command, port }: PlannedServer): Promise<StartRun> {
  const startMs = performance.now();
  const child = Bun.spawn([...command], { stdin: "pipe", stdout: "ignore", stderr: "pipe" });
  try {
    while (!(await accepts(port))) {
      if (child.exitCode !== null)
        throw new Error(
          `it ended with exit code ${child.exitCode}: ${(await new Response(child.stderr).text()).trim()}`,
        );
      if (performance.now() - startMs > GIVE_UP_MS)
        throw new Error(`it did not serve within ${GIVE_UP_MS} ms`);
      await Bun.sleep(1);
    }
    // Any status will do: it is an answer.
    await (await fetch(`http://localhost:${port}/echo`, { keepalive: false })).arrayBuffer();
    const ms = performance.now() - startMs;
    const { usedNs } = cpuBetween(new Map(), cpuSnapshot(processTree(child.pid)));
    return { ms, cpuMs: usedNs / 1e6 };
  } finally {
    await stopChild(child);
  }
}

function starters(lab: Lab): Map<string, () => PlannedServer> {
  return new Map([
    ["gateway", () => gatewayCommand(lab, { services: SERVICES })],
    ["gateway by its command `sluice`", () => gatewayCommand(lab, { services: SERVICES, byLauncher: true })],
    ["bare Bun.serve", () => bareCommand(lab)],
  ]);
}

export const start: Question = {
  id: "start",
  title: "From the command to the first answer",
  async ask(lab, plan, say) {
    const rounds = Math.max(plan.rounds, ROUNDS_MIN);
    say(`${rounds} starts each`);
    const runs = await interleave(starters(lab), rounds, (plan) => startOnce(plan()));
    const rows = [...runs].map(([name, all]) => [
      name,
      ...[spreadOf(all.map(({ ms }) => ms)), spreadOf(all.map(({ cpuMs }) => cpuMs))].map(
        ({ median, least, most }) => `${digits(median)} (${digits(least)}–${digits(most)})`,
      ),
    ]);
    const untilAnswer = spreadOf(runsOf(runs, "gateway").map(({ ms }) => ms));
    return {
      findings: [finding("gateway, start until it serves", "ms", untilAnswer, GOAL_MS)],
      tables: [
        {
          title: `${rounds} starts each`,
          columns: ["server", "ms (least–most)", "CPU ms (least–most)"],
          rows,
        },
      ],
      notes: [
        "The command `sluice` starts Node first, which starts Bun: that is its difference. On a busy machine the CPU time is the better figure.",
      ],
      runs: Object.fromEntries(runs),
    };
  },
};
