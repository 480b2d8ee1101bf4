// From the back end's answer to the client's Response. What cannot be passed on truthfully is a failure of the back end.
import { Failure } from "../../failure.ts";
import type { HttpAnswer } from "../../host/http-exchange.ts";
import { cleanValue, endToEndFields } from "./header-filter.ts";
import { type LocationMapping, mapLocation } from "./location.ts";
import { type CookieMapping, mapSetCookie } from "./set-cookie.ts";

export interface AnswerMapping {
  /** `undefined`: locations stay as they are. */
  readonly location: LocationMapping | undefined;
  readonly cookie: CookieMapping;
}

/**
 * Up to this declared length content is read whole before the head goes out: then the client gets its length, which
 * Bun.serve drops from streams, and a back end that breaks off is a 502 and no torn answer. Bytes.
 */
export const WHOLE_MAX_BYTES = 65_536;

/** Rejects with a `Failure` when the answer cannot be passed on; it is cut then. */
export async function mapAnswer(
  method: string,
  answer: HttpAnswer,
  mapping: AnswerMapping,
  nowMs: number,
): Promise<Response> {
  const problem = findProblem(answer);
  if (problem !== undefined) {
    await answer.content?.cancel();
    throw new Failure("backend.protocol", problem);
  }
  const headers = mapFields(answer, mapping);
  // RFC 9110 §6.6.1: a recipient with a clock adds it. Bun adds it too, but not to answers to HEAD.
  if (!headers.has("date")) headers.set("date", new Date(nowMs).toUTCString());
  return new Response(await mapContent(method, answer, headers), { status: answer.status, headers });
}

function findProblem({ status, fields }: HttpAnswer): string | undefined {
  if (status < 200 || status > 599) return `the answer's status is ${status}`;
  const codings = fields
    .filter(([name]) => name.toLowerCase() === "transfer-encoding")
    .map(([, value]) => value);
  // RFC 9112 §7: a coding besides chunked was not asked for (TE), and would be lost on the way.
  const isPlain = codings.every((value) => value.trim().toLowerCase() === "chunked");
  return isPlain && codings.length < 2
    ? undefined
    : "the answer has a transfer coding that was not asked for";
}

function mapFields({ fields }: HttpAnswer, { location, cookie }: AnswerMapping): Headers {
  const headers = new Headers();
  for (const [name, value] of endToEndFields(fields)) {
    const lower = name.toLowerCase();
    let mapped = cleanValue(value);
    if (lower === "set-cookie") mapped = mapSetCookie(mapped, cookie);
    else if (location !== undefined && (lower === "location" || lower === "content-location")) {
      mapped = mapLocation(mapped, location);
    }
    headers.append(name, mapped);
  }
  return headers;
}

type Content = ReadableStream<Uint8Array> | null;

async function mapContent(method: string, answer: HttpAnswer, headers: Headers): Promise<Content> {
  const declared = headers.get("content-length");
  if (method === "HEAD") return declared === null ? nothingYet() : null;
  if (answer.content === undefined) return null;
  if (answer.status === 205) {
    // RFC 9110 §15.3.6: it has no content; the Fetch standard allows none either.
    await answer.content.cancel();
    return null;
  }
  if (declared === null || Number(declared) > WHOLE_MAX_BYTES) return answer.content;
  const whole = await new Response(answer.content).bytes();
  return whole.length === 0 ? null : streamOf(whole);
}

/**
 * Complete from the start, and smaller than its buffer: of such a stream Bun.serve keeps the length and, unlike of bytes,
 * invents no Content-Type.
 */
function streamOf(bytes: Uint8Array): ReadableStream<Uint8Array> {
  const source: UnderlyingDefaultSource<Uint8Array> = {
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  };
  return new ReadableStream(source, { highWaterMark: bytes.length + 1 });
}

/**
 * For the answer to a HEAD whose length is not known: without any body Bun.serve would say that it is 0
 * (RFC 9110 §8.6); of one that has not begun it says `chunked`, as a GET would.
 */
function nothingYet(): ReadableStream<Uint8Array> {
  return new ReadableStream({ pull: (controller) => controller.close() }, { highWaterMark: 0 });
}
