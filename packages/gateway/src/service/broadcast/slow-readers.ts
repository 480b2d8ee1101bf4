// Looks for clients that do not keep up with what is published, and ends each of them with the reason. The native
// publish buffers for each socket and says nothing, so this asks, often enough to bound what one client can hold.
//
// Between two looks at most max(limit / 4, one message) is published; a look leaves nobody at or above the limit.
// So one client never holds more than limit + max(limit / 4, one message), and a look over all clients is paid for
// by a quarter of the limit in published bytes.
import { Failure } from "../../failure.ts";
import type { Clock, Timer } from "../../host/clock.ts";
import type { Session } from "../../session/session.ts";

export interface SlowReaderOptions {
  /** Bytes waiting for one client at which it is ended. */
  readonly limitBytes: number;
  readonly clock: Clock;
  sessions(): Iterable<Session>;
}

export interface SlowReaders {
  start(): void;
  stop(): void;
  /** Call before each publish, with the size of what will be published. */
  admit(bytes: number): void;
}

/** For feeds that fall silent after a burst. Milliseconds. */
const LOOK_PERIOD_MS = 1000;

export function createSlowReaders({ limitBytes, clock, sessions }: SlowReaderOptions): SlowReaders {
  const strideBytes = limitBytes / 4;
  let publishedBytes = 0;
  let timer: Timer | undefined;

  function look(): void {
    publishedBytes = 0;
    for (const session of sessions()) {
      const waitingBytes = session.bufferedBytes;
      if (waitingBytes < limitBytes || !session.isOpen) continue;
      session.fail(new Failure("session.slow", `${waitingBytes} bytes wait; slowMaxSize is ${limitBytes}`));
    }
  }

  return {
    start() {
      timer ??= clock.every(LOOK_PERIOD_MS, () => {
        if (publishedBytes > 0) look();
      });
    },
    stop() {
      timer?.cancel();
      timer = undefined;
    },
    admit(bytes) {
      if (publishedBytes > 0 && publishedBytes + bytes > strideBytes) look();
      publishedBytes += bytes;
    },
  };
}
