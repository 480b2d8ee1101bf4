// What a log line says of something thrown: name, code, message, stack, and what caused it. Reads anything without
// throwing, follows cycles and long chains only so far, and leaves escaping to the formats.
import { Failure } from "../failure.ts";
import { limitText } from "./text.ts";

export interface ErrorReport {
  readonly name: string;
  readonly message: string;
  /** Of a `Failure`, or of the system, such as `ECONNREFUSED`. */
  readonly code: string | undefined;
  /** What a `Failure` tells operators of this one case. */
  readonly detail: string | undefined;
  /** The frames, one a line, without the message before them. */
  readonly stack: string | undefined;
  /** `cause` first, then the errors of an `AggregateError`. */
  readonly causes: readonly ErrorReport[];
}

/** Frames beyond some twenty are those of the runtime. */
export const STACK_MAX_BYTES = 4096;
/** Errors told of one line, the first included. Deeper chains are loops or somebody's retries. */
export const ERRORS_MAX = 8;

export function reportError(thrown: unknown): ErrorReport {
  return report(thrown, { left: ERRORS_MAX - 1, seen: new Set() });
}

interface Walk {
  left: number;
  readonly seen: Set<unknown>;
}

function report(thrown: unknown, walk: Walk): ErrorReport {
  walk.seen.add(thrown);
  const causes: ErrorReport[] = [];
  for (const cause of causesOf(thrown)) {
    if (walk.left <= 0 || walk.seen.has(cause)) break;
    walk.left--;
    causes.push(report(cause, walk));
  }
  return {
    name: limitText(text(read(thrown, "name")) ?? typeof thrown),
    message: limitText(text(read(thrown, "message")) ?? describe(thrown)),
    code: limited(text(read(thrown, "code"))),
    detail: thrown instanceof Failure && thrown.detail !== "" ? limitText(thrown.detail) : undefined,
    stack: framesOf(read(thrown, "stack")),
    causes,
  };
}

function causesOf(thrown: unknown): unknown[] {
  const cause = read(thrown, "cause");
  const errors = read(thrown, "errors");
  return [...(cause === undefined ? [] : [cause]), ...(Array.isArray(errors) ? errors : [])];
}

/** A property of anything; a getter that throws has nothing to say. */
function read(thrown: unknown, name: string): unknown {
  if ((typeof thrown !== "object" && typeof thrown !== "function") || thrown === null) return undefined;
  try {
    return Reflect.get(thrown, name);
  } catch {
    return undefined;
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

function limited(value: string | undefined): string | undefined {
  return value === undefined ? undefined : limitText(value);
}

function describe(thrown: unknown): string {
  try {
    return String(thrown);
  } catch {
    return Object.prototype.toString.call(thrown);
  }
}

/** Only lines that are frames: the message before them may have line feeds of a stranger's in it. */
function framesOf(stack: unknown): string | undefined {
  if (typeof stack !== "string") return undefined;
  const frames = stack.split("\n").flatMap((line) => /^\s+at (.*)$/.exec(line)?.[1] ?? []);
  return frames.length === 0 ? undefined : limitText(frames.join("\n"), STACK_MAX_BYTES);
}
