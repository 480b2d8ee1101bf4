// RFC 6455 as the drafts' listener speaks it: the wire's codec in the vocabulary of codec carriers.
import {
  createFrameDecoder,
  encodeBinary,
  encodeClose,
  encodePing,
  encodePong,
  encodeText,
} from "@sluice/wire/websocket";
import type { CarrierCodec, CodecEvent } from "./codec-carrier.ts";

const NO_BYTES = new Uint8Array();

export function createRfc6455Codec(messageMaxBytes: number): CarrierCodec {
  const decoder = createFrameDecoder("server", { messageMaxBytes });
  return {
    push: (chunk) => decoder.push(chunk),
    next(): CodecEvent | undefined {
      return decoder.next();
    },
    encodeMessage: (message) => (typeof message === "string" ? encodeText(message) : encodeBinary(message)),
    encodePing: () => encodePing(NO_BYTES),
    encodePong: (payload) => encodePong(payload),
    encodeClose: (code, reason) => encodeClose(code, reason),
  };
}
