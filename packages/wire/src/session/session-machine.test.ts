import { describe, expect, test } from "bun:test";
import { testSettings } from "../../testing/session/settings.ts";
import { fromHex, toHex, vectors } from "../../testing/session/vectors.ts";
import { UsageError } from "../bytes/usage-error.ts";
import { createSessionMachine } from "./create-session-machine.ts";
import type { EndedEvent, SessionEvent } from "./event.ts";
import { SESSION_FAULTS } from "./fault.ts";
import type { SessionMachine } from "./session-machine.ts";

const OPENED = "048080048008e0d403027431";

function acceptor(changes = {}): SessionMachine {
  const machine = createSessionMachine({ type: "acceptor", subprotocol: "" }, testSettings(changes));
  machine.attach(1, { ticket: fromHex("7431") }, 0);
  return machine;
}

function initiator(changes = {}): SessionMachine {
  const machine = createSessionMachine({ type: "initiator" }, testSettings(changes));
  machine.attach(1, {}, 0);
  return machine;
}

function opened(changes = {}): SessionMachine {
  const machine = initiator(changes);
  machine.receive(1, fromHex(OPENED), 0);
  expect(machine.nextEvent()?.type).toBe("opened");
  return machine;
}

function output(machine: SessionMachine, carrierId: number): string[] {
  const frames: string[] = [];
  for (let f = machine.nextOutput(carrierId); f !== undefined; f = machine.nextOutput(carrierId))
    frames.push(toHex(f));
  return frames;
}

function events(machine: SessionMachine): SessionEvent[] {
  const found: SessionEvent[] = [];
  for (let event = machine.nextEvent(); event !== undefined; event = machine.nextEvent()) found.push(event);
  return found;
}

function receive(machine: SessionMachine, carrierId: number, ...frames: string[]): void {
  for (const frame of frames) machine.receive(carrierId, fromHex(frame), 0);
}

function endOf(machine: SessionMachine): EndedEvent | undefined {
  return events(machine).find((event) => event.type === "ended");
}

const send = (machine: SessionMachine, text: string) => machine.send({ type: "text", text }, 0);

describe("the conversation of the vectors", () => {
  test("is spoken to the byte, and nothing is lost or twice there", () => {
    const sides: Record<string, SessionMachine> = {
      initiator: createSessionMachine({ type: "initiator" }, testSettings()),
      acceptor: createSessionMachine({ type: "acceptor", subprotocol: "" }, testSettings()),
    };
    const ends: Record<string, string> = {};
    const take = (name: string, machine: SessionMachine) => {
      const texts: string[] = [];
      for (const event of events(machine)) {
        if (event.type === "text") texts.push(event.text);
        if (event.type === "ended") ends[name] = event.outcome;
      }
      return texts;
    };
    for (const step of vectors.conversation.steps) {
      const machine = sides[step.side];
      const otherName = step.side === "initiator" ? "acceptor" : "initiator";
      const other = sides[otherName];
      if (machine === undefined || other === undefined) throw new Error(`There is no ${step.side}.`);
      if (step.attach !== undefined) {
        machine.attach(step.attach, step.ticket === undefined ? {} : { ticket: fromHex(step.ticket) }, 0);
      }
      if (step.detach !== undefined) machine.detach(step.detach, 0);
      if (step.send !== undefined) send(machine, step.send);
      if (step.close !== undefined) machine.close(Number(step.close[0]), String(step.close[1]), 0);
      if (step.outcome !== undefined) expect(ends[step.side]).toBe(step.outcome);
      if (step.output === undefined) continue;
      expect(output(machine, step.carrier)).toEqual(step.output);
      receive(other, step.carrier, ...step.output.slice(0, step.arrives));
      expect(take(otherName, other)).toEqual(step.takes);
    }
    expect(ends).toEqual({ initiator: "closed", acceptor: "closed" });
  });
});

