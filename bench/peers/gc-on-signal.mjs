// As gc-on-signal.ts, for Node started with --expose-gc.
process.on("SIGUSR2", () => globalThis.gc());
