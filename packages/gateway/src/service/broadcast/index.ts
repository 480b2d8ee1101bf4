// `broadcast`: one feed to many clients, each message encoded once. Clients that do not keep up are ended, not waited for.

import { Failure } from "../../failure.ts";
import type { Message, Session, SessionHandler } from "../../session/session.ts";
import type { ServiceContext, ServiceDefinition } from "../service.ts";
import { chooseSubprotocol } from "../subprotocol.ts";
import { createFeed, type Feed } from "./feed.ts";
import { convertMessage } from "./message-kind.ts";
import { type BroadcastSettings, broadcastOptions } from "./options.ts";
import { createSlowReaders } from "./slow-readers.ts";
import { createOpenSource } from "./sources.ts";

export const broadcast: ServiceDefinition<typeof broadcastOptions, "broadcast"> = {
  type: "broadcast",
  summary: "Sends one feed, or what clients say, to all clients.",
  match: "exact",
  options: broadcastOptions,
  create(settings, context) {
    const { clock, common } = context;
    const slowReaders = createSlowReaders({
      limitBytes: common.slowMaxSize,
      clock,
      sessions: () => context.sessions(),
    });
    // After a reload the clients of the instance before may still be there; they must not hear this one.
    const topic = `broadcast ${context.path} ${Math.floor(clock.random() * 2 ** 53).toString(36)}`;
    const publish = (message: Message) => {
      slowReaders.admit(typeof message === "string" ? Buffer.byteLength(message) : message.length);
      context.topics.publish(topic, message);
    };
    const feed = createSourceFeed(settings, context, publish);
    const room: Room = {
      topic,
      feed: settings.onSourceLoss === "close" ? feed : undefined,
      clients: settings.clients ?? (feed === undefined ? "publish" : "ignore"),
      publish: (message) => publish(convertMessage(message, settings.kind)),
    };
    return {
      start() {
        slowReaders.start();
        feed?.start();
      },
      accept(handshake) {
        const subprotocol = chooseSubprotocol(handshake.subprotocols, common.subprotocols);
        if (typeof subprotocol !== "string") return { refusal: subprotocol };
        return { subprotocol, open: (session) => join(session, room) };
      },
      stop() {
        feed?.stop();
        slowReaders.stop();
      },
    };
  },
};

/** What all clients of one instance share. */
interface Room {
  readonly topic: string;
  /** The feed without which clients have no business here; `undefined` when they may wait for it. */
  readonly feed: Feed | undefined;
  readonly clients: "publish" | "ignore" | "refuse";
  publish(message: Message): void;
}

function createSourceFeed(
  settings: BroadcastSettings,
  context: ServiceContext,
  publish: (message: Message) => void,
): Feed | undefined {
  const source = createOpenSource(settings, context);
  if (source === undefined) return undefined;
  const { clock, log, metrics } = context;
  const { reconnect, onSourceLoss } = settings;
  return createFeed({
    ...source,
    reconnect: { initialMs: reconnect.initial, maxMs: reconnect.max },
    idleTimeoutMs: settings.sourceIdleTimeout,
    clock,
    log,
    metrics,
    onMessage: (message) => publish(convertMessage(message, source.kind)),
    onLoss(failure) {
      if (onSourceLoss === "keep") return;
      for (const session of context.sessions()) session.fail(failure);
    },
  });
}

function join(session: Session, room: Room): SessionHandler {
  const failure = room.feed?.failure;
  if (failure === undefined) session.subscribe(room.topic);
  else session.fail(failure);
  return new Listener(session, room);
}

class Listener implements SessionHandler {
  readonly #session: Session;
  readonly #room: Room;

  constructor(session: Session, room: Room) {
    this.#session = session;
    this.#room = room;
  }

  message(message: Message): void {
    const { clients, publish } = this.#room;
    if (clients === "publish") publish(message);
    else if (clients === "refuse")
      this.#session.fail(new Failure("message.kind", "clients may not publish here"));
  }

  drained(): void {}

  closed(): void {}
}
