// What package-lock.json should hold and does not. Reads the format of lockfileVersion 3; asks nobody.

const SYSTEMS = [
  "aix",
  "android",
  "darwin",
  "freebsd",
  "linux",
  "netbsd",
  "openbsd",
  "openharmony",
  "sunos",
  "win32",
];
const PROCESSORS = { aarch64: "arm64" };
for (const name of ["arm", "arm64", "ia32", "loong64", "ppc64", "riscv64", "s390x", "wasm32", "x64"]) {
  PROCESSORS[name] = name;
}
const LIBRARIES = { gnu: "glibc", gnueabihf: "glibc", musl: "musl", musleabihf: "musl" };

/** Optional dependencies of exact version that no entry of the lock file stands for. */
export function missingOptionals(packages) {
  const missing = new Map();
  for (const [path, { optionalDependencies = {}, dev }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (!/^\d/.test(version) || resolves(packages, path, name)) continue;
      missing.set(name, { name, version, isDev: dev === true && missing.get(name)?.isDev !== false });
    }
  }
  return [...missing.values()];
}

/** As Node looks a package up: in the folder of the one that asks, then further out. */
function resolves(packages, path, name) {
  for (let base = path; ; base = base.slice(0, Math.max(0, base.lastIndexOf("node_modules/") - 1))) {
    if (`${base === "" ? "" : `${base}/`}node_modules/${name}` in packages) return true;
    if (base === "") return false;
  }
}

/** The platform that a package is for, of its name: `@oven/bun-linux-x64-musl`. */
export function platformOf(name) {
  const words = name.slice(name.indexOf("/") + 1).split(/[-_]/);
  const cpu = words.flatMap((word) => PROCESSORS[word] ?? []);
  const os = words.filter((word) => SYSTEMS.includes(word));
  const libc = os.includes("linux") ? words.flatMap((word) => LIBRARIES[word] ?? []) : [];
  if (cpu.length === 0 && os.length === 0) throw new Error(`no platform in the name ${name}`);
  return { ...(cpu.length > 0 && { cpu }), ...(libc.length > 0 && { libc }), ...(os.length > 0 && { os }) };
}

/** What keeps the lock file from working anywhere, as sentences. */
export function findLockProblems(packages) {
  const problems = missingOptionals(packages).map(
    ({ name }) => `${name}: missing; run node scripts/complete-lock.mjs`,
  );
  for (const [path, { resolved, integrity, link, optional }] of Object.entries(packages)) {
    if (resolved !== undefined && /^[a-z+]+:\/\//.test(resolved)) {
      problems.push(`${path}: names a host; run npm install with --omit-lockfile-registry-resolved`);
    }
    const isInstalled = path.includes("node_modules/") && !link;
    if (isInstalled && !optional && integrity === undefined) problems.push(`${path}: has no integrity hash`);
  }
  return problems;
}
