// The byte-level parts that the codecs of this package share.
export { decodeBase64, encodeBase64 } from "./base64.ts";
export { type ByteBuffer, createByteBuffer } from "./byte-buffer.ts";
export { type ChunkQueue, createChunkQueue } from "./chunk-queue.ts";
export {
  formatHead,
  isFieldValue,
  isHost,
  isOriginForm,
  isToken,
  listHasToken,
  splitList,
  trimBlanks,
} from "./http-token.ts";
export { md5 } from "./md5.ts";
export { sha1 } from "./sha1.ts";
export { UsageError } from "./usage-error.ts";
export { createUtf8Validator, decodeUtf8, encodeUtf8, type Utf8Validator } from "./utf8.ts";
