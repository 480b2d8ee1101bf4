import { describe, expect, test } from "bun:test";
import { SESSION_FAULTS } from "./fault.ts";
import { Inbox } from "./inbox.ts";
import { SESSION_RULES } from "./rules.ts";

const MESSAGE = { type: "text", text: "" } as const;
const CLOSE = { type: "close", code: 1000, reason: "" } as const;
const NOTICE = { type: "notice", bytes: new Uint8Array(0) } as const;

const create = () =>
  new Inbox(SESSION_RULES, { windowBytes: 200, initialCreditBytes: 100, unnumberedMaxBytes: 200 });

describe("the inbox", () => {
  test("admits up to the initial credit, then up to what it granted, to the byte (session 7.4)", () => {
    const inbox = create();
    inbox.pushMessage(MESSAGE, 0);
    expect([inbox.admit(36 - 64), inbox.admit(36 - 63)]).toEqual([undefined, SESSION_FAULTS.credit]);
    inbox.tellAck();
    expect([inbox.admit(200 - 128), inbox.admit(200 - 127)]).toEqual([undefined, SESSION_FAULTS.credit]);
  });

  test("admits a message larger than the credit when all before it was acknowledged", () => {
    const inbox = create();
    expect(inbox.admit(1_000_000)).toBeUndefined();
    inbox.pushMessage(MESSAGE, 0);
    inbox.next();
    expect(inbox.admit(1_000_000)).toBe(SESSION_FAULTS.credit);
    inbox.tellResume();
    expect(inbox.admit(1_000_000)).toBeUndefined();
  });

  test("owes and counts what was taken, not what came", () => {
    const inbox = create();
    inbox.pushMessage(MESSAGE, 10);
    inbox.pushMessage(MESSAGE, 0);
    expect([inbox.received, inbox.owesAck, inbox.tellAck()]).toEqual([2, false, 0]);
    inbox.next();
    expect([inbox.owesAck, inbox.owedBytes, inbox.heldBytes]).toEqual([true, 74, 64]);
    expect([inbox.tellAck(), inbox.owesAck, inbox.owedBytes]).toEqual([1, false, 0]);
  });

  test("counts the close as a number, and admits nothing behind it", () => {
    const inbox = create();
    inbox.pushClose(CLOSE);
    expect([inbox.isCloseReceived, inbox.isCloseTaken, inbox.received]).toEqual([true, false, 1]);
    expect(inbox.next()).toBe(CLOSE);
    expect([inbox.isCloseTaken, inbox.tellAck()]).toEqual([true, 1]);
    expect(inbox.admit(0)).toBe(SESSION_FAULTS.afterClose);
  });

  test("holds unnumbered frames up to their limit, and counts them as no number (session 9.2)", () => {
    const inbox = create();
    expect(inbox.pushUnnumbered(NOTICE, 36)).toBeUndefined();
    expect(inbox.pushUnnumbered(NOTICE, 36)).toBeUndefined();
    expect(inbox.pushUnnumbered(NOTICE, 0)).toBe(SESSION_FAULTS.flood);
    expect(inbox.heldBytes).toBe(200);
    expect(inbox.next()).toBe(NOTICE);
    expect([inbox.heldBytes, inbox.tellAck()]).toEqual([100, 0]);
    expect(inbox.pushUnnumbered(NOTICE, 36)).toBeUndefined();
  });

  test("hands over in order, over many", () => {
    const inbox = create();
    const texts: string[] = [];
    for (let number = 0; number < 200; number += 1) {
      inbox.pushMessage({ type: "text", text: `${number}` }, 1);
      if (number % 3 === 0) continue;
      const event = inbox.next();
      if (event?.type === "text") texts.push(event.text);
    }
    for (let event = inbox.next(); event !== undefined; event = inbox.next()) {
      if (event.type === "text") texts.push(event.text);
    }
    expect(texts).toEqual(Array.from({ length: 200 }, (_, number) => `${number}`));
    expect([inbox.heldBytes, inbox.tellAck()]).toEqual([0, 200]);
  });

  test("settled, it counts all that came; discarded, only what was taken", () => {
    const settled = create();
    settled.pushMessage(MESSAGE, 0);
    settled.settle();
    expect([settled.next(), settled.tellAck()]).toEqual([MESSAGE, 1]);
    const discarded = create();
    discarded.pushMessage(MESSAGE, 0);
    discarded.discard();
    expect([discarded.next(), discarded.tellAck(), discarded.received]).toEqual([undefined, 0, 0]);
  });
});
