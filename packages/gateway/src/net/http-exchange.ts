// A plain HTTP exchange of node:http as the standard Request and Response that services know. Only for the drafts'
// listener: Bun.serve speaks them itself.
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";

/** `signal` ends with the client. A body of more than `bodyMaxBytes` breaks off. */
export function toRequest(
  message: IncomingMessage,
  { origin, bodyMaxBytes, signal }: { origin: string; bodyMaxBytes: number; signal: AbortSignal },
): Request {
  const method = message.method ?? "GET";
  const headers = new Headers();
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) {
    headers.append(message.rawHeaders[index] ?? "", message.rawHeaders[index + 1] ?? "");
  }
  const hasBody = method !== "GET" && method !== "HEAD";
  const target = message.url?.startsWith("/") === true ? message.url : "/";
  return new Request(`${origin}${target}`, {
    method,
    headers,
    signal,
    ...(hasBody ? { body: limitBody(message, bodyMaxBytes), duplex: "half" } : {}),
  });
}

/** The length that the head states, where it does; what comes is counted besides. */
export function statesTooMuch(message: IncomingMessage, bodyMaxBytes: number): boolean {
  return Number(message.headers["content-length"] ?? 0) > bodyMaxBytes;
}

function limitBody(message: IncomingMessage, bodyMaxBytes: number): ReadableStream {
  let received = 0;
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      received += chunk.length;
      if (received > bodyMaxBytes) controller.error(new RangeError("the body is too large"));
      else controller.enqueue(chunk);
    },
  });
  // node:stream/web and the global stream are the same object at run time and two types on paper.
  return (Readable.toWeb(message) as unknown as ReadableStream).pipeThrough(counting);
}

/** Resolves when the response is written or its reader has gone. */
export async function writeResponse(response: Response, out: ServerResponse): Promise<void> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of response.headers) if (name !== "set-cookie") headers[name] = value;
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) headers["set-cookie"] = cookies;
  out.writeHead(response.status, headers);
  const reader = response.body?.getReader();
  const left = new Promise<void>((resolve) => {
    out.once("close", () => {
      // A body that has nothing to say for a while would not notice that nobody listens.
      void reader?.cancel();
      resolve();
    });
  });
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
    if (out.destroyed) break;
    if (!out.write(part.value))
      await Promise.race([new Promise((resolve) => out.once("drain", resolve)), left]);
  }
  if (out.destroyed) await reader?.cancel();
  out.end();
}
