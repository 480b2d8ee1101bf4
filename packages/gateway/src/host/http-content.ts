// Content of HTTP messages as streams, both ways, each waiting for its reader. Part of the door host/http.ts.
import type { ClientRequest, IncomingMessage } from "node:http";

export interface MessageObserver {
  received(byteCount: number): void;
  /** The last byte was read. */
  complete(): void;
  /** It broke off. The answer is what the stream's reader gets. */
  broken(error: unknown): Error;
  /** The reader has gone. */
  cancelled(): void;
}

/** Reads from the socket only while somebody reads from the stream. Holds one read of the socket. */
export function streamMessage(
  message: IncomingMessage,
  observer: MessageObserver,
): ReadableStream<Uint8Array> {
  let isOver = false;
  const end = (conclude: () => void) => {
    if (isOver) return;
    isOver = true;
    conclude();
  };
  const source: UnderlyingDefaultSource<Uint8Array> = {
    start(controller) {
      message.pause();
      message.on("data", (chunk: Buffer) => {
        if (isOver) return;
        observer.received(chunk.length);
        controller.enqueue(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
        if ((controller.desiredSize ?? 0) <= 0) message.pause();
      });
      const fail = (error: unknown) => end(() => controller.error(observer.broken(error)));
      message.on("end", () =>
        end(() => {
          controller.close();
          observer.complete();
        }),
      );
      message.on("error", fail);
      message.on("close", () => fail(undefined));
      message.pause();
    },
    pull() {
      message.resume();
    },
    cancel() {
      // With all of it here already the connection can still be used again.
      if (message.complete) end(() => observer.complete());
      else end(() => observer.cancelled());
      message.resume();
    },
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}

/** For an answer without content: its end lets the connection be used again. */
export function drainMessage(message: IncomingMessage, observer: MessageObserver): undefined {
  let isOver = false;
  const end = (conclude: () => void) => {
    if (!isOver) conclude();
    isOver = true;
  };
  message.on("end", () => end(() => observer.complete()));
  message.on("error", (error) => end(() => void observer.broken(error)));
  message.on("close", () => end(() => void observer.broken(undefined)));
  message.resume();
}

/** `mismatch`: it is longer or shorter than it was said to be. `broken`: it could not be read. */
export type PumpResult = "sent" | "stopped" | "mismatch" | "broken";

export interface PumpObserver {
  /** The next part is waited for: the back end is not to blame for what does not happen now. */
  reading(): void;
  /** This much was given to the connection. */
  sent(byteCount: number): void;
  /** All of it was. */
  ended(): void;
}

/** Sends content and ends the request, as fast as the socket takes it. Stops quietly when the request is over. */
export async function pumpContent(
  request: ClientRequest,
  content: ReadableStream<Uint8Array>,
  declaredLength: number | undefined,
  observer: PumpObserver,
): Promise<PumpResult> {
  const reader = content.getReader();
  let length = 0;
  try {
    while (true) {
      observer.reading();
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      // More would be taken for the next request on this connection.
      if (declaredLength !== undefined && length > declaredLength) return "mismatch";
      if (request.destroyed) return "stopped";
      const hasRoom = request.write(value);
      observer.sent(value.length);
      if (!hasRoom && !(await becomesWritable(request))) return "stopped";
    }
    if (declaredLength !== undefined && length < declaredLength) return "mismatch";
    request.end();
    observer.ended();
    return "sent";
  } catch {
    return "broken";
  } finally {
    // Nothing is left to be read, or nobody who wants it.
    reader.cancel().catch(() => {});
  }
}

function becomesWritable(request: ClientRequest): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (isWritable: boolean) => {
      request.off("drain", onDrain);
      request.off("close", onClose);
      resolve(isWritable);
    };
    const onDrain = () => settle(true);
    const onClose = () => settle(false);
    request.on("drain", onDrain);
    request.on("close", onClose);
    if (request.destroyed) settle(false);
  });
}
