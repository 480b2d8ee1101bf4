// Why a gateway could not be started, for the person at the terminal: which address, what is wrong with it, what to
// do. Looks at the addresses again, since the system's error does not name the one it was about.
import { createServer } from "node:net";
import { formatHostPort } from "../config/address.ts";
import { listenerName } from "../config/diff.ts";
import type { AdminSettings, GatewaySettings } from "../config/settings.ts";
import { CommandError, EXIT } from "./exit-code.ts";

/** Tries an address; the system's code when it cannot be listened on. */
export type TryListen = (address: AdminSettings) => Promise<string | undefined>;

export async function explainStartError(
  error: unknown,
  settings: GatewaySettings,
  tryAddress: TryListen = tryListen,
): Promise<CommandError> {
  const code = listenErrorCode(error);
  if (code === undefined) return new CommandError(EXIT.failed, chainOf(error), { cause: error });
  const failing = await findFailing(settings, tryAddress);
  const texts = failing.map((one) => explain(one, settings));
  const message = texts.length > 0 ? texts.join("\n") : `cannot listen (${code}): ${chainOf(error)}`;
  return new CommandError(EXIT.listen, message, { cause: error });
}

const LISTEN_CODES: ReadonlySet<string> = new Set([
  "EADDRINUSE",
  "EACCES",
  "EPERM",
  "EADDRNOTAVAIL",
  "ENOTFOUND",
]);
/** Causes of causes; more would be a loop. */
const CAUSES_MAX = 8;

function causesOf(error: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  for (let next = error; next !== undefined && next !== null && chain.length < CAUSES_MAX; ) {
    chain.push(next);
    next = next instanceof Error ? next.cause : undefined;
  }
  return chain;
}

function codeOf(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** The system's code when an address could not be had; `undefined` when something else went wrong. */
function listenErrorCode(error: unknown): string | undefined {
  return causesOf(error)
    .filter((one) => !(one instanceof Error && "syscall" in one && one.syscall === "open"))
    .map(codeOf)
    .find((code) => code !== undefined && LISTEN_CODES.has(code));
}

function chainOf(error: unknown): string {
  const messages = causesOf(error).map((one) => (one instanceof Error ? one.message : String(one)));
  return messages.filter((message) => message !== "").join(": ");
}

interface FailingAddress {
  readonly name: string;
  readonly address: AdminSettings;
  readonly isAdmin: boolean;
  readonly code: string;
}

/** The gateway has given up all its addresses by now, so that what fails here fails because of others. */
async function findFailing(
  { listen, admin }: GatewaySettings,
  tryAddress: TryListen,
): Promise<readonly FailingAddress[]> {
  const addresses = [
    ...listen.map((one) => ({ name: listenerName(one), address: one, isAdmin: false })),
    ...(admin === undefined
      ? []
      : [{ name: `http://${formatHostPort(admin.hostname, admin.port)}`, address: admin, isAdmin: true }]),
  ];
  const failing: FailingAddress[] = [];
  for (const one of addresses) {
    const code = await tryAddress(one.address);
    if (code !== undefined) failing.push({ ...one, code });
  }
  return failing;
}

/** The code with which listening fails; `undefined` when it works. */
async function tryListen({ hostname, port }: AdminSettings): Promise<string | undefined> {
  const hosts = hostname === "localhost" ? ["127.0.0.1", "::1"] : [hostname];
  for (const host of hosts) {
    const code = await new Promise<string | undefined>((resolve) => {
      const server = createServer();
      server.once("error", (error) => resolve(codeOf(error) ?? "UNKNOWN"));
      server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
    });
    // A host may have no IPv6 at all; that is not what kept `localhost` from being had.
    const isMissingFamily = host === "::1" && (code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT");
    if (code !== undefined && !isMissingFamily) return code;
  }
  return undefined;
}

function explain({ name, address, isAdmin, code }: FailingAddress, settings: GatewaySettings): string {
  const { hostname, port } = address;
  const key = isAdmin ? "`admin`" : "`listen`";
  if (code === "EADDRINUSE") {
    const who =
      isAdmin || port === settings.listen[0]?.port
        ? "another program, perhaps another Sluice,"
        : "another program";
    const elsewhere = isAdmin
      ? "--admin http://127.0.0.1:PORT"
      : `--listen http://${formatHostPort(hostname, 0).replace(/0$/, "PORT")}`;
    return (
      `cannot listen on ${name}: ${who} has port ${port}.\n` +
      `  Who it is:  ss -ltnp 'sport = :${port}'  (Linux), lsof -nP -iTCP:${port} -sTCP:LISTEN  (macOS)\n` +
      `  Then stop it, or take another port: ${key} in the configuration, or ${elsewhere}`
    );
  }
  if (code === "EACCES" || code === "EPERM") {
    return (
      `cannot listen on ${name}: permission denied. Ports below 1024 are for privileged programs.\n` +
      "  Under systemd set AmbientCapabilities=CAP_NET_BIND_SERVICE; in a container map the port from outside;\n" +
      `  or take a port above 1023 under ${key}`
    );
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return (
      `cannot listen on ${name}: this host does not have the address ${hostname}.\n` +
      `  Take one of its own (ip address), 0.0.0.0 for all of IPv4, or localhost, under ${key}`
    );
  }
  return `cannot listen on ${name} (${code})`;
}
