// How the bytes of a stream source become messages. Pure; one instance a connection.

import { createLineSplitter } from "../../backend/line-splitter.ts";
import type { Message } from "../../session/session.ts";

export interface StreamFramingOptions {
  readonly framing: "chunks" | "lines";
  /** Messages are text: bytes that are not UTF-8 become U+FFFD. */
  readonly isText: boolean;
  /** A longer line is left out; a longer chunk is cut. */
  readonly messageMaxBytes: number;
  /** A line was left out: called once, at the first. */
  readonly onOverlong: () => void;
}

export interface StreamFraming {
  /** Bytes given to `emit` are valid only during the call. */
  push(chunk: Uint8Array, emit: (message: Message) => void): void;
  /** Bytes that wait for the rest of their line. They are never a message of their own: they may be half of a number. */
  readonly pendingBytes: number;
}

export function createStreamFraming(options: StreamFramingOptions): StreamFraming {
  return options.framing === "lines" ? createLineFraming(options) : createChunkFraming(options);
}

function createLineFraming({ isText, messageMaxBytes, onOverlong }: StreamFramingOptions): StreamFraming {
  const splitter = createLineSplitter({ lineMaxBytes: messageMaxBytes });
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let isReported = false;
  return {
    push(chunk, emit) {
      splitter.push(chunk);
      for (let line = splitter.next(); line !== undefined; line = splitter.next()) {
        emit(isText ? decoder.decode(line) : line);
      }
      if (splitter.overlongLines === 0 || isReported) return;
      isReported = true;
      onOverlong();
    },
    get pendingBytes() {
      return splitter.pendingBytes;
    },
  };
}

function createChunkFraming({ isText, messageMaxBytes }: StreamFramingOptions): StreamFraming {
  // Holds the up to 3 bytes of a character that was cut by a chunk's end.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  return {
    push(chunk, emit) {
      for (let start = 0; start < chunk.length; start += messageMaxBytes) {
        const part = chunk.subarray(start, start + messageMaxBytes);
        const message = isText ? decoder.decode(part, { stream: true }) : part;
        if (message.length > 0) emit(message);
      }
    },
    pendingBytes: 0,
  };
}