describe("acknowledgements (session 7.5)", () => {
  test("go out after ackDelayMs, of what was taken", () => {
    const machine = acceptor();
    output(machine, 1);
    receive(machine, 1, "0161");
    expect(machine.deadlineMs).toBeUndefined();
    machine.nextEvent();
    expect(machine.deadlineMs).toBe(250);
    machine.tick(249);
    expect(output(machine, 1)).toEqual([]);
    machine.tick(250);
    expect(output(machine, 1)).toEqual(["0301808004"]);
    expect(machine.deadlineMs).toBeUndefined();
  });

  test("go out at once at ackBytes, to the byte", () => {
    for (const [ackBytes, frames] of [
      [65, ["0301808004"]],
      [66, []],
    ] as const) {
      const machine = acceptor({ ackBytes });
      output(machine, 1);
      receive(machine, 1, "0161");
      machine.nextEvent();
      expect(output(machine, 1)).toEqual([...frames]);
    }
  });

  test("ride with messages from ackRideBytes on, and are due with the answer to a ping", () => {
    const rides = acceptor({ ackRideBytes: 65 });
    output(rides, 1);
    receive(rides, 1, "0161");
    rides.nextEvent();
    expect(output(rides, 1)).toEqual([]);
    send(rides, "x");
    expect(output(rides, 1)).toEqual(["0301808004", "0178"]);
    const asked = acceptor();
    output(asked, 1);
    receive(asked, 1, "0161");
    asked.nextEvent();
    receive(asked, 1, "08");
    expect(output(asked, 1)).toEqual(["09", "0301808004"]);
  });

  test("do not come while the owner takes nothing, which stops the sender", () => {
    const machine = acceptor({ initialCreditBytes: 130, windowBytes: 130, ackBytes: 65 });
    output(machine, 1);
    receive(machine, 1, "0161", "0162");
    machine.tick(10_000);
    expect(output(machine, 1)).toEqual([]);
    receive(machine, 1, "01");
    expect(machine.fault).toBe(SESSION_FAULTS.credit);
  });
});

describe("credit (session 7)", () => {
  const SMALL = { initialCreditBytes: 130, windowBytes: 130, ackBytes: 65 };

  test("a full window pauses the source, and `drained` wakes it", () => {
    const machine = acceptor(SMALL);
    output(machine, 1);
    expect([send(machine, "a"), send(machine, "b")]).toEqual([true, false]);
    expect(() => send(machine, "c")).toThrow(UsageError);
    expect(output(machine, 1)).toEqual(["0161", "0162"]);
    receive(machine, 1, "03018201");
    expect(events(machine)).toEqual([{ type: "drained" }]);
    expect(send(machine, "c")).toBe(false);
  });

  test("a message larger than what is left waits, and asks for the acknowledgement of the small ones before it", () => {
    const machine = acceptor({ ...SMALL, ackBytes: 65 });
    output(machine, 1);
    send(machine, "");
    expect(machine.send({ type: "binary", bytes: new Uint8Array(1024) }, 0)).toBe(false);
    expect(output(machine, 1)).toEqual(["01", "08"]);
    receive(machine, 1, "03018201");
    expect(output(machine, 1)).toEqual([`02${"00".repeat(1024)}`]);
  });
});

