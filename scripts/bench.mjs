// `npm run bench`: brings what the bench needs (packages, a C compiler, the servers that the gateway is compared
// with), then runs bench/main.ts on Bun with the arguments given. Measures nothing itself.
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { BUN, install, ROOT } from "./install.mjs";

/** What must be there, and the Debian packages that bring it. */
const TOOLS = [
  { file: "/usr/bin/cc", packages: ["gcc", "libc6-dev"] },
  { file: "/usr/sbin/nginx", packages: ["nginx"] },
  { file: "/usr/sbin/haproxy", packages: ["haproxy"] },
  { file: "/usr/bin/websockify", packages: ["websockify"] },
];

function installTools() {
  const packages = TOOLS.filter(({ file }) => !existsSync(file)).flatMap((tool) => tool.packages);
  if (packages.length === 0) return;
  const command = ["apt-get", "install", "-y", "--no-install-recommends", ...packages];
  if (process.platform !== "linux" || !existsSync("/usr/bin/apt-get") || process.getuid() !== 0) {
    throw new Error(`The bench needs ${packages.join(", ")}. On Debian, as root:\n  ${command.join(" ")}`);
  }
  console.error(`installing ${packages.join(" ")} …`);
  run(["apt-get", "update"]);
  run(command);
}

function run([command, ...args]) {
  // RUNLEVEL=1 keeps the packages from starting their services; the bench starts its own.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"], env });
  if (status !== 0)
    throw new Error(`${[command, ...args].join(" ")} failed${error ? `: ${error.message}` : ""}`);
}

/** Resolves with the exit code. A signal to end is passed on: the bench has servers to stop. */
function runBench() {
  const child = spawn(BUN, [join(ROOT, "bench/main.ts"), ...process.argv.slice(2)], { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => resolve(code ?? 1));
  });
}

try {
  install();
  installTools();
  process.exitCode = await runBench();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
