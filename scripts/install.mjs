// Brings node_modules in line with package-lock.json, and makes sure that the installed Bun runs.
// Needs Node 20, npm and, when something is missing, the registry; nothing else may be imported here,
// since this file runs before any package is there.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("..", import.meta.url));
export const BUN = join(ROOT, "node_modules/bun/bin/bun.exe");
const NODE_MAJOR_MIN = 20;
const PING_TIMEOUT_MS = 10_000;

/** Throws an `Error` whose message is written for the person at the terminal. */
export function install() {
  checkNode();
  const reason = whyInstall();
  if (reason !== undefined) runNpmCi(reason);
  checkBun();
}

function checkNode() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major >= NODE_MAJOR_MIN) return;
  throw new Error(
    `Node ${process.versions.node} is too old: Sluice needs Node ${NODE_MAJOR_MIN} or newer to install and start.`,
  );
}

/**
 * `undefined` when everything is there. Judged by npm's own record of what it installed, so that an
 * installation made by hand counts, and one that was interrupted or changed by hand does not.
 */
function whyInstall() {
  const recordFile = join(ROOT, "node_modules/.package-lock.json");
  if (!existsSync(recordFile)) return "no packages are installed yet";
  const wanted = packagesOf(join(ROOT, "package-lock.json"));
  const installed = packagesOf(recordFile);
  for (const [path, entry] of wanted) {
    const present = installed.get(path);
    // Optional packages are those of other platforms. The one that matters, Bun's own, is tried in checkBun.
    if (present === undefined && !entry.optional) return `${path} is missing`;
    if (present !== undefined && !isSame(present, entry))
      return `${path} is not what package-lock.json names`;
  }
  for (const path of installed.keys()) {
    if (!wanted.has(path)) return `${path} is not in package-lock.json`;
  }
  return undefined;
}

function packagesOf(file) {
  const { packages } = JSON.parse(readFileSync(file, "utf8"));
  return new Map(Object.entries(packages).filter(([path]) => path.includes("node_modules/")));
}

function isSame(a, b) {
  return a.version === b.version && a.integrity === b.integrity && a.link === b.link;
}

function runNpmCi(reason) {
  say(`installing packages with npm ci: ${reason}. This takes about a minute …`);
  const startedAtMs = performance.now();
  const { status } = npm(["ci", "--include=dev", "--no-audit", "--no-fund"], { stdio: "inherit" });
  if (status !== 0) throw new Error(`npm ci failed, its output is above.${networkHint()}`);
  say(`packages installed in ${((performance.now() - startedAtMs) / 1000).toFixed(1)} s`);
}

/** npm says what went wrong, not whether there is a network at all; one ping does. */
function networkHint() {
  const { status } = npm(["ping", "--fetch-retries=0", `--fetch-timeout=${PING_TIMEOUT_MS}`], {
    stdio: "ignore",
    timeout: PING_TIMEOUT_MS + 5_000,
  });
  if (status === 0) return "";
  return (
    "\nThe package registry does not answer (npm ping): the first start needs a network, or a registry that" +
    "\nnpm can reach (npm config get registry, proxy, cafile). Later starts need none."
  );
}

function npm(args, options) {
  // Under `npm start` this very npm is run again, whatever PATH says; by hand, the one on PATH is.
  const script = process.env.npm_execpath;
  const [command, first] =
    script === undefined || !/\.c?js$/.test(script) ? ["npm", []] : [process.execPath, [script]];
  const result = spawnSync(command, [...first, ...args], { cwd: ROOT, ...options });
  if (result.error?.code === "ENOENT") throw new Error("npm was not found. It comes with Node 20 and newer.");
  return result;
}

/**
 * The `bun` package is a placeholder until its install script has put the platform's binary in place. npm
 * leaves install scripts out where its policy says so (`ignore-scripts`), so a placeholder is mended here.
 */
function checkBun() {
  const wanted = JSON.parse(readFileSync(join(ROOT, "node_modules/bun/package.json"), "utf8")).version;
  if (bunVersion() === wanted) return;
  say("the install script of the package bun has not run, running it now …");
  spawnSync(process.execPath, [join(ROOT, "node_modules/bun/install.js")], {
    cwd: join(ROOT, "node_modules/bun"),
    stdio: "inherit",
  });
  if (bunVersion() === wanted) return;
  throw new Error(
    `Bun ${wanted} does not run here (${process.platform} ${process.arch}).` +
      "\nRemove node_modules and start again; if that does not help, this platform has no build of Bun.",
  );
}

function bunVersion() {
  const { status, stdout } = spawnSync(BUN, ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

function say(text) {
  console.error(`sluice: ${text}`);
}
