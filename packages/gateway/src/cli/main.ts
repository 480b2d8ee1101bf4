// The program: one command line in the real process. Everything else is a function that a test can call.
import { EXIT } from "./exit-code.ts";
import { createProcessHost } from "./process-host.ts";
import { runCli } from "./program.ts";

const host = createProcessHost();
const exitCode = await runCli(process.argv.slice(2), {
  host,
  loadGateway: () => import("../gateway.ts"),
  loadLog: () => import("../telemetry/sink.ts"),
});
// A report that is only half in its file must not count as made.
const isWritten = await host.flush();
host.exit(exitCode === EXIT.ok && !isWritten ? EXIT.failed : exitCode);
