import { afterEach, describe, expect, test } from "bun:test";
import { createServer, type Server, type Socket } from "node:net";
import { Failure, type FailureCode } from "../failure.ts";
import { FakeClock } from "./fake-clock.ts";
import { createHttpClient } from "./http.ts";
import {
  type ExchangeSettings,
  HEAD_MAX_BYTES,
  type HttpAnswer,
  type HttpCall,
  type HttpField,
} from "./http-exchange.ts";

const CONNECT_MS = 1000;
const RESPONSE_MS = 5000;

const servers: Server[] = [];
const sockets = new Set<Socket>();
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  for (const socket of sockets) socket.destroy();
});

interface Backend {
  readonly port: number;
  /** Heads, and what of the content came with them, in the order in which they came. */
  readonly heads: string[];
  /** All that came, on all connections. */
  bytes: string;
  connections: number;
}

/** A back end of bare TCP: `answer` is called for each request head. */
async function backEnd(answer: (socket: Socket, head: string, count: number) => void): Promise<Backend> {
  const server = createServer((socket) => {
    let text = "";
    backend.connections++;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      backend.bytes += chunk.toString("latin1");
      if (!text.includes("\r\n\r\n")) return;
      const head = text;
      text = "";
      if (!/^[A-Z-]+ [^ ]+ HTTP\/1\.1\r\n/.test(head)) return;
      backend.heads.push(head);
      answer(socket, head, backend.heads.length);
    });
  });
  servers.push(server);
  const backend: Backend = { port: 0, heads: [], bytes: "", connections: 0 };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return Object.assign(backend, { port: typeof address === "object" ? (address?.port ?? 0) : 0 });
}

const says = (text: string) => (socket: Socket) => socket.write(Buffer.from(text, "latin1"));
const saysAndEnds = (text: string) => (socket: Socket) => socket.end(Buffer.from(text, "latin1"));
const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

function setUp(port: number, more: Partial<ExchangeSettings> = {}) {
  const clock = new FakeClock();
  const seen = { connected: 0, sent: 0, received: 0, ends: [] as (FailureCode | "complete")[] };
  const client = createHttpClient({
    origin: { scheme: "http", hostname: "127.0.0.1", port, tls: { verify: true } },
    clock,
    connectTimeoutMs: CONNECT_MS,
    responseTimeoutMs: RESPONSE_MS,
    pendingConnectsMax: 10,
    ...more,
  });
  const controller = new AbortController();
  let onEnded = () => {};
  const ended = new Promise<void>((resolve) => {
    onEnded = resolve;
  });
  const call = (fields: Partial<HttpCall> = {}): HttpCall => ({
    method: "GET",
    target: "/",
    fields: [["Host", "back.example"]],
    content: undefined,
    signal: controller.signal,
    observer: {
      connected: () => {
        seen.connected++;
      },
      sent: (byteCount) => {
        seen.sent += byteCount;
      },
      received: (byteCount) => {
        seen.received += byteCount;
      },
      ended: (failure) => {
        seen.ends.push(failure?.code ?? "complete");
        onEnded();
      },
    },
    ...fields,
  });
  return {
    clock,
    client,
    seen,
    ended,
    abort: () => controller.abort(),
    call,
    ask: (fields?: Partial<HttpCall>) => client.call(call(fields)),
  };
}

const textOf = (answer: HttpAnswer | undefined) => new Response(answer?.content ?? null).text();

async function failureOf(promise: Promise<unknown>): Promise<FailureCode | undefined> {
  try {
    await promise;
    return undefined;
  } catch (error) {
    if (error instanceof Failure) return error.code;
    throw error;
  }
}

/** A test that waits here for ever has found what it looks for. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** A stream of these parts; stays open after the last one when `isOpen`. */
function contentOf(parts: readonly string[], isOpen = false): ReadableStream<Uint8Array> {
  const left = [...parts];
  return new ReadableStream({
    pull(controller) {
      const part = left.shift();
      if (part !== undefined) controller.enqueue(new TextEncoder().encode(part));
      else if (!isOpen) controller.close();
      else return new Promise(() => {});
      return undefined;
    },
  });
}

