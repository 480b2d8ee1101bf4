// How a back end's byte stream becomes messages, and messages become bytes. Pure; one instance a session.
import { createLineSplitter } from "../../backend/line-splitter.ts";
import type { Message } from "../../session/session.ts";
import type { TcpSettings } from "./options.ts";

export interface Framing {
  /** What to write for a client's message. */
  encode(message: Message): Uint8Array;
  /** Messages that are complete with this chunk, or what is wrong with it. */
  decode(chunk: Uint8Array): readonly Message[] | FramingFault;
  /** What is left when the stream ends. */
  end(): readonly Message[] | FramingFault;
}

export interface FramingFault {
  readonly problem: string;
}

const encoder = new TextEncoder();
const LINE_END = Uint8Array.of(0x0a);
const NOTHING: readonly Message[] = [];

function toBytes(message: Message): Uint8Array {
  return typeof message === "string" ? encoder.encode(message) : message;
}

export function createFraming(
  settings: Pick<TcpSettings, "framing" | "lineEnding" | "lineMaxSize">,
): Framing {
  if (settings.framing === "text") return createTextFraming();
  if (settings.framing === "lines") return createLineFraming(settings.lineEnding, settings.lineMaxSize);
  return chunkFraming;
}

/** Bytes as they come; holds nothing, hence one for all. */
const chunkFraming: Framing = {
  encode: toBytes,
  decode: (chunk) => [chunk],
  end: () => NOTHING,
};

function createTextFraming(): Framing {
  // Holds the up to 3 bytes of a character that was cut by the chunk's end.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const decodeText = (chunk: Uint8Array, stream: boolean): readonly Message[] | FramingFault => {
    try {
      const text = decoder.decode(chunk, { stream });
      return text === "" ? NOTHING : [text];
    } catch {
      return { problem: "not UTF-8; use the framing `chunks` for bytes" };
    }
  };
  return {
    encode: toBytes,
    decode: (chunk) => decodeText(chunk, true),
    end: () => decodeText(new Uint8Array(), false),
  };
}

function createLineFraming(lineEnding: TcpSettings["lineEnding"], lineMaxBytes: number): Framing {
  const ending = lineEnding === "crlf" ? "\r\n" : "\n";
  // Line protocols of old carry other encodings in places; a replacement character beats the loss of the line.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const splitter = createLineSplitter({ lineMaxBytes });
  const takeLines = (chunk: Uint8Array): readonly Message[] | FramingFault => {
    const lines: string[] = [];
    splitter.push(chunk);
    for (let line = splitter.next(); line !== undefined; line = splitter.next())
      lines.push(decoder.decode(line));
    if (splitter.overlongLines > 0) return { problem: `a line of more than ${lineMaxBytes} bytes` };
    return lines;
  };
  return {
    encode: (message) => {
      const text = typeof message === "string" ? message : decoder.decode(message);
      return encoder.encode(text.replace(/\r?\n$/, "") + ending);
    },
    decode: takeLines,
    // What was not ended is the last line; nothing is not.
    end: () => (splitter.pendingBytes === 0 ? NOTHING : takeLines(LINE_END)),
  };
}
