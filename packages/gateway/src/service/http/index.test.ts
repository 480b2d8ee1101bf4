import { afterEach, describe, expect, test } from "bun:test";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { z } from "zod";
import type { FailureCode } from "../../failure.ts";
import { createFakeContext, createFakeHandshake, FakeSession } from "../fake-session.ts";
import type { Service } from "../service.ts";
import { WHOLE_MAX_BYTES } from "./answer.ts";
import { http } from "./index.ts";
import { httpOptions } from "./options.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** A test that waits here for ever has found what it looks for. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

interface Backend {
  readonly port: number;
  /** All that came. */
  bytes: string;
  closed: number;
}

/** A back end of bare TCP; `answer` is called once for each connection whose request head has come. */
async function backEnd(answer: string | ((socket: Socket) => void)): Promise<Backend> {
  const backend = { port: 0, bytes: "", closed: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let isAnswered = false;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => backend.closed++);
    socket.on("data", (chunk) => {
      backend.bytes += chunk.toString("latin1");
      if (isAnswered || !backend.bytes.includes("\r\n\r\n")) return;
      isAnswered = true;
      if (typeof answer === "string") socket.end(Buffer.from(answer, "latin1"));
      else answer(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  cleanups.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return Object.assign(backend, { port: portOf(server) });
}

type Options = Partial<z.input<typeof httpOptions>>;

/** The service behind Bun.serve, as it stands behind the gateway's listener. */
function serve(connectTo: string, options: Options = {}, path = "/app") {
  const context = { ...createFakeContext(), path };
  const service: Service = http.create(httpOptions.parse({ connect: connectTo, ...options }), context);
  const handshakeOf = (request: Request) => {
    const { pathname, search, host } = new URL(request.url);
    return {
      ...createFakeHandshake({ query: search.slice(1), host }),
      carrier: "http" as const,
      method: request.method,
      path: pathname,
    };
  };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    development: false,
    idleTimeout: 0,
    maxRequestBodySize: 2 ** 30,
    fetch: async (request) => {
      const response = await service.respond?.(request, handshakeOf(request));
      return response ?? new Response(null, { status: 500 });
    },
  });
  cleanups.push(
    () => server.stop(true),
    () => service.stop(),
  );
  return { context, service, port: server.port ?? 0 };
}

interface Exchange {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
  /** `broken`: the connection was reset, or ended where more had to come. */
  readonly end: "whole" | "broken";
}

/** A client of bare TCP, that shows what stands on the wire. */
async function exchange(port: number, request: string): Promise<Exchange> {
  let text = "";
  let isReset = false;
  await new Promise<void>((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(Buffer.from(request, "latin1")));
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
    });
    socket.on("error", () => {
      isReset = true;
    });
    socket.on("close", () => resolve());
  });
  const end = text.indexOf("\r\n\r\n");
  const [status = "", ...headers] = text.slice(0, Math.max(0, end)).split("\r\n");
  const body = end < 0 ? "" : text.slice(end + 4);
  const isChunked = headers.some((line) => /^transfer-encoding: chunked$/i.test(line));
  const isWhole = !isReset && (!isChunked || body.endsWith("0\r\n\r\n"));
  return { status: Number(status.split(" ")[1]), headers, body, end: isWhole ? "whole" : "broken" };
}

const get = (port: number, target = "/app/x", lines: readonly string[] = [], method = "GET") =>
  exchange(
    port,
    [`${method} ${target} HTTP/1.1`, "Host: gateway.example", "Connection: close", ...lines, "", ""].join(
      "\r\n",
    ),
  );

const valuesOf = ({ headers }: Exchange, name: string) =>
  headers
    .filter((line) => line.toLowerCase().startsWith(`${name}: `))
    .map((line) => line.slice(name.length + 2));

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

