// `npm start`: installs what is missing, then runs the gateway. Arguments after `npm start --` go to
// `sluice start`. Knows nothing of the gateway but its command.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { install, ROOT } from "./install.mjs";
import { endWithParent } from "./parent.mjs";

const COMMAND = join(ROOT, "packages/gateway/bin/sluice.mjs");

try {
  install();
} catch (error) {
  console.error(`sluice: ${error.message}`);
  process.exit(1);
}

endWithParent();
// The command runs in this process: one process less between the terminal's signals and the gateway, and
// the exit code is the gateway's own.
process.argv = [process.execPath, COMMAND, "start", ...process.argv.slice(2)];
await import(pathToFileURL(COMMAND));
