// The carrier over Bun's server WebSocket (RFC 6455). Adds nothing to it but the vocabulary of carriers.
import type { ServerWebSocket } from "bun";
import type { Carrier, SessionOffer } from "../session/carrier.ts";
import type { Message } from "../session/session.ts";

export class WebSocketCarrier implements Carrier {
  readonly #socket: ServerWebSocket<SessionOffer>;

  constructor(socket: ServerWebSocket<SessionOffer>) {
    this.#socket = socket;
  }

  get bufferedBytes(): number {
    return this.#socket.getBufferedAmount();
  }

  send(message: Message, compress: boolean): boolean {
    // -1: taken, but waits. 0 is an empty message that was sent, or one that was dropped at `backpressureLimit`, which
    // also closes the socket; both have no `drained` to wait for. Else bytes sent.
    return this.#socket.send(message, compress) !== -1;
  }

  ping(): void {
    this.#socket.ping();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  subscribe(topic: string): void {
    this.#socket.subscribe(topic);
  }
}
