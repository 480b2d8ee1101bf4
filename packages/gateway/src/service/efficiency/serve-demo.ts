// A minimal gateway for the demo's tests: `Bun.serve` with one service behind it, so that the meter has something
// real to relay to. Judges nobody.
import { systemClock } from "../../host/clock.ts";
import type { Handshake } from "../../session/handshake.ts";
import type { Session, SessionHandler } from "../../session/session.ts";
import { createFakeContext, type FakeLog } from "../fake-session.ts";
import type { Service } from "../service.ts";
import { efficiency } from "./index.ts";
import { efficiencyOptions } from "./options.ts";

interface SocketData {
  readonly open: (session: Session) => SessionHandler;
  handler: SessionHandler | undefined;
}

export interface ServedDemo {
  readonly origin: string;
  readonly service: Service;
  readonly log: FakeLog;
  stop(): Promise<void>;
}

export function serveDemo(meter = "auto"): ServedDemo {
  const context = createFakeContext();
  const service = efficiency.create(efficiencyOptions.parse({ meter }), {
    ...context,
    path: "/demo",
    clock: systemClock,
  });
  const server = Bun.serve<SocketData>({
    hostname: "127.0.0.1",
    port: 0,
    development: false,
    async fetch(request, own) {
      const handshake = readHandshake(request, `http://127.0.0.1:${own.port}`);
      if (handshake.carrier === "http") return service.respond?.(request, handshake) ?? new Response();
      const acceptance = await service.accept?.(handshake);
      if (acceptance === undefined || "refusal" in acceptance) return new Response(null, { status: 404 });
      const isUpgraded = own.upgrade(request, { data: { open: acceptance.open, handler: undefined } });
      return isUpgraded ? undefined : new Response(null, { status: 400 });
    },
    websocket: {
      open(socket) {
        const session = {
          isOpen: true,
          send: (message: string) => socket.sendText(message) > 0,
          close: (code: number, reason: string) => socket.close(code, reason),
          fail: () => socket.close(1011),
        };
        // The demo uses nothing else of a session.
        socket.data.handler = socket.data.open(session as unknown as Session);
      },
      message: (socket, message) => socket.data.handler?.message(message),
      drain: (socket) => socket.data.handler?.drained(),
      close: (socket, code, reason) => socket.data.handler?.closed(code, reason),
    },
  });
  return {
    origin: `http://127.0.0.1:${server.port}`,
    service,
    log: context.log,
    async stop() {
      await service.stop();
      await server.stop(true);
    },
  };
}

function readHandshake(request: Request, listener: string): Handshake {
  const { pathname, search } = new URL(request.url);
  return {
    carrier: request.headers.has("upgrade") ? "websocket" : "http",
    connectionId: "test",
    method: request.method,
    path: pathname,
    query: search.slice(1),
    host: request.headers.get("host") ?? "",
    secure: false,
    origin: request.headers.get("origin") ?? undefined,
    address: "127.0.0.1",
    subprotocols: [],
    listener,
    header: (name) => request.headers.get(name) ?? undefined,
    headers: () => request.headers,
  };
}
