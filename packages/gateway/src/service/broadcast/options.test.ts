import { describe, expect, test } from "bun:test";
import { broadcastOptions } from "./options.ts";

function problems(options: object): string[] {
  const result = broadcastOptions.safeParse(options);
  return result.success
    ? []
    : result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
}

describe("options of broadcast", () => {
  test("need nothing: then clients publish", () => {
    const settings = broadcastOptions.parse({});
    expect(settings.source).toBeUndefined();
    expect(settings.reconnect).toEqual({ initial: 500, max: 6000 });
    expect(settings.sourceIdleTimeout).toBe(Number.POSITIVE_INFINITY);
    expect(settings.sourceMessageMaxSize).toBe(131_072);
  });

  for (const source of [
    "tcp://feed.example:7000",
    "tls://feed.example:7000",
    "unix:/run/feed.sock",
    "udp://0.0.0.0:5000",
    "udp://[::]:5000",
    "udp://239.1.2.3:5000",
    "ws://feed.example/prices",
    "wss://feed.example/prices?depth=5",
  ]) {
    test(`take the source ${source}`, () => {
      expect(problems({ source })).toEqual([]);
    });
  }

  test("take an interface for a multicast group, by name and by address", () => {
    for (const name of ["eth0", "eth0.100", "br-lan", "eth0:1", "192.0.2.7", "fe80::1"]) {
      expect(problems({ source: "udp://239.1.2.3:5000", interface: name })).toEqual([]);
    }
  });

  const contradictions: [options: object, option: string][] = [
    [{ clients: "ignore" }, "clients"],
    [{ clients: "refuse" }, "clients"],
    [{ onSourceLoss: "close" }, "onSourceLoss"],
    [{ framing: "lines" }, "framing"],
    [{ source: "udp://127.0.0.1:5000", framing: "lines" }, "framing"],
    [{ source: "wss://feed.example/", framing: "lines" }, "framing"],
    [{ source: "udp://feed.example:5000" }, "source"],
    [{ source: "udp://192.0.2.7:5000", interface: "eth0" }, "interface"],
    [{ source: "tcp://239.1.2.3:5000", interface: "eth0" }, "interface"],
    [{ source: "tcp://a.example:1", headers: { Authorization: "x" } }, "headers"],
    [{ source: "tcp://a.example:1", subprotocol: "x" }, "subprotocol"],
    [{ source: "tcp://a.example:1", reconnect: { initial: "10s", max: "5s" } }, "reconnect.initial"],
    [{ source: "tcp://a.example:1", sourceMessageMaxSize: "0 B" }, "sourceMessageMaxSize"],
  ];
  for (const [options, option] of contradictions) {
    test(`refuse ${JSON.stringify(options)} at \`${option}\``, () => {
      expect(problems(options).map((problem) => problem.split(":")[0])).toEqual([option]);
    });
  }

  test("take a subprotocol and headers for a WebSocket source", () => {
    const source = "wss://feed.example/";
    expect(problems({ source, subprotocol: "v1", headers: { Authorization: "Bearer t" } })).toEqual([]);
    expect(problems({ source, subprotocol: "v 1" })).toEqual(["subprotocol: is not a subprotocol name"]);
  });

  test("take a longest wait equal to the first", () => {
    expect(problems({ source: "tcp://a.example:1", reconnect: { initial: "5s", max: "5s" } })).toEqual([]);
  });
});
