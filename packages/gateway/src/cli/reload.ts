// `sluice reload`: asks a running gateway, through its admin side, to read its configuration again.
import type { CliHost } from "./cli-host.ts";
import { CommandError, EXIT, type ExitCode } from "./exit-code.ts";

export interface ReloadOptions {
  /** The running gateway's admin address, a URL: `http://127.0.0.1:8001`. */
  readonly admin: string;
}

/** Services may take their time to start, such as for a feed; beyond this something is wrong. Milliseconds. */
const ANSWER_TIMEOUT_MS = 60_000;

export async function reload({ admin }: ReloadOptions, host: CliHost): Promise<ExitCode> {
  const report = await ask(admin, host);
  if (report.applied) {
    for (const change of report.changes) host.print(`${change}\n`);
    host.print(report.changes.length === 0 ? "Reloaded; nothing changed.\n" : "Reloaded.\n");
    return EXIT.ok;
  }
  for (const problem of report.problems) host.printError(`${problem}\n`);
  host.printError("Not reloaded; the gateway goes on as it was.\n");
  return EXIT.configuration;
}

type Report =
  | { readonly applied: true; readonly changes: readonly string[] }
  | { readonly applied: false; readonly problems: readonly string[] };

async function ask(admin: string, host: CliHost): Promise<Report> {
  const response = await post(new URL("/api/v1/reload", admin).href, admin, host);
  const body: unknown = await response.json().catch(() => undefined);
  const report = readReport(body);
  if (report !== undefined) return report;
  throw new CommandError(EXIT.failed, `${admin} answered ${response.status}: it is no admin side of Sluice`);
}

async function post(url: string, admin: string, host: CliHost): Promise<Response> {
  try {
    return await host.fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
  } catch (cause) {
    const isLate = cause instanceof Error && cause.name === "TimeoutError";
    const message = isLate
      ? `${admin} did not answer within ${ANSWER_TIMEOUT_MS / 1000} s`
      : `no gateway answers at ${admin}; is it running? If its \`admin\` is another address, give it by --admin URL`;
    throw new CommandError(EXIT.failed, message, { cause });
  }
}

function readReport(body: unknown): Report | undefined {
  if (typeof body !== "object" || body === null) return undefined;
  const [applied, changes, problems]: unknown[] = [
    Reflect.get(body, "applied"),
    Reflect.get(body, "changes"),
    Reflect.get(body, "problems"),
  ];
  if (applied === true && isTextList(changes)) return { applied, changes };
  return applied === false && isTextList(problems) ? { applied, problems } : undefined;
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}
