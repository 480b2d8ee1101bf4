// What a WebSocket decoder yields besides faults. Messages are whole; fragments are not to be seen outside.

export type WebSocketEvent =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "binary"; readonly bytes: Uint8Array }
  /** To be answered by a pong with the same bytes (RFC 6455 §5.5.2). */
  | { readonly type: "ping"; readonly bytes: Uint8Array }
  | { readonly type: "pong"; readonly bytes: Uint8Array }
  /** The last event. 1005 when the frame held no code (RFC 6455 §7.1.5). */
  | { readonly type: "close"; readonly code: number; readonly reason: string };
