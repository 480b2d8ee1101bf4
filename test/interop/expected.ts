// What each conversation of client/ must come to, in Node and in a page alike.

export const EXPECTED = {
  mqtt: {
    qos: [
      [0, "QoS 0 ✓"],
      [1, "QoS 1 ✓"],
      [2, "QoS 2 ✓"],
    ],
    retained: { payload: "kept", isRetained: true },
    largeIsIntact: true,
    ordered: 1000,
  },
  stomp: {
    version: "1.2",
    subprotocol: "v12.stomp",
    body: "héllo ✓\nline two",
    header: "a:b\nc",
    isRedelivered: "true",
    heartBeatsAreSpaced: true,
    closeCode: 1000,
  },
  amqp: {
    confirmed: 1,
    body: "héllo ✓",
    contentType: "text/plain",
    largeIsIntact: true,
    ordered: 500,
  },
  irc: {
    subprotocol: "text.ircv3.net",
    joined: ":ben",
    talk: "héllo ✓ 🚰",
    whisper: "x",
    refusal: "änn",
    hasLineEnds: false,
    areTexts: true,
    closeCode: 1000,
  },
} as const;

export type ConversationName = keyof typeof EXPECTED;

/** `Object.entries` forgets that the keys are these few. */
export const CONVERSATIONS = Object.entries(EXPECTED) as [ConversationName, unknown][];
