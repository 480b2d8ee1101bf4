// What one run of the bench owns: the compiled generator, a folder for configurations and logs, the servers that it
// started. Everything is gone after `close`, also when the run fails or is interrupted.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Server, type ServerCommand, startServer } from "./child.ts";

export interface Lab {
  /** The repository. */
  readonly root: string;
  /** The load generator. */
  readonly loadBinary: string;
  /** The TCP echo server that stands behind the bridges. */
  readonly tcpEchoBinary: string;
  start(spec: ServerCommand): Promise<Server>;
  /** Writes a configuration file and answers its path. */
  write(name: string, text: string): string;
  /** Makes a folder that lives as long as the lab. */
  folder(name: string): string;
  /** Stops what is still running of what was started. */
  stopServers(): Promise<void>;
  close(): Promise<void>;
}

export function createLab(root: string): Lab {
  const directory = mkdtempSync(join(tmpdir(), "sluice-bench-"));
  const binaries = join(root, ".cache/bench");
  mkdirSync(binaries, { recursive: true });
  const loadBinary = compile(root, "bench/load/*.c", join(binaries, "load"));
  const tcpEchoBinary = compile(root, "bench/backend/*.c", join(binaries, "tcp-echo"));
  const servers = new Set<Server>();
  const stopServers = async () => {
    await Promise.all([...servers].map((server) => server.stop()));
    servers.clear();
  };
  return {
    root,
    loadBinary,
    tcpEchoBinary,
    async start(spec) {
      const server = await startServer(directory, spec);
      const owned: Server = {
        ...server,
        async stop() {
          servers.delete(owned);
          await server.stop();
        },
      };
      servers.add(owned);
      return owned;
    },
    write(name, text) {
      const file = join(directory, name);
      writeFileSync(file, text);
      return file;
    },
    folder(name) {
      const path = join(directory, name);
      mkdirSync(path, { recursive: true });
      return path;
    },
    stopServers,
    async close() {
      await stopServers();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Compiled at every run: it takes half a second, and a stale generator would measure another commit. */
function compile(root: string, sources: string, target: string): string {
  const files = [...new Bun.Glob(sources).scanSync({ cwd: root })].map((file) => join(root, file));
  const { exitCode, stderr } = Bun.spawnSync(["cc", "-O2", "-o", target, ...files]);
  if (exitCode !== 0) throw new Error(`cc failed on ${sources}:\n${stderr.toString()}`);
  return target;
}
