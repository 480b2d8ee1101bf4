// What a session knows of one carrier: how far its run of numbers has come in each direction, and the unnumbered
// frames that wait for it. Numbered frames never wait here; they are taken from the outbox when the carrier has room.

export class Carrier {
  readonly id: number;
  /** Acceptor: to be issued on this carrier, once; empty afterwards, since others may have issued later ones. */
  ticket: Uint8Array;
  /** The number of the next numbered frame to send and to come; 0 while that was not stated. */
  sendNext = 0;
  receiveNext = 0;
  /** Acceptor: the latest resume that came on it; 0 on the first carrier. */
  attempt = 0;
  /** Initiator: `opened` has to come; so many `resumed` have to come. */
  awaitsOpened = false;
  awaitsResumed = 0;
  #frames: Uint8Array[] = [];
  #heldBytes = 0;
  /** Only the latest ping is answered (RFC 6455 §5.5.3): pings cannot pile up. */
  pong: Uint8Array | undefined;

  constructor(id: number, ticket: Uint8Array) {
    this.id = id;
    this.ticket = ticket;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  push(frame: Uint8Array): void {
    this.#frames.push(frame);
    this.#heldBytes += frame.length;
  }

  shift(): Uint8Array | undefined {
    if (this.#frames.length === 0) {
      const pong = this.pong;
      this.pong = undefined;
      return pong;
    }
    const frame = this.#frames.shift();
    this.#heldBytes -= frame?.length ?? 0;
    return frame;
  }
}
