import { describe, expect, test } from "bun:test";
import { FakeParts } from "./fake-parts.ts";

const TEXT =
  "listen: [http://0.0.0.0:8000]\nservices: { /a: { type: mirror } }\nlog: { level: warn, format: json }\n";

function partsWith(text: string): FakeParts {
  const parts = new FakeParts();
  parts.files.set("/srv/app/sluice.yaml", text);
  return parts;
}

/** Starts and waits until the gateway runs. */
async function started(parts: FakeParts, ...words: readonly string[]) {
  const ended = parts.run("start", ...words);
  // Commands are loaded when they run, which takes turns of the event loop.
  while (!parts.gateway?.calls.includes("start")) await parts.settle();
  await parts.settle();
  return { ended, gateway: parts.gateway };
}

describe("start", () => {
  test("runs until a signal stops it, and ends with 0", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const parts = partsWith(TEXT);
      const { ended, gateway } = await started(parts);
      parts.signal(signal);
      gateway.finishStop();
      expect(await ended).toBe(0);
      expect(gateway.calls).toEqual(["start", "stop"]);
      expect(parts.output + parts.errors).toBe("");
    }
  });

  test("does not begin with a file that has mistakes", async () => {
    const parts = partsWith("services: {}");
    expect(await parts.run("start")).toBe(3);
    expect(parts.errors).toEndWith("sluice.yaml: 1 problem; not started\n");
    expect(parts.gateway).toBeUndefined();
  });

  test("ends with 1 when stopping fails", async () => {
    const parts = partsWith(TEXT);
    const { ended, gateway } = await started(parts);
    parts.signal("SIGTERM");
    gateway.finishStop(new Error("stuck"));
    expect(await ended).toBe(1);
    expect(parts.logged).toEqual(["stopping failed"]);
  });
});

describe("a second signal", () => {
  test("ends the process at once", async () => {
    const parts = partsWith(TEXT);
    const { gateway } = await started(parts);
    parts.signal("SIGINT");
    parts.clock.advance(500);
    parts.signal("SIGTERM");
    expect(parts.exitCode).toBe(1);
    expect(gateway.calls).toEqual(["start", "stop"]);
  });

  test("that comes with the first is the first, passed on by a launcher", async () => {
    const parts = partsWith(TEXT);
    const { ended, gateway } = await started(parts);
    parts.signal("SIGINT");
    parts.clock.advance(499);
    parts.signal("SIGINT");
    gateway.finishStop();
    expect(await ended).toBe(0);
    expect(gateway.calls).toEqual(["start", "stop"]);
  });
});

describe("what the command line says", () => {
  test("stands above the file", async () => {
    const parts = partsWith(TEXT);
    const words = [
      "--listen",
      "http://127.0.0.1:1",
      "-l",
      "http://[::1]:2",
      "--admin",
      "off",
      "--log-level",
      "debug",
    ];
    const { gateway } = await started(parts, ...words);
    expect(gateway.settings).toMatchObject({
      listen: [{ port: 1 }, { hostname: "::1", port: 2 }],
      admin: undefined,
      log: { level: "debug", format: "json" },
    });
  });

  test("stands above the file when it is read again, too", async () => {
    const parts = partsWith(TEXT);
    const { gateway } = await started(parts, "--listen", "http://127.0.0.1:1");
    parts.files.set("/srv/app/sluice.yaml", `${TEXT}hosts: [a]\n`);
    expect(await gateway.options.reloadSource?.()).toMatchObject({
      settings: { listen: [{ port: 1 }], hosts: ["a"] },
    });
  });

  test.each([
    [["--listen", "ws://h:1"], "--listen ws://h:1 has the scheme `ws`; write `http://h:1`"],
    [["--listen", "https://h:1"], "--listen https://h:1 is https and has no certificate"],
    [["--admin", "on"], "--admin on is not a URL"],
    [["a.yaml", "--config", "b.yaml"], "the configuration is given twice"],
    [["--log-level", "loud"], "Allowed choices are debug, info, warn, error"],
    [["a.yaml", "b.yaml"], "too many arguments"],
    [["--lissten", "x"], "(Did you mean --listen?)"],
  ] as [string[], string][])("%p is a mistake of its own", async (words, message) => {
    const parts = partsWith(TEXT);
    expect(await parts.run("start", ...words)).toBe(2);
    expect(parts.errors).toContain(message);
    expect(parts.gateway).toBeUndefined();
  });
});

