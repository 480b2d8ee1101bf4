// The command line: what may be written, its help, and which function each command is. Commands are loaded when they
// run, so that those that need little start fast.

import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { CommandError, EXIT, type ExitCode } from "./exit-code.ts";
import type { CliParts } from "./gateway-door.ts";

const EXIT_HELP = `
Exit codes:
  0  ok
  1  something failed while it ran
  2  the command line was not understood
  3  the configuration is missing or has mistakes
  4  an address is taken or cannot be listened on`;

const DEFAULT_ADMIN = "http://127.0.0.1:8001";

/** Runs one command line, without the program's own name. Resolves to the exit code, never rejects. */
export async function runCli(words: readonly string[], parts: CliParts): Promise<ExitCode> {
  const { host } = parts;
  let exitCode: ExitCode = EXIT.ok;
  const program = createProgram(parts, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(words, { from: "user" });
    return exitCode;
  } catch (error) {
    // Commander has written its message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const isBug = !(error instanceof CommandError);
    const shown = isBug ? error : error.cause;
    const message = error instanceof Error ? error.message : String(error);
    host.printError(isBug ? `sluice: internal error: ${message}\n` : `sluice: ${message}\n`);
    if (isDebugging(words) && shown instanceof Error) host.printError(`${shown.stack}\n`);
    return isBug ? EXIT.failed : error.exitCode;
  }
}

/** Stacks are for those who ask for them. */
function isDebugging(words: readonly string[]): boolean {
  return words.some(
    (word, index) => word === "--log-level=debug" || (word === "debug" && words[index - 1] === "--log-level"),
  );
}

function createProgram(parts: CliParts, done: (code: ExitCode) => void): Command {
  const { host } = parts;
  const program = new Command("sluice")
    .description("A full-duplex gateway for the web.")
    .exitOverride()
    .configureOutput({ writeOut: (text) => host.print(text), writeErr: (text) => host.printError(text) })
    .showHelpAfterError("(add --help for what can be written)")
    .version(packageJson.version, "-V, --version", "print the version")
    .helpCommand(true)
    .addHelpText(
      "after",
      `\nExamples:\n  sluice start\n  sluice init && sluice check && sluice start\n${EXIT_HELP}`,
    );
  addStart(program, parts, done);
  addCheck(program, parts, done);
  addInit(program, parts, done);
  addConfig(program, parts, done);
  addSchema(program, parts, done);
  addReload(program, parts, done);
  addVersion(program, parts, done);
  return program;
}

type Add = (program: Command, parts: CliParts, done: (code: ExitCode) => void) => void;

const FILE_HELP = "the configuration (default: ./sluice.yaml if it is there, else a built-in one)";

interface StartFlags {
  readonly config?: string;
  readonly listen?: readonly string[];
  readonly admin?: string;
  readonly logLevel?: string;
  readonly logFormat?: string;
}

const addStart: Add = (program, parts, done) => {
  program
    .command("start")
    .summary("run a gateway until a signal ends it")
    .description(
      "Runs a gateway. SIGTERM and SIGINT stop it, a second one ends it at once; SIGHUP reads the configuration again.",
    )
    .argument("[file]", FILE_HELP)
    .option("-c, --config <file>", "the same as the argument")
    .option("-l, --listen <url>", "listen here instead of where the file says; may be repeated", gather)
    .option("--admin <url>", "serve the admin side here instead, or `off`")
    .addOption(
      new Option("--log-level <level>", "least level written").choices(["debug", "info", "warn", "error"]),
    )
    .addOption(new Option("--log-format <format>", "how a line looks").choices(["auto", "json", "pretty"]))
    .addHelpText(
      "after",
      "\nExamples:\n  sluice start\n  sluice start /etc/sluice.yaml --log-format json\n  sluice start --listen http://0.0.0.0:9000 --admin off",
    )
    .action(async (file: string | undefined, flags: StartFlags) => {
      if (file !== undefined && flags.config !== undefined) {
        throw new CommandError(
          EXIT.usage,
          "the configuration is given twice, as an argument and with --config",
        );
      }
      const { start } = await import("./start.ts");
      const overrides = await overridesOf(flags);
      done(await start({ file: file ?? flags.config, overrides }, parts));
    });
};