describe("opening and resuming (session 6)", () => {
  test("an initiator grants its window at once when it is more than the initial credit", () => {
    expect(output(initiator({ windowBytes: 131_072 }), 1)).toEqual(["0300808008"]);
    expect(output(initiator(), 1)).toEqual([]);
  });

  test("a probe sends nothing but pings until it is switched to", () => {
    const machine = opened();
    send(machine, "a");
    machine.attach(2, { isProbe: true }, 0);
    machine.ping(2, fromHex("0102"));
    expect(output(machine, 2)).toEqual(["080102"]);
    receive(machine, 2, "090102");
    expect(events(machine)).toEqual([{ type: "pong", carrierId: 2, token: fromHex("0102") }]);
    machine.switchTo(2, 0);
    expect([output(machine, 1), machine.state]).toEqual([[], "live"]);
    expect(output(machine, 2)).toEqual(["050100017431", "0300808004", "0161"]);
  });

  test("late frames of the old carrier are duplicates or in order, never taken twice", () => {
    const machine = acceptor();
    output(machine, 1);
    machine.attach(2, { ticket: fromHex("7432") }, 0);
    receive(machine, 1, "0161");
    receive(machine, 2, "050100017431", "0161", "0162");
    receive(machine, 1, "0162", "0163");
    receive(machine, 2, "0163", "0164");
    expect(events(machine).flatMap((event) => (event.type === "text" ? [event.text] : []))).toEqual([
      "a",
      "b",
      "c",
      "d",
    ]);
  });

  test("what another carrier has acknowledged is skipped, not sent (session 5.6)", () => {
    const machine = acceptor();
    for (const text of ["a", "b", "c"]) send(machine, text);
    output(machine, 1);
    machine.attach(2, { ticket: fromHex("7432") }, 0);
    receive(machine, 2, "050100017431");
    expect(toHex(machine.nextOutput(2) ?? fromHex(""))).toBe("060100017432");
    receive(machine, 1, "0302808004");
    expect(output(machine, 2)).toEqual(["0300808004", "0e03", "0163"]);
  });

  test("a late resume is answered, and does not take the sending away (session 6.7)", () => {
    const machine = acceptor();
    for (const id of [2, 3]) machine.attach(id, { ticket: new Uint8Array(0) }, 0);
    receive(machine, 3, "050200017431");
    receive(machine, 2, "050100017431");
    expect(machine.sendingCarrierId).toBe(3);
    expect(output(machine, 2)).toEqual(["06010001"]);
    expect(events(machine)).toEqual([
      { type: "attached", carrierId: 3, isLatest: true, isNewTicket: true },
      { type: "attached", carrierId: 2, isLatest: false, isNewTicket: true },
    ]);
  });

  test("a repeated carrier serves when the first one is gone", () => {
    const machine = acceptor();
    for (const id of [2, 3]) {
      machine.attach(id, { ticket: new Uint8Array(0) }, 0);
      receive(machine, id, "050100017431");
    }
    expect(machine.sendingCarrierId).toBe(2);
    machine.detach(2, 0);
    expect([machine.sendingCarrierId, machine.state]).toEqual([3, "live"]);
  });

  test("says when the new ticket was used, and keeps the newest when answers overtake each other", () => {
    const machine = opened();
    machine.detach(1, 0);
    machine.attach(2, {}, 0);
    machine.attach(3, {}, 0);
    receive(machine, 3, "060200017433");
    receive(machine, 2, "060100017432");
    machine.switchTo(2, 0);
    expect(output(machine, 2).at(1)).toBe("050300017433");
  });
});

describe("the detach window (session 8.4)", () => {
  test("runs from the loss of the sending carrier, and a resume that is not answered does not lengthen it", () => {
    const machine = opened();
    machine.detach(1, 1000);
    expect(events(machine)).toEqual([{ type: "detached", deadlineMs: 61_000 }]);
    machine.attach(2, {}, 30_000);
    expect([machine.state, machine.deadlineMs]).toEqual(["resuming", 61_000]);
    machine.detach(2, 40_000);
    expect([machine.state, machine.deadlineMs]).toEqual(["detached", 61_000]);
    machine.tick(60_999);
    expect(machine.state).toBe("detached");
    machine.tick(61_000);
    expect(machine.state).toBe("ended");
  });

  test("tells both sides exactly which numbers were lost", () => {
    const gateway = acceptor();
    for (const text of ["a", "b", "c"]) send(gateway, text);
    output(gateway, 1);
    receive(gateway, 1, "0301808004", "0178", "0179");
    gateway.detach(1, 0);
    gateway.tick(60_000);
    expect(endOf(gateway)).toMatchObject({
      outcome: "expired",
      code: 3008,
      lostSent: { from: 2, to: 3 },
      lostReceived: { from: 3, to: undefined },
    });
    // The client sent three and has two; it comes back and is told the rest.
    const client = opened();
    for (const text of ["x", "y", "z"]) send(client, text);
    output(client, 1);
    receive(client, 1, "0161", "0162");
    events(client);
    client.detach(1, 0);
    client.attach(2, {}, 0);
    gateway.attach(2, { ticket: new Uint8Array(0) }, 60_001);
    for (const frame of output(client, 2)) receive(gateway, 2, frame);
    const farewell = output(gateway, 2);
    expect(farewell.map((frame) => frame.slice(0, 12))).toEqual(["030200", "0704010bc04e"]);
    receive(client, 2, ...farewell);
    expect(endOf(client)).toMatchObject({
      outcome: "aborted",
      code: 3008,
      lostSent: { from: 3, to: 3 },
      lostReceived: { from: 3, to: 3 },
    });
  });

  test("a first carrier that is lost before `opened` ends the session: there is no ticket", () => {
    const machine = initiator();
    send(machine, "a");
    machine.detach(1, 0);
    expect(endOf(machine)).toMatchObject({ outcome: "expired", lostSent: { from: 1, to: 1 } });
  });
});

