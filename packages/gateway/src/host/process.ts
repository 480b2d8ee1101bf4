// What the process tells about itself, beside memory and descriptors.

/** Processor time in user and kernel mode since the start, all threads. */
export function readCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** The runtime and its version, such as `bun 1.4.5`. */
export function runtimeName(): string {
  return `bun ${process.versions.bun ?? "unknown"}`;
}
