// What the commands need of the gateway itself. Loaded only by the commands that use it, so that the others start
// fast; handed in, so that tests can stand in for it.
import type { LogSettings } from "../config/gateway.ts";
import type { GatewaySettings } from "../config/settings.ts";
import type { Gateway, GatewayOptions } from "../gateway.ts";
import type { ServiceDefinition } from "../service/service.ts";
import type { OwnedLog } from "../telemetry/sink.ts";
import type { CliHost } from "./cli-host.ts";

export interface GatewayModule {
  readonly STANDARD_SERVICES: readonly ServiceDefinition[];
  createGateway(settings: GatewaySettings, options: GatewayOptions): Gateway;
}

export interface LogModule {
  createLog(settings: LogSettings): OwnedLog;
}

export interface CliParts {
  readonly host: CliHost;
  loadGateway(): Promise<GatewayModule>;
  loadLog(): Promise<LogModule>;
}
