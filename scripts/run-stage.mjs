// Runs one command of a test run: in a process group of its own, its output kept in a file, with a deadline.
// Whatever of the group outlives the command is reported and killed. Judges nothing but that.
import { spawn } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { ROOT } from "./install.mjs";

const DEADLINE_MS = 10 * 60_000;
const KILL_AFTER_MS = 5_000;
/** A server that was told to stop may still be on its way out when the command has ended. */
const LEFTOVER_GRACE_MS = 3_000;
const LEFTOVER_POLL_MS = 50;

/**
 * Resolves with `{ exitCode, signal, isTimedOut, leftovers }`; `leftovers` are command lines.
 * `onStart` gets a function that kills the group, for the one who is interrupted meanwhile.
 */
export async function runCommand([command, ...args], { outputFile, env, deadlineMs = DEADLINE_MS, onStart }) {
  const output = openSync(outputFile, "a");
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ["ignore", output, output],
    detached: true,
  });
  closeSync(output);
  const kill = (signal) => killGroup(child.pid, signal);
  onStart?.(() => kill("SIGKILL"));
  let isTimedOut = false;
  const timers = [
    setTimeout(() => {
      isTimedOut = true;
      kill("SIGTERM");
    }, deadlineMs),
    setTimeout(() => kill("SIGKILL"), deadlineMs + KILL_AFTER_MS),
  ];
  const { exitCode, signal, error } = await ended(child);
  for (const timer of timers) clearTimeout(timer);
  const leftovers = child.pid === undefined ? [] : await leftoversOf(child.pid);
  kill("SIGKILL");
  return { exitCode, signal, error, isTimedOut, leftovers };
}

function ended(child) {
  return new Promise((resolve) => {
    child.once("exit", (exitCode, signal) => resolve({ exitCode, signal }));
    child.once("error", (error) => resolve({ exitCode: null, signal: null, error }));
  });
}

function killGroup(pid, signal) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // ESRCH: the whole group is gone, which is what was wanted.
    if (error.code !== "ESRCH") throw error;
  }
}

async function leftoversOf(group) {
  const deadlineMs = performance.now() + LEFTOVER_GRACE_MS;
  for (;;) {
    const found = membersOf(group);
    if (found.length === 0 || performance.now() > deadlineMs) return found;
    await new Promise((resolve) => setTimeout(resolve, LEFTOVER_POLL_MS));
  }
}

/** Command lines of the group's living processes (proc(5)); none where there is no /proc. */
function membersOf(group) {
  let pids;
  try {
    pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
  return pids.flatMap((pid) => {
    try {
      // pid (comm) state ppid pgrp …; comm may hold spaces and parentheses.
      const [state, , processGroup] = readFileSync(`/proc/${pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      if (Number(processGroup) !== group || state === "Z") return [];
      return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim()}`];
    } catch {
      // It ended between the listing and the reading.
      return [];
    }
  });
}
