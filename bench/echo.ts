// What does the gateway add to an echoed message, against the server it is built on and against `ws` on Node?
import type { Question } from "./harness/question.ts";
import { compareUnderLoad, type Shape } from "./harness/rounds.ts";
import { startBare, startGateway, startWs } from "./servers.ts";

const CONNECTIONS = 64;
const SIZE_BYTES = 32;

function shape(window: number, text: boolean): Shape {
  return {
    label: `${text ? "text" : "binary"}, ${window} in flight`,
    load: { mode: "echo", path: "/echo", connections: CONNECTIONS, size: SIZE_BYTES, window, text },
  };
}

export const echo: Question = {
  id: "echo",
  title: `Plain WebSocket echo, ${CONNECTIONS} connections, ${SIZE_BYTES} bytes`,
  async ask(lab, plan, say) {
    const servers = [
      await startGateway(lab, { services: { "/echo": { type: "echo" } } }),
      await startBare(lab),
      await startWs(lab),
    ];
    const shapes = [shape(1, false), shape(32, false)];
    if (!plan.isQuick) shapes.push(shape(1, true), shape(32, true));
    const goals = { "bare Bun.serve": 1.25, "ws on Node": 0.55 };
    const notes = [
      "The floor, uWebSockets in C++, is in no package registry; bare Bun.serve, which is built on it, stands in for it.",
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