describe("closing (session 8)", () => {
  test("an abort says what was lost, and is heard on every carrier", () => {
    const machine = opened();
    receive(machine, 1, "0161");
    machine.attach(2, {}, 0);
    output(machine, 2);
    machine.abort(1011, "", 0);
    expect([output(machine, 1), output(machine, 2)]).toEqual([
      ["030000", "07010103f3"],
      ["030000", "07010103f3"],
    ]);
    const peer = acceptor();
    send(peer, "a");
    send(peer, "b");
    output(peer, 1);
    receive(peer, 1, "030000", "07030103f3");
    expect(endOf(peer)).toMatchObject({
      outcome: "aborted",
      code: 1011,
      lostSent: { from: 1, to: 2 },
      lostReceived: { from: 1, to: 2 },
    });
  });

  test("a session that is not known is told so by number 0", () => {
    const machine = opened();
    machine.detach(1, 0);
    machine.attach(2, {}, 0);
    receive(machine, 2, "0700010bc0");
    expect(endOf(machine)).toMatchObject({ lostReceived: { from: 1, to: undefined } });
  });

  test("what was accepted before the peer's close is still delivered, and then the close is answered", () => {
    const machine = acceptor();
    send(machine, "a");
    receive(machine, 1, "07010003e8");
    expect(events(machine)).toEqual([{ type: "close", code: 1000, reason: "" }]);
    expect(machine.hasRoom).toBe(false);
    expect(output(machine, 1).slice(1)).toEqual(["0301808004", "0161", "07020003e8"]);
    receive(machine, 1, "0302808004");
    expect(endOf(machine)).toMatchObject({ outcome: "closed", lostSent: undefined, lostReceived: undefined });
  });

  test("after the end a late close is acknowledged once more", () => {
    const machine = acceptor();
    receive(machine, 1, "07010003e8");
    events(machine);
    output(machine, 1);
    receive(machine, 1, "0301808004");
    expect(machine.state).toBe("ended");
    output(machine, 1);
    receive(machine, 1, "07010003e8");
    expect(output(machine, 1)).toEqual(["030100"]);
  });
});

