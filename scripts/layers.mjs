// The directions between layers, as data: who may import whom. ARCHITECTURE.md says why; check-layers.mjs checks.
// A layer is a folder of the package's `src`, or a file that stands there. Tests, and what only tests use, are free.

/** What reads a clock, draws a number at random or writes to the terminal, wherever it is not the door to it. */
const HOST_NAMES = [
  "Date.now",
  "new Date()",
  "Math.random",
  "performance",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "console",
  "crypto.getRandomValues",
  "crypto.randomUUID",
];

/** Bytes to meaning and back: nothing of the world. */
const WIRE = {
  folder: "packages/wire/src",
  entries: [],
  packages: [],
  forbiddenNames: [...HOST_NAMES, "Bun", "process", "fetch", "WebSocket", "globalThis"],
  layers: undefined,
};

const GATEWAY = {
  folder: "packages/gateway/src",
  /** Besides what the package exports. */
  entries: ["cli/main.ts", "cli/generate.ts"],
  /** Besides Node's own modules. `bun` and `bun:…` are for the door to it. */
  packages: ["@sluice/wire", "commander", "yaml", "zod"],
  forbiddenNames: [...HOST_NAMES, "Bun"],
  /** `types`: what may be imported only as types, because the values flow the other way. */
  layers: {
    "failure.ts": { imports: [] },
    host: { imports: ["failure.ts"], isDoorToHost: true, isDoorToBun: true },
    config: { imports: ["failure.ts", "host"], types: ["service"] },
    /** The public face for configurations that are programs: it names the types of the services that there are. */
    "config/index.ts": { imports: [], types: ["gateway.ts"] },
    telemetry: { imports: ["failure.ts", "host"], types: ["config"] },
    session: { imports: ["failure.ts", "host", "telemetry"], types: ["config"] },
    guard: { imports: ["failure.ts", "host", "session", "telemetry"], types: ["config"] },
    backend: { imports: ["config", "failure.ts", "host", "telemetry"], types: ["session"] },
    service: {
      imports: ["backend", "config", "failure.ts", "guard", "host", "session", "telemetry"],
      /** A folder with an `index.ts` is a service, and services do not know each other. */
      areFoldersApart: true,
    },
    net: { imports: ["config", "failure.ts", "guard", "host", "session", "telemetry"], isDoorToBun: true },
    runtime: {
      imports: ["config", "failure.ts", "guard", "host", "service", "session", "telemetry"],
      types: ["admin", "net"],
    },
    admin: { imports: ["config", "failure.ts", "host", "session", "telemetry"], types: ["service"] },
    cli: {
      imports: ["config", "failure.ts", "gateway.ts", "host", "telemetry"],
      types: ["admin", "service"],
    },
    "gateway.ts": {
      imports: [
        ...["admin", "backend", "config", "failure.ts", "guard", "host", "net", "runtime"],
        ...["service", "session", "telemetry"],
      ],
    },
    "index.ts": {
      imports: ["config", "failure.ts", "gateway.ts", "host", "telemetry"],
      types: ["admin", "service", "session"],
    },
  },
};

export const PACKAGES = [WIRE, GATEWAY];
