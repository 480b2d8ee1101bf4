// The Debian packages of the system tests: the real servers, a browser, a JDK and command line tools.
// Installs what is missing and starts none of it: the tests start their own, on their own ports.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";

const PACKAGES = [
  "chromium",
  "curl",
  "fonts-dejavu-core",
  "gcc",
  "haproxy",
  "libc6-dev",
  "mosquitto",
  "nginx",
  "ngircd",
  "openssl",
  "rabbitmq-server",
];
// Any JDK serves, and a package of another name may have brought it.
const JDK_PACKAGE = "default-jdk-headless";
const JAVA_COMPILER = "/usr/bin/javac";
const POLICY_FILE = "/usr/sbin/policy-rc.d";
/** Exit code 101 forbids the action (policy-rc.d interface of invoke-rc.d). */
const POLICY_DENY = "#!/bin/sh\nexit 101\n";
const APT_TIMEOUT_MS = 8 * 60_000;

function installDebianPackages() {
  if (!existsSync("/usr/bin/dpkg")) {
    throw new Error(
      "The system tests need Debian 12 or newer, for its servers. Other tests run anywhere: --only unit",
    );
  }
  const missing = missingPackages();
  if (missing.length === 0) return console.log("all Debian packages are installed");
  const install = ["apt-get", "install", "-y", "--no-install-recommends", ...missing];
  if (process.getuid() !== 0) {
    throw new Error(`Debian packages are missing. As root, run:\n  apt-get update && ${install.join(" ")}`);
  }
  console.log(`installing ${missing.join(" ")}`);
  const ownsPolicy = !existsSync(POLICY_FILE);
  if (ownsPolicy) writeFileSync(POLICY_FILE, POLICY_DENY, { mode: 0o755 });
  try {
    run(["apt-get", "update"]);
    run(install);
  } finally {
    if (ownsPolicy) rmSync(POLICY_FILE, { force: true });
  }
}

function missingPackages() {
  const missing = PACKAGES.filter((name) => !isInstalled(name));
  if (!existsSync(JAVA_COMPILER)) missing.push(JDK_PACKAGE);
  return missing;
}

function isInstalled(name) {
  const { stdout } = spawnSync("dpkg", ["-s", name], { encoding: "utf8" });
  return /^Status: .* installed$/m.test(stdout);
}

function run([command, ...args]) {
  // A lock held by an automatic update is waited for.
  const options = ["-o", "DPkg::Lock::Timeout=120", "-o", "Acquire::Retries=2"];
  const { status, error } = spawnSync(command, [...options, ...args], {
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" },
    timeout: APT_TIMEOUT_MS,
  });
  if (status !== 0)
    throw new Error(`${[command, ...args].join(" ")} failed${error ? `: ${error.message}` : ""}`);
}

try {
  installDebianPackages();
} catch (error) {
  console.error(error.message);
  process.exit(1);
}
