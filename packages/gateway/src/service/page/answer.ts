// Answers for the gateway's own pages: texts that are part of the program, with the headers that keep a page from
// running or loading anything else. Serves no files of the operator's.
import { createHash } from "node:crypto";
import { FAILURES, type FailureCode, UsageError } from "../../failure.ts";

const MEDIA_TYPES = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
} as const;

export interface PageFile {
  readonly text: string;
  readonly kind: keyof typeof MEDIA_TYPES;
  /** Default 200. */
  readonly status?: number;
}

/**
 * Scripts, styles and pictures from the page's own origin only, connections to it alone, no frames around it.
 * `'self'` covers WebSocket connections to the same host and port (CSP 3 §6.7.2.8).
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const COMMON_HEADERS = {
  "x-content-type-options": "nosniff",
  "referrer-policy": "same-origin",
} as const;

/** A file, with what can be said of it once for all requests. */
export interface PageAnswer {
  answer(request: Request): Response;
}

/** The answer is not stored by caches without asking (`no-cache`), and asking costs no body while nothing changed. */
export function createPageAnswer({ text, kind, status = 200 }: PageFile): PageAnswer {
  const etag = `"${createHash("sha256").update(text).digest("base64url").slice(0, 22)}"`;
  const headers: Record<string, string> = {
    ...COMMON_HEADERS,
    "content-type": MEDIA_TYPES[kind],
    "cache-control": status === 200 ? "no-cache" : "no-store",
  };
  if (status === 200) headers.etag = etag;
  if (kind === "html") headers["content-security-policy"] = CONTENT_SECURITY_POLICY;
  return {
    answer(request) {
      if (request.method !== "GET" && request.method !== "HEAD") return answerMethod("GET, HEAD");
      // RFC 9110 §13.1.2: a weak comparison of a list, and one entry is enough.
      const known = request.headers.get("if-none-match") ?? "";
      if (status === 200 && known.split(",").some((one) => one.trim().replace(/^W\//, "") === etag)) {
        return new Response(null, { status: 304, headers });
      }
      return new Response(request.method === "HEAD" ? null : text, {
        status,
        headers:
          request.method === "HEAD" ? { ...headers, "content-length": `${byteLength(text)}` } : headers,
      });
    },
  };
}

/** One sentence, for people and programs that did not ask for a page. */
export function answerFailure(code: FailureCode, headers: Readonly<Record<string, string>> = {}): Response {
  const { httpStatus, message } = FAILURES[code];
  return new Response(`${message}\n`, {
    status: httpStatus,
    headers: {
      ...COMMON_HEADERS,
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      ...headers,
    },
  });
}

/** RFC 9110 §15.5.6: 405 names the methods that would do. */
export function answerMethod(allowed: string): Response {
  return answerFailure("method.unsupported", { allow: allowed });
}

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** For text and for attribute values in quotes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? "");
}

/** Puts escaped values in place of `{{name}}`. A place without a value is a bug. */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{\{([a-zA-Z]+)\}\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new UsageError(`the page has a place "${name}" and no value for it`);
    return escapeHtml(value);
  });
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}
