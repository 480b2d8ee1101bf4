// The drafts of 2009, hixie-75 and hixie-76, with the framing of a library that is not ours.
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { GatewayFixture } from "../fixture/gateway.ts";
import { runNodeClient } from "./program.ts";
import { startInteropGateway } from "./world.ts";

let gateway: GatewayFixture;
beforeAll(async () => {
  gateway = await startInteropGateway();
});
afterAll(() => gateway.stop());

/** Random, so that each run sees other messages; a failing test prints it, and SLUICE_SEED repeats it. */
const SEED = process.env.SLUICE_SEED ?? String(Math.trunc(Math.random() * 2 ** 32));

for (const [draft, goodbye] of [
  ["hixie-75", ""],
  ["hixie-76", "ff00"],
] as const) {
  test(`${draft}: 10,000 random messages come back as they were sent (seed ${SEED})`, async () => {
    const { hostname, port } = new URL(gateway.listenerUrls[1] ?? "");
    expect(await runNodeClient("draft", draft, hostname, port, SEED)).toEqual({
      status: "HTTP/1.1 101",
      answerIsRight: true,
      received: 10_000,
      isIntact: true,
      goodbye,
    });
  }, 30_000);
}
