// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to the environment are tested.
import { describe, expect, test } from "bun:test";
import { CERTIFICATE, KEY, OTHER_KEY } from "./fake-certificates.ts";
import { load, loaded, problemsOf } from "./fake-loading.ts";
import { formatProblem } from "./problem.ts";

const SERVICES = "services: { /a: { type: mirror } }\n";

describe("a configuration", () => {
  test("needs services only", () => {
    expect(loaded(SERVICES).settings).toMatchObject({
      listen: [{ secure: false, hostname: "localhost", port: 8000, certificates: [] }],
      admin: { hostname: "127.0.0.1", port: 8001 },
      hosts: [],
      limits: { connectionsMax: "auto", headerMaxSize: 16_384, handshakeTimeout: 10_000 },
      stop: { spread: 1000, deadline: 10_000 },
      log: { level: "info", format: "auto" },
      baseDirectory: "/etc/sluice",
    });
  });

  test("may be code: then it is judged the same, without lines", () => {
    const value = { listen: ["http://127.0.0.1:1"], services: { "/a": { type: "mirror", repeat: 0 } } };
    expect(load("", { content: { value } })).toEqual({
      problems: [{ file: "sluice.yaml", path: "services./a.repeat", message: "must be at least 1" }],
    });
    const good = loaded("", { content: { value: { services: { "/a": { type: "mirror" } } } } });
    expect(good.settings.services).toHaveLength(1);
  });

  test("that is code is not looked through for references", () => {
    const value = { services: { "/a": { type: "relay", connect: "tcp://h:1", password: "${NONE}" } } };
    expect(loaded("", { content: { value } }).settings.services[0]?.options).toMatchObject({
      password: "${NONE}",
    });
  });

  test("may be empty where nothing is said", () => {
    expect(
      loaded(`limits:\nlog:\ndefaults:\nlisten:\nadmin:\n${SERVICES}`).settings.limits.headerMaxSize,
    ).toBe(16_384);
  });

  test("may name its schema", () => {
    expect(problemsOf(`$schema: ./sluice.schema.json\n${SERVICES}`)).toEqual([]);
  });

  test("has files relative to its folder", () => {
    const text = "services: { /a: { type: relay, connect: tcp://h:1, login: { user: x, file: keys/a } } }";
    expect(loaded(text).settings.services[0]?.options).toMatchObject({
      login: { file: "/etc/sluice/keys/a" },
    });
  });
});

describe("mistakes", () => {
  test.each([
    ["", "sluice.yaml:1:1: is empty"],
    ["- a", "sluice.yaml:1:1: must be a map of keys such as `services`"],
    [
      "a: [",
      "sluice.yaml:1:5: is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]",
    ],
    [`lisen: []\n${SERVICES}`, "sluice.yaml:1:1: lisen: unknown key; did you mean `listen`?"],
    [`listen: []\n${SERVICES}`, "sluice.yaml:1:9: listen: must have at least 1 entry"],
    [`listen: http://a:1\n${SERVICES}`, "sluice.yaml:1:9: listen: must be a list"],
    [`listen: [5]\n${SERVICES}`, "sluice.yaml:1:10: listen[0]: must be a text or a map of keys"],
    [
      `listen: [ws://h:1]\n${SERVICES}`,
      "sluice.yaml:1:10: listen[0]: has the scheme `ws`; write `http://h:1`",
    ],
    [
      `listen: [https://h:1]\n${SERVICES}`,
      "sluice.yaml:1:10: listen[0]: is https and has no certificate; add `tls: { certificate: FILE, key: FILE }`",
    ],
    [
      `listen:\n  - url: http://h:1\n    tls: { certificate: c, key: k }\n${SERVICES}`,
      "sluice.yaml:3:5: listen[0].tls: has no use on an http listener; write `https://h:1` to use it",
    ],
    [
      `listen:\n  - url: https://h:1\n    tls: { certificat: c, key: k }\n${SERVICES}`,
      "sluice.yaml:3:12: listen[0].tls.certificat: unknown key; did you mean `certificate`?",
    ],
    [
      `listen: [http://h:1, http://H:1/]\n${SERVICES}`,
      "sluice.yaml:1:22: listen[1]: is taken already: `listen[0]` has h:1",
    ],
    [
      `listen: [http://0.0.0.0:80]\nadmin: http://127.0.0.1:80\n${SERVICES}`,
      "sluice.yaml:2:8: admin: is taken already: `listen[0]` has 0.0.0.0:80",
    ],
    [
      `listen: [http://127.0.0.1:8001]\n${SERVICES}`,
      "sluice.yaml: admin: is taken already: `listen[0]` has 127.0.0.1:8001",
    ],
    [`admin: https://a:1\n${SERVICES}`, "sluice.yaml:1:8: admin: must be http: the admin side has no TLS"],
    [
      `hosts: [https://a]\n${SERVICES}`,
      "sluice.yaml:1:9: hosts[0]: is a URL; write the host name alone, such as `app.example.com`",
    ],
    [
      `addresses: { allow: [10.0.0.0/33] }\n${SERVICES}`,
      "sluice.yaml:1:22: addresses.allow[0]: has a prefix that is not a number from 0 to 32",
    ],
    [
      `limits: { headerMaxSize: 16384 }\n${SERVICES}`,
      "sluice.yaml:1:26: limits.headerMaxSize: has no unit; write for example `64 KiB`, `1 MB` or `512 B`",
    ],
    [
      `limits: { connectsPerAddress: { bursts: 5 } }\n${SERVICES}`,
      "sluice.yaml:1:33: limits.connectsPerAddress.bursts: unknown key; did you mean `burst`?",
    ],
    [
      `log: { level: warning }\n${SERVICES}`,
      "sluice.yaml:1:15: log.level: must be one of `debug`, `info`, `warn`, `error`; did you mean `warn`?",
    ],
    [
      `${SERVICES}admin: off\nadmin: off`,
      "sluice.yaml:3:1: admin: duplicate key; the first one is in line 2",
    ],
    [
      `admin: \${ADMIN}\n${SERVICES}`,
      "sluice.yaml:1:8: admin: the environment variable `ADMIN` is not set; set it, or write `${ADMIN:-default}`",
    ],
  ])("%#. %p", (text, problem) => {
    expect(problemsOf(text)).toEqual([problem]);
  });

  test("are reported all at once, in the order of the file", () => {
    const text = `log: { level: loud }
listen:
  - ws://localhost:9000
  - { url: http://127.0.0.1:8000, compresion: true }
  - http://127.0.0.1:8001
services:
  /a: { type: miror }
  /b: { type: mirror, repeat: many }
lisen: 1
`;
    expect(problemsOf(text).map((line) => line.split(": ").slice(0, 2).join(": "))).toEqual([
      "sluice.yaml: admin",
      "sluice.yaml:1:15: log.level",
      "sluice.yaml:3:5: listen[0]",
      "sluice.yaml:4:35: listen[1].compresion",
      "sluice.yaml:7:15: services./a.type",
      "sluice.yaml:8:31: services./b.repeat",
      "sluice.yaml:9:1: lisen",
    ]);
  });
});

