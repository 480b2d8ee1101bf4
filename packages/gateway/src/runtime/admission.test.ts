import { describe, expect, test } from "bun:test";
import { commonOptions } from "../config/common.ts";
import type { Verdict } from "../guard/guard.ts";
import { FakeClock } from "../host/fake-clock.ts";
import { createFakeHandshake, FakeLog } from "../service/fake-session.ts";
import type { Acceptance, Service } from "../service/service.ts";
import type { Handshake } from "../session/handshake.ts";
import { createAdmission } from "./admission.ts";
import { createRunningService } from "./running-service.ts";

function setUp(service: Partial<Service>, connectionsMax: number | "unlimited" = "unlimited") {
  const clock = new FakeClock();
  const log = new FakeLog();
  const held: string[] = [];
  const state: { verdict: Verdict | Promise<Verdict>; isStopping: boolean } = {
    verdict: undefined,
    isStopping: false,
  };
  const release = (address: string) => void held.splice(held.indexOf(address), 1);
  const running = createRunningService({
    settings: {
      path: "/x",
      type: "fake",
      common: { ...commonOptions.parse({}), connectionsMax },
      options: {},
    },
    definition: {
      type: "fake",
      summary: "",
      match: "exact",
      options: commonOptions,
      create: () => ({ stop() {}, ...service }),
    },
    clock,
    log,
    publish: () => {},
    release,
  });
  const admission = createAdmission({
    clock,
    log,
    idPrefix: "t",
    limits: {
      stage: "limits",
      open: 0,
      judge: () => undefined,
      take: (address) => held.push(address),
      release,
    },
    judge: () => state.verdict,
    find: (path) => (path === "/x" ? running : undefined),
    isStopping: () => state.isStopping,
  });
  const admit = (fields: Partial<Handshake> = {}) =>
    admission.admit({ ...createFakeHandshake(), path: "/x", ...fields });
  return { admission, running, log, held, state, admit };
}

const handler = { message() {}, drained() {}, closed() {} };
const accepting: Partial<Service> = { accept: () => ({ subprotocol: "p", open: () => handler }) };

describe("the gate", () => {
  test("offers a session for what guards and service admit, and takes its place", () => {
    const { admit, held } = setUp(accepting);
    const outcome = admit();
    if (outcome instanceof Promise || outcome.kind !== "session") throw new Error("not a session");
    expect(outcome.session.subprotocol).toBe("p");
    expect(held).toHaveLength(1);
    outcome.session.abandon();
    expect(held).toHaveLength(0);
  });

  test.each([
    ["a path nobody has", accepting, { path: "/y" }, "path.unknown"],
    ["a page on a WebSocket path", accepting, { carrier: "http" as const }, "upgrade.required"],
    ["a WebSocket on a page's path", { respond: () => new Response() }, {}, "upgrade.unsupported"],
  ])("refuses %s, with one log line and one count", (_name, service, fields, code) => {
    const { admit, log, held } = setUp(service);
    expect(admit(fields)).toMatchObject({ kind: "refused", refusal: { code } });
    expect(log.events("info")).toEqual(["refused"]);
    expect(held).toHaveLength(0);
  });

  test("lets no service see what a guard refuses, at once or later", async () => {
    let isAsked = false;
    const { admit, state, running } = setUp({
      accept() {
        isAsked = true;
        return { subprotocol: "", open: () => handler };
      },
    });
    state.verdict = { code: "origin.refused", detail: "" };
    expect(admit()).toMatchObject({ kind: "refused" });
    state.verdict = Promise.resolve(state.verdict);
    expect(await admit()).toMatchObject({ kind: "refused", refusal: { code: "origin.refused" } });
    expect(isAsked).toBe(false);
    expect(running.group.metrics.refused.get("origin.refused")).toBe(2);
  });

  test("counts sessions that are still being accepted against connectionsMax", async () => {
    const gate = Promise.withResolvers<Acceptance>();
    const { admit } = setUp({ accept: () => gate.promise }, 1);
    const first = admit();
    expect(admit()).toMatchObject({ kind: "refused", refusal: { code: "limit.connections" } });
    gate.resolve({ refusal: { code: "subprotocol.unsupported", detail: "" } });
    expect(await first).toMatchObject({ kind: "refused", refusal: { code: "subprotocol.unsupported" } });
    expect(await admit()).toMatchObject({ kind: "refused", refusal: { code: "subprotocol.unsupported" } });
  });

  test.each([
    [
      "throws",
      () => {
        throw new Error("bug");
      },
    ],
    ["rejects", () => Promise.reject(new Error("bug"))],
  ])("answers 500, reports and gives the place back when a service %s", async (_how, accept) => {
    const { admit, log, held } = setUp({ accept });
    expect(await admit()).toMatchObject({ kind: "refused", refusal: { code: "session.bug" } });
    expect(log.events("error")).toEqual(["bug"]);
    expect(held).toHaveLength(0);
  });

  test("answers 500 when a service's response fails, and tells nothing of it", async () => {
    const { admit } = setUp({ respond: () => Promise.reject(new Error("secret")) });
    const outcome = await admit({ carrier: "http" });
    if (outcome.kind !== "response") throw new Error("not a response");
    const response = await outcome.respond(new Request("http://x/"));
    expect([response.status, await response.text()]).toEqual([500, "The gateway failed.\n"]);
  });

  test("refuses everyone while the gateway stops", () => {
    const { admit, state } = setUp(accepting);
    state.isStopping = true;
    expect(admit()).toMatchObject({ kind: "refused", refusal: { code: "gateway.stopping" } });
  });
});
