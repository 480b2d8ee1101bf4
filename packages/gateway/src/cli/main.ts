// The program: one command line in the real process. Everything else is a function that a test can call.
import { createProcessHost } from "./process-host.ts";
import { runCli } from "./program.ts";

const host = createProcessHost();
const exitCode = await runCli(process.argv.slice(2), {
  host,
  loadGateway: () => import("../gateway.ts"),
  loadLog: () => import("../telemetry/sink.ts"),
});
host.exit(exitCode);
