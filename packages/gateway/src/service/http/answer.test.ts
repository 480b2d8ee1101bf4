import { describe, expect, test } from "bun:test";
import { Failure } from "../../failure.ts";
import type { HttpAnswer, HttpField } from "../../host/http-exchange.ts";
import { type AnswerMapping, mapAnswer, WHOLE_MAX_BYTES } from "./answer.ts";

const AS_IT_IS: AnswerMapping = { location: undefined, cookie: { domain: "keep", path: undefined } };

function contentOf(text: string, failure?: Failure) {
  const seen = { cancelled: false };
  const source: UnderlyingDefaultSource<Uint8Array> = {
    start(controller) {
      if (text !== "") controller.enqueue(new TextEncoder().encode(text));
    },
    pull(controller) {
      if (failure === undefined) controller.close();
      else controller.error(failure);
    },
    cancel() {
      seen.cancelled = true;
    },
  };
  return { seen, stream: new ReadableStream(source) };
}

const map = (
  status: number,
  fields: HttpField[],
  content: HttpAnswer["content"],
  method = "GET",
  nowMs = 0,
) => mapAnswer(method, { status, fields, content }, AS_IT_IS, nowMs);

describe("an answer", () => {
  test("has a date, its own or the time of its coming (RFC 9110 §6.6.1)", async () => {
    expect((await map(204, [], undefined)).headers.get("date")).toBe("Thu, 01 Jan 1970 00:00:00 GMT");
    expect((await map(204, [["Date", "x"]], undefined)).headers.get("date")).toBe("x");
  });

  for (const [status, fields] of [
    [100, []],
    [199, []],
    [600, []],
    [0, []],
    [200, [["Transfer-Encoding", "gzip, chunked"]]],
    [200, [["Transfer-Encoding", "gzip"]]],
    [
      200,
      [
        ["Transfer-Encoding", "chunked"],
        ["Transfer-Encoding", "chunked"],
      ],
    ],
  ] as [number, HttpField[]][]) {
    test(`of ${status} ${JSON.stringify(fields)} cannot be passed on, and is cut`, async () => {
      const { seen, stream } = contentOf("");
      const mapped = map(status, fields, stream);
      await expect(mapped).rejects.toMatchObject({ code: "backend.protocol" });
      expect(seen.cancelled).toBe(true);
    });
  }

  test("may have a status from 200 to 599, and be chunked in any case", async () => {
    expect((await map(200, [["transfer-encoding", "Chunked"]], undefined)).status).toBe(200);
    expect((await map(599, [], undefined)).status).toBe(599);
  });

  test("of up to 64 KiB is read whole, so that one that breaks is a failure", async () => {
    const failure = new Failure("backend.reset");
    const broken = map(200, [["Content-Length", String(WHOLE_MAX_BYTES)]], contentOf("half", failure).stream);
    expect(await broken.catch((error: unknown) => error)).toBe(failure);
    const large = await map(
      200,
      [["Content-Length", String(WHOLE_MAX_BYTES + 1)]],
      contentOf("half", failure).stream,
    );
    expect(await large.text().catch((error: unknown) => error)).toBe(failure);
  });

  test("of unknown length is not waited for", async () => {
    const never = new ReadableStream<Uint8Array>({ pull: () => new Promise(() => {}) });
    expect((await map(200, [], never)).status).toBe(200);
  });

  test("205 has no content, whatever the back end says (RFC 9110 §15.3.6)", async () => {
    const { seen, stream } = contentOf("x");
    expect((await map(205, [], stream)).body).toBeNull();
    expect(seen.cancelled).toBe(true);
  });

  test("has no control characters in its fields (RFC 9110 §5.5)", async () => {
    expect((await map(204, [["X", "a\u0001b"]], undefined)).headers.get("x")).toBe("a b");
  });
});
