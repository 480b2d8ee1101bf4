import { describe, expect, test } from "bun:test";
import { answerJson, answerProblem, answerText, withoutBody } from "./answer.ts";

describe("answers", () => {
  const answers = {
    json: answerJson({}),
    problem: answerProblem({ status: 404, detail: "x" }),
    text: answerText("x", "text/plain"),
  };
  test.each(Object.entries(answers))(
    "of kind %s are not stored, guessed at, framed or shared",
    (_, { headers }) => {
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect([...headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    },
  );

  test("with a problem have the members and the type of RFC 9457 §3", async () => {
    const answer = answerProblem({
      status: 422,
      detail: "No.",
      more: { problems: ["a"] },
      headers: { allow: "GET" },
    });
    expect(answer.status).toBe(422);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.headers.get("allow")).toBe("GET");
    expect(await answer.json()).toEqual({
      title: "Unprocessable Content",
      status: 422,
      detail: "No.",
      problems: ["a"],
    });
  });

  test("with JSON can be looked at on a terminal, whatever a client sent", async () => {
    const body = await answerJson({ origin: "\u009b31m\u202e" }).text();
    expect(body).toBe('{\n  "origin": "\\u009b31m\\u202e"\n}\n');
  });

  test("to HEAD have the length of the content and not the content (RFC 9110 §9.3.2)", async () => {
    const head = await withoutBody(answerText("déjà", "text/plain"));
    expect(head.headers.get("content-length")).toBe("6");
    expect(head.headers.get("content-type")).toBe("text/plain");
    expect(await head.text()).toBe("");
  });
});
