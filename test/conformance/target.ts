// What the conformance cases are tried on: the echo service at SLUICE_URL (`ws://host:port/path`), or both kinds of
// listener of a gateway that is started for them. They share their services and nothing of their WebSocket code.
import { afterAll, beforeAll, describe } from "bun:test";
import { type GatewayFixture, startGateway } from "../fixture/gateway.ts";

export const CONFIG = `
listen:
  - http://127.0.0.1:0
  - { url: http://127.0.0.1:0, drafts: true }
admin: http://127.0.0.1:0
limits:
  connectsPerAddress: { perSecond: 100000, burst: 100000 }
services:
  /echo: { type: echo }
`;

export const LISTENERS = ["the listener", "the listener with drafts"] as const;

/** Defines the cases once for each target, or for the named ones. To be called once in a test file. */
export function onEachTarget(
  defineCases: (url: () => string) => void,
  names: readonly (typeof LISTENERS)[number][] = LISTENERS,
): void {
  const given = process.env.SLUICE_URL;
  if (given !== undefined) {
    describe(given, () => defineCases(() => given));
    return;
  }
  let gateway: GatewayFixture | undefined;
  beforeAll(async () => {
    gateway = await startGateway(CONFIG);
  });
  afterAll(() => gateway?.stop());
  for (const name of names) {
    const index = LISTENERS.indexOf(name);
    describe(name, () => defineCases(() => `${gateway?.listenerUrls[index]?.replace(/^http/, "ws")}/echo`));
  }
}
