// Interleaved runs of several servers under the same loads, and the answer that comes of them.
import type { Server } from "./child.ts";
import { digits, percent, thousands } from "./format.ts";
import type { Lab } from "./lab.ts";
import type { LoadOptions } from "./load.ts";
import { type Measurement, measure, type Timing } from "./measure.ts";
import type { Answer, Finding, Plan, Table } from "./question.ts";
import { judge, median, ratiosOf, roundOrder, type Spread, spreadOf } from "./statistics.ts";

/** On a quiet machine a server that has a core of its own waits for it less than this share of the time. */
const WAITED_MAX = 0.1;

/** One load that all servers get. */
export interface Shape {
  readonly label: string;
  readonly load: Omit<LoadOptions, "port">;
}

/** The word for what is counted: `message` and `messages`. */
export interface Unit {
  readonly one: string;
  readonly many: string;
}

export interface Comparison {
  /** The first is the subject; all others are its references. */
  readonly servers: readonly Server[];
  /** Highest ratio of the subject's CPU per message to that of the reference so named. */
  readonly goals: Readonly<Record<string, number>>;
  readonly shapes: readonly Shape[];
  /** What is counted. */
  readonly unit: Unit;
}

/** Runs all participants in turn, round by round; the runs by the participant's name. */
export async function interleave<P, R>(
  participants: ReadonlyMap<string, P>,
  rounds: number,
  run: (participant: P) => Promise<R>,
): Promise<Map<string, R[]>> {
  const runs = new Map<string, R[]>([...participants.keys()].map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, participant] of roundOrder([...participants], round)) {
      runs.get(name)?.push(await run(participant));
    }
  }
  return runs;
}

/** The runs of one participant; a name that did not run is a mistake of the question. */
export function runsOf<R>(runs: ReadonlyMap<string, readonly R[]>, name: string): readonly R[] {
  const found = runs.get(name);
  if (found === undefined) throw new Error(`no runs of ${name}`);
  return found;
}

export function finding(
  claim: string,
  unit: Finding["unit"],
  figure: Spread,
  goal: number | undefined,
): Finding {
  if (goal === undefined) return { claim, unit, figure };
  return { claim, unit, figure, goal, verdict: judge(figure.median, goal) };
}

export async function compareUnderLoad(
  lab: Lab,
  plan: Plan,
  say: (progress: string) => void,
  comparison: Comparison,
): Promise<Pick<Answer, "findings" | "tables" | "runs">> {
  const { servers, goals, shapes, unit } = comparison;
  const byName = new Map(servers.map((server) => [server.name, server]));
  for (const name of Object.keys(goals))
    if (!byName.has(name)) throw new Error(`a goal for ${name}, which does not run`);
  const [subject, ...references] = byName.keys();
  if (subject === undefined) throw new Error("nothing to compare");
  const findings: Finding[] = [];
  const tables: Table[] = [];
  const allRuns: Record<string, Measurement[]> = {};
  for (const { label, load } of shapes) {
    say(label);
    // One unmeasured turn for each, so that every just-in-time compiler has seen its code.
    const warmUp: Timing = { ...plan.timing, measureMs: plan.timing.warmMs };
    for (const server of servers) await measure(lab.loadBinary, server, load, warmUp);
    const runs = await interleave(byName, plan.rounds, (server) =>
      measure(lab.loadBinary, server, load, plan.timing),
    );
    const costs = (name: string) => runsOf(runs, name).map((run) => run.cpuUs);
    const waited = median(runsOf(runs, subject).map((run) => run.serverWaited));
    for (const reference of references) {
      const claim = `${subject} / ${reference}, CPU per ${unit.one}, ${label}`;
      const one = finding(claim, "×", ratiosOf(costs(subject), costs(reference)), goals[reference]);
      findings.push(waited > WAITED_MAX ? { ...one, isDisturbed: true } : one);
    }
    tables.push(loadTable(label, runs, unit));
    for (const [name, measurements] of runs) allRuns[`${label}: ${name}`] = measurements;
  }
  return { findings, tables, runs: allRuns };
}

/** What each server paid, what it carried, and whether the generator kept up. */
function loadTable(title: string, runs: ReadonlyMap<string, readonly Measurement[]>, unit: Unit): Table {
  const columns = [
    "server",
    `CPU µs/${unit.one} (least–most)`,
    `${unit.many}/s`,
    "p50 µs",
    "p99 µs",
    "server cores",
    "waiting",
    `generator µs/${unit.one}`,
    "generator cores",
  ];
  const rows = [...runs].map(([name, measurements]) => {
    const of = (pick: (run: Measurement) => number) => spreadOf(measurements.map(pick));
    const cpu = of((run) => run.cpuUs);
    const bound = measurements.filter((run) => run.isGeneratorBound).length;
    return [
      bound === 0 ? name : `${name} (generator-bound in ${bound} of ${measurements.length})`,
      `${digits(cpu.median)} (${digits(cpu.least)}–${digits(cpu.most)})`,
      thousands(of((run) => run.perSecond).median),
      thousands(of((run) => run.p50Us).median),
      thousands(of((run) => run.p99Us).median),
      digits(of((run) => run.serverCores).median),
      percent(of((run) => run.serverWaited).median),
      digits(of((run) => run.generatorCpuUs).median),
      digits(of((run) => run.generatorCores).median),
    ];
  });
  return { title, columns, rows };
}
