// hixie-75 and hixie-76 as their listener speaks them: the wire's codec in the vocabulary of codec carriers. The drafts
// have no ping, and no code or reason in a Close.
import {
  createDraftFrameDecoder,
  type Draft,
  encodeDraftBinary,
  encodeDraftClose,
  encodeDraftText,
} from "@sluice/wire/drafts";
import type { CarrierCodec } from "./codec-carrier.ts";

export function createDraftCodec(draft: Draft, messageMaxBytes: number): CarrierCodec {
  const decoder = createDraftFrameDecoder(draft, { messageMaxBytes });
  return {
    push: (chunk) => decoder.push(chunk),
    next: () => decoder.next(),
    encodeMessage: (message) =>
      typeof message === "string" ? encodeDraftText(message) : encodeDraftBinary(message),
    encodePing: () => undefined,
    encodePong: () => undefined,
    encodeClose: () => (draft === "hixie-76" ? encodeDraftClose() : undefined),
  };
}
