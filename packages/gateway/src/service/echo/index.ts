// `echo`: sends each message back to its sender, same kind. A probe and a load target.

import type { Message, Session, SessionHandler } from "../../session/session.ts";
import type { ServiceDefinition } from "../service.ts";
import { chooseSubprotocol } from "../subprotocol.ts";
import { echoOptions } from "./options.ts";

export const echo: ServiceDefinition<typeof echoOptions, "echo"> = {
  type: "echo",
  summary: "Sends each message back to its sender.",
  match: "exact",
  options: echoOptions,
  create: (settings, context) => ({
    accept(handshake) {
      const subprotocol = chooseSubprotocol(handshake.subprotocols, context.common.subprotocols);
      if (typeof subprotocol !== "string") return { refusal: subprotocol };
      return { subprotocol, open: (session) => new EchoHandler(session, settings.repeat) };
    },
    stop() {},
  }),
};

class EchoHandler implements SessionHandler {
  readonly #session: Session;
  readonly #repeat: number;

  constructor(session: Session, repeat: number) {
    this.#session = session;
    this.#repeat = repeat;
  }

  message(message: Message): void {
    let hasRoom = true;
    for (let i = 0; i < this.#repeat; i++) hasRoom = this.#session.send(message);
    // A client that writes and does not read stops being read.
    if (!hasRoom) this.#session.pause();
  }

  drained(): void {
    this.#session.resume();
  }

  closed(): void {}
}
