// For tests: the commands' surroundings in memory. Files, terminals, signals, and a gateway that the test holds.
import { FAKE_DEFINITIONS } from "../config/fake-definitions.ts";
import { FakeClock } from "../host/fake-clock.ts";
import { silentLog } from "../telemetry/log.ts";
import type { CliHost, SignalName } from "./cli-host.ts";
import { createFakeGateway, type FakeGateway } from "./fake-gateway.ts";
import type { CliParts } from "./gateway-door.ts";
import { runCli } from "./program.ts";

export class FakeParts {
  readonly clock = new FakeClock();
  /** By absolute path; the working directory is `/srv/app`. */
  readonly files = new Map<string, string>();
  readonly modules = new Map<string, () => unknown>();
  readonly environment: Record<string, string> = {};
  readonly requests: string[] = [];
  /** Warnings and errors that were logged. */
  readonly logged: string[] = [];
  /** What `fetch` answers; a throw is a connection that fails. */
  answer: () => Response = () => new Response("", { status: 404 });
  startError: unknown;
  isTerminal = false;
  output = "";
  errors = "";
  exitCode: number | undefined;
  headerMaxBytes: number | undefined;
  gateway: FakeGateway | undefined;
  readonly #handlers = new Map<SignalName, () => void>();
  #uncaught: (error: unknown) => void = () => {};

  run(...words: readonly string[]): Promise<number> {
    return runCli(words, this.#parts());
  }

  signal(name: SignalName): void {
    this.#handlers.get(name)?.();
  }

  /** A bug of ours that nobody caught. */
  fail(error: unknown): void {
    this.#uncaught(error);
  }

  /** Lets promises run that are ready. */
  settle(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve));
  }

  #parts(): CliParts {
    return {
      host: this.#host(),
      loadGateway: async () => ({
        STANDARD_SERVICES: FAKE_DEFINITIONS,
        createGateway: (settings, options) => {
          this.gateway = createFakeGateway(settings, options, this.startError);
          return this.gateway;
        },
      }),
      loadLog: async () => ({
        createLog: () => ({
          ...silentLog,
          warn: (event, fields) => void this.logged.push(`${event}: ${fields?.options}`),
          error: (event) => void this.logged.push(event),
          losses: { dropped: 0, suppressed: 0 },
          configure() {},
          flush: async () => {},
        }),
      }),
    };
  }

  #host(): CliHost {
    return {
      environment: this.environment,
      runtime: "bun 0.0.0",
      platform: "test cpu",
      workingDirectory: "/srv/app",
      clock: this.clock,
      isOutputTerminal: this.isTerminal,
      isErrorTerminal: this.isTerminal,
      print: (text) => {
        this.output += text;
      },
      printError: (text) => {
        this.errors += text;
      },
      fileExists: (file) => this.files.has(file) || this.modules.has(file),
      readText: (file) => this.files.get(file) ?? throwCode("ENOENT"),
      writeText: (file, text, { overwrite }) => {
        if (!overwrite && this.files.has(file)) throwCode("EEXIST");
        this.files.set(file, text);
      },
      importDefault: async (file) => this.modules.get(file)?.(),
      fetch: async (url, { method }) => {
        this.requests.push(`${method} ${url}`);
        return this.answer();
      },
      limitHeaders: async (maxBytes) => {
        this.headerMaxBytes = maxBytes;
      },
      onSignal: (name, handler) => void this.#handlers.set(name, handler),
      onUncaught: (handler) => {
        this.#uncaught = handler;
      },
      // The real one does not return.
      exit: (code): never => {
        this.exitCode = code;
        return undefined as never;
      },
    };
  }
}

function throwCode(code: string): never {
  throw Object.assign(new Error(code), { code });
}
