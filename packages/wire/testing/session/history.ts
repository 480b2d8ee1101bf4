// One simulated history: two machines, carriers that delay, cut, swallow, overlap and repeat, owners that pause and
// send, all chosen by a seed. Throws when a promise of the protocol is broken, or the peer is found at fault.
import { decodeFrame } from "../../src/session/decode-frame.ts";
import type { EndedEvent, LostNumbers, SessionEvent } from "../../src/session/event.ts";
import type { Message } from "../../src/session/frame.ts";
import type { SessionRules } from "../../src/session/rules.ts";
import { SessionCore } from "../../src/session/session-core.ts";
import type { SessionMachine } from "../../src/session/session-machine.ts";
import { assertSettings, type SessionRole, type SessionSettings } from "../../src/session/settings.ts";
import { FIRST_GENERATION, judgeTicket } from "../../src/session/ticket-generation.ts";
import { Line } from "./line.ts";
import { createRandom, type Random } from "./random.ts";
import { Timeline } from "./timeline.ts";
import { WireWatch } from "./wire-watch.ts";

const STEPS_MAX = 30_000;
const MESSAGE_MAX_BYTES = 600;
const UNNUMBERED_MAX_BYTES = 20_000;
/** When the last fault happens; from then on the path is healthy. */
const FAULTS_UNTIL_MS = 3000;

interface Side {
  readonly name: string;
  readonly machine: SessionMachine;
  readonly settings: SessionSettings;
  /** What goes out from here. */
  readonly watch: WireWatch;
  readonly carrierIds: Set<number>;
  readonly sent: Message[];
  readonly delivered: Message[];
  toSend: number;
  closesWhenSent: boolean;
  isClosing: boolean;
  isPaused: boolean;
  taken: number;
  ended: EndedEvent | undefined;
  tickAtMs: number | undefined;
}

interface Path {
  readonly id: number;
  readonly up: Line;
  readonly down: Line;
}

export interface HistoryOptions {
  readonly seed: number;
  readonly rules: SessionRules;
  /** The detach window is short, so that sessions are lost. */
  readonly expires: boolean;
}

/** What a history went through, to see that histories go through everything. */
export interface HistoryReport {
  readonly carriers: number;
  readonly resumes: number;
  readonly repeats: number;
  readonly messages: number;
  readonly outcomes: readonly string[];
}

export function runHistory(options: HistoryOptions): HistoryReport {
  return new History(options).run();
}

class History {
  readonly #options: HistoryOptions;
  readonly #random: Random;
  readonly #timeline = new Timeline();
  readonly #client: Side;
  readonly #gateway: Side;
  readonly #paths = new Map<number, Path>();
  readonly #delayMaxMs: number;
  #pathCount = 0;
  #resumes = 0;
  #repeats = 0;
  #tickets = FIRST_GENERATION;
  readonly #probes = new Set<number>();
  #healthy = false;
  #isConnecting = false;

  constructor(options: HistoryOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed);
    this.#delayMaxMs = [0, 5, 40, 200][this.#random.below(4)] ?? 0;
    const initialCreditBytes = 64 + this.#random.below(400);
    const watches = [0, 1].map(
      () => new WireWatch(this.#newSettings(initialCreditBytes), initialCreditBytes),
    );
    const [up, down] = watches;
    if (up === undefined || down === undefined) throw new Error("There are two directions.");
    this.#client = this.#newSide({ type: "initiator" }, up, initialCreditBytes);
    this.#gateway = this.#newSide({ type: "acceptor", subprotocol: "stomp" }, down, initialCreditBytes);
  }

