// Answers that are not a file: one sentence, or the operator's page for that status.
import { type FileTree, READ_MAX_BYTES } from "../../host/files.ts";

const SENTENCES = {
  403: "This may not be read.",
  404: "There is nothing here.",
  405: "Only GET and HEAD are answered here.",
  412: "This has changed.",
  416: "This has no such part.",
  500: "This could not be read.",
  503: "The gateway is busy.",
} as const;

export type ErrorStatus = keyof typeof SENTENCES;

/** A larger page is not used, so that every one is read into memory and sent from there. Bytes. */
export const ERROR_PAGE_MAX_BYTES = READ_MAX_BYTES;

export interface ErrorAnswers {
  answer(method: string, status: ErrorStatus, headers?: Readonly<Record<string, string>>): Promise<Response>;
}

/** `pages` holds files named `404.html`; a status without one gets a sentence. `common` goes on every answer. */
export function createErrorAnswers(
  pages: FileTree | undefined,
  common: Readonly<Record<string, string>>,
): ErrorAnswers {
  return {
    async answer(method, status, headers = {}) {
      const page = await openPage(pages, status);
      const all = new Headers({ ...common, "cache-control": "no-store", ...headers });
      all.set("content-type", page === undefined ? "text/plain; charset=utf-8" : "text/html; charset=utf-8");
      const text = `${SENTENCES[status]}\n`;
      if (method === "HEAD") {
        page?.close();
        // RFC 9110 §8.6: the length that GET would have. Bun would write 0.
        all.set("content-length", String(page?.sizeBytes ?? text.length));
        return new Response(null, { status, headers: all });
      }
      const body = page === undefined ? text : await page.takeBody(0, page.sizeBytes);
      return new Response(body, { status, headers: all });
    },
  };
}

async function openPage(pages: FileTree | undefined, status: ErrorStatus) {
  const page = await pages?.open([`${status}.html`]);
  if (page === undefined || !("kind" in page) || page.kind !== "file") return undefined;
  if (page.sizeBytes <= ERROR_PAGE_MAX_BYTES) return page;
  page.close();
  return undefined;
}
