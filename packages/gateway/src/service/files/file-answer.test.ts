import { describe, expect, test } from "bun:test";
import { type OpenFile, READ_MAX_BYTES } from "../../host/files.ts";
import { createErrorAnswers } from "./error-answer.ts";
import { answerFile, type FileDescription } from "./file-answer.ts";

const NOW = Date.UTC(2026, 0, 2);

/** A file that notes what was done with it. */
function createFile(content: string) {
  const done: string[] = [];
  const file: OpenFile = {
    kind: "file",
    sizeBytes: content.length,
    modifiedMs: NOW - 60_000,
    takeBody: async (start, end) => {
      done.push(`body ${start}-${end}`);
      return end - start > READ_MAX_BYTES
        ? new Blob([content.slice(start, end)])
        : new TextEncoder().encode(content.slice(start, end));
    },
    takeStream: () => {
      done.push("stream");
      return new Response(content).body ?? new ReadableStream();
    },
    close: () => void done.push("close"),
  };
  return { file, done };
}

const ABOUT: FileDescription = {
  mediaType: "text/plain",
  cacheControl: "no-cache",
  coding: "",
  isNegotiated: false,
};

async function ask(content: string, headers: Record<string, string> = {}, method = "GET", about = ABOUT) {
  const { file, done } = createFile(content);
  const context = { nowMs: NOW, common: { "x-common": "1" }, errors: createErrorAnswers(undefined, {}) };
  const request = new Request("http://gateway.example/a", { method, headers });
  return { done, response: await answerFile(request, file, about, context) };
}

describe("the answer that is a file", () => {
  const large = "x".repeat(READ_MAX_BYTES + 1);
  const table: [string, string, Record<string, string>, string, number, string[]][] = [
    ["whole", "0123", {}, "GET", 200, ["body 0-4"]],
    ["a part", "0123", { range: "bytes=1-2" }, "GET", 206, ["body 1-3"]],
    ["no part of it", "0123", { range: "bytes=4-" }, "GET", 416, ["close"]],
    ["known already", "0123", { "if-none-match": "*" }, "GET", 304, ["close"]],
    ["another by now", "0123", { "if-match": '"x"' }, "GET", 412, ["close"]],
    ["only asked about", "0123", { range: "bytes=1-2" }, "HEAD", 200, ["close"]],
    ["large", large, {}, "GET", 200, [`body 0-${large.length}`]],
    ["large, with a range that is ignored", large, { range: "bytes=0-1,2-3" }, "GET", 200, ["stream"]],
    ["small, with a range that is ignored", "0123", { range: "bytes=0-1,2-3" }, "GET", 200, ["body 0-4"]],
  ];
  for (const [name, content, headers, method, status, done] of table) {
    test(`${name}: ${status}, and the file is taken or closed, once`, async () => {
      const asked = await ask(content, headers, method);
      expect([asked.response.status, asked.done]).toEqual([status, done]);
    });
  }

  test("says in which form it comes, and that there are others", async () => {
    const { response } = await ask("0123", {}, "GET", { ...ABOUT, coding: "br", isNegotiated: true });
    expect([response.headers.get("content-encoding"), response.headers.get("vary")]).toEqual([
      "br",
      "accept-encoding",
    ]);
    expect(response.headers.get("etag")).toEndWith('-br"');
    const { headers } = (await ask("0123")).response;
    expect([headers.get("content-encoding"), headers.get("vary"), headers.get("x-common")]).toEqual([
      null,
      null,
      "1",
    ]);
  });

  test("hides the name that a large body stands on (RFC 6266 §4.2)", async () => {
    expect((await ask(large)).response.headers.get("content-disposition")).toBe("inline");
    expect((await ask("0123")).response.headers.get("content-disposition")).toBeNull();
  });
});
