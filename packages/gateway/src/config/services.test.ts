import { describe, expect, test } from "bun:test";
import { loaded, problemsOf } from "./fake-loading.ts";

describe("a service", () => {
  test("has its own options, the common ones, and the defaults of both", () => {
    const { services } = loaded("services:\n  /b: { type: mirror, repeat: 3, idleTimeout: 5s }").settings;
    expect(services).toEqual([
      {
        path: "/b",
        type: "mirror",
        options: { repeat: 3 },
        common: {
          origins: [],
          subprotocols: [],
          messageMaxSize: 131_072,
          pendingMaxSize: 262_144,
          slowMaxSize: 1_048_576,
          idleTimeout: 5000,
          connectionsMax: "unlimited",
          compressionMinSize: "off",
        },
      },
    ]);
  });

  test("comes sorted by path, whatever the order of the file", () => {
    const { services } = loaded(
      "services: { /b: { type: mirror }, /: { type: mirror }, /a/: { type: mirror } }",
    ).settings;
    expect(services.map(({ path }) => path)).toEqual(["/", "/a", "/b"]);
  });

  test("is judged by refinements of its own options", () => {
    const text = "services:\n  /a: { type: relay, connect: tcp://h:1, mode: framed, isEager: true }";
    expect(problemsOf(text)).toEqual(["sluice.yaml:2:65: services./a.isEager: is not for the mode `framed`"]);
  });
});

describe("defaults", () => {
  const text = (own: string) =>
    `defaults: { idleTimeout: 5m, origins: [https://a.example] }\nservices:\n  /a: { type: mirror, ${own} }`;
  const common = (own: string) => loaded(text(own)).settings.services[0]?.common;

  test("lie above the built-in ones and below the service's own", () => {
    expect(common("")).toMatchObject({
      idleTimeout: 300_000,
      origins: ["https://a.example"],
      messageMaxSize: 131_072,
    });
    expect(common("idleTimeout: 1s, origins: []")).toMatchObject({ idleTimeout: 1000, origins: [] });
  });

  test("may be numbers of the environment", () => {
    const text = `defaults: { connectionsMax: "\${N}" }\nservices: { /a: { type: mirror } }`;
    const { services } = loaded(text, { environment: { N: "5" } }).settings;
    expect(services[0]?.common.connectionsMax).toBe(5);
  });

  test("show through an empty value", () => {
    expect(common("idleTimeout:")).toMatchObject({ idleTimeout: 300_000 });
  });

  test("are blamed once, where they stand", () => {
    const broken =
      "defaults:\n  idleTimeout: 5\n  mesageMaxSize: 1 B\n  type: mirror\nservices:\n  /a: { type: mirror }\n  /b: { type: mirror }";
    expect(problemsOf(broken)).toEqual([
      "sluice.yaml:2:16: defaults.idleTimeout: has no unit; write for example `500ms`, `30s` or `5m`",
      "sluice.yaml:3:3: defaults.mesageMaxSize: unknown key; did you mean `messageMaxSize`?",
      "sluice.yaml:4:3: defaults.type: unknown key; known are `origins`, `subprotocols`, `messageMaxSize`, `pendingMaxSize`, `slowMaxSize`, `idleTimeout`, `connectionsMax`, `compressionMinSize`",
    ]);
  });

  test("are a map", () => {
    expect(problemsOf("defaults: 5\nservices: { /a: { type: mirror } }")).toEqual([
      "sluice.yaml:1:11: defaults: must be a map of keys",
    ]);
  });
});

describe("mistakes", () => {
  test.each([
    [
      "services:",
      "sluice.yaml:1:10: services: is missing; write for example `/echo: { type: echo }` below it",
    ],
    [
      "listen: [http://a:1]",
      "sluice.yaml: services: is missing; write for example `/echo: { type: echo }` below it",
    ],
    [
      "services: []",
      "sluice.yaml:1:11: services: must be a map of paths; write for example `/echo: { type: echo }` below it",
    ],
    ["services: {}", "sluice.yaml:1:11: services: is empty: the gateway would serve nothing"],
    [
      "services: { /a: }",
      "sluice.yaml:1:17: services./a: must be a map with a `type`; types are `mirror`, `relay`",
    ],
    [
      "services: { /a: mirror }",
      "sluice.yaml:1:17: services./a: must be a map with a `type`; types are `mirror`, `relay`",
    ],
    ["services: { /a: {} }", "sluice.yaml:1:13: services./a.type: is missing; types are `mirror`, `relay`"],
    [
      "services: { /a: { typ: mirror } }",
      "sluice.yaml:1:19: services./a.typ: unknown key; did you mean `type`?",
    ],
    [
      "services: { /a: { type: 5 } }",
      "sluice.yaml:1:25: services./a.type: must be a text; types are `mirror`, `relay`",
    ],
    [
      "services: { /a: { type: miror } }",
      "sluice.yaml:1:25: services./a.type: unknown service type; did you mean `mirror`? Types are `mirror`, `relay`",
    ],
    [
      "services: { /a: { type: other } }",
      "sluice.yaml:1:25: services./a.type: unknown service type; types are `mirror`, `relay`",
    ],
    [
      "services: { /a: { type: mirror, repeat: 1001 } }",
      "sluice.yaml:1:41: services./a.repeat: must be at most 1000",
    ],
    [
      "services: { /a: { type: mirror, repeats: 2 } }",
      "sluice.yaml:1:33: services./a.repeats: unknown key; did you mean `repeat`?",
    ],
    [
      "services: { /a: { type: mirror, mesageMaxSize: 1 B } }",
      "sluice.yaml:1:33: services./a.mesageMaxSize: unknown key; did you mean `messageMaxSize`?",
    ],
    ["services: { a: { type: mirror } }", "sluice.yaml:1:13: services.a: must begin with a slash: `/a`"],
    [
      "services: { /a/../b: { type: mirror } }",
      "sluice.yaml:1:13: services./a/../b: has a segment `.` or `..`, which browsers resolve before they ask",
    ],
    [
      "services: { /a?b: { type: mirror } }",
      "sluice.yaml:1:13: services./a?b: has a query; a service has the path alone",
    ],
    [
      "services: { /a: { type: relay } }",
      "sluice.yaml:1:13: services./a.connect: is missing; write `tcp://host:port`, `tls://host:port`, `unix:/path` or `ws://host/path`",
    ],
    [
      "services: { /a: { type: relay, connect: tcp://h:1, login: { usr: x } } }",
      "sluice.yaml:1:61: services./a.login.usr: unknown key; did you mean `user`?",
    ],
  ])("%s", (text, problem) => {
    expect(problemsOf(text)).toContain(problem);
  });

  test("a path is there once, however it is written", () => {
    const text = "services:\n  /a: { type: mirror }\n  /a/: { type: miror }";
    expect(problemsOf(text)).toEqual([
      "sluice.yaml:3:3: services./a/: is the same path as `/a`",
      "sluice.yaml:3:16: services./a/.type: unknown service type; did you mean `mirror`? Types are `mirror`, `relay`",
    ]);
  });

  test("a misspelt key is not missing too", () => {
    expect(problemsOf("services:\n  /a: { type: relay, conect: tcp://h:1 }")).toEqual([
      "sluice.yaml:2:22: services./a.conect: unknown key; did you mean `connect`?",
    ]);
  });
});