  #newSettings(initialCreditBytes: number): SessionSettings {
    const windowBytes = initialCreditBytes + this.#random.below(3) * this.#random.below(1200);
    return {
      messageMaxBytes: MESSAGE_MAX_BYTES,
      controlMaxBytes: 64,
      initialCreditBytes,
      windowBytes,
      // Mostly out of the way; sometimes below what the peer grants.
      replayMaxBytes: this.#random.oneIn(4) ? this.#random.below(windowBytes) : 100_000,
      ackBytes: Math.floor(windowBytes / (2 + this.#random.below(6))),
      ackDelayMs: 250,
      ackRideBytes: this.#random.below(300),
      detachWindowMs: this.#options.expires ? 100 + this.#random.below(900) : 1_000_000,
      unnumberedMaxBytes: UNNUMBERED_MAX_BYTES,
    };
  }

  #newSide(role: SessionRole, watch: WireWatch, initialCreditBytes: number): Side {
    const settings = this.#newSettings(initialCreditBytes);
    assertSettings(role, settings);
    return {
      name: role.type,
      machine: new SessionCore(role, settings, this.#options.rules),
      settings,
      watch,
      carrierIds: new Set(),
      sent: [],
      delivered: [],
      toSend: this.#random.below(30),
      closesWhenSent: this.#random.oneIn(6),
      isClosing: false,
      isPaused: false,
      taken: 0,
      ended: undefined,
      tickAtMs: undefined,
    };
  }

  run(): HistoryReport {
    this.#connect(false);
    this.#planFaults();
    for (const side of [this.#client, this.#gateway]) this.#planPauses(side);
    this.#timeline.plan(FAULTS_UNTIL_MS, () => this.#heal());
    let steps = 0;
    while (this.#timeline.step()) {
      steps += 1;
      if (steps > STEPS_MAX) throw new Error("The history does not come to rest.");
      this.#checkHeld(this.#client);
      this.#checkHeld(this.#gateway);
    }
    this.#judge();
    return {
      carriers: this.#pathCount,
      resumes: this.#resumes,
      repeats: this.#repeats,
      messages: this.#client.delivered.length + this.#gateway.delivered.length,
      outcomes: [this.#client.ended?.outcome ?? "open", this.#gateway.ended?.outcome ?? "open"],
    };
  }

  // What happens to carriers

  #planFaults(): void {
    for (let count = this.#random.below(10); count > 0; count -= 1) {
      this.#timeline.plan(this.#random.below(FAULTS_UNTIL_MS), () => this.#breakSomething());
    }
  }

  #breakSomething(): void {
    const random = this.#random;
    const ids = [...this.#client.carrierIds];
    const path = this.#paths.get(ids[random.below(ids.length || 1)] ?? -1);
    switch (random.below(7)) {
      case 0:
        if (path !== undefined) this.#lose(path, 0);
        return;
      case 1:
        // Half open: one direction swallows from some byte on; who notices, notices late.
        if (path === undefined) return;
        (random.oneIn(2) ? path.up : path.down).swallowAfter(random.below(400));
        this.#lose(path, 1000);
        return;
      case 2:
        if (path === undefined) return;
        path.up.swallowAfter(random.below(300));
        path.down.swallowAfter(random.below(300));
        this.#lose(path, 500);
        return;
      case 3:
        if (path !== undefined) this.#repeat(path);
        return;
      case 4:
        if (path !== undefined && this.#canSwitch())
          this.#client.machine.switchTo(path.id, this.#timeline.nowMs);
        this.#serve(this.#client);
        return;
      default:
        if (this.#canSwitch()) this.#connect(random.oneIn(2));
    }
  }

  #canSwitch(): boolean {
    const { state } = this.#client.machine;
    return state !== "opening" && state !== "ended";
  }

  /** Both ends notice, each at its own time; the client comes back. */
  #lose(path: Path, lateMs: number): void {
    const random = this.#random;
    for (const side of [this.#client, this.#gateway]) {
      this.#timeline.plan(random.below(lateMs + 1), () => this.#detach(side, path));
    }
    if (lateMs > 0) return;
    path.up.cut();
    path.down.cut();
  }

  #detach(side: Side, path: Path): void {
    (side === this.#client ? path.down : path.up).cut();
    if (!side.carrierIds.delete(path.id)) return;
    side.machine.detach(path.id, this.#timeline.nowMs);
    this.#serve(side);
  }

  /** What the client sent on a carrier comes again as another, whose answers go nowhere. */
  #repeat(path: Path): void {
    const frames = [...path.up.record];
    if (frames[0]?.[0] !== 0x05) return;
    this.#repeats += 1;
    const id = 10_000 + this.#repeats;
    let atMs = this.#random.below(600);
    for (const frame of frames) {
      this.#timeline.plan(atMs, () => this.#arrive(id, frame));
      atMs += this.#random.below(20);
    }
    this.#timeline.plan(atMs + this.#random.below(500), () => this.#detachId(this.#gateway, id));
  }

  #detachId(side: Side, id: number): void {
    if (!side.carrierIds.delete(id)) return;
    side.machine.detach(id, this.#timeline.nowMs);
    this.#serve(side);
  }

  /** No more faults: what may be half open is given up, and so the client has a carrier that works, or gets one. */
  #heal(): void {
    this.#healthy = true;
    for (const path of [...this.#paths.values()]) {
      const isAttached = this.#client.carrierIds.has(path.id) && this.#gateway.carrierIds.has(path.id);
      const isSound = isAttached && path.up.isSound && path.down.isSound;
      if (!isSound || path.id !== this.#client.machine.sendingCarrierId) this.#lose(path, 0);
    }
    for (const side of [this.#client, this.#gateway]) {
      side.isPaused = false;
      side.closesWhenSent = true;
      this.#timeline.plan(1, () => this.#serve(side));
    }
  }

  #connect(isProbe: boolean): void {
    const { machine, carrierIds } = this.#client;
    if (machine.state === "ended") return;
    this.#pathCount += 1;
    const id = this.#pathCount;
    const options = {
      timeline: this.#timeline,
      random: this.#random,
      isByteStream: this.#random.oneIn(2),
      limits: this.#client.settings,
      delayMaxMs: this.#delayMaxMs,
    };
    const path: Path = {
      id,
      up: new Line({ ...options, arrive: (frame) => this.#arrive(id, frame) }),
      down: new Line({ ...options, arrive: (frame) => this.#arriveDown(id, frame) }),
    };
    this.#paths.set(id, path);
    carrierIds.add(id);
    machine.attach(id, isProbe ? { isProbe } : {}, this.#timeline.nowMs);
    if (isProbe) {
      this.#probes.add(id);
      machine.ping(id, Uint8Array.of(id));
    }
    if (id === 1) {
      this.#gateway.carrierIds.add(id);
      this.#gateway.machine.attach(id, { ticket: Uint8Array.of(1) }, this.#timeline.nowMs);
      this.#serve(this.#gateway);
    }
    this.#serve(this.#client);
  }

  // Frames

  #arriveDown(id: number, frame: Uint8Array): void {
    if (!this.#client.carrierIds.has(id)) return;
    this.#client.watch.told(frame);
    this.#client.machine.receive(id, frame, this.#timeline.nowMs);
    this.#serve(this.#client);
  }

  /** At the gateway a carrier is the session's once its ticket was judged. */
  #arrive(id: number, bytes: Uint8Array): void {
    const { machine, carrierIds, watch } = this.#gateway;
    if (!carrierIds.has(id)) {
      const frame = decodeFrame(bytes, this.#gateway.settings);
      if (frame.type === "ping") {
        const pong = Uint8Array.of(0x09, ...frame.token);
        this.#paths.get(id)?.down.put(pong);
        return;
      }
      if (frame.type !== "resume") return;
      const presented = { generation: frame.ticket[0] ?? 0, attempt: frame.attempt };
      const verdict = judgeTicket(this.#tickets, presented);
      if (verdict.type === "theft")
        throw new Error(
          `A ticket that was not stolen was taken for stolen: ${JSON.stringify([id, presented, this.#tickets])}`,
        );
      if (verdict.type === "late") return;
      this.#tickets = verdict.next;
      this.#resumes += 1;
      carrierIds.add(id);
      machine.attach(id, { ticket: Uint8Array.of(verdict.next.newest) }, this.#timeline.nowMs);
    }
    watch.told(bytes);
    machine.receive(id, bytes, this.#timeline.nowMs);
    this.#serve(this.#gateway);
  }

  // Owners

  #planPauses(side: Side): void {
    for (let count = this.#random.below(3); count > 0; count -= 1) {
      const atMs = this.#random.below(FAULTS_UNTIL_MS);
      this.#timeline.plan(atMs, () => {
        side.isPaused = true;
      });
      this.#timeline.plan(atMs + this.#random.below(800), () => {
        side.isPaused = false;
        this.#serve(side);
      });
    }
  }

  /** What an owner does after any call. */
  #serve(side: Side): void {
    if (side.machine.fault !== undefined)
      throw new Error(`${side.name} found a fault: ${side.machine.fault.reason}`);
    this.#take(side);
    this.#send(side);
    this.#write(side);
    this.#armTimer(side);
  }

  #take(side: Side): void {
    while (!side.isPaused) {
      const event = side.machine.nextEvent();
      if (event === undefined) return;
      this.#react(side, event);
    }
  }

  #react(side: Side, event: SessionEvent): void {
    const isClient = side === this.#client;
    switch (event.type) {
      case "text":
      case "binary":
        side.taken += 1;
        side.delivered.push(event);
        return;
      case "close":
        side.taken += 1;
        // The machine has answered it: no more can be sent.
        side.isClosing = true;
        side.toSend = 0;
        return;
      case "ended":
        side.ended = event;
        return;
      case "detached":
        if (isClient) this.#reconnect();
        return;
      case "pong":
        if (isClient && this.#probes.delete(event.carrierId) && side.carrierIds.has(event.carrierId)) {
          if (this.#canSwitch()) side.machine.switchTo(event.carrierId, this.#timeline.nowMs);
        }
        return;
      case "resumed":
        this.#dropOthers(event.carrierId);
        return;
      default:
    }
  }

  #reconnect(): void {
    if (this.#isConnecting) return;
    this.#isConnecting = true;
    this.#timeline.plan(this.#random.below(this.#options.expires ? 1500 : 300), () => {
      this.#isConnecting = false;
      if (this.#client.machine.state === "detached") this.#connect(false);
    });
  }

  /** Mostly the client gives its other carriers up once a new one is proven. */
  #dropOthers(carrierId: number): void {
    if (this.#random.oneIn(3)) return;
    for (const id of [...this.#client.carrierIds]) {
      const path = this.#paths.get(id);
      if (id === carrierId || path === undefined || id === this.#client.machine.sendingCarrierId) continue;
      this.#timeline.plan(this.#random.below(300), () => {
        if (id !== this.#client.machine.sendingCarrierId) this.#lose(path, 0);
      });
    }
  }

  #send(side: Side): void {
    const { machine, sent } = side;
    while (side.toSend > 0 && machine.hasRoom && machine.state !== "opening" && !this.#random.oneIn(4)) {
      side.toSend -= 1;
      const message = this.#newMessage(sent.length);
      sent.push(message);
      machine.send(message, this.#timeline.nowMs);
      if (this.#random.oneIn(9)) machine.signal({ type: "notice", bytes: Uint8Array.of(1) });
    }
    if (side.toSend > 0 && machine.hasRoom)
      this.#timeline.plan(this.#random.below(600), () => this.#serve(side));
    const isDone = side.toSend === 0 && side.closesWhenSent && !side.isClosing;
    if (!isDone || machine.state === "opening" || machine.state === "ended") return;
    side.isClosing = true;
    machine.close(1000, "done", this.#timeline.nowMs);
  }

  #newMessage(index: number): Message {
    const size = this.#random.oneIn(8) ? this.#random.below(MESSAGE_MAX_BYTES + 1) : this.#random.below(60);
    if (this.#random.oneIn(2)) {
      return { type: "text", text: size === 0 ? "" : `${index}`.padEnd(size >> 1, "é") };
    }
    const bytes = new Uint8Array(size);
    bytes.fill(index);
    return { type: "binary", bytes };
  }

  #write(side: Side): void {
    const isClient = side === this.#client;
    const other = isClient ? this.#gateway : this.#client;
    for (const id of side.carrierIds) {
      for (
        let frame = side.machine.nextOutput(id);
        frame !== undefined;
        frame = side.machine.nextOutput(id)
      ) {
        side.watch.put(id, frame);
        // A session that has ended delivers what it has, and says so.
        other.watch.tell(frame, side.machine.state === "ended" ? Number.POSITIVE_INFINITY : side.taken);
        const path = this.#paths.get(id);
        (isClient ? path?.up : path?.down)?.put(frame);
      }
    }
  }

  #armTimer(side: Side): void {
    const { deadlineMs } = side.machine;
    if (deadlineMs === undefined || (side.tickAtMs !== undefined && side.tickAtMs <= deadlineMs)) return;
    side.tickAtMs = deadlineMs;
    this.#timeline.plan(Math.max(0, deadlineMs - this.#timeline.nowMs), () => {
      side.tickAtMs = undefined;
      side.machine.tick(this.#timeline.nowMs);
      this.#serve(side);
    });
  }

  // Promises

  #checkHeld(side: Side): void {
    const other = side === this.#client ? this.#gateway : this.#client;
    const message = MESSAGE_MAX_BYTES + 64;
    const bound =
      Math.max(Math.min(other.settings.windowBytes, side.settings.replayMaxBytes), message) +
      message +
      Math.max(side.settings.windowBytes, message) +
      2 * UNNUMBERED_MAX_BYTES;
    if (side.machine.heldBytes > bound) {
      throw new Error(`${side.name} holds ${side.machine.heldBytes} bytes of ${bound}.`);
    }
  }

  #judge(): void {
    const { expires } = this.#options;
    this.#compare(this.#client, this.#gateway);
    this.#compare(this.#gateway, this.#client);
    this.#checkExact(this.#client, this.#gateway);
    this.#checkExact(this.#gateway, this.#client);
    for (const side of [this.#client, this.#gateway]) {
      if (side.ended === undefined) throw new Error(`${side.name} never ended.`);
      if (!expires && side.ended.outcome === "aborted") throw new Error(`${side.name} was aborted.`);
    }
  }

  /** Who was told the other's final numbers knows all there is to know. */
  #checkExact(side: Side, other: Side): void {
    if (side.ended?.outcome !== "aborted") return;
    const { lostSent, lostReceived } = side.ended;
    const isExact =
      isRange(lostSent, other.delivered.length, side.sent.length) &&
      isRange(lostReceived, side.delivered.length, other.sent.length);
    if (!isExact) throw new Error(`${side.name} was told final numbers and does not know what was lost.`);
  }

  /** Delivered is sent, once and in order; what is missing was told with exact numbers. */
  #compare(from: Side, to: Side): void {
    to.delivered.forEach((message, at) => {
      const original = from.sent[at];
      if (original === undefined || !isSame(original, message))
        throw new Error(`${to.name} got a wrong message ${at + 1}.`);
    });
    const lost = from.ended?.lostSent;
    const count = to.delivered.length;
    if (lost === undefined && count < from.sent.length) {
      throw new Error(`${from.name} was not told that ${count + 1}..${from.sent.length} were lost.`);
    }
    if (lost === undefined) return;
    // Those before are known to have come; the last one lost is the last one sent.
    if (lost.from > count + 1 || lost.to !== from.sent.length) {
      throw new Error(
        `${from.name} was told that ${lost.from}..${lost.to} were lost of ${from.sent.length}, ${count} came.`,
      );
    }
    if (!this.#options.expires && this.#healthy && count < from.sent.length && this.#pathCount > 1) {
      throw new Error(`${from.name} lost messages although the session could be resumed.`);
    }
  }
}

/** Those behind the first `count` up to `total`, and no range when there are none. */
function isRange(lost: LostNumbers | undefined, count: number, total: number): boolean {
  if (lost === undefined) return count === total;
  return lost.from === count + 1 && lost.to === total && total > count;
}

function isSame(one: Message, other: Message): boolean {
  if (one.type === "text") return other.type === "text" && one.text === other.text;
  if (other.type !== "binary" || one.bytes.length !== other.bytes.length) return false;
  return one.bytes.every((byte, at) => byte === other.bytes[at]);
}
