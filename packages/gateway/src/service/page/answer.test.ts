import { describe, expect, test } from "bun:test";
import { UsageError } from "../../failure.ts";
import { answerFailure, answerMethod, createPageAnswer, escapeHtml, fillTemplate } from "./answer.ts";

const ask = (method = "GET", headers: Record<string, string> = {}) =>
  new Request("http://h/", { method, headers });

describe("a page's answer", () => {
  const page = createPageAnswer({ text: "<p>Grüße</p>", kind: "html" });

  test("carries the text, its type and a policy that lets nothing foreign in", async () => {
    const response = page.answer(ask());
    expect([response.status, await response.text()]).toEqual([200, "<p>Grüße</p>"]);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    const policy = response.headers.get("content-security-policy") ?? "";
    expect(policy).toStartWith("default-src 'none'; ");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|data:/);
  });

  test("has a policy only where there is a document", () => {
    const script = createPageAnswer({ text: "x", kind: "js" }).answer(ask());
    expect(script.headers.get("content-security-policy")).toBeNull();
    expect(script.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  });

  test("to HEAD has the same headers and no body", async () => {
    const response = page.answer(ask("HEAD"));
    expect([response.status, await response.text()]).toEqual([200, ""]);
    expect(response.headers.get("content-length")).toBe("14");
    expect(response.headers.get("etag")).toBe(page.answer(ask()).headers.get("etag"));
  });

  test("is 304 for who has it (RFC 9110 §13.1.2)", async () => {
    const etag = page.answer(ask()).headers.get("etag") ?? "";
    expect(etag).toMatch(/^"[\w-]{22}"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const response = page.answer(ask("GET", { "if-none-match": known }));
      expect([known, response.status, await response.text()]).toEqual([known, 304, ""]);
      expect(response.headers.get("etag")).toBe(etag);
    }
    expect(page.answer(ask("GET", { "if-none-match": '"other"' })).status).toBe(200);
  });

  test("changes its tag with the text", () => {
    const other = createPageAnswer({ text: "<p>Gruß</p>", kind: "html" }).answer(ask());
    expect(other.headers.get("etag")).not.toBe(page.answer(ask()).headers.get("etag"));
  });

  test("with another status is neither tagged nor stored", () => {
    const response = createPageAnswer({ text: "x", kind: "html", status: 404 }).answer(
      ask("GET", { "if-none-match": "*" }),
    );
    expect([response.status, response.headers.get("etag")]).toEqual([404, null]);
    expect(response.headers.get("cache-control")).toBe("no-store");
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS"])("to %s is 405 and says what would do", (method) => {
    const response = page.answer(ask(method));
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"]);
  });
});

test("a failure is its one sentence as plain text", async () => {
  const response = answerFailure("path.unknown", { "retry-after": "5" });
  expect([response.status, await response.text()]).toEqual([404, "No service has this path.\n"]);
  expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(response.headers.get("retry-after")).toBe("5");
  expect(answerMethod("POST").headers.get("allow")).toBe("POST");
});

describe("a template", () => {
  test("gets every value escaped, for text and quoted attributes", () => {
    const filled = fillTemplate('<a title="{{a}}">{{b}}{{a}}</a>', { a: `"'<>&`, b: "$& {{a}}" });
    expect(filled).toBe('<a title="&quot;&#39;&lt;&gt;&amp;">$&amp; {{a}}&quot;&#39;&lt;&gt;&amp;</a>');
  });

  test("without a value for one of its places is a bug", () => {
    expect(() => fillTemplate("{{a}}", {})).toThrow(UsageError);
  });
});

test("escapes nothing that needs no escape", () => {
  expect(escapeHtml("Grüße, 1 = 1")).toBe("Grüße, 1 = 1");
});