describe("a reload", () => {
  test("comes by SIGHUP", async () => {
    const parts = partsWith(TEXT);
    const { gateway } = await started(parts);
    parts.signal("SIGHUP");
    expect(gateway.calls).toEqual(["start", "reload"]);
  });

  test("of a file with mistakes, or without a file, gives lines for people", async () => {
    const parts = partsWith(TEXT);
    const { gateway } = await started(parts);
    parts.files.set("/srv/app/sluice.yaml", "services: {}");
    expect(await gateway.options.reloadSource?.()).toEqual({
      problems: ["sluice.yaml:1:11: services: is empty: the gateway would serve nothing"],
    });
    parts.files.delete("/srv/app/sluice.yaml");
    const gone = await gateway.options.reloadSource?.();
    expect(gone).toEqual({
      problems: ["there is no file sluice.yaml; `sluice init` writes one to start from"],
    });
  });
});

describe("what the process reads once", () => {
  test("is set before the gateway starts", async () => {
    const parts = partsWith(`${TEXT}limits: { headerMaxSize: 32 KiB }\n`);
    await started(parts);
    expect(parts.headerMaxBytes).toBe(32_768);
  });

  test("takes a restart; a reload says so, as long as it differs from the start", async () => {
    const parts = partsWith(TEXT);
    const { gateway } = await started(parts);
    const changed = `admin: off\nlimits: { headerMaxSize: 32 KiB, descriptorReserve: 99 }\n${TEXT.replace("warn", "info")}`;
    parts.files.set("/srv/app/sluice.yaml", changed);
    await gateway.options.reloadSource?.();
    await gateway.options.reloadSource?.();
    const warning = "changed options take a restart: admin, limits.headerMaxSize, log.level";
    expect(parts.logged).toEqual([warning, warning]);
    parts.files.set("/srv/app/sluice.yaml", TEXT);
    await gateway.options.reloadSource?.();
    expect(parts.logged).toEqual([warning, warning]);
  });
});

describe("a person at a terminal", () => {
  test("sees what is served and where to go", async () => {
    const parts = partsWith(TEXT.replace("json", "auto"));
    parts.isTerminal = true;
    await started(parts);
    expect(parts.output).toBe(
      "Sluice 9.9.9\n\n" +
        "  listens   http://0.0.0.0:8000\n" +
        "  admin     http://127.0.0.1:8001\n\n" +
        "  /a        mirror\n\n" +
        "Open http://localhost:8000/ in a browser. Ctrl-C stops the gateway.\n\n",
    );
  });

  test("sees warnings, and is not kept by them", async () => {
    const parts = partsWith(`admin: http://0.0.0.0:8001\n${TEXT}`);
    await started(parts);
    expect(parts.errors).toStartWith("sluice.yaml:1:8: admin: warning: can be reached");
  });
});

describe("a bug", () => {
  test("outside of any session is logged, and everyone goes on being served", async () => {
    const parts = partsWith(TEXT);
    await started(parts);
    parts.fail(new Error("bug"));
    await parts.settle();
    expect(parts.logged).toEqual(["bug"]);
    expect(parts.exitCode).toBeUndefined();
  });

  test("is shown without its stack, unless that is asked for", async () => {
    const parts = partsWith(TEXT);
    parts.startError = new Error("boom", { cause: new Error("below") });
    expect(await parts.run("start")).toBe(1);
    expect(parts.errors).toBe("sluice: boom: below\n");
    expect(await parts.run("start", "--log-level", "debug")).toBe(1);
    expect(parts.errors).toContain("start.test.ts");
  });
});
