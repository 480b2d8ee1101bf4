// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to the environment are tested.
import { describe, expect, test } from "bun:test";
import { stringify } from "yaml";
import { FAKE_DEFINITIONS } from "./fake-definitions.ts";
import { loaded } from "./fake-loading.ts";
import { MASK, resolvedData } from "./print.ts";

function print(text: string, environment = {}): Record<string, unknown> {
  return resolvedData(loaded(text, { environment }), FAKE_DEFINITIONS);
}

/** The one service of `own`, as it is printed. */
function printService(own: string, environment = {}): unknown {
  const services = print(
    `services:\n  /a: { type: relay, connect: "tcp://h:1", ${own} }`,
    environment,
  ).services;
  return typeof services === "object" && services !== null ? Reflect.get(services, "/a") : undefined;
}

test("every default is filled in, with units as people write them", () => {
  expect(print("services: { /a/: { type: mirror } }")).toEqual({
    listen: [{ url: "http://localhost:8000", drafts: false, compression: false }],
    admin: "http://127.0.0.1:8001",
    hosts: [],
    addresses: { allow: [], deny: [] },
    trustedProxies: [],
    limits: {
      connectionsMax: "auto",
      connectionsPerAddressMax: 1000,
      connectsPerAddress: { perSecond: 100, burst: 500 },
      handshakeTimeout: "10s",
      headerMaxSize: "16 KiB",
      requestBodyMaxSize: "16 MiB",
      closeTimeout: "5s",
      memoryMaxSize: "unlimited",
      descriptorReserve: 256,
    },
    stop: { spread: "1s", deadline: "10s" },
    log: { level: "info", format: "auto" },
    services: {
      "/a": {
        type: "mirror",
        repeat: 1,
        origins: [],
        subprotocols: [],
        messageMaxSize: "128 KiB",
        pendingMaxSize: "256 KiB",
        slowMaxSize: "1 MiB",
        idleTimeout: "60s",
        connectionsMax: "unlimited",
        compressionMinSize: "off",
      },
    },
  });
});

test("a number of the environment is a number", () => {
  const text = "defaults: { connectionsMax: '${N}' }\nservices: { /a: { type: mirror, repeat: '${N}' } }";
  expect(print(text, { N: "5" }).services).toMatchObject({ "/a": { connectionsMax: 5, repeat: 5 } });
});

test("a default that is a number has its unit too", () => {
  expect(printService("")).toMatchObject({ bufferSize: "64 KiB", wait: "5s", speed: "auto" });
});

test("`defaults` show in the services that do not say otherwise", () => {
  const text =
    "defaults: { idleTimeout: 5m }\nservices: { /a: { type: mirror }, /b: { type: mirror, idleTimeout: 90s } }";
  expect(print(text).services).toMatchObject({ "/a": { idleTimeout: "5m" }, "/b": { idleTimeout: "90s" } });
});

describe("secrets are masked", () => {
  test.each([
    ["by their schema", "key: hunter2", { key: MASK }],
    ["by their name", "password: hunter2", { password: MASK }],
    [
      "by the name of a header",
      "login: { user: x, headers: { Authorization: hunter2, X-Api-Key: hunter2, Accept: y } }",
      { login: { headers: { Authorization: MASK, "X-Api-Key": MASK, Accept: "y" } } },
    ],
    [
      "in the user information of a URL",
      'login: { user: "https://me:hunter2@host/x" }',
      { login: { user: `https://me:${MASK}@host/x` } },
    ],
  ])("%s", (_name, own, expected) => {
    expect(printService(own)).toMatchObject(expected);
  });

  test("by the name of the variable that they come from", () => {
    const environment = { MQTT_PASSWORD: "hunter2", HOST: "broker" };
    expect(printService('login: { user: "${MQTT_PASSWORD}" }', environment)).toMatchObject({
      login: { user: MASK },
    });
    expect(printService('login: { user: "${HOST}" }', environment)).toMatchObject({
      login: { user: "broker" },
    });
    expect(
      JSON.stringify(
        print("listen: ['http://${SECRET_HOST}:1']\nservices: { /a: { type: mirror } }", { SECRET_HOST: "h" })
          .listen,
      ),
    ).toContain(MASK);
  });

  test("files are not: their names are no secrets", () => {
    expect(printService("login: { user: x, file: secret.key }")).toMatchObject({
      login: { file: "/etc/sluice/secret.key" },
    });
  });
});

test("what is printed is read back as the same settings", () => {
  const text = `
listen: [http://127.0.0.1:0, { url: "https://[::1]:8443", tls: { certificate: c.pem, key: k.pem } }]
defaults: { idleTimeout: 5m, subprotocols: [mqtt] }
limits: { connectionsMax: "\${MAX}", memoryMaxSize: 1.5 GiB }
services:
  /a/: { type: relay, connect: "ws://h/\${PATH:-x}", login: { user: "$\${literal}", file: f }, weights: [1, 2], speed: 2 MB/s }
  /b: { type: mirror, repeat: 2, idleTimeout: unlimited }
`;
  const before = loaded(text, { environment: { MAX: "50" } });
  const printed = resolvedData(before, FAKE_DEFINITIONS);
  expect(loaded(stringify(printed)).settings).toEqual(before.settings);
  expect(loaded(JSON.stringify(printed)).settings).toEqual(before.settings);
});
