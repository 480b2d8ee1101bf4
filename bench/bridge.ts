// What does a message through the `tcp` service cost, against the least bridge that Bun allows, against proxies that
// pass WebSocket bytes on unread, and against websockify, which does what this service does?
import type { Question } from "./harness/question.ts";
import { compareUnderLoad, type Shape } from "./harness/rounds.ts";
import {
  startBareBackend,
  startBareBridge,
  startGateway,
  startHaproxy,
  startNginx,
  startTcpEcho,
  startWebsockify,
} from "./servers.ts";

const CONNECTIONS = 64;
const SIZE_BYTES = 32;

// `stream`: a TCP back end keeps no message boundaries, so several messages may come back as one.
function shape(window: number): Shape {
  return {
    label: `${window} in flight`,
    load: { mode: "echo", path: "/echo", connections: CONNECTIONS, size: SIZE_BYTES, window, stream: true },
  };
}

export const bridge: Question = {
  id: "bridge",
  title: `WebSocket to TCP, ${CONNECTIONS} connections, ${SIZE_BYTES} bytes`,
  async ask(lab, plan, say) {
    const tcpEcho = await startTcpEcho(lab);
    const webSocketEcho = await startBareBackend(lab);
    const tcp = { type: "tcp", connect: `tcp://127.0.0.1:${tcpEcho.port}` };
    const servers = [
      await startGateway(lab, { services: { "/echo": tcp } }),
      await startBareBridge(lab, tcpEcho.port),
      await startNginx(lab, { upstreamPort: webSocketEcho.port }),
      await startHaproxy(lab, webSocketEcho.port),
      await startWebsockify(lab, tcpEcho.port),
    ];
    const goals = { "bare Bun bridge": 1.25, nginx: 1, websockify: 0.1 };
    const shapes = plan.isQuick ? [shape(1)] : [shape(1), shape(32)];
    const notes = [
      "nginx and HAProxy go from WebSocket to WebSocket and pass frames on unread; their back end is the bare Bun echo. The gateway, the bare bridge and websockify read frames and go to a TCP echo server in C. No back end's CPU is counted.",
    ];
    return {
      ...(await compareUnderLoad(lab, plan, say, {
        servers,
        goals,
        shapes,
        unit: { one: "message", many: "messages" },
      })),
      notes,
    };
  },
};
