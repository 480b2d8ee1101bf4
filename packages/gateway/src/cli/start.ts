// `sluice start`: runs a gateway in the foreground until a signal ends it.
import { diffSettings } from "../config/diff.ts";
import { formatProblem } from "../config/problem.ts";
import type { GatewaySettings } from "../config/settings.ts";
import type { Gateway } from "../gateway.ts";
import type { Log } from "../telemetry/log.ts";
import { formatBanner } from "./banner.ts";
import { asWarning, count } from "./check.ts";
import type { CliHost } from "./cli-host.ts";
import { type ConfigRequest, formatProblems, readConfig } from "./config-file.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { CliParts, GatewayModule } from "./gateway-door.ts";
import { explainStartError } from "./start-error.ts";

/** Resolves when the gateway has stopped. */
export async function start(
  request: ConfigRequest,
  { host, loadGateway, loadLog }: CliParts,
): Promise<ExitCode> {
  const [gatewayModule, { createLog }] = await Promise.all([loadGateway(), loadLog()]);
  const { result, text, file } = await readConfig(request, gatewayModule.STANDARD_SERVICES, host);
  if ("problems" in result) {
    host.printError(formatProblems(result.problems, text, host.isErrorTerminal));
    host.printError(
      `${file ?? "the built-in configuration"}: ${count(result.problems.length, "problem")}; not started\n`,
    );
    return EXIT.configuration;
  }
  host.printError(formatProblems(result.warnings.map(asWarning), text, host.isErrorTerminal));
  const { settings } = result;
  const log = createLog(settings.log);
  const gateway = gatewayModule.createGateway(settings, {
    log,
    clock: host.clock,
    // The file that was found, even if it has gone since: the built-in configuration must not take its place.
    reloadSource: async () => {
      const loaded = await readAgain({ ...request, file }, gatewayModule, host);
      if ("settings" in loaded) warnOfRestart(settings, loaded.settings, log);
      return loaded;
    },
  });
  // A bug outside of every session, such as in a timer. Ending the process would be worse for everyone who is served.
  host.onUncaught((error) => log.error("bug", { where: "outside of any session" }, error));
  const ended = untilStopped(gateway, log, host);
  try {
    await host.limitHeaders(settings.limits.headerMaxSize);
    await gateway.start();
    if (isForPeople(settings, host)) {
      // Both go to standard output, by ways of their own: lines of the log would stand in the middle.
      await log.flush();
      host.print(formatBanner(gateway.view, settings));
    }
    return await ended;
  } catch (error) {
    throw await explainStartError(error, settings);
  } finally {
    await log.flush();
  }
}

async function readAgain(
  request: ConfigRequest,
  { STANDARD_SERVICES }: GatewayModule,
  host: CliHost,
): Promise<{ settings: GatewaySettings } | { problems: readonly string[] }> {
  try {
    const { result } = await readConfig(request, STANDARD_SERVICES, host);
    return "settings" in result
      ? { settings: result.settings }
      : { problems: result.problems.map(formatProblem) };
  } catch (error) {
    // A file that has gone is a problem like others: the gateway goes on as it was.
    return { problems: [error instanceof Error ? error.message : String(error)] };
  }
}

/** `started` is what the process was set up with; options that it reads only then are compared with that. */
function warnOfRestart(started: GatewaySettings, settings: GatewaySettings, log: Log): void {
  const options = diffSettings(started, settings).globals.filter(({ needsRestart }) => needsRestart);
  if (options.length === 0) return;
  log.warn("changed options take a restart", { options: options.map(({ option }) => option).join(", ") });
}

function isForPeople({ log }: GatewaySettings, host: CliHost): boolean {
  return log.format === "pretty" || (log.format === "auto" && host.isOutputTerminal);
}

/** Ctrl-C reaches this process twice when its launcher passes it on too, on a busy machine a moment later. Milliseconds. */
const SECOND_SIGNAL_MIN_MS = 500;

/** The first SIGTERM or SIGINT stops the gateway, a second one ends the process at once. SIGHUP reads the file again. */
function untilStopped(gateway: Gateway, log: Log, host: CliHost): Promise<ExitCode> {
  return new Promise((resolve) => {
    let stoppingSinceMs: number | undefined;
    const stop = (): void => {
      const nowMs = host.clock.monotonicMs();
      if (stoppingSinceMs !== undefined) {
        if (nowMs - stoppingSinceMs >= SECOND_SIGNAL_MIN_MS) host.exit(EXIT.failed);
        return;
      }
      stoppingSinceMs = nowMs;
      gateway.stop().then(
        () => resolve(EXIT.ok),
        (error: unknown) => {
          log.error("stopping failed", {}, error);
          resolve(EXIT.failed);
        },
      );
    };
    host.onSignal("SIGTERM", stop);
    host.onSignal("SIGINT", stop);
    host.onSignal("SIGHUP", () => {
      gateway.view.reload().catch((error: unknown) => log.error("reload failed", {}, error));
    });
  });
}
