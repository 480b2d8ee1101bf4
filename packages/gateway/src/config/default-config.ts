// What is served when there is no configuration at all: enough to see that it works, reachable from this host only.

export const DEFAULT_CONFIG = {
  listen: ["http://localhost:8000"],
  admin: "http://127.0.0.1:8001",
  services: {
    "/": { type: "welcome" },
    "/broadcast": { type: "broadcast", clients: "publish" },
    "/demos/efficiency": { type: "efficiency" },
    "/echo": { type: "echo" },
  },
} as const;