describe("a request", () => {
  test("goes out as it was given: method, target, fields in their order and case, repeated ones apart", async () => {
    const backend = await backEnd(says(OK));
    const fields: HttpField[] = [
      ["Host", "public.example:99"],
      ["X-Odd", "1"],
      ["x-odd", "2"],
      ["Latin", "caf\u00e9"],
    ];
    await textOf(await setUp(backend.port).ask({ method: "FOO-BAR", target: "/a/%2e%2e//b?c=%zz", fields }));
    expect(backend.heads[0]).toBe(
      "FOO-BAR /a/%2e%2e//b?c=%zz HTTP/1.1\r\nHost: public.example:99\r\nX-Odd: 1\r\nx-odd: 2\r\nLatin: caf\u00e9\r\n" +
        "Content-Length: 0\r\nConnection: keep-alive\r\n\r\n",
    );
  });

  test("without content says nothing of it by GET, and zero by POST (RFC 9110 §8.6)", async () => {
    const backend = await backEnd(says(OK));
    const { ask } = setUp(backend.port);
    await textOf(await ask());
    await textOf(await ask({ method: "POST" }));
    expect(backend.heads[0]).not.toContain("Content-Length");
    expect(backend.heads[1]).toContain("\r\nContent-Length: 0\r\n");
  });

  test("with content of unknown length is chunked, with a known one it is not (RFC 9112 §6)", async () => {
    for (const [fields, framed] of [
      [[], "Transfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"],
      [[["Content-Length", "5"]], "Content-Length: 5\r\nConnection: keep-alive\r\n\r\nabcde"],
    ] as [HttpField[], string][]) {
      let received = "";
      const backend = await backEnd((socket, head) => {
        received = head;
        socket.on("data", (chunk) => {
          received += chunk;
        });
        const look = () => (received.endsWith(framed) ? socket.write(OK) : setImmediate(look));
        look();
      });
      const { ask, seen } = setUp(backend.port);
      await textOf(
        await ask({ method: "POST", fields: [["Host", "x"], ...fields], content: contentOf(["abc", "de"]) }),
      );
      expect(received).toEndWith(framed);
      expect(seen.sent).toBe(5);
    }
  });

  for (const [what, parts] of [
    ["longer", ["abc", "defg"]],
    ["shorter", ["abc"]],
  ] as const) {
    test(`with content that is ${what} than it says is given up, and nothing beyond its length is sent`, async () => {
      let received = "";
      const backend = await backEnd((socket, head) => {
        received = head;
        socket.on("data", (chunk) => {
          received += chunk;
        });
      });
      const left = [...parts];
      const content = new ReadableStream<Uint8Array>({
        async pull(controller) {
          // The first part takes the head with it; the rest waits until that is there.
          if (left.length < parts.length) await until(() => backend.heads.length > 0);
          const part = left.shift();
          if (part === undefined) controller.close();
          else controller.enqueue(new TextEncoder().encode(part));
        },
      });
      const { ask } = setUp(backend.port);
      expect(await failureOf(ask({ method: "POST", fields: [["Content-Length", "5"]], content }))).toBe(
        "request.unsupported",
      );
      await until(() => sockets.size === 0);
      expect(received).toEndWith("\r\n\r\nabc");
    });
  }

  test("with a character that cannot stand in its place is a bug of ours and is not sent", async () => {
    const backend = await backEnd(says(OK));
    const { ask } = setUp(backend.port);
    expect(() => ask({ target: "/a b" })).toThrow();
    expect(() => ask({ fields: [["A", "b\r\nC: d"]] })).toThrow();
    expect(backend.heads).toEqual([]);
  });
});

