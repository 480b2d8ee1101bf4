// What does a plain HTTP request cost, proxied and from a file, beside nginx? For information: no goal.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer, Question } from "./harness/question.ts";
import { compareUnderLoad, type Shape } from "./harness/rounds.ts";
import { startBareBackend, startGateway, startNginx } from "./servers.ts";

const CONNECTIONS = 64;

function shape(label: string, path: string): Shape {
  return { label, load: { mode: "http", path, connections: CONNECTIONS } };
}

export const http: Question = {
  id: "http",
  title: `HTTP requests, ${CONNECTIONS} connections, one request in flight each`,
  async ask(lab, plan, say): Promise<Answer> {
    const root = lab.folder("site");
    const folder = lab.folder("site/files");
    writeFileSync(join(folder, "small.txt"), "a".repeat(1024));
    writeFileSync(join(folder, "large.txt"), "a".repeat(65_536));
    const backend = await startBareBackend(lab);
    const gateway = await startGateway(lab, {
      services: {
        "/": { type: "http", connect: `http://127.0.0.1:${backend.port}` },
        "/files": { type: "files", directory: folder },
      },
    });
    const proxied = await compareUnderLoad(lab, plan, say, {
      servers: [gateway, await startNginx(lab, { upstreamPort: backend.port })],
      goals: {},
      shapes: [shape("proxy, 1 KB", "/"), shape("proxy, 64 KB", "/large")],
      unit: { one: "request", many: "requests" },
    });
    const files = await compareUnderLoad(lab, plan, say, {
      servers: [gateway, await startNginx(lab, { folder: root })],
      goals: {},
      shapes: [shape("file, 1 KB", "/files/small.txt"), shape("file, 64 KB", "/files/large.txt")],
      unit: { one: "request", many: "requests" },
    });
    return {
      findings: [...proxied.findings, ...files.findings],
      tables: [...proxied.tables, ...files.tables],
      notes: [
        "The proxies' back end is the bare Bun server; its CPU is not counted. Both keep connections to it.",
      ],
      runs: { ...proxied.runs, ...files.runs },
    };
  },
};
