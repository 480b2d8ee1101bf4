import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeClock } from "../../host/fake-clock.ts";
import { createFileTree } from "../../host/files.ts";
import { createErrorAnswers, ERROR_PAGE_MAX_BYTES } from "./error-answer.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "error-pages-"));
  writeFileSync(join(folder, "404.html"), "<h1>lost</h1>");
  writeFileSync(join(folder, "403.html"), "x".repeat(ERROR_PAGE_MAX_BYTES));
  writeFileSync(join(folder, "500.html"), "x".repeat(ERROR_PAGE_MAX_BYTES + 1));
});
afterAll(() => rmSync(folder, { recursive: true }));

const answers = () =>
  createErrorAnswers(createFileTree({ root: folder, symlinks: "follow", clock: new FakeClock() }), {
    a: "b",
  });

describe("an error", () => {
  test("is the page of its status, never stored, with the headers of all answers", async () => {
    const answer = await answers().answer("GET", 404, { "x-more": "1" });
    expect([answer.status, await answer.text()]).toEqual([404, "<h1>lost</h1>"]);
    expect(Object.fromEntries(answer.headers)).toEqual({
      a: "b",
      "x-more": "1",
      "cache-control": "no-store",
      "content-type": "text/html; charset=utf-8",
    });
  });

  test("is a sentence without a page, and with one that is larger than 64 KiB", async () => {
    expect((await (await answers().answer("GET", 403)).text()).length).toBe(ERROR_PAGE_MAX_BYTES);
    expect(await (await answers().answer("GET", 500)).text()).toBe("This could not be read.\n");
    expect(await (await createErrorAnswers(undefined, {}).answer("GET", 404)).text()).toBe(
      "There is nothing here.\n",
    );
  });

  test("has its length for HEAD, and no content (RFC 9110 §9.3.2)", async () => {
    const page = await answers().answer("HEAD", 404);
    expect([page.headers.get("content-length"), await page.text()]).toEqual(["13", ""]);
    expect((await answers().answer("HEAD", 412)).headers.get("content-length")).toBe("18");
  });
});
