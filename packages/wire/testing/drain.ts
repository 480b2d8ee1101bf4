// Runs a decoder over chunks for tests and collects what it says. Events are copied, since their bytes are views of
// chunks; a fault is taken once and must then be repeated.

interface Decoder<Event extends { readonly type: string }> {
  push(chunk: Uint8Array): void;
  next(): Event | undefined;
  readonly heldBytes: number;
}

export interface Drained<Event> {
  readonly events: Event[];
  /** The most that was held after all that could be read was read. */
  readonly heldMaxBytes: number;
}

export function drain<Event extends { readonly type: string }>(
  decoder: Decoder<Event>,
  chunks: Iterable<Uint8Array>,
): Drained<Event> {
  const events: Event[] = [];
  let heldMaxBytes = 0;
  for (const chunk of chunks) {
    decoder.push(chunk);
    const isFinal = take(decoder, events);
    heldMaxBytes = Math.max(heldMaxBytes, decoder.heldBytes);
    if (isFinal && decoder.next() !== events.at(-1)) throw new Error("The fault was not repeated.");
  }
  return { events, heldMaxBytes };
}

/** Takes what there is. `true` after a fault, which is final. */
function take<Event extends { readonly type: string }>(decoder: Decoder<Event>, events: Event[]): boolean {
  for (let event = decoder.next(); event !== undefined; event = decoder.next()) {
    const last = events.at(-1);
    if (event.type === "fault") {
      if (last?.type !== "fault") events.push(event);
      return true;
    }
    if (last?.type === "fault") throw new Error("An event came after a fault.");
    events.push("bytes" in event && event.bytes instanceof Uint8Array ? copyOf(event, event.bytes) : event);
  }
  return false;
}

function copyOf<Event>(event: Event, bytes: Uint8Array): Event {
  return { ...event, bytes: bytes.slice() };
}