describe("an answer", () => {
  test("has its fields in their order, repeated ones apart, and its content", async () => {
    const backend = await backEnd(
      says(
        "HTTP/1.1 201 Made\r\nSet-Cookie: a=1\r\nContent-Length: 2\r\nSet-Cookie: b=2\r\nL: \xe9\r\n\r\nhi",
      ),
    );
    const { ask, seen } = setUp(backend.port);
    const answer = await ask();
    expect(answer?.status).toBe(201);
    expect(answer?.fields).toEqual([
      ["Set-Cookie", "a=1"],
      ["Content-Length", "2"],
      ["Set-Cookie", "b=2"],
      ["L", "\u00e9"],
    ]);
    expect(await textOf(answer)).toBe("hi");
    expect(seen).toEqual({ connected: 1, sent: 0, received: 2, ends: ["complete"] });
  });

  for (const [name, text, content] of [
    [
      "chunked",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n2\r\nhi\r\n0\r\nX: y\r\n\r\n",
      "hi",
    ],
    ["until the end of the connection", "HTTP/1.1 200 OK\r\n\r\nhi", "hi"],
    ["of HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\nhi", "hi"],
    ["after a 100", `HTTP/1.1 100 Continue\r\n\r\n${OK}`, "hi"],
    ["after early hints", `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`, "hi"],
    ["compressed", "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nhi", "hi"],
    [
      "a redirect",
      "HTTP/1.1 302 Found\r\nLocation: http://elsewhere.example/\r\nContent-Length: 2\r\n\r\nhi",
      "hi",
    ],
  ] as const) {
    test(`${name} is passed on as it is`, async () => {
      const backend = await backEnd(saysAndEnds(text));
      const { ask, seen } = setUp(backend.port);
      expect(await textOf(await ask())).toBe(content);
      expect(seen.ends).toEqual(["complete"]);
    });
  }

  for (const [name, method, text] of [
    ["to HEAD", "HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"],
    ["204", "GET", "HTTP/1.1 204 No Content\r\n\r\n"],
    ["304", "GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n"],
  ] as const) {
    test(`${name} has no content, and its connection is used again (RFC 9112 §6.3)`, async () => {
      const backend = await backEnd(says(text));
      const { ask, seen, ended } = setUp(backend.port);
      expect((await ask({ method }))?.content).toBeUndefined();
      await ended;
      await ask({ method });
      expect([backend.connections, seen.connected, seen.ends[0]]).toEqual([1, 1, "complete"]);
    });
  }

  for (const [name, text] of [
    ["that is not HTTP", "SSH-2.0-OpenSSH_9\r\n\r\n"],
    ["with two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi"],
    ["with a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nhi"],
    [
      "with a length and chunks",
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["with a folded field", "HTTP/1.1 200 OK\r\nX: a\r\n b\r\n\r\n"],
    ["with a blank before a colon", "HTTP/1.1 200 OK\r\nX : a\r\n\r\n"],
    ["with a NUL", "HTTP/1.1 200 OK\r\nX: a\0\r\n\r\n"],
    ["with bare line feeds", "HTTP/1.1 200 OK\nContent-Length: 2\n\nhi"],
    [
      "that switches protocols unasked",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ],
  ] as const) {
    test(`${name} breaks the protocol`, async () => {
      const backend = await backEnd(says(text));
      const { ask, seen, clock } = setUp(backend.port);
      expect(await failureOf(ask())).toBe("backend.protocol");
      expect([seen.ends.length, clock.pendingTimers]).toEqual([0, 0]);
    });
  }

  test("may have a head of 64 KiB and no more", async () => {
    const rest = "HTTP/1.1 200 OK\r\nX: \r\nContent-Length: 0\r\n\r\n".length;
    // The parser counts the names and values, not the line around them, and refuses from the limit on.
    const fits = "a".repeat(HEAD_MAX_BYTES - rest);
    const small = await backEnd(says(`HTTP/1.1 200 OK\r\nX: ${fits}\r\nContent-Length: 0\r\n\r\n`));
    expect(await failureOf(setUp(small.port).ask())).toBeUndefined();
    const large = await backEnd(
      says(`HTTP/1.1 200 OK\r\nX: ${"a".repeat(HEAD_MAX_BYTES)}\r\nContent-Length: 0\r\n\r\n`),
    );
    expect(await failureOf(setUp(large.port).ask())).toBe("backend.protocol");
  });

  for (const [name, text, code] of [
    ["a known length", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "backend.reset"],
    ["chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n", "backend.reset"],
    [
      "a broken chunk",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz\r\n",
      "backend.protocol",
    ],
  ] as const) {
    test(`of ${name} that breaks off is never a whole one`, async () => {
      const backend = await backEnd(saysAndEnds(text));
      const { ask, seen } = setUp(backend.port);
      // The break may come with the head: then there is no answer at all, which is as good.
      expect(await failureOf(ask().then(textOf))).toBe(code);
      expect(seen.ends.filter((end) => end !== code)).toEqual([]);
    });
  }

  test("before all of the request was sent is given, and the rest is not sent (RFC 9112 §9.3)", async () => {
    const backend = await backEnd(says("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig"));
    const { ask, ended, seen } = setUp(backend.port);
    const answer = await ask({
      method: "POST",
      fields: [["Content-Length", "1000"]],
      content: contentOf(["abc"], true),
    });
    expect([answer?.status, await textOf(answer)]).toEqual([413, "big"]);
    await ended;
    expect(seen.ends).toEqual(["complete"]);
  });
});

describe("connections", () => {
  test("are used again, and closed with the client", async () => {
    const backend = await backEnd(says(OK));
    const { ask, client, seen } = setUp(backend.port);
    for (let index = 0; index < 3; index++) await textOf(await ask());
    expect([backend.connections, seen.connected]).toEqual([1, 1]);
    const [socket] = sockets;
    const closed = new Promise((resolve) => socket?.on("close", resolve));
    client.close();
    await closed;
  });

  test("that carry a call when the client is closed end after it", async () => {
    const backend = await backEnd(says("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nha"));
    const { ask, client } = setUp(backend.port);
    const answer = await ask();
    client.close();
    const [socket] = sockets;
    const closed = new Promise((resolve) => socket?.on("close", resolve));
    socket?.write("lf");
    expect(await textOf(answer)).toBe("half");
    await closed;
  });

  for (const [method, isRepeated] of [
    ["GET", true],
    ["HEAD", true],
    ["PUT", false],
    ["DELETE", false],
    ["POST", false],
  ] as const) {
    test(`that were closed meanwhile: a ${method} is ${isRepeated ? "" : "not "}sent again (RFC 9112 §9.3.1)`, async () => {
      const backend = await backEnd((socket, _, count) =>
        count === 2 ? socket.destroy() : socket.write(OK.slice(0, method === "HEAD" ? -2 : undefined)),
      );
      const { ask, ended } = setUp(backend.port);
      await textOf(await ask({ method }));
      await ended;
      expect(await failureOf(ask({ method }))).toBe(isRepeated ? undefined : "backend.reset");
      expect([backend.heads.length, backend.connections]).toEqual(isRepeated ? [3, 2] : [2, 1]);
    });
  }

  test("of their own are no reason to send again", async () => {
    const backend = await backEnd((socket) => socket.destroy());
    expect(await failureOf(setUp(backend.port).ask())).toBe("backend.reset");
    expect(backend.heads.length).toBe(1);
  });

  test("that are refused, and names that do not resolve, say so", async () => {
    const { port } = await backEnd(says(OK));
    const server = servers.pop();
    await new Promise((resolve) => server?.close(resolve));
    expect(await failureOf(setUp(port).ask())).toBe("backend.refused");
    const origin = {
      scheme: "http",
      hostname: "no-such-host.invalid",
      port: 80,
      tls: { verify: true },
    } as const;
    expect(await failureOf(setUp(0, { origin }).ask())).toBe("backend.unresolved");
  });

  test("under way are bounded: one more is refused at once, and one that is there makes room", async () => {
    const backend = await backEnd(says(OK));
    const { ask } = setUp(backend.port, { pendingConnectsMax: 2 });
    const codes = await Promise.all([1, 2, 3].map(() => failureOf(ask().then(textOf))));
    expect(codes).toEqual([undefined, undefined, "backend.busy"]);
    expect(await failureOf(ask().then(textOf))).toBeUndefined();
  });
});

describe("time", () => {
  const silent = () => backEnd(() => {});

  test("to an answer is bounded, from the connection on", async () => {
    const backend = await silent();
    const { ask, clock, seen } = setUp(backend.port);
    const failed = failureOf(ask());
    await until(() => backend.heads.length > 0);
    clock.advance(RESPONSE_MS - 1);
    expect(clock.pendingTimers).toBe(1);
    clock.advance(1);
    expect(await failed).toBe("backend.timeout");
    expect([clock.pendingTimers, seen.ends.length]).toEqual([0, 0]);
  });

  test("to a connection is bounded", async () => {
    // 192.0.2.0/24 is nobody's (RFC 5737); whatever the system does with it, the clock has the last word.
    const origin = { scheme: "http", hostname: "192.0.2.1", port: 9, tls: { verify: true } } as const;
    const { ask, clock } = setUp(0, { origin });
    const failed = failureOf(ask());
    clock.advance(CONNECT_MS);
    expect(await failed).toBe("backend.timeout");
    expect(clock.pendingTimers).toBe(0);
  });

  test("does not run while the client's next part is waited for, and begins anew with each", async () => {
    const backend = await silent();
    const { ask, clock, seen } = setUp(backend.port);
    const source = Promise.withResolvers<ReadableStreamDefaultController<Uint8Array>>();
    const content = new ReadableStream<Uint8Array>({ start: source.resolve });
    const failed = failureOf(ask({ method: "POST", content }));
    await until(() => backend.heads.length > 0);
    clock.advance(3 * RESPONSE_MS);
    const controller = await source.promise;
    controller.enqueue(new TextEncoder().encode("x"));
    await until(() => seen.sent === 1);
    clock.advance(3 * RESPONSE_MS);
    controller.close();
    await until(() => backend.bytes.endsWith("0\r\n\r\n"));
    clock.advance(RESPONSE_MS - 1);
    expect(clock.pendingTimers).toBe(1);
    clock.advance(RESPONSE_MS);
    expect(await failed).toBe("backend.timeout");
  });

  test("in which a back end takes nothing is bounded", async () => {
    const backend = await backEnd((socket) => socket.pause());
    const { ask, clock, seen } = setUp(backend.port);
    const content = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
    });
    const failed = failureOf(ask({ method: "POST", content }));
    await until(() => backend.heads.length > 0);
    // Time flies, but what the kernel takes still counts as progress.
    for (let isOver = false; !isOver; await new Promise((resolve) => setImmediate(resolve))) {
      clock.advance(RESPONSE_MS);
      isOver = clock.pendingTimers === 0;
    }
    expect(await failed).toBe("backend.timeout");
    expect(seen.sent).toBeLessThan(64 * 1024 * 1024);
  });

  test("after the head is not bounded here", async () => {
    const backend = await backEnd(says("HTTP/1.1 200 OK\r\n\r\n"));
    const { ask, clock } = setUp(backend.port);
    await ask();
    expect(clock.pendingTimers).toBe(0);
  });
});

