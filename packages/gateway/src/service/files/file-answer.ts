// The answer that is a file, or a part of it, or the news that the client has it already. Chooses no file.
import { type OpenFile, READ_MAX_BYTES } from "../../host/files.ts";
import { type ByteRange, formatContentRange, formatUnsatisfied, parseByteRange } from "./byte-range.ts";
import { isRangeWanted, judgeConditions, type Validators } from "./conditions.ts";
import { createEntityTag, formatEntityTag } from "./entity-tag.ts";
import type { ErrorAnswers } from "./error-answer.ts";
import { formatHttpDate } from "./http-date.ts";

export interface FileDescription {
  readonly mediaType: string;
  readonly cacheControl: string;
  /** The content coding of this form of the file, such as `br`; empty for the file itself. */
  readonly coding: string;
  /** The form was chosen, or could have been, by Accept-Encoding. */
  readonly isNegotiated: boolean;
}

export interface FileAnswerContext {
  readonly nowMs: number;
  /** On every answer. */
  readonly common: Readonly<Record<string, string>>;
  readonly errors: ErrorAnswers;
}

/** Takes the file over: it is closed, or given to the answer's body. `request` is GET or HEAD. */
export async function answerFile(
  request: Request,
  file: OpenFile,
  about: FileDescription,
  context: FileAnswerContext,
): Promise<Response> {
  const validators = describeValidators(file, about.coding, context.nowMs);
  const headers = formatHeaders(about, validators, context.common);
  const verdict = judgeConditions(request.headers, validators, context.nowMs);
  if (verdict !== "proceed") {
    file.close();
    if (verdict === "failed") return context.errors.answer(request.method, 412);
    return answerUnchanged(headers);
  }
  headers.set("content-type", about.mediaType);
  headers.set("accept-ranges", "bytes");
  if (about.coding !== "") headers.set("content-encoding", about.coding);
  if (request.method === "HEAD") return answerHead(file, headers, context.nowMs);
  return answerGet(request, file, headers, chooseRange(request, file, validators, context.nowMs), context);
}

function describeValidators(file: OpenFile, coding: string, nowMs: number): Validators {
  return {
    tag: createEntityTag(file, coding, nowMs),
    // RFC 9110 §8.8.2.1: never later than the answer itself.
    lastModifiedMs: Math.floor(Math.min(file.modifiedMs, nowMs) / 1000) * 1000,
  };
}

function formatHeaders(
  about: FileDescription,
  validators: Validators,
  common: Readonly<Record<string, string>>,
): Headers {
  const headers = new Headers(common);
  headers.set("etag", formatEntityTag(validators.tag));
  headers.set("last-modified", formatHttpDate(validators.lastModifiedMs));
  headers.set("cache-control", about.cacheControl);
  if (about.isNegotiated) headers.set("vary", "accept-encoding");
  return headers;
}

/** RFC 9110 §15.4.5: what a cache needs in order to go on, and nothing that describes a body. */
function answerUnchanged(headers: Headers): Response {
  headers.delete("last-modified");
  return new Response(null, { status: 304, headers });
}

/** RFC 9110 §14.2: Range means nothing to HEAD. */
function answerHead(file: OpenFile, headers: Headers, nowMs: number): Response {
  file.close();
  headers.set("content-length", String(file.sizeBytes));
  // Bun writes no Date on the answer to a HEAD (RFC 9110 §6.6.1 wants one).
  headers.set("date", formatHttpDate(nowMs));
  return new Response(null, { headers });
}

function chooseRange(request: Request, file: OpenFile, validators: Validators, nowMs: number): ByteRange {
  if (!isRangeWanted(request.headers, validators, nowMs)) return { kind: "whole" };
  return parseByteRange(request.headers.get("range"), file.sizeBytes);
}

async function answerGet(
  request: Request,
  file: OpenFile,
  headers: Headers,
  range: ByteRange,
  context: FileAnswerContext,
): Promise<Response> {
  if (range.kind === "unsatisfiable") {
    file.close();
    return context.errors.answer("GET", 416, { "content-range": formatUnsatisfied(file.sizeBytes) });
  }
  if (range.kind === "part") {
    headers.set("content-range", formatContentRange(range, file.sizeBytes));
    const part = await file.takeBody(range.start, range.end);
    hideName(headers, part);
    return new Response(part, { status: 206, headers });
  }
  // Bun.serve applies a Range of the request to a file in a 200 by itself, by rules of its own. Where this service has
  // decided to ignore it, the file must not look like one.
  const isRangeIgnored = request.headers.has("range") && file.sizeBytes > READ_MAX_BYTES;
  const body = isRangeIgnored ? file.takeStream() : await file.takeBody(0, file.sizeBytes);
  hideName(headers, body);
  return new Response(body, { headers });
}

/** Bun.serve tells clients the name of a file that is a body, unless told something else; `inline` is the default (RFC 6266 §4.2). */
function hideName(headers: Headers, body: object): void {
  if (body instanceof Blob && !headers.has("content-disposition"))
    headers.set("content-disposition", "inline");
}
