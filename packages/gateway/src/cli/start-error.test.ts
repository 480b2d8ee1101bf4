import { describe, expect, test } from "bun:test";
import { createServer, type Server } from "node:net";
import { loaded } from "../config/fake-loading.ts";
import { explainStartError } from "./start-error.ts";

/** Holds a port of 127.0.0.1 while `use` runs. */
async function withTakenPort(use: (port: number) => Promise<void>): Promise<void> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, resolve));
  const address = server.address();
  try {
    await use(typeof address === "object" && address !== null ? address.port : 0);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

function settings(listen: readonly string[], admin = "off") {
  return loaded("", { content: { value: { listen, admin, services: { "/a": { type: "mirror" } } } } })
    .settings;
}

/** As the host throws them. */
function systemError(code: string): Error {
  return Object.assign(new Error("Failed to start server."), { code, syscall: "listen" });
}

describe("a taken port", () => {
  test("is named among all addresses, with who and what to do", async () => {
    await withTakenPort(async (port) => {
      const error = new Error("cannot start", { cause: systemError("EADDRINUSE") });
      const explained = await explainStartError(
        error,
        settings(["http://127.0.0.1:0", `http://127.0.0.1:${port}`]),
      );
      expect(explained.exitCode).toBe(4);
      expect(explained.message).toBe(
        `cannot listen on http://127.0.0.1:${port}: another program has port ${port}.\n` +
          `  Who it is:  ss -ltnp 'sport = :${port}'  (Linux), lsof -nP -iTCP:${port} -sTCP:LISTEN  (macOS)\n` +
          "  Then stop it, or take another port: `listen` in the configuration, or --listen http://127.0.0.1:PORT",
      );
    });
  });

  test("of the admin side is told as such; it is probably another gateway's", async () => {
    await withTakenPort(async (port) => {
      const both = settings(["http://127.0.0.1:0"], `http://127.0.0.1:${port}`);
      const { message } = await explainStartError(systemError("EADDRINUSE"), both);
      expect(message).toStartWith(
        `cannot listen on http://127.0.0.1:${port}: another program, perhaps another Sluice, has`,
      );
      expect(message).toEndWith("`admin` in the configuration, or --admin http://127.0.0.1:PORT");
    });
  });

  test("of `localhost` may be that of either loopback address", async () => {
    await withTakenPort(async (port) => {
      const { message } = await explainStartError(
        systemError("EADDRINUSE"),
        settings([`http://localhost:${port}`]),
      );
      expect(message).toStartWith(`cannot listen on http://localhost:${port}: another program`);
    });
  });

  test("that is free again is still told", async () => {
    const { message, exitCode } = await explainStartError(
      systemError("EADDRINUSE"),
      settings(["http://127.0.0.1:0"]),
    );
    expect(exitCode).toBe(4);
    expect(message).toBe("cannot listen (EADDRINUSE): Failed to start server.");
  });
});

test("an address that this host does not have is told", async () => {
  // RFC 5737: for documentation, on no host.
  const { message, exitCode } = await explainStartError(
    systemError("EADDRNOTAVAIL"),
    settings(["http://192.0.2.1:0"]),
  );
  expect(exitCode).toBe(4);
  expect(message).toStartWith(
    "cannot listen on http://192.0.2.1:0: this host does not have the address 192.0.2.1.",
  );
});

test("a port that is for privileged programs is told, with ways around", async () => {
  const { message, exitCode } = await explainStartError(
    systemError("EACCES"),
    settings(["http://127.0.0.1:80", "http://127.0.0.1:0"]),
    async ({ port }) => (port === 80 ? "EACCES" : undefined),
  );
  expect(exitCode).toBe(4);
  expect(message).toStartWith("cannot listen on http://127.0.0.1:80: permission denied. Ports below 1024");
  expect(message).toContain("CAP_NET_BIND_SERVICE");
});

describe("what has nothing to do with addresses", () => {
  test("is told with its causes", async () => {
    const error = new Error("service /files", { cause: new Error("there is no folder /web") });
    const { message, exitCode } = await explainStartError(error, settings(["http://127.0.0.1:0"]));
    expect(exitCode).toBe(1);
    expect(message).toBe("service /files: there is no folder /web");
  });

  test("is not taken for a port because a file may not be read", async () => {
    const denied = Object.assign(new Error("cannot read /web"), { code: "EACCES", syscall: "open" });
    expect((await explainStartError(denied, settings(["http://127.0.0.1:0"]))).exitCode).toBe(1);
  });

  test("may be its own cause", async () => {
    const error = new Error("round");
    error.cause = error;
    expect((await explainStartError(error, settings(["http://127.0.0.1:0"]))).exitCode).toBe(1);
  });
});
