// The gate behind all listeners: guards, then the path's service. What it refuses it logs and counts, once.
import { FAILURES, Failure, type FailureCode } from "../failure.ts";
import type { Refusal, Verdict } from "../guard/guard.ts";
import type { LimitsGuard } from "../guard/limits.ts";
import type { Clock } from "../host/clock.ts";
import type { Gate, Outcome } from "../net/gate.ts";
import type { Acceptance } from "../service/service.ts";
import type { Handshake } from "../session/handshake.ts";
import { PlainSession } from "../session/plain-session.ts";
import type { Log } from "../telemetry/log.ts";
import { count } from "../telemetry/metrics.ts";
import type { RunningService } from "./running-service.ts";

export interface AdmissionOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly limits: LimitsGuard;
  /** Goes before the counter in connection ids, so that those of two runs differ in the logs. */
  readonly idPrefix: string;
  /** All guards, the limits included. Replaced by a reload. */
  judge(handshake: Handshake, nowMs: number): Verdict | Promise<Verdict>;
  find(path: string): RunningService | undefined;
  isStopping(): boolean;
}

export interface Admission extends Gate {
  /** Refusals that belong to no service. */
  readonly refused: Map<FailureCode, number>;
  onHandshake: ((seconds: number) => void) | undefined;
}

export function createAdmission(options: AdmissionOptions): Admission {
  const { log } = options;
  const refused = new Map<FailureCode, number>();
  let lastId = 0;
  const admission: Admission = {
    refused,
    onHandshake: undefined,
    nextConnectionId: () => `${options.idPrefix}-${(++lastId).toString(36)}`,
    observeHandshake: (seconds) => admission.onHandshake?.(seconds),
    reportBug: (bug) => log.error("bug", {}, bug),
    refuse(refusal, address, listener) {
      count(refused, refusal.code);
      log.info("refused", { code: refusal.code, detail: refusal.detail, address, listener });
    },
    admit(handshake) {
      try {
        return admit(options, refused, handshake);
      } catch (bug) {
        return answerBug(options, bug);
      }
    },
  };
  return admission;
}

function admit(
  options: AdmissionOptions,
  refused: Map<FailureCode, number>,
  handshake: Handshake,
): Outcome | Promise<Outcome> {
  const route = options.find(handshake.path);
  const conclude = (verdict: Verdict): Outcome | Promise<Outcome> => {
    const refusal = verdict ?? findRefusal(options, route, handshake);
    if (refusal !== undefined) return refuse(options, refused, route, handshake, refusal);
    // `findRefusal` refuses where there is no route.
    return route === undefined ? answerBug(options, undefined) : enter(options, refused, route, handshake);
  };
  const verdict = options.judge(handshake, options.clock.monotonicMs());
  if (verdict instanceof Promise) return verdict.then(conclude).catch((bug) => answerBug(options, bug));
  return conclude(verdict);
}

function findRefusal(
  options: AdmissionOptions,
  route: RunningService | undefined,
  handshake: Handshake,
): Verdict {
  if (options.isStopping()) return { code: "gateway.stopping", detail: "" };
  if (route === undefined) return { code: "path.unknown", detail: "" };
  const isHttp = handshake.carrier === "http";
  if (isHttp && route.service.respond === undefined) return { code: "upgrade.required", detail: "" };
  if (!isHttp && route.service.accept === undefined) return { code: "upgrade.unsupported", detail: "" };
  const { connectionsMax } = route.group.common;
  const open = route.group.sessions.size + route.group.opening;
  if (!isHttp && connectionsMax !== "unlimited" && open >= connectionsMax) {
    return {
      code: "limit.connections",
      detail: `connectionsMax of the service is ${connectionsMax}`,
      retryAfterS: 5,
    };
  }
  return undefined;
}

function refuse(
  options: AdmissionOptions,
  refused: Map<FailureCode, number>,
  route: RunningService | undefined,
  handshake: Handshake,
  refusal: Refusal,
): Outcome {
  count(route?.group.metrics.refused ?? refused, refusal.code);
  const { connectionId, address, path, listener } = handshake;
  options.log.info("refused", {
    connection: connectionId,
    code: refusal.code,
    detail: refusal.detail,
    address,
    path,
    listener,
  });
  return { kind: "refused", refusal };
}

function enter(
  options: AdmissionOptions,
  refused: Map<FailureCode, number>,
  route: RunningService,
  handshake: Handshake,
): Outcome | Promise<Outcome> {
  const { service, group } = route;
  if (handshake.carrier === "http") {
    group.metrics.httpRequests++;
    return { kind: "response", respond: (request) => respond(options, route, request, handshake) };
  }
  options.limits.take(handshake.address);
  group.opening++;
  const settle = (acceptance: Acceptance | undefined): Outcome => {
    // From here on the session gives its place back itself, when it is open or never will be.
    if (acceptance !== undefined && "open" in acceptance) {
      const openedAtMs = options.clock.wallMs();
      return {
        kind: "session",
        session: new PlainSession({ handshake, group, opening: acceptance, openedAtMs }),
      };
    }
    group.opening--;
    options.limits.release(handshake.address);
    const refusal = acceptance?.refusal ?? { code: "path.unknown", detail: "" };
    return refuse(options, refused, route, handshake, refusal);
  };
  const fail = (bug: unknown): Outcome => {
    group.opening--;
    options.limits.release(handshake.address);
    return answerBug(options, bug);
  };
  try {
    const acceptance = service.accept?.(handshake);
    return acceptance instanceof Promise ? acceptance.then(settle, fail) : settle(acceptance);
  } catch (bug) {
    return fail(bug);
  }
}

async function respond(
  options: AdmissionOptions,
  route: RunningService,
  request: Request,
  handshake: Handshake,
): Promise<Response> {
  try {
    const response = await route.service.respond?.(request, handshake);
    if (response !== undefined) return response;
  } catch (bug) {
    options.log.error("bug", { connection: handshake.connectionId, service: route.path }, bug);
  }
  return new Response(`${FAILURES["session.bug"].message}\n`, { status: 500 });
}

function answerBug(options: AdmissionOptions, bug: unknown): Outcome {
  options.log.error("bug", {}, bug ?? new Failure("session.bug"));
  return { kind: "refused", refusal: { code: "session.bug", detail: "" } };
}
