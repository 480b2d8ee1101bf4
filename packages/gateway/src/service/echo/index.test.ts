import { describe, expect, test } from "bun:test";
import { createFakeContext, createFakeHandshake, FakeSession } from "../fake-session.ts";
import { echo } from "./index.ts";

function setUp(repeat = 1, subprotocols: string[] = []) {
  const service = echo.create({ repeat }, createFakeContext({ subprotocols }));
  const accept = (offered: string[] = []) => {
    const acceptance = service.accept?.(createFakeHandshake({ subprotocols: offered }));
    if (acceptance === undefined || acceptance instanceof Promise) throw new Error("not accepted at once");
    return acceptance;
  };
  const session = new FakeSession();
  return { accept, session };
}

describe("echo", () => {
  test("sends text back as text and bytes as bytes, as often as asked", () => {
    const { accept, session } = setUp(2);
    const handler = session.open(accept());
    handler.message("a");
    handler.message(Uint8Array.of(1));
    expect(session.sent).toEqual(["a", "a", Uint8Array.of(1), Uint8Array.of(1)]);
  });

  test("does not read from a client that does not read, until it does", () => {
    const { accept, session } = setUp();
    const handler = session.open(accept());
    session.hasRoom = false;
    handler.message("a");
    expect(session.isPaused).toBe(true);
    handler.drained();
    expect(session.isPaused).toBe(false);
  });

  test("agrees to a served subprotocol and refuses offers of none", () => {
    const { accept } = setUp(1, ["b"]);
    expect(accept(["a", "b"])).toMatchObject({ subprotocol: "b" });
    expect(accept(["a"])).toMatchObject({ refusal: { code: "subprotocol.unsupported" } });
  });
});
