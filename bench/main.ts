// Runs the bench: asks the questions, shows the answers, keeps them in bench/results. Run by scripts/bench.mjs, which
// has installed what it needs.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { accept } from "./accept.ts";
import { bridge } from "./bridge.ts";
import { echo } from "./echo.ts";
import { fan } from "./fan.ts";
import { readConditions } from "./harness/conditions.ts";
import { createLab, type Lab } from "./harness/lab.ts";
import type { Plan, Question } from "./harness/question.ts";
import { formatResult, formatResults, type Result } from "./harness/report.ts";
import { http } from "./http.ts";
import { idle } from "./idle.ts";
import { start } from "./start.ts";

const QUESTIONS: readonly Question[] = [echo, bridge, fan, idle, accept, start, http];
const ROOT = join(import.meta.dirname, "..");
const RESULTS = join(ROOT, "bench/results");
const ROUNDS_LEAST = 3;

const USAGE = `Usage: npm run bench -- [options]

  --quick          short runs, fewer shapes: about two minutes in all; kept as quick.json, not as latest.json
  --only LIST      only these questions, comma-separated: ${QUESTIONS.map(({ id }) => id).join(", ")}
  --rounds NUMBER  interleaved rounds, at least ${ROUNDS_LEAST}
  --json           print the results as JSON; progress goes to standard error in any case
  --help           this text`;

interface Request {
  readonly questions: readonly Question[];
  readonly plan: Plan;
  readonly isJson: boolean;
}

/** Throws an `Error` with a message for whoever typed the arguments. */
function parseRequest(args: string[]): Request | undefined {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      only: { type: "string" },
      rounds: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const rounds = Number(values.rounds ?? (values.quick ? ROUNDS_LEAST : 7));
  if (!Number.isInteger(rounds) || rounds < ROUNDS_LEAST)
    throw new Error(`--rounds needs a number from ${ROUNDS_LEAST} on`);
  const timing = values.quick ? { warmMs: 200, measureMs: 600 } : { warmMs: 500, measureMs: 1500 };
  return {
    questions: selectQuestions(values.only),
    plan: { isQuick: values.quick, rounds, timing },
    isJson: values.json,
  };
}

function selectQuestions(only: string | undefined): readonly Question[] {
  if (only === undefined) return QUESTIONS;
  const wanted = only.split(",");
  for (const id of wanted)
    if (!QUESTIONS.some((question) => question.id === id)) throw new Error(`no question ${id}\n\n${USAGE}`);
  return QUESTIONS.filter(({ id }) => wanted.includes(id));
}

async function answerOne(lab: Lab, question: Question, plan: Plan): Promise<Result> {
  const { id, title } = question;
  const conditions = readConditions(ROOT);
  const description = `${plan.isQuick ? "quick, " : ""}${plan.rounds} rounds of ${plan.timing.measureMs / 1000} s`;
  const say = (progress: string) => console.error(`${id}: ${progress} …`);
  say("starting");
  try {
    const answer = await question.ask(lab, plan, say);
    return { id, title, conditions, plan: description, answer };
  } catch (error) {
    // One question's failure must not cost the other questions' answers; the exit code tells of it.
    return { id, title, conditions, plan: description, failure: (error as Error).message };
  } finally {
    await lab.stopServers();
  }
}

/** Answers of questions that were not asked this time are kept, with the conditions of their own run. */
function keep(name: string, results: readonly Result[]): void {
  mkdirSync(RESULTS, { recursive: true });
  const file = join(RESULTS, `${name}.json`);
  const earlier: Result[] = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  const kept = QUESTIONS.flatMap(({ id }) => {
    const result = results.find((one) => one.id === id) ?? earlier.find((one) => one.id === id);
    return result === undefined ? [] : [result];
  });
  writeFileSync(file, `${JSON.stringify(kept, undefined, 1)}\n`);
  writeFileSync(join(RESULTS, `${name}.md`), formatResults(kept));
  // What is committed has to pass the repository's own format check.
  const biome = join(ROOT, "node_modules/.bin/biome");
  const { exitCode, stderr } = Bun.spawnSync([biome, "format", "--write", "--no-errors-on-unmatched", file]);
  if (exitCode !== 0) throw new Error(`${file} could not be formatted:\n${stderr.toString()}`);
}

async function run({ questions, plan, isJson }: Request): Promise<number> {
  const lab = createLab(ROOT);
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => void lab.close().finally(() => process.exit(1)));
  }
  const results: Result[] = [];
  try {
    for (const question of questions) {
      const result = await answerOne(lab, question, plan);
      results.push(result);
      if (!isJson) console.log(`${formatResult(result)}\n`);
    }
  } finally {
    await lab.close();
  }
  if (isJson) console.log(JSON.stringify(results, undefined, 1));
  keep(plan.isQuick ? "quick" : "latest", results);
  return results.some((result) => result.failure !== undefined) ? 1 : 0;
}

try {
  const request = parseRequest(process.argv.slice(2));
  if (request === undefined) console.log(USAGE);
  else process.exitCode = await run(request);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