describe("faults of the peer", () => {
  test.each<[string, () => SessionMachine, string[], keyof typeof SESSION_FAULTS]>([
    ["a message before opened", initiator, ["0161"], "early"],
    ["an ack before opened", initiator, ["030000"], "early"],
    ["opened twice", opened, [OPENED], "again"],
    ["opened to an acceptor", acceptor, [OPENED], "role"],
    ["resume to an initiator", opened, ["0501000174"], "role"],
    ["resumed to an acceptor", acceptor, ["0601000174"], "role"],
    ["resumed without a resume", opened, ["0601000174"], "again"],
    ["a resume behind a gap", acceptor, ["0501000274"], "gap"],
    ["a skip behind a gap", acceptor, ["0e02"], "gap"],
    ["an ack of what was never sent", acceptor, ["030100"], "unsent"],
    ["a resume that counts what was never sent", acceptor, ["0501010174"], "unsent"],
    ["a close out of its turn", acceptor, ["07020003e8"], "gap"],
    ["a message after the close", acceptor, ["07010003e8", "0161"], "afterClose"],
    ["a second close", acceptor, ["07010003e8", "07020003e8"], "again"],
    ["an abort that takes numbers back", acceptor, ["0161", "0162", "07010103e8"], "field"],
    ["text that is not UTF-8", acceptor, ["01ff"], "text"],
    ["a reserved type", acceptor, ["00"], "frameType"],
    ["more notices than are taken", acceptor, Array.from({ length: 64 }, () => "0c"), "flood"],
    ["resumes without end", acceptor, Array.from({ length: 60 }, () => "0501000174"), "flood"],
  ])("%s ends the session", (_, create, frames, name) => {
    const machine = create();
    const { length } = frames;
    receive(machine, 1, ...frames.slice(0, length - 1));
    expect(machine.fault).toBeUndefined();
    receive(machine, 1, ...frames.slice(length - 1));
    const fault = SESSION_FAULTS[name];
    expect(machine.fault).toBe(fault);
    expect(endOf(machine)).toMatchObject({ outcome: "fault", code: fault.code, reason: fault.reason });
    // The peer is told, and nothing more is heard.
    expect(output(machine, 1).at(-1)?.slice(0, 2)).toBe("07");
    receive(machine, 1, "0161");
    expect([events(machine), output(machine, 1)]).toEqual([[], []]);
  });

  test("an extension is skipped, before and after the opening", () => {
    const machine = initiator();
    receive(machine, 1, "ff01", OPENED, "80");
    expect(machine.state).toBe("live");
  });
});

describe("what our own side asks wrongly throws", () => {
  const NONE = new Uint8Array(0);
  test.each<[string, () => void]>([
    ["a carrier twice", () => opened().attach(1, {}, 0)],
    ["an acceptor's carrier without a ticket", () => acceptor().attach(2, {}, 0)],
    ["an initiator's carrier with one", () => opened().attach(2, { ticket: NONE }, 0)],
    ["a second carrier before the first was opened", () => initiator().attach(2, {}, 0)],
    ["an unknown carrier", () => opened().receive(9, NONE, 0)],
    ["output for an unknown carrier", () => opened().nextOutput(9)],
    ["to switch before the opening", () => initiator().switchTo(1, 0)],
    ["to switch at the acceptor", () => acceptor().switchTo(1, 0)],
    ["a ping without a token", () => opened().ping(1, NONE)],
    [
      "a message above the peer's largest",
      () => opened({ messageMaxBytes: 9999 }).send({ type: "binary", bytes: new Uint8Array(1025) }, 0),
    ],
    ["a frame that is no message", () => opened().sendFrame(fromHex("08"), 0)],
    ["a close code that may not be sent", () => opened().close(1006, "", 0)],
  ])("%s", (_, ask) => {
    expect(ask).toThrow(UsageError);
  });

  test("to close or send after the close", () => {
    const machine = opened();
    machine.close(1000, "", 0);
    expect(() => machine.close(1000, "", 0)).toThrow(UsageError);
    expect(() => send(machine, "")).toThrow(UsageError);
  });
});

test("unnumbered frames go on the sending carrier up to their limit, and nowhere without one", () => {
  const machine = acceptor({ unnumberedMaxBytes: 20 });
  output(machine, 1);
  const notice = { type: "notice", bytes: new Uint8Array(9) } as const;
  expect([machine.signal(notice), machine.signal(notice), machine.signal(notice)]).toEqual([
    true,
    true,
    false,
  ]);
  expect(machine.heldBytes).toBe(20);
  expect(output(machine, 1).length).toBe(2);
  machine.detach(1, 0);
  expect(machine.signal(notice)).toBe(false);
});
