// Text and binary messages made of each other, for services that promise their clients one kind.
import type { Message } from "../../session/session.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** `text`: bytes that are not UTF-8 become U+FFFD. `auto`: the message as it is. */
export function convertMessage(message: Message, kind: "auto" | "text" | "binary"): Message {
  if (kind === "text" && typeof message !== "string") return decoder.decode(message);
  if (kind === "binary" && typeof message === "string") return encoder.encode(message);
  return message;
}
