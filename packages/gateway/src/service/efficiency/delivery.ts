// How the messages of a run reach the page over HTTP: by poll, long poll and server-sent events; and how the page's
// own arrive by POST. Each reader gets every message once, as long as it is not further behind than the feed keeps.
import type { Clock, Timer } from "../../host/clock.ts";
import { answerFailure, answerMethod } from "../page/answer.ts";
import { FEED_LIMITS, type Feed } from "./feed.ts";
import type { Technique } from "./route.ts";
import { noteArrival, type Run } from "./run-store.ts";
import type { HalfTally } from "./tally.ts";

/** Milliseconds that a long poll waits before it answers that there is nothing. */
const LONG_POLL_MS = 25_000;
/** Bytes that one event stream may hold for a reader that is behind. Then the feed keeps the messages, as far as it does. */
const STREAM_PENDING_BYTES = 65_536;

export type HttpTechnique = Exclude<Technique, "websocket">;

export interface DeliveryContext {
  readonly run: Run;
  readonly clock: Clock;
}

export function respondTechnique(
  technique: HttpTechnique,
  request: Request,
  query: string,
  context: DeliveryContext,
): Response | Promise<Response> {
  if (request.method === "POST") return receive(technique, request, context);
  if (request.method !== "GET") return answerMethod("GET, POST");
  const after = parseAfter(query, request.headers.get("last-event-id"));
  if (after === undefined) return answerFailure("handshake.invalid");
  if (technique === "sse") return streamEvents(after, context);
  if (technique === "poll") return collect(after, context.run, context.run.tally.techniques.poll.toPage);
  return longPoll(after, request.signal, context);
}

/** The number of the last message that the reader has; `undefined` when it is not a number. */
function parseAfter(query: string, lastEventId: string | null): number | undefined {
  const text = lastEventId ?? new URLSearchParams(query).get("after") ?? "0";
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function countMessages(half: HalfTally, count: number, feed: Feed): void {
  half.messages += count;
  half.payloadBytes += count * feed.text.length;
}

function collect(after: number, run: Run, half: HalfTally): Response {
  const { next, count } = run.feed.backlog(after);
  countMessages(half, count, run.feed);
  const body = JSON.stringify({ next, messages: new Array<string>(count).fill(run.feed.text) });
  return new Response(body, {
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  });
}

function longPoll(
  after: number,
  signal: AbortSignal,
  { run, clock }: DeliveryContext,
): Response | Promise<Response> {
  const { feed } = run;
  const half = run.tally.techniques["long-poll"].toPage;
  if (!feed.isRunning || feed.backlog(after).count > 0) return collect(after, run, half);
  return new Promise((resolve) => {
    let timer: Timer | undefined;
    const settle = (): void => {
      unlisten?.();
      timer?.cancel();
      signal.removeEventListener("abort", settle);
      resolve(signal.aborted ? new Response(null, { status: 204 }) : collect(after, run, half));
    };
    const unlisten = feed.listen({ made: settle, ended: settle });
    if (unlisten === undefined) {
      resolve(answerFailure("limit.connections"));
      return;
    }
    timer = clock.after(LONG_POLL_MS, settle);
    signal.addEventListener("abort", settle);
  });
}

function streamEvents(after: number, { run }: DeliveryContext): Response {
  const { feed } = run;
  // An EventSource takes 204 for: do not come back.
  if (!feed.isRunning) return new Response(null, { status: 204 });
  const half = run.tally.techniques.sse.toPage;
  const encoder = new TextEncoder();
  let cursor = after;
  let unlisten: (() => void) | undefined;
  const flush = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    if ((controller.desiredSize ?? 0) <= 0) return;
    const { first, next, count } = feed.backlog(cursor);
    if (count === 0) return;
    cursor = next;
    countMessages(half, count, feed);
    controller.enqueue(encoder.encode(formatEvents(first, count, feed.text)));
  };
  const stream = new ReadableStream<Uint8Array>(
    {
      start(controller) {
        unlisten = feed.listen({
          made: () => flush(controller),
          ended() {
            unlisten?.();
            flush(controller);
            controller.close();
          },
        });
      },
      pull: flush,
      cancel: () => unlisten?.(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: STREAM_PENDING_BYTES }),
  );
  if (unlisten === undefined) return answerFailure("limit.connections");
  return new Response(stream, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
  });
}

/** HTML standard §9.2.6. The text is one line. */
function formatEvents(first: number, count: number, text: string): string {
  let events = "";
  for (let number = first; number < first + count; number++) events += `id: ${number}\ndata: ${text}\n\n`;
  return events;
}

async function receive(
  technique: HttpTechnique,
  request: Request,
  { run, clock }: DeliveryContext,
): Promise<Response> {
  const half = run.tally.techniques[technique].toServer;
  const { sizeMaxBytes } = FEED_LIMITS;
  if (Number(request.headers.get("content-length") ?? 0) > sizeMaxBytes)
    return answerFailure("message.too_big");
  const body = await request.arrayBuffer();
  if (body.byteLength > sizeMaxBytes) return answerFailure("message.too_big");
  noteArrival(run, technique, clock.monotonicMs());
  half.messages++;
  half.payloadBytes += body.byteLength;
  return new Response(null, { status: 204, headers: { "cache-control": "no-store" } });
}
