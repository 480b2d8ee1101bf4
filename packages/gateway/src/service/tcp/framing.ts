// How a back end's byte stream becomes messages, and messages become bytes. Pure; one instance a session.
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

const LF = 0x0a;
const CR = 0x0d;

function createLineFraming(lineEnding: TcpSettings["lineEnding"], lineMaxBytes: number): Framing {
  const ending = lineEnding === "crlf" ? "\r\n" : "\n";
  // Line protocols of old carry other encodings in places; a replacement character beats the loss of the line.
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let rest: Uint8Array = new Uint8Array();
  const takeLine = (line: Uint8Array): string =>
    decoder.decode(line.at(-1) === CR ? line.subarray(0, -1) : line);
  return {
    encode: (message) => {
      const text = typeof message === "string" ? message : decoder.decode(message);
      return encoder.encode(text.replace(/\r?\n$/, "") + ending);
    },
    decode(chunk) {
      const bytes = rest.length === 0 ? chunk : concat(rest, chunk);
      const lines: string[] = [];
      let start = 0;
      for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
        if (end - start > lineMaxBytes) return { problem: `a line of more than ${lineMaxBytes} bytes` };
        lines.push(takeLine(bytes.subarray(start, end)));
        start = end + 1;
      }
      if (bytes.length - start > lineMaxBytes)
        return { problem: `a line of more than ${lineMaxBytes} bytes` };
      rest = bytes.slice(start);
      return lines;
    },
    end() {
      const last = takeLine(rest);
      rest = new Uint8Array();
      return last === "" ? NOTHING : [last];
    },
  };
}

function concat(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(left.length + right.length);
  both.set(left);
  both.set(right, left.length);
  return both;
}
