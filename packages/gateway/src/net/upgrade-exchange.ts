// One upgrade request on the drafts' listener, from its head to a running carrier: judged in form, admitted by the
// gate, answered, and for hixie-76 completed by the eight bytes that follow the head.
import type { Duplex } from "node:stream";
import type { Refusal } from "../guard/guard.ts";
import { formatRefusal } from "../guard/refusal.ts";
import type { Clock, Timer } from "../host/clock.ts";
import type { SessionOffer } from "../session/carrier.ts";
import type { Handshake } from "../session/handshake.ts";
import type { Outcome } from "./gate.ts";
import type { Opening } from "./opening.ts";

export interface UpgradeExchangeOptions {
  readonly stream: Duplex;
  /** What came with the head. */
  readonly early: Uint8Array;
  readonly opening: Opening;
  readonly handshake: Handshake;
  readonly clock: Clock;
  /** For the bytes after the head. */
  readonly handshakeTimeoutMs: number;
  readonly admit: (handshake: Handshake) => Outcome | Promise<Outcome>;
  /** A session may begin; `rest` came after the handshake. */
  readonly onOpened: (session: SessionOffer, rest: Uint8Array) => void;
}

/** Resolves when a carrier runs or the client has been refused. Never rejects for what the client did. */
export async function runUpgrade(options: UpgradeExchangeOptions): Promise<void> {
  const { stream, opening, handshake } = options;
  let hasLeft = false;
  const leave = (): void => {
    hasLeft = true;
  };
  stream.once("close", leave);
  // Half a connection is no use here: whoever ends before the handshake is complete has left.
  stream.once("end", leave);
  // Without a listener an error would be thrown; `close` follows it and says enough.
  stream.on("error", leave);
  const outcome = await options.admit(handshake);
  if (outcome.kind !== "session") {
    const refusal: Refusal =
      outcome.kind === "refused" ? outcome.refusal : { code: "upgrade.unsupported", detail: "" };
    await refuseUpgrade(stream, refusal);
    return;
  }
  const { session } = outcome;
  stream.write(opening.formatHead(handshake, session.subprotocol));
  const received = hasLeft ? undefined : await readTrailer(options);
  if (received === undefined || stream.readableEnded || stream.destroyed) {
    session.abandon();
    stream.destroy();
    return;
  }
  const answer = opening.formatAnswer(received.subarray(0, opening.trailerBytes));
  if (answer.length > 0) stream.write(answer);
  stream.off("close", leave);
  stream.off("end", leave);
  options.onOpened(session, received.subarray(opening.trailerBytes));
}

/** Writes a refusal as an HTTP answer by hand: after an upgrade event the stream is raw. */
export async function refuseUpgrade(stream: Duplex, refusal: Refusal): Promise<void> {
  stream.on("error", () => stream.destroy());
  const response = formatRefusal(refusal);
  const body = await response.text();
  const fields = [...response.headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  stream.end(
    `HTTP/1.1 ${response.status} Refused\r\n${fields}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** At least the trailer's bytes; `undefined` when the client leaves or takes too long. */
function readTrailer(options: UpgradeExchangeOptions): Promise<Uint8Array | undefined> {
  const { stream, opening, early, clock, handshakeTimeoutMs } = options;
  if (early.length >= opening.trailerBytes) return Promise.resolve(early);
  return new Promise((resolve) => {
    let received = Buffer.from(early);
    let timer: Timer | undefined;
    const finish = (bytes: Uint8Array | undefined): void => {
      timer?.cancel();
      stream.pause();
      stream.off("data", take);
      stream.off("end", lose);
      stream.off("close", lose);
      resolve(bytes);
    };
    const take = (chunk: Uint8Array): void => {
      received = Buffer.concat([received, chunk]);
      if (received.length >= opening.trailerBytes) finish(received);
    };
    const lose = (): void => finish(undefined);
    timer = clock.after(handshakeTimeoutMs, lose);
    stream.on("data", take);
    stream.on("end", lose);
    stream.on("close", lose);
  });
}
