import { describe, expect, test } from "bun:test";
import { createFakeHandshake } from "../fake-session.ts";
import { httpOptions } from "./options.ts";
import { mapUpgrade } from "./upgrade.ts";

const target = { scheme: "tcp", hostname: "back.example", port: 80 } as const;
const map = (fields: Parameters<typeof createFakeHandshake>[0], path = "/app/live", options: object = {}) =>
  mapUpgrade({ ...createFakeHandshake(fields), path }, target, ["chat"], {
    settings: httpOptions.parse({ connect: "http://back.example/base", ...options }),
    path: "/app",
    pseudonym: "me",
  });

describe("a WebSocket handshake to the back end", () => {
  test("has the path, host, origin and fields of a plain request, and its own handshake (RFC 6455 §4.1)", () => {
    const request = map({
      query: "a=b c",
      origin: "https://app.example",
      headers: {
        host: "gateway.example",
        origin: "https://app.example",
        cookie: "a=1",
        authorization: "Bearer x",
        connection: "upgrade, x-hop",
        "x-hop": "1",
        upgrade: "websocket",
        "sec-websocket-key": "x",
        "sec-websocket-version": "13",
        "sec-websocket-protocol": "chat",
        "sec-websocket-extensions": "permessage-deflate",
        "x-forwarded-for": "6.6.6.6",
        empty: "",
      },
    });
    expect(request).toEqual({
      target,
      host: "back.example",
      path: "/base/live?a=b%20c",
      origin: "https://app.example",
      subprotocols: ["chat"],
      headers: [
        ["cookie", "a=1"],
        ["authorization", "Bearer x"],
        ["Forwarded", 'for=192.0.2.7;by=_me;host="gateway.example";proto=http'],
        ["X-Forwarded-For", "192.0.2.7"],
        ["X-Forwarded-Host", "gateway.example"],
        ["X-Forwarded-Proto", "http"],
        ["Via", "1.1 me"],
      ],
    });
  });

  test("has no origin where the client has none, and the client's host where that is wanted", () => {
    expect(map({}, "/app", { preserveHost: true })).toMatchObject({
      origin: undefined,
      host: "gateway.example",
      path: "/base",
    });
  });

  test("is none where the path leads out", () => expect(map({}, "/app/..%2fx")).toBeUndefined());
});
