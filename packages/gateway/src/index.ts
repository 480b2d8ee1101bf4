// The gateway for programs that embed it: what a caller needs to make and run one, and to add a service to it.
export type { GatewayView, ReloadReport } from "./admin/view.ts";
export { FAILURES, Failure, type FailureCode, type FailureKind } from "./failure.ts";
export { createGateway, type Gateway, type GatewayOptions, STANDARD_SERVICES } from "./gateway.ts";
export { type Clock, systemClock } from "./host/clock.ts";
export type { Acceptance, Service, ServiceContext, ServiceDefinition } from "./service/service.ts";
export type { Handshake } from "./session/handshake.ts";
export type { Message, Session, SessionHandler, SessionOpening } from "./session/session.ts";
export { type Log, silentLog } from "./telemetry/log.ts";
export { createLog } from "./telemetry/sink.ts";
