import { expect, test } from "bun:test";
import { loaded } from "../config/fake-loading.ts";
import { FakeClock } from "../host/fake-clock.ts";
import { silentLog } from "../telemetry/log.ts";
import { formatBanner } from "./banner.ts";
import { createFakeGateway } from "./fake-gateway.ts";

function banner(value: object): string {
  const { settings } = loaded("", { content: { value } });
  const { view } = createFakeGateway(settings, { log: silentLog, clock: new FakeClock() }, undefined);
  return formatBanner(view, settings);
}

test("lists addresses and services in columns", () => {
  const services = { "/": { type: "mirror" }, "/a/long/path": { type: "relay", connect: "tcp://h:1" } };
  expect(banner({ listen: ["http://localhost:1", "http://127.0.0.1:2"], services })).toBe(
    "Sluice 9.9.9\n\n" +
      "  listens       http://localhost:1\n" +
      "  listens       http://127.0.0.1:2\n" +
      "  admin         http://127.0.0.1:8001\n\n" +
      "  /             mirror\n" +
      "  /a/long/path  relay\n\n" +
      "Open http://localhost:1/ in a browser. Ctrl-C stops the gateway.\n\n",
  );
});

test("sends no browser to an address that means all", () => {
  const services = { "/": { type: "mirror" } };
  expect(banner({ listen: ["http://0.0.0.0:1"], admin: "off", services })).toContain(
    "Open http://localhost:1/ ",
  );
});

test("is silent of an admin side whose port only the log knows", () => {
  const services = { "/": { type: "mirror" } };
  expect(banner({ admin: "http://127.0.0.1:0", services })).not.toContain("admin");
});
