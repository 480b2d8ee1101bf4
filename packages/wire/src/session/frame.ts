// The frames of a session: their types and what they carry. See decode-frame.ts for the bytes. Numbered are `text`,
// `binary` and `close`; they alone are replayed and acknowledged.

/** The first byte of a frame. 00 and 0f-7f are reserved; 80-ff are extensions, which whoever does not know them skips. */
export const FRAME_TYPE = {
  text: 0x01,
  binary: 0x02,
  ack: 0x03,
  opened: 0x04,
  resume: 0x05,
  resumed: 0x06,
  close: 0x07,
  ping: 0x08,
  pong: 0x09,
  move: 0x0a,
  auth: 0x0b,
  notice: 0x0c,
  topic: 0x0d,
  skip: 0x0e,
} as const;
export const EXTENSION_MIN = 0x80;

/** A message of text or of bytes. */
export type Message =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "binary"; readonly bytes: Uint8Array };

export interface AckFrame {
  readonly type: "ack";
  /** The last number that was handed over, with all before it. */
  readonly count: number;
  /** What the peer may have unacknowledged beyond that number. */
  readonly creditBytes: number;
}

export interface OpenedFrame {
  readonly type: "opened";
  readonly creditBytes: number;
  /** The largest message that the acceptor takes. */
  readonly messageMaxBytes: number;
  /** How long the session is kept without a carrier. */
  readonly detachWindowMs: number;
  /** Opaque; its owner's. */
  readonly ticket: Uint8Array;
  /** The chosen inner subprotocol; empty for none. */
  readonly subprotocol: string;
}

export interface ResumeFrame {
  readonly type: "resume";
  readonly ticket: Uint8Array;
  /** Counts the resumes that an initiator sends, from 1: tells a late one from the latest. */
  readonly attempt: number;
  readonly count: number;
  /** The number of the sender's next numbered frame on this carrier. */
  readonly first: number;
}

export interface ResumedFrame {
  readonly type: "resumed";
  /** The ticket for the next resume; empty: the one before stays. */
  readonly ticket: Uint8Array;
  /** Of the resume that this answers: of answers that overtake each other, the latest has the good ticket. */
  readonly attempt: number;
  readonly count: number;
  readonly first: number;
}

export interface CloseFrame {
  readonly type: "close";
  /** Its own number; 0: the sender does not know the session. */
  readonly number: number;
  /** Nothing more is taken, what was not handed over is lost. */
  readonly isAbort: boolean;
  /** As in RFC 6455 §7.4; 1005 for none. */
  readonly code: number;
  readonly reason: string;
}

export interface TokenFrame {
  readonly type: "ping" | "pong";
  readonly token: Uint8Array;
}

export interface PayloadFrame {
  readonly type: "move" | "auth" | "notice";
  readonly bytes: Uint8Array;
}

export interface TopicFrame {
  readonly type: "topic";
  /** Empty where the session has only one. */
  readonly topic: string;
  /** One life of one log; opaque. */
  readonly epoch: Uint8Array;
  readonly offset: number;
  readonly message: Message;
}

export interface SkipFrame {
  readonly type: "skip";
  /** The number of the sender's next numbered frame on this carrier. */
  readonly first: number;
}

/** An extension that this code does not know. */
export interface ExtensionFrame {
  readonly type: "extension";
}

export type Frame =
  | Message
  | AckFrame
  | OpenedFrame
  | ResumeFrame
  | ResumedFrame
  | CloseFrame
  | TokenFrame
  | PayloadFrame
  | TopicFrame
  | SkipFrame;
