// How long does the gateway take from its command to its first answer?
import { accepts, stopChild } from "./harness/child.ts";
import { digits } from "./harness/format.ts";
import type { Lab } from "./harness/lab.ts";
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

async function msUntilAnswer({ command, port }: PlannedServer): Promise<number> {
  const startMs = performance.now();
  const child = Bun.spawn([...command], { stdin: "pipe", stdout: "ignore", stderr: "ignore" });
  try {
    while (!(await accepts(port))) {
      if (child.exitCode !== null)
        throw new Error(`${command.join(" ")} ended with exit code ${child.exitCode}`);
      if (performance.now() - startMs > GIVE_UP_MS) throw new Error(`${command.join(" ")} did not serve`);
      await Bun.sleep(1);
    }
    // Any status will do: it is an answer.
    await (await fetch(`http://localhost:${port}/echo`, { keepalive: false })).arrayBuffer();
    return performance.now() - startMs;
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
    const runs = await interleave(starters(lab), rounds, (plan) => msUntilAnswer(plan()));
    const rows = [...runs].map(([name, all]) => {
      const { median, least, most } = spreadOf(all);
      return [name, `${digits(median)} (${digits(least)}–${digits(most)})`];
    });
    return {
      findings: [finding("gateway, start until it serves", "ms", spreadOf(runsOf(runs, "gateway")), GOAL_MS)],
      tables: [{ title: `${rounds} starts each`, columns: ["server", "ms (least–most)"], rows }],
      notes: ["The command `sluice` starts Node first, which starts Bun: that is its difference."],
      runs: Object.fromEntries(runs),
    };
  },
};
