// The shapes of every answer of the admin side: JSON, problems (RFC 9457), text. Each carries the headers that keep
// browsers from storing, guessing, framing or sharing it.
import { escapeInJson } from "../telemetry/text.ts";

const COMMON_HEADERS: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
};

/** The only statuses of problems, with the phrases of RFC 9110 §15. */
const PHRASES = {
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  500: "Internal Server Error",
  503: "Service Unavailable",
} as const;

/** A problem as RFC 9457 §3.1 has it. `type` is left out, which means `about:blank` (§4.2.1). */
export interface Problem {
  readonly status: keyof typeof PHRASES;
  /** A sentence on this one case. */
  readonly detail: string;
  /** Further members (§3.2). */
  readonly more?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

export function answerText(body: string, contentType: string): Response {
  return answer(200, body, contentType);
}

export function answerJson(value: unknown): Response {
  return answer(200, formatJson(value), "application/json");
}

export function answerProblem({ status, detail, more = {}, headers = {} }: Problem): Response {
  const body = formatJson({ title: PHRASES[status], status, detail, ...more });
  return answer(status, body, "application/problem+json", headers);
}

/** The same answer without its content, but with its length (RFC 9110 §9.3.2). */
export async function withoutBody(response: Response): Promise<Response> {
  const { byteLength } = await response.arrayBuffer();
  const headers = new Headers(response.headers);
  headers.set("content-length", String(byteLength));
  return new Response(null, { status: response.status, headers });
}

function answer(
  status: number,
  body: string,
  contentType: string,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(body, {
    status,
    headers: { ...COMMON_HEADERS, "content-type": contentType, ...headers },
  });
}

/** Indented, since it is mostly people with curl who look at it. */
function formatJson(value: unknown): string {
  return `${escapeInJson(JSON.stringify(value, null, 2))}\n`;
}