describe("a caller that leaves", () => {
  test("before the answer ends the request at the back end", async () => {
    const backend = await backEnd(() => {});
    const { ask, abort, seen, clock } = setUp(backend.port);
    const call = ask();
    await until(() => backend.heads.length > 0);
    const [socket] = sockets;
    const closed = new Promise((resolve) => socket?.on("close", resolve));
    abort();
    expect(await call).toBeUndefined();
    await closed;
    expect([seen.ends.length, clock.pendingTimers]).toEqual([0, 0]);
  });

  test("before the call makes no connection", async () => {
    const backend = await backEnd(says(OK));
    const { ask, abort } = setUp(backend.port);
    abort();
    expect(await ask()).toBeUndefined();
    expect(backend.connections).toBe(0);
  });

  for (const [how, leave] of [
    ["by its signal", ({ abort }: { abort: () => void }) => abort()],
    ["by cancelling the content", ({ answer }: { answer: HttpAnswer }) => void answer.content?.cancel()],
  ] as const) {
    test(`in the middle of it, ${how}, ends it at the back end and is no failure`, async () => {
      const backend = await backEnd(says("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"));
      const { ask, abort, seen, ended } = setUp(backend.port);
      const answer = await ask();
      if (answer === undefined) throw new Error("there is an answer");
      const [socket] = sockets;
      const closed = new Promise((resolve) => socket?.on("close", resolve));
      leave({ abort, answer });
      await Promise.all([closed, ended]);
      expect(seen.ends).toEqual(["complete"]);
    });
  }

  test("with its request half sent ends it at the back end", async () => {
    const backend = await backEnd(() => {});
    const { ask } = setUp(backend.port);
    const content = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (backend.heads.length > 0) controller.error(new Error("the client broke off"));
        else controller.enqueue(new TextEncoder().encode("x"));
        return new Promise((resolve) => setImmediate(resolve));
      },
    });
    const call = ask({ method: "POST", content });
    expect(await call).toBeUndefined();
    await until(() => sockets.size === 0);
  });
});