describe("a request", () => {
  test("reaches the back end below its prefix, with what it must know and without what it must not", async () => {
    const backend = await backEnd(OK);
    const { port } = serve(`http://127.0.0.1:${backend.port}/base`);
    const lines = [
      "Accept: a/b",
      "Cookie: a=1",
      "X-Forwarded-For: 6.6.6.6",
      "X-Secret-Hop: 1",
      "TE: trailers",
      "Upgrade: h2c",
    ];
    // Bun's own parser wants Connection once; what it names is taken off, whatever it is.
    const request = [
      "GET /app/x%2Fy?a=b HTTP/1.1",
      "Host: gateway.example",
      "Connection: close, x-secret-hop",
      ...lines,
    ];
    expect((await exchange(port, `${request.join("\r\n")}\r\n\r\n`)).body).toBe("hi");
    const received = backend.bytes.toLowerCase().split("\r\n");
    expect(received.sort().map((line) => line.replace(/sluice-[0-9a-f]{24}/, "NAME"))).toEqual(
      [
        "",
        "",
        "accept: a/b",
        "connection: keep-alive",
        "cookie: a=1",
        'forwarded: for=192.0.2.7;by=_NAME;host="gateway.example";proto=http',
        "get /base/x%2fy?a=b http/1.1",
        `host: 127.0.0.1:${backend.port}`,
        "via: 1.1 NAME",
        "x-forwarded-for: 192.0.2.7",
        "x-forwarded-host: gateway.example",
        "x-forwarded-proto: http",
      ].sort(),
    );
  });

  for (const [name, request, framed] of [
    [
      "of known length",
      "Content-Length: 6\r\n\r\nabcdef",
      /content-length: 6\r\n(?!.*transfer-encoding).*\r\n\r\nabcdef$/is,
    ],
    [
      "in chunks",
      "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n",
      /transfer-encoding: chunked\r\n.*\r\n0\r\n\r\n$/is,
    ],
    [
      "that asks before it sends",
      "Expect: 100-continue\r\nContent-Length: 6\r\n\r\nabcdef",
      /^(?!.*expect:).*\r\n\r\nabcdef$/is,
    ],
    ["of none", "Content-Length: 0\r\n\r\n", /content-length: 0\r\n.*\r\n\r\n$/is],
  ] as const) {
    test(`with content ${name} arrives as it is`, async () => {
      const backend = await backEnd((socket) => {
        const look = () => (framed.test(backend.bytes) ? socket.end(OK) : setImmediate(look));
        look();
      });
      const { port, context } = serve(`http://127.0.0.1:${backend.port}`);
      const answer = await exchange(
        port,
        `POST /app/ HTTP/1.1\r\nHost: g\r\nConnection: close\r\n${request}`,
      );
      expect(answer.body).toEndWith("hi");
      expect(context.metrics.bytesIn).toBe(request.includes("abc") ? 6 : 0);
    });
  }

  for (const path of ["/app/..%2fadmin", "/app/%252e%252e/admin", "/app/..;/admin"]) {
    test(`to ${path}, out of what the back end is to serve, is answered 404 and not passed on`, async () => {
      const backend = await backEnd(OK);
      const { port } = serve(`http://127.0.0.1:${backend.port}/base`);
      expect((await get(port, path)).status).toBe(404);
      expect(backend.bytes).toBe("");
    });
  }

  test("that came through here before is a loop (RFC 9110 §7.6.3)", async () => {
    const { context, port } = serve("http://127.0.0.1:1", {}, "/");
    // The service's own name, as its back end saw it.
    const backend = await backEnd(OK);
    const other = serve(`http://127.0.0.1:${backend.port}`);
    await get(other.port);
    const via = /^via: 1\.1 (.*)\r$/im.exec(backend.bytes)?.[1] ?? "";
    const answer = await get(other.port, "/app/", [`Via: 1.0 cdn, 1.1 ${via}`]);
    expect(answer.status).toBe(508);
    expect(other.context.metrics.backendFailures.get("backend.loop")).toBe(1);
    // Another service does not know that name, and goes on to its own back end.
    expect((await get(port, "/", [`Via: 1.1 ${via}`])).status).toBe(502);
    expect(context.metrics.backendFailures.get("backend.refused")).toBe(1);
  });

  test("that goes round ends where it was before", async () => {
    let port = 0;
    const back = await backEnd((socket) => {
      // A back end that passes everything to the gateway again.
      const again = connect(port, "127.0.0.1", () => again.write(back.bytes.replace("keep-alive", "close")));
      again.on("data", (chunk) => socket.write(chunk));
      again.on("close", () => socket.end());
    });
    const served = serve(`http://127.0.0.1:${back.port}`, {}, "/");
    port = served.port;
    expect((await get(port, "/x")).status).toBe(508);
    expect([...served.context.metrics.backendFailures]).toEqual([["backend.loop", 1]]);
  });

  test("with content that the host does not give away is refused, not changed", async () => {
    const backend = await backEnd(OK);
    const { port, context } = serve(`http://127.0.0.1:${backend.port}`);
    expect((await get(port, "/app/", ["Content-Length: 3", "", "abc"])).status).toBe(501);
    expect(context.metrics.refused.get("request.unsupported")).toBe(1);
    expect(backend.bytes).toBe("");
  });

  test("by TRACE or CONNECT is not passed on", async () => {
    const { service } = serve("http://127.0.0.1:1");
    // Neither can be made by the Request constructor; what counts is the name.
    const request = Object.defineProperty(new Request("http://gateway.example/app/"), "method", {
      value: "TRACE",
    });
    const response = await service.respond?.(request, createFakeHandshake());
    expect([response?.status, response?.headers.get("allow")]).toEqual([
      405,
      "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
    ]);
  });

  for (const method of ["PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]) {
    test(`by ${method} is passed on as that`, async () => {
      const backend = await backEnd(OK);
      const { port } = serve(`http://127.0.0.1:${backend.port}`);
      expect((await get(port, "/app/", [], method)).body).toBe("hi");
      expect(backend.bytes).toStartWith(`${method} / HTTP/1.1\r\n`);
    });
  }
});

describe("an answer", () => {
  test("comes with its fields, cookies apart, and without what is of one hop", async () => {
    const backend = await backEnd(
      "HTTP/1.1 201 Made\r\nSet-Cookie: a=1\r\nX-One: 1\r\nSet-Cookie: b=2; Path=/\r\nConnection: x-hop\r\nX-Hop: 1\r\n" +
        "Keep-Alive: timeout=5\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\xff\x00",
    );
    const { port, context } = serve(`http://127.0.0.1:${backend.port}`);
    const answer = await get(port);
    expect([answer.status, answer.body, valuesOf(answer, "set-cookie")]).toEqual([
      201,
      "\xff\x00",
      ["a=1", "b=2; Path=/"],
    ]);
    expect(
      answer.headers
        .map((line) => line.toLowerCase())
        .filter((line) => !line.startsWith("set-cookie"))
        .sort(),
    ).toEqual([
      "content-encoding: gzip",
      "content-length: 2",
      "date: thu, 01 jan 2026 00:00:00 gmt",
      "x-one: 1",
    ]);
    await until(() => context.metrics.backendsOpen === 0);
    expect(context.metrics).toMatchObject({ backendConnects: 1, bytesOut: 2 });
  });

  for (const [name, head, status, length, body] of [
    ["to HEAD keeps its length", "200 OK\r\nContent-Length: 1000", 200, ["1000"], ""],
    ["to HEAD without a length is given none", "200 OK\r\nX: y", 200, [], ""],
    ["204 has no content", "204 No Content", 204, [], ""],
    ["205 has none either", "205 Reset Content\r\nContent-Length: 0", 205, ["0"], ""],
    [
      "304 keeps what it says of the content",
      '304 Not Modified\r\nETag: "x"\r\nContent-Length: 1000',
      304,
      ["1000"],
      "",
    ],
    ["of no bytes is one", "200 OK\r\nContent-Length: 0", 200, ["0"], ""],
    [
      "a redirect is not followed",
      "302 Found\r\nContent-Length: 2\r\nLocation: https://elsewhere.example/\r\n\r\nhi",
      302,
      ["2"],
      "hi",
    ],
  ] as const) {
    test(name, async () => {
      const backend = await backEnd(`HTTP/1.1 ${head}${head.includes("\r\n\r\n") ? "" : "\r\n\r\n"}`);
      const { port } = serve(`http://127.0.0.1:${backend.port}`);
      const answer = await get(port, "/app/", [], name.includes("HEAD") ? "HEAD" : "GET");
      expect([
        answer.status,
        valuesOf(answer, "content-length"),
        answer.body,
        answer.end === "whole" || answer.body === "",
      ]).toEqual([status, [...length], body, true]);
      expect(valuesOf(answer, "content-type")).toEqual([]);
      expect(valuesOf(answer, "date").length).toBe(1);
    });
  }

  test("has its own addresses and cookies turned into the gateway's", async () => {
    const backend = await backEnd((socket) => {
      const own = `http://127.0.0.1:${backend.port}`;
      const fields = [
        `Location: ${own}/base/x`,
        "Content-Location: /base/y",
        "Set-Cookie: a=b; Domain=x.internal; Path=/base/z",
      ];
      socket.end(`HTTP/1.1 302 Found\r\n${fields.join("\r\n")}\r\nContent-Length: 0\r\n\r\n`);
    });
    const options = { rewriteCookieDomain: "remove", rewriteCookiePath: true } as const;
    const answer = await get(serve(`http://127.0.0.1:${backend.port}/base`, options).port);
    expect(valuesOf(answer, "location")).toEqual(["/app/x"]);
    expect(valuesOf(answer, "content-location")).toEqual(["/app/y"]);
    expect(valuesOf(answer, "set-cookie")).toEqual(["a=b; Path=/app/z"]);
  });

  test("keeps them where that is wanted", async () => {
    const backend = await backEnd(
      "HTTP/1.1 302 Found\r\nLocation: /base/x\r\nSet-Cookie: a=b; Domain=x.internal; Path=/base\r\nContent-Length: 0\r\n\r\n",
    );
    const answer = await get(serve(`http://127.0.0.1:${backend.port}/base`, { rewriteLocation: false }).port);
    expect(valuesOf(answer, "location")).toEqual(["/base/x"]);
    expect(valuesOf(answer, "set-cookie")).toEqual(["a=b; Domain=x.internal; Path=/base"]);
  });

  test("of 64 KiB keeps its length, and a larger one is chunked: Bun.serve drops the length of a stream", async () => {
    for (const [size, framing] of [
      [WHOLE_MAX_BYTES, `content-length: ${WHOLE_MAX_BYTES}`],
      [WHOLE_MAX_BYTES + 1, "transfer-encoding: chunked"],
    ] as const) {
      const backend = await backEnd(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${"x".repeat(size)}`);
      const answer = await get(serve(`http://127.0.0.1:${backend.port}`).port);
      expect(answer.headers.map((line) => line.toLowerCase())).toContain(framing);
      expect(
        answer.headers.filter((line) => /^(?:content-length|transfer-encoding):/i.test(line)).length,
      ).toBe(1);
      expect([answer.end, answer.body.replace(/[^x]/g, "").length]).toEqual(["whole", size]);
    }
  });

  test("that goes on for ever reaches the client as it comes", async () => {
    const backend = await backEnd((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n");
    });
    const { port, context } = serve(`http://127.0.0.1:${backend.port}`);
    const controller = new AbortController();
    const response = await fetch(`http://127.0.0.1:${port}/app/`, { signal: controller.signal });
    const reader = response.body?.getReader();
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("data: 1\n\n");
    expect(context.metrics.backendsOpen).toBe(1);
    controller.abort();
    await until(() => backend.closed === 1);
    expect(context.metrics.backendsOpen).toBe(0);
    expect([context.metrics.backendFailures.size, context.log.events("warn")]).toEqual([0, []]);
  });
});

describe("a back end that fails before its answer", () => {
  const head = "HTTP/1.1 200 OK\r\n";
  const table: [string, string | ((socket: Socket) => void), number, FailureCode][] = [
    ["hangs up", (socket) => socket.destroy(), 502, "backend.reset"],
    ["hangs up within its head", `${head}Conten`, 502, "backend.reset"],
    ["breaks a small answer off", `${head}Content-Length: 100\r\n\r\nhalf`, 502, "backend.reset"],
    ["is not HTTP", "SSH-2.0-OpenSSH_9\r\n\r\n", 502, "backend.protocol"],
    ["has a head of a megabyte", `${head}X: ${"x".repeat(2 ** 20)}\r\n\r\n`, 502, "backend.protocol"],
    ["has an odd status", "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", 502, "backend.protocol"],
    ["has a status below 100", "HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n", 502, "backend.protocol"],
    [
      "codes its transfer unasked",
      `${head}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
      502,
      "backend.protocol",
    ],
  ];
  for (const [name, answer, status, code] of table) {
    test(`because it ${name} is ${code}, said once to the log and to the metrics, and not to the client`, async () => {
      const backend = await backEnd(answer);
      const { port, context } = serve(`http://127.0.0.1:${backend.port}`);
      const response = await get(port);
      expect([response.status, response.end]).toEqual([status, "whole"]);
      expect(response.body).not.toContain("127.0.0.1");
      await until(() => context.metrics.backendsOpen === 0);
      expect([...context.metrics.backendFailures]).toEqual([[code, 1]]);
      expect(context.log.lines.map(({ level, event, fields }) => [level, event, fields.code])).toEqual([
        ["warn", "back end failed", code],
      ]);
    });
  }

  test("because nothing listens there is backend.refused", async () => {
    const { port, context } = serve("http://127.0.0.1:1");
    expect((await get(port)).status).toBe(502);
    expect([...context.metrics.backendFailures]).toEqual([["backend.refused", 1]]);
    expect(context.log.lines[0]?.fields.detail).toBe("http://127.0.0.1:1: ECONNREFUSED");
    expect(context.metrics.backendsOpen).toBe(0);
  });

  test("because it says nothing is backend.timeout, and 504", async () => {
    const backend = await backEnd(() => {});
    const { port, context } = serve(`http://127.0.0.1:${backend.port}`, { responseTimeout: "5s" });
    const answer = get(port);
    await until(() => backend.bytes !== "");
    context.clock.advance(5000);
    expect((await answer).status).toBe(504);
    expect([...context.metrics.backendFailures]).toEqual([["backend.timeout", 1]]);
  });
});

describe("a back end that fails in its answer", () => {
  const size = WHOLE_MAX_BYTES * 2;
  for (const [name, answer] of [
    ["of known length", `HTTP/1.1 200 OK\r\nContent-Length: ${2 * size}\r\n\r\n${"x".repeat(size)}`],
    [
      "in chunks",
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${size.toString(16)}\r\n${"x".repeat(size)}\r\n`,
    ],
    [
      "in a chunk that is none",
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${size.toString(16)}\r\n${"x".repeat(size)}\r\nzz\r\n`,
    ],
  ] as const) {
    test(`${name} breaks the client's off: it never looks whole`, async () => {
      const backend = await backEnd(answer);
      const { port, context } = serve(`http://127.0.0.1:${backend.port}`);
      const { status, end, body } = await get(port);
      expect([status, end]).toEqual([200, "broken"]);
      expect(body).not.toContain("\r\n0\r\n\r\n");
      expect(context.metrics.backendsOpen).toBe(0);
      expect(context.log.events("warn")).toEqual(["back end failed"]);
    });
  }
});

describe("a client that leaves", () => {
  test("before the answer ends the request at the back end, and nobody has failed", async () => {
    const backend = await backEnd(() => {});
    const { port, context } = serve(`http://127.0.0.1:${backend.port}`);
    const socket = connect(port, "127.0.0.1", () => socket.write("GET /app/ HTTP/1.1\r\nHost: g\r\n\r\n"));
    await until(() => backend.bytes !== "");
    socket.destroy();
    await until(() => backend.closed === 1);
    expect([context.metrics.backendsOpen, context.metrics.backendFailures.size]).toEqual([0, 0]);
  });

  test("in the middle of its request ends it at the back end", async () => {
    const backend = await backEnd(() => {});
    const { port, context } = serve(`http://127.0.0.1:${backend.port}`);
    const socket = connect(port, "127.0.0.1", () =>
      socket.write("POST /app/ HTTP/1.1\r\nHost: g\r\nContent-Length: 9\r\n\r\nabc"),
    );
    await until(() => backend.bytes.endsWith("abc"));
    socket.destroy();
    await until(() => backend.closed === 1);
    expect([context.metrics.backendsOpen, context.metrics.backendFailures.size]).toEqual([0, 0]);
  });
});

describe("back-pressure", () => {
  /** Well above what kernels buffer on loopback (about 10 MB), and little enough to be quick. */
  const TOTAL_BYTES = 96 * 2 ** 20;
  const BUFFERED_MAX_BYTES = 32 * 2 ** 20;
  const part = Buffer.alloc(65_536, "x");

  /** Writes until the other side takes no more, and goes on when it does. */
  function flood(socket: Socket, total: number, onWritten: (byteCount: number) => void): void {
    let left = total;
    const go = () => {
      while (left > 0) {
        left -= part.length;
        onWritten(part.length);
        if (!socket.write(part)) {
          socket.once("drain", go);
          return;
        }
      }
    };
    go();
  }

  /** Until it stays the same for a while of turns. */
  async function settled(value: () => number): Promise<number> {
    for (let before = -1, turns = 0; turns < 300; turns++) {
      if (value() !== before) turns = 0;
      before = value();
      await new Promise((resolve) => setImmediate(resolve));
    }
    return value();
  }

  test("of a client that stops reading reaches the back end", async () => {
    let written = 0;
    const backend = await backEnd((socket) => {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${TOTAL_BYTES}\r\n\r\n`);
      flood(socket, TOTAL_BYTES, (byteCount) => {
        written += byteCount;
      });
    });
    const { port, context } = serve(`http://127.0.0.1:${backend.port}`);
    const socket = connect(port, "127.0.0.1", () => socket.write("GET /app/ HTTP/1.1\r\nHost: g\r\n\r\n"));
    socket.on("error", () => {});
    socket.once("data", () => socket.pause());
    await until(() => written > 0);
    expect(await settled(() => written + context.metrics.bytesOut)).toBeLessThan(2 * BUFFERED_MAX_BYTES);
    expect(context.metrics.bytesOut).toBeLessThan(BUFFERED_MAX_BYTES);
    socket.resume();
    await until(() => context.metrics.bytesOut === TOTAL_BYTES);
    socket.destroy();
  });

  test("of a back end that stops reading reaches the client", async () => {
    let written = 0;
    const backend = await backEnd((socket) => socket.pause());
    const { port, context } = serve(`http://127.0.0.1:${backend.port}`);
    const socket = connect(port, "127.0.0.1", () => {
      socket.write(`POST /app/ HTTP/1.1\r\nHost: g\r\nContent-Length: ${TOTAL_BYTES}\r\n\r\n`);
      flood(socket, TOTAL_BYTES, (byteCount) => {
        written += byteCount;
      });
    });
    socket.on("error", () => {});
    await until(() => written > 0);
    expect(await settled(() => written)).toBeLessThan(2 * BUFFERED_MAX_BYTES);
    expect(context.metrics.bytesIn).toBeLessThan(BUFFERED_MAX_BYTES);
    socket.destroy();
  });
});

describe("a WebSocket", () => {
  test("goes to the back end by the same mapping, and messages go both ways", async () => {
    const seen: { url?: string; headers?: Headers } = {};
    const server = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch(request, one) {
        seen.url = request.url;
        seen.headers = new Headers(request.headers);
        return one.upgrade(request, { headers: { "sec-websocket-protocol": "chat" } })
          ? undefined
          : new Response(null, { status: 400 });
      },
      websocket: {
        message(socket, message) {
          socket.send(`you said ${message}`);
        },
      },
    });
    cleanups.push(() => server.stop(true));
    const { service, context } = serve(`http://127.0.0.1:${server.port}/base`, { preserveHost: true });
    const handshake = {
      ...createFakeHandshake({
        query: "a=b",
        origin: "https://app.example",
        subprotocols: ["other", "chat"],
        headers: {
          cookie: "a=1",
          connection: "Upgrade, x-hop",
          upgrade: "websocket",
          "x-hop": "1",
          "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
          "sec-websocket-extensions": "permessage-deflate",
          "x-forwarded-for": "6.6.6.6",
        },
      }),
      path: "/app/live",
    };
    const session = new FakeSession();
    const acceptance = await service.accept?.(handshake);
    if (acceptance === undefined) throw new Error("http takes WebSockets");
    const handler = session.open(acceptance);
    expect(session.subprotocol).toBe("chat");
    const answered = new Promise<void>((resolve) => {
      session.onSend = () => resolve();
    });
    handler.message("hello");
    await answered;
    expect(session.sent).toEqual(["you said hello"]);
    expect(seen.url).toBe("http://gateway.example/base/live?a=b");
    expect(seen.headers?.get("origin")).toBe("https://app.example");
    expect(seen.headers?.get("cookie")).toBe("a=1");
    expect(seen.headers?.get("x-forwarded-for")).toBe("192.0.2.7");
    expect(seen.headers?.has("x-hop")).toBe(false);
    expect(seen.headers?.get("sec-websocket-extensions")).toBeNull();
    session.leave(1000);
    await until(() => context.metrics.backendsOpen === 0);
  });

  test("is refused when its path leads out, when it loops, or when none of its subprotocols is served", async () => {
    const { service } = serve("http://127.0.0.1:1/base");
    const refusal = async (more: object) => {
      const acceptance = await service.accept?.({ ...createFakeHandshake(), ...more });
      return acceptance !== undefined && "refusal" in acceptance ? acceptance.refusal.code : undefined;
    };
    expect(await refusal({ path: "/app/..%2fadmin" })).toBe("path.unknown");
    const backend = await backEnd(OK);
    const other = serve(`http://127.0.0.1:${backend.port}`);
    await get(other.port);
    const headers = new Map([["via", /^via: (.*)\r$/im.exec(backend.bytes)?.[1] ?? ""]]);
    const looping = await other.service.accept?.({
      ...createFakeHandshake(),
      path: "/app/",
      headers: () => headers,
    });
    expect(looping).toMatchObject({ refusal: { code: "backend.loop" } });
    const served = http.create(httpOptions.parse({ connect: "http://127.0.0.1:1" }), {
      ...createFakeContext({ subprotocols: ["chat"] }),
      path: "/app",
    });
    const refused = await served.accept?.({
      ...createFakeHandshake({ subprotocols: ["mqtt"] }),
      path: "/app/",
    });
    expect(refused).toMatchObject({ refusal: { code: "subprotocol.unsupported" } });
  });
});