describe("certificates", () => {
  const text = `listen:\n  - url: https://h:1\n    tls:\n      - { certificate: c.pem, key: k.pem }\n${SERVICES}`;
  const withFiles = (files: Readonly<Record<string, string>>) => ({
    readFile: (file: string): string => files[file] ?? "",
  });

  test("are looked at where they stand", () => {
    expect(
      problemsOf(text, withFiles({ "/etc/sluice/c.pem": CERTIFICATE, "/etc/sluice/k.pem": OTHER_KEY })),
    ).toEqual([
      "sluice.yaml:4:36: listen[0].tls[0].key: /etc/sluice/k.pem is not the key of /etc/sluice/c.pem",
    ]);
  });

  test("that have expired are a warning", () => {
    const files = withFiles({ "/etc/sluice/c.pem": CERTIFICATE, "/etc/sluice/k.pem": KEY });
    const { warnings } = loaded(text, { ...files, nowMs: Date.parse("2200-01-01") });
    expect(warnings.map(formatProblem)).toEqual([
      "sluice.yaml:4:24: listen[0].tls[0].certificate: expired on Oct 31 09:52:04 2126 GMT",
    ]);
  });

  test("are not looked at without a door to files", () => {
    expect(loaded(text).settings.listen[0]?.certificates).toEqual([
      { certificate: "/etc/sluice/c.pem", key: "/etc/sluice/k.pem", names: [] },
    ]);
  });
});

test("there are at most 64 listeners", () => {
  const text = (count: number) =>
    `listen: [${Array(count).fill("http://127.0.0.1:0").join(", ")}]\n${SERVICES}`;
  expect(problemsOf(text(64))).toEqual([]);
  expect(problemsOf(text(65))).toEqual(["sluice.yaml:1:9: listen: must have at most 64 entries"]);
});

test("an admin side that others can reach is a warning", () => {
  expect(loaded(`admin: http://0.0.0.0:8001\n${SERVICES}`).warnings.map(formatProblem)).toEqual([
    "sluice.yaml:1:8: admin: can be reached from other hosts and has no login; loopback is safer",
  ]);
  expect(loaded(`admin: off\n${SERVICES}`).warnings).toEqual([]);
});

describe("overrides", () => {
  test("stand in place of lists and over maps", () => {
    const text = `listen: [http://h:1, http://h:2]\nlog: { level: warn, format: json }\n${SERVICES}`;
    const { settings } = loaded(text, { overrides: { listen: ["http://h:3"], log: { level: "debug" } } });
    expect(settings.listen.map(({ port }) => port)).toEqual([3]);
    expect(settings.log).toEqual({ level: "debug", format: "json" });
  });

  test("do not hide what is wrong beside them", () => {
    expect(problemsOf("log: 5\nservices: {}", { overrides: { log: { level: "debug" } } })).toHaveLength(1);
  });
});
