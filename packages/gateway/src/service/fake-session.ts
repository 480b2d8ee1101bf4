// What a service sees of the gateway, as objects that tests hold in their hands: sessions, topics, a log and a
// whole context. They keep the contracts of the real ones and move no bytes.
import { type CommonSettings, commonOptions } from "../config/common.ts";
import { FAILURES, type Failure } from "../failure.ts";
import { FakeClock } from "../host/fake-clock.ts";
import type { CarrierKind, Handshake } from "../session/handshake.ts";
import type { Message, Session, SessionHandler } from "../session/session.ts";
import type { Topics } from "../session/topics.ts";
import type { Log, LogFields, LogLevel } from "../telemetry/log.ts";
import { createServiceMetrics } from "../telemetry/metrics.ts";
import type { Acceptance, ServiceContext } from "./service.ts";

/** A client that a test plays: what the service sent and did is to be read here. */
export class FakeSession implements Session {
  readonly id: string = "fake-1";
  readonly path: string = "/fake";
  readonly carrier: CarrierKind = "websocket";
  readonly address: string = "127.0.0.1";
  readonly origin: string | undefined = undefined;
  subprotocol = "";
  isOpen = true;
  bufferedBytes = 0;
  isPaused = false;
  /** What `send` answers. */
  hasRoom = true;
  readonly sent: Message[] = [];
  sentBytes = 0;
  readonly topics = new Set<string>();
  failure: Failure | undefined;
  closedWith: { readonly code: number; readonly reason: string } | undefined;
  isTerminated = false;
  handler: SessionHandler | undefined;
  /** Set to keep only a count of what is sent, in tests that send a lot. */
  keepsMessages = true;
  onSend: ((message: Message) => void) | undefined;
  /** Called at each `pause`, `resume` and end. */
  onChange: (() => void) | undefined;

  send(message: Message): boolean {
    if (!this.isOpen) return false;
    this.sentBytes += typeof message === "string" ? Buffer.byteLength(message) : message.length;
    // The caller may use its memory again as soon as this returns.
    const kept = typeof message === "string" ? message : message.slice();
    if (this.keepsMessages) this.sent.push(kept);
    this.onSend?.(kept);
    return this.hasRoom;
  }

  pause(): void {
    this.isPaused = true;
    this.onChange?.();
  }

  resume(): void {
    this.isPaused = false;
    this.onChange?.();
  }

  close(code: number, reason: string): void {
    if (!this.isOpen) return;
    this.closedWith = { code, reason };
    this.#end(code, reason);
  }

  fail(failure: Failure): void {
    if (!this.isOpen) return;
    this.failure = failure;
    this.close(FAILURES[failure.code].closeCode, FAILURES[failure.code].message);
  }

  terminate(): void {
    if (!this.isOpen) return;
    this.isTerminated = true;
    this.#end(1006, "");
  }

  subscribe(topic: string): void {
    this.topics.add(topic);
  }

  /** Gives the session to the service that accepted it. */
  open(acceptance: Acceptance): SessionHandler {
    if ("refusal" in acceptance) throw new Error(`refused with ${acceptance.refusal.code}`);
    this.subprotocol = acceptance.subprotocol;
    const handler = acceptance.open(this);
    // Closed during `open`: like the real one, the service is not told of the end then.
    if (this.isOpen) this.handler = handler;
    return handler;
  }

  /** The client leaves. */
  leave(code: number, reason = ""): void {
    if (this.isOpen) this.#end(code, reason);
  }

  #end(code: number, reason: string): void {
    this.isOpen = false;
    this.handler?.closed(code, reason);
    this.onChange?.();
  }
}

/** Publishes to the fake sessions that subscribed; `lag` bytes pile up where a session is marked as stopped. */
export class FakeTopics implements Topics {
  readonly sessions = new Set<FakeSession>();
  /** Sessions that read nothing: what is published to them stays in `bufferedBytes`. */
  readonly stopped = new Set<FakeSession>();
  readonly published: { readonly topic: string; readonly message: Message }[] = [];
  onPublish: ((message: Message) => void) | undefined;

  publish(topic: string, message: Message): void {
    const kept = typeof message === "string" ? message : message.slice();
    this.published.push({ topic, message: kept });
    for (const session of this.sessions) {
      if (!session.topics.has(topic) || !session.isOpen) continue;
      session.send(kept);
      if (this.stopped.has(session)) session.bufferedBytes += Buffer.byteLength(kept);
    }
    this.onPublish?.(kept);
  }
}

export interface LogLine {
  readonly level: LogLevel;
  readonly event: string;
  readonly fields: LogFields;
}

export class FakeLog implements Log {
  readonly lines: LogLine[] = [];
  onLine: ((line: LogLine) => void) | undefined;

  debug(event: string, fields: LogFields = {}): void {
    this.#add("debug", event, fields);
  }
  info(event: string, fields: LogFields = {}): void {
    this.#add("info", event, fields);
  }
  warn(event: string, fields: LogFields = {}): void {
    this.#add("warn", event, fields);
  }
  error(event: string, fields: LogFields = {}): void {
    this.#add("error", event, fields);
  }
  with(): Log {
    return this;
  }

  events(level: LogLevel): string[] {
    return this.lines.filter((line) => line.level === level).map((line) => line.event);
  }

  #add(level: LogLevel, event: string, fields: LogFields): void {
    const line = { level, event, fields };
    this.lines.push(line);
    this.onLine?.(line);
  }
}

export interface FakeContext extends ServiceContext {
  readonly clock: FakeClock;
  readonly log: FakeLog;
  readonly topics: FakeTopics;
}

/** A context with every default of the common options, changed by `common` (values as they are inside: bytes and ms). */
export function createFakeContext(common: Partial<CommonSettings> = {}): FakeContext {
  const topics = new FakeTopics();
  return {
    path: "/fake",
    common: { ...commonOptions.parse({}), ...common },
    clock: new FakeClock(),
    log: new FakeLog(),
    metrics: createServiceMetrics(),
    topics,
    sessions: () => topics.sessions,
  };
}

export interface FakeHandshakeFields {
  readonly query?: string;
  readonly host?: string;
  readonly secure?: boolean;
  readonly origin?: string;
  readonly address?: string;
  readonly subprotocols?: readonly string[];
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
}

export function createFakeHandshake(fields: FakeHandshakeFields = {}): Handshake {
  const headers = new Map(Object.entries(fields.headers ?? {}));
  return {
    carrier: "websocket",
    connectionId: "fake-1",
    method: "GET",
    path: "/fake",
    query: fields.query ?? "",
    host: fields.host ?? "gateway.example",
    secure: fields.secure ?? false,
    origin: fields.origin,
    address: fields.address ?? "192.0.2.7",
    subprotocols: fields.subprotocols ?? [],
    listener: "http://localhost:8000",
    header: (name) => headers.get(name),
    headers: () => headers,
  };
}
