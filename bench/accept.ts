// What does a newcomer cost: connect, opening handshake, closing handshake?
import type { Question } from "./harness/question.ts";
import { compareUnderLoad, type Shape } from "./harness/rounds.ts";
import { startBare, startGateway, startWs } from "./servers.ts";

const CONCURRENT = 64;

const shape: Shape = {
  label: `${CONCURRENT} at a time`,
  load: { mode: "storm", path: "/echo", connections: CONCURRENT, sources: 16 },
};

export const accept: Question = {
  id: "accept",
  title: "WebSocket handshakes, each connection closed in order as soon as it is open",
  async ask(lab, plan, say) {
    const servers = [
      await startGateway(lab, { services: { "/echo": { type: "echo" } } }),
      await startBare(lab),
      await startWs(lab),
    ];
    const comparison = {
      servers,
      goals: {},
      shapes: [shape],
      unit: { one: "handshake", many: "handshakes" },
    };
    const notes = ["Latency is from the connect to the 101. The cost of the close is in the figure."];
    return { ...(await compareUnderLoad(lab, plan, say, comparison)), notes };
  },
};
