// The door to standard output for a log: takes lines, never waits, never fails, holds a bounded number of bytes.
// What is behind it may be a terminal, a file, a pipe or a socket; each can be full, slow, or gone, and come back.
import { fstatSync, write as writeFile } from "node:fs";
import { type Clock, systemClock } from "./clock.ts";

export interface LineOutput {
  /** Whether people look at it. */
  readonly isTerminal: boolean;
  /** Takes a line with its line feed; `false` when there is no room, and the line is lost. */
  write(line: string): boolean;
  /** Resolves when everything taken is written, or cannot be, or at the deadline. Absent: nothing is held back. */
  flush?(deadlineMs: number): Promise<void>;
}

export interface StandardOutputOptions {
  readonly clock: Clock;
  /** Bytes held while they cannot be written. */
  readonly heldMaxBytes: number;
  readonly isTerminal: boolean;
  /** Writes some or all of the bytes, without making the event loop wait. Calls back once, never before it returns. */
  write(bytes: Uint8Array, done: (error: NodeJS.ErrnoException | null, writtenBytes: number) => void): void;
}

/** Some thousand lines: enough for a stall of seconds at a busy time, nothing against the memory of the process. */
const HELD_MAX_BYTES = 1024 * 1024;
/** Lines are gathered to writes of this size. A pipe holds as much (Linux, pipe(7)). */
const BATCH_MAX_BYTES = 65_536;
/** A full pipe is looked at again so soon; one that nobody reads, and a full disk, only so often. */
const FULL_RETRY_MS = 50;
const FAILED_RETRY_MS = 1000;
const LINE_FEED = 0x0a;

/** File descriptor 1. Make one only: two would mix their lines. */
export function createStandardOutput(): LineOutput {
  return createLineOutput({
    clock: systemClock,
    heldMaxBytes: HELD_MAX_BYTES,
    isTerminal: isTerminal(),
    // On a thread: a write to a pipe that blocks must stop a thread, not the gateway.
    write: (bytes, done) =>
      writeFile(1, bytes, 0, bytes.length, null, (error, written) => done(error, written)),
  });
}

/** What is no device is no terminal. Only then is the stream asked, which takes 25 ms of a start to set up. */
function isTerminal(): boolean {
  return fstatSync(1).isCharacterDevice() && process.stdout.isTTY === true;
}

export function createLineOutput(options: StandardOutputOptions): LineOutput {
  return new HeldOutput(options);
}

class HeldOutput implements LineOutput {
  readonly isTerminal: boolean;
  readonly #options: StandardOutputOptions;
  #lines: string[] = [];
  #heldBytes = 0;
  /** What is being written, or could not be yet. Empty: nothing is. */
  #batch = new Uint8Array();
  #isWriting = false;
  /** Whether the batch starts with the rest of a line of which a part is written. */
  #isMidLine = false;
  #retry: { cancel(): void } | undefined;
  #flushed: (() => void)[] = [];

  constructor(options: StandardOutputOptions) {
    this.#options = options;
    this.isTerminal = options.isTerminal;
  }

  write(line: string): boolean {
    const bytes = Buffer.byteLength(line);
    if (this.#heldBytes + bytes > this.#options.heldMaxBytes) return false;
    this.#heldBytes += bytes;
    this.#lines.push(line);
    if (!this.#isWriting && this.#retry === undefined) this.#writeNext();
    return true;
  }

  flush(deadlineMs: number): Promise<void> {
    if (this.#heldBytes === 0) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = this.#options.clock.after(deadlineMs, resolve);
      this.#flushed.push(() => {
        timer.cancel();
        resolve();
      });
      // Whatever failed before gets one more chance at once.
      if (!this.#isWriting) this.#writeNext();
    });
  }

  #writeNext(): void {
    this.#retry?.cancel();
    this.#retry = undefined;
    if (this.#batch.length === 0) this.#batch = this.#takeBatch();
    if (this.#batch.length === 0) {
      this.#settleFlushes();
      return;
    }
    this.#isWriting = true;
    this.#options.write(this.#batch, (error, writtenBytes) => this.#onWritten(error, writtenBytes));
  }

  #takeBatch(): Uint8Array<ArrayBuffer> {
    let count = 0;
    let bytes = 0;
    while (count < this.#lines.length && bytes < BATCH_MAX_BYTES) {
      bytes += Buffer.byteLength(this.#lines[count] ?? "");
      count++;
    }
    return new TextEncoder().encode(this.#lines.splice(0, count).join(""));
  }

  #onWritten(error: NodeJS.ErrnoException | null, writtenBytes: number): void {
    this.#isWriting = false;
    if (error === null && writtenBytes > 0) {
      this.#heldBytes -= writtenBytes;
      this.#isMidLine = this.#batch[writtenBytes - 1] !== LINE_FEED;
      this.#batch = this.#batch.subarray(writtenBytes);
      this.#writeNext();
      return;
    }
    const isFull = error === null || error.code === "EAGAIN" || error.code === "EWOULDBLOCK";
    if (error?.code === "EPIPE") this.#skipToLineStart();
    // The timer must not keep the process alive, so it is a repeated one that runs once.
    this.#retry = this.#options.clock.every(isFull ? FULL_RETRY_MS : FAILED_RETRY_MS, () =>
      this.#writeNext(),
    );
    if (!isFull) this.#settleFlushes();
  }

  /** The reader is gone with the first part of a line; the next one, if any comes, must not get the rest of it. */
  #skipToLineStart(): void {
    if (!this.#isMidLine) return;
    const skipped = this.#batch.indexOf(LINE_FEED) + 1;
    this.#heldBytes -= skipped;
    this.#batch = this.#batch.subarray(skipped);
    this.#isMidLine = false;
  }

  #settleFlushes(): void {
    for (const settle of this.#flushed.splice(0)) settle();
  }
}