function gather(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** The sections that the command line sets. Their mistakes are those of the command line, not of the file. */
async function overridesOf(flags: StartFlags): Promise<Readonly<Record<string, unknown>>> {
  const { resolveAdmin, resolveListener } = await import("../config/listen.ts");
  for (const url of flags.listen ?? []) {
    const judged = resolveListener(url, []);
    if ("findings" in judged)
      throw new CommandError(EXIT.usage, `--listen ${url} ${judged.findings[0]?.message}`);
  }
  if (flags.admin !== undefined) {
    const judged = resolveAdmin(flags.admin, []);
    if ("findings" in judged)
      throw new CommandError(EXIT.usage, `--admin ${flags.admin} ${judged.findings[0]?.message}`);
  }
  const log = {
    ...(flags.logLevel === undefined ? {} : { level: flags.logLevel }),
    ...(flags.logFormat === undefined ? {} : { format: flags.logFormat }),
  };
  return {
    ...(flags.listen === undefined ? {} : { listen: flags.listen }),
    ...(flags.admin === undefined ? {} : { admin: flags.admin }),
    ...(Object.keys(log).length === 0 ? {} : { log }),
  };
}

const addCheck: Add = (program, parts, done) => {
  program
    .command("check")
    .summary("say what is wrong with a configuration")
    .description("Says what is wrong with a configuration, all of it at once. Opens nothing.")
    .argument("[file]", FILE_HELP)
    .option("--json", "write the problems as JSON, to standard output")
    .addHelpText("after", "\nExamples:\n  sluice check\n  sluice check /etc/sluice.yaml --json")
    .action(async (file: string | undefined, { json = false }: { json?: boolean }) => {
      const { check } = await import("./check.ts");
      done(await check({ file, json }, parts));
    });
};

const addInit: Add = (program, { host }, done) => {
  program
    .command("init")
    .summary("write a configuration to start from")
    .argument("[file]", "where to (default: sluice.yaml)")
    .option("-f, --force", "overwrite a file that is there")
    .addHelpText("after", "\nExamples:\n  sluice init\n  sluice init /etc/sluice.yaml --force")
    .action(async (file: string | undefined, { force = false }: { force?: boolean }) => {
      const { init } = await import("./init.ts");
      done(init({ file, force }, host));
    });
};

const addConfig: Add = (program, parts, done) => {
  program
    .command("config")
    .summary("show the configuration in force")
    .command("print")
    .description("Shows the configuration with every default filled in and secrets masked.")
    .argument("[file]", FILE_HELP)
    .option("--json", "write JSON instead of YAML")
    .addHelpText("after", "\nExamples:\n  sluice config print\n  sluice config print /etc/sluice.yaml --json")
    .action(async (file: string | undefined, { json = false }: { json?: boolean }) => {
      const { configPrint } = await import("./config-print.ts");
      done(await configPrint({ file, json }, parts));
    });
};

const addSchema: Add = (program, parts, done) => {
  program
    .command("schema")
    .summary("write the JSON Schema of the configuration, for editors")
    .addHelpText("after", "\nExample:\n  sluice schema > sluice.schema.json")
    .action(async () => {
      const { schema } = await import("./schema.ts");
      done(await schema(parts));
    });
};

const addReload: Add = (program, { host }, done) => {
  program
    .command("reload")
    .summary("make a running gateway read its configuration again")
    .description(
      "Makes a running gateway read its configuration again. Says what changed, or what is wrong with it.",
    )
    .option("--admin <url>", "the running gateway's admin side", httpUrl, DEFAULT_ADMIN)
    .addHelpText("after", "\nExamples:\n  sluice reload\n  sluice reload --admin http://127.0.0.1:9001")
    .action(async ({ admin }: { admin: string }) => {
      const { reload } = await import("./reload.ts");
      done(await reload({ admin }, host));
    });
};

function httpUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError(`Write an address such as ${DEFAULT_ADMIN}.`);
  }
  return text;
}

const addVersion: Add = (program, { host }, done) => {
  program
    .command("version")
    .summary("say what runs here")
    .option("--json", "write JSON")
    .addHelpText("after", "\nExamples:\n  sluice version\n  sluice version --json")
    .action(async ({ json = false }: { json?: boolean }) => {
      const { version } = await import("./version.ts");
      done(version({ json }, host));
    });
};
