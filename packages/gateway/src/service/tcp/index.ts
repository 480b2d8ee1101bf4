// `tcp`: ties each client to a byte stream of its own: tcp, tls or a unix socket. Knows nothing of what the bytes say.
import { type DialBudget, dialTcp, type TcpHandler, type TcpTarget } from "../../host/tcp.ts";
import { readTextFile } from "../../host/text-file.ts";
import { createTurns } from "../../host/turns.ts";
import { count } from "../../telemetry/metrics.ts";
import type { ServiceContext, ServiceDefinition } from "../service.ts";
import { chooseSubprotocol } from "../subprotocol.ts";
import { bridge } from "./bridge.ts";
import { createFraming } from "./framing.ts";
import { type TcpSettings, tcpOptions } from "./options.ts";
import { PreparedPool } from "./prepared-pool.ts";

export const tcp: ServiceDefinition<typeof tcpOptions, "tcp"> = {
  type: "tcp",
  summary: "Ties each client to a connection of its own to a TCP, TLS or unix socket.",
  match: "exact",
  options: tcpOptions,
  create(settings, context) {
    const dial = createDial(settings, context);
    const turns = createTurns();
    const pool = settings.strategy === "prepared" ? createPool(settings, context, dial) : undefined;
    return {
      start: () => pool?.fill(),
      accept(handshake) {
        const subprotocol = chooseSubprotocol(handshake.subprotocols, context.common.subprotocols);
        if (typeof subprotocol !== "string") return { refusal: subprotocol };
        const open = (session: Parameters<typeof bridge>[0]) =>
          bridge(session, {
            context,
            turns,
            framing: createFraming(settings),
            firstByteTimeoutMs: settings.firstByteTimeout,
            dial: pool === undefined ? dial : (handler) => pool.take(handler),
            connectAtFirstMessage: settings.strategy === "deferred",
          });
        return { subprotocol, open };
      },
      stop: () => pool?.stop(),
    };
  },
};

function createDial(settings: TcpSettings, context: ServiceContext) {
  const target = resolveTarget(settings);
  const budget: DialBudget = { pending: 0, pendingMax: settings.pendingConnectsMax };
  const options = { clock: context.clock, connectTimeoutMs: settings.connectTimeout, budget };
  return (handler: TcpHandler) => dialTcp(target, handler, options);
}

function resolveTarget({ connect, tls }: TcpSettings): TcpTarget {
  if (connect.scheme === "unix") return { scheme: "unix", path: connect.path };
  const { hostname, port } = connect;
  if (connect.scheme === "tcp") return { scheme: "tcp", hostname, port };
  return {
    scheme: "tls",
    hostname,
    port,
    verify: tls.verify,
    ...(tls.ca === undefined ? {} : { ca: readTextFile(tls.ca) }),
    ...(tls.serverName === undefined ? {} : { serverName: tls.serverName }),
  };
}

function createPool(
  settings: TcpSettings,
  context: ServiceContext,
  dial: ReturnType<typeof createDial>,
): PreparedPool {
  return new PreparedPool({
    dial,
    size: settings.preparedCount,
    clock: context.clock,
    log: context.log,
    onFailure(failure) {
      count(context.metrics.backendFailures, failure.code);
      context.log.warn("back end cannot be reached", { code: failure.code, detail: failure.detail });
    },
  });
}
