// RFC 6455 §4.2: the opening handshake, and the HTTP/1.1 (RFC 9112) that it stands on.
import { describe, expect, test } from "bun:test";
import { ask, handshake } from "../raw-peer.ts";
import { onEachTarget } from "../target.ts";

onEachTarget((url) => {
  const changed = (changes: Readonly<Record<string, string | undefined>>) =>
    ask(url(), handshake(url(), changes));
  const requestLine = (line: string, changes: Readonly<Record<string, string | undefined>> = {}) =>
    ask(url(), handshake(url(), changes, line));
  const path = () => new URL(url()).pathname;

  describe("a handshake as §4.1 has it", () => {
    test("is answered by 101 and the key's proof (§1.3)", async () => {
      const { status, head } = await changed({});
      expect(status).toBe(101);
      expect(head).toMatch(/^upgrade: websocket\r?$/im);
      expect(head).toMatch(/^connection: upgrade\r?$/im);
      expect(head).toMatch(/^sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r?$/im);
    });

    test("names no subprotocol and no extension that was not offered (§4.2.2)", async () => {
      const { head } = await changed({});
      expect(head).not.toMatch(/^sec-websocket-(protocol|extensions)/im);
    });

    test("an extension that is not known is not agreed to (§9.1)", async () => {
      const { status, head } = await changed({
        "Sec-WebSocket-Extensions": "x-webkit-frob; a=1, permessage-frob",
      });
      expect(status).toBe(101);
      expect(head).not.toMatch(/^sec-websocket-extensions/im);
    });

    for (const [name, changes] of Object.entries({
      "Upgrade in capitals": { Upgrade: "WebSocket" },
      "Connection with more than one option": { Connection: "keep-alive, Upgrade" },
      "Connection in capitals": { Connection: "UPGRADE" },
      "an Origin of its own": { Origin: undefined },
      "a header that is not known": { "X-Something": "else" },
    })) {
      test(`${name} is fine`, async () => {
        expect((await changed(changes)).status).toBe(101);
      });
    }

    test("a query is not part of the path", async () => {
      expect((await requestLine(`GET ${path()}?a=1 HTTP/1.1`)).status).toBe(101);
    });

    test("header names in any case and with spaces about the values", async () => {
      const request = handshake(url()).replace("Upgrade: websocket", "uPGRADE:   websocket  ");
      expect((await ask(url(), request)).status).toBe(101);
    });
  });

  describe("what is not a handshake is refused (§4.2.1)", () => {
    const KEYS = {
      "no key": undefined,
      "an empty key": "",
      "a key of 15 bytes": "AAAAAAAAAAAAAAAAAAAA",
      "a key of 17 bytes": "AAAAAAAAAAAAAAAAAAAAAAA=",
      "a key that is not base64": "!!!!!!!!!!!!!!!!!!!!!!==",
    };
    for (const [name, key] of Object.entries(KEYS)) {
      test(name, async () => {
        expect((await changed({ "Sec-WebSocket-Key": key })).status).toBe(400);
      });
    }

    for (const version of ["0", "7", "8", "12", "14", "x"]) {
      test(`version ${version}: 426, and the version that is spoken (§4.4)`, async () => {
        const { status, head } = await changed({ "Sec-WebSocket-Version": version });
        expect(status).toBe(426);
        expect(head).toMatch(/^sec-websocket-version: 13\r?$/im);
      });
    }

    test("no version at all", async () => {
      expect([400, 426]).toContain((await changed({ "Sec-WebSocket-Version": undefined })).status);
    });

    const NO_UPGRADE = {
      "no Connection": { Connection: undefined },
      "Connection: close": { Connection: "close" },
      "Connection: xupgrade": { Connection: "xupgrade" },
      "no Upgrade": { Upgrade: undefined },
      "Upgrade: websockets": { Upgrade: "websockets" },
      "Upgrade: h2c": { Upgrade: "h2c" },
    };
    for (const [name, changes] of Object.entries(NO_UPGRADE)) {
      test(name, async () => {
        expect([400, 426]).toContain((await changed(changes)).status);
      });
    }

    for (const method of ["POST", "HEAD", "PUT", "OPTIONS", "get"]) {
      test(`the method ${method}`, async () => {
        const { status } = await requestLine(`${method} ${path()} HTTP/1.1`, { "Content-Length": "0" });
        // 0: the connection was ended without an answer, as for a method that HTTP does not know.
        expect([0, 400, 405, 426, 501]).toContain(status);
      });
    }

    test("a path that nobody serves", async () => {
      expect((await requestLine("GET /no/such/path HTTP/1.1")).status).toBe(404);
    });
  });

  describe("what is not HTTP/1.1 is refused (RFC 9112)", () => {
    test("no Host (§3.2)", async () => {
      expect((await changed({ Host: undefined })).status).toBe(400);
    });

    test("two Hosts (§3.2)", async () => {
      const request = handshake(url()).replace("Host: ", "Host: other.example\r\nHost: ");
      expect((await ask(url(), request)).status).toBe(400);
    });

    test.each(["", "a b", "a/b", "user@host", "[::1", "host:port", "host:99999"])(
      "the Host `%s`",
      async (host) => {
        const { status } = await changed({ Host: host });
        expect([400, 421]).toContain(status);
      },
    );

    const BROKEN = {
      "a space before the colon (§5.1)": "X-A : 1",
      "a folded line (§5.2)": "X-A: 1\r\n folded",
      "a line without a colon (§5)": "not a header",
      "a NUL in a value (RFC 9110 §5.5)": "X-A: a\0b",
      "an empty name (§5.1)": ": nothing",
      "both lengths of a body (§6.1)": "Content-Length: 5\r\nTransfer-Encoding: chunked",
      "two lengths that differ (§6.3)": "Content-Length: 5\r\nContent-Length: 6",
    };
    for (const [name, line] of Object.entries(BROKEN)) {
      test(name, async () => {
        const request = handshake(url()).replace("\r\n\r\n", `\r\n${line}\r\n\r\n`);
        const { status } = await ask(url(), request);
        // 0: the connection was ended without an answer, which is an answer.
        expect([0, 400]).toContain(status);
      });
    }

    test.each(["GET", "GET /echo", "GET /echo HTTP/9.9", "(nothing)", "GET /ec ho HTTP/1.1"])(
      "the request line `%s`",
      async (line) => {
        const { status } = await requestLine(line);
        expect([0, 400, 505]).toContain(status);
      },
    );
  });
});
