// What does it cost to deliver one published message to one of many subscribers?
import type { Question } from "./harness/question.ts";
import { compareUnderLoad, type Shape } from "./harness/rounds.ts";
import { startBare, startGateway, startWs } from "./servers.ts";

const SIZE_BYTES = 32;

/** One publication at a time: the next goes out when the last subscriber has the one before. */
function shape(subscribers: number): Shape {
  return {
    label: `${subscribers.toLocaleString("en-US")} subscribers`,
    // One more connection publishes.
    load: {
      mode: "fan",
      path: "/feed",
      connections: subscribers + 1,
      size: SIZE_BYTES,
      window: 1,
      sources: 4,
    },
  };
}

export const fan: Question = {
  id: "fan",
  title: `Fan-out of ${SIZE_BYTES} bytes`,
  async ask(lab, plan, say) {
    const servers = [
      await startGateway(lab, { services: { "/feed": { type: "broadcast", clients: "publish" } } }),
      await startBare(lab),
      await startWs(lab),
    ];
    const goals = { "bare Bun.serve": 1.1 };
    const shapes = plan.isQuick ? [shape(1_000)] : [shape(1_000), shape(5_000), shape(10_000)];
    const notes = [
      "bare Bun.serve uses its native publish, ws a loop over its clients. The floor, uWebSockets in C++, is in no package registry.",
    ];
    return {
      ...(await compareUnderLoad(lab, plan, say, {
        servers,
        goals,
        shapes,
        unit: { one: "delivery", many: "deliveries" },
      })),
      notes,
    };
  },
};
