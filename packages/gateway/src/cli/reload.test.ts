import { expect, test } from "bun:test";
import { FakeParts } from "./fake-parts.ts";

function partsWith(answer: () => Response): FakeParts {
  return Object.assign(new FakeParts(), { answer });
}

test("asks the admin side, and says what changed", async () => {
  const parts = partsWith(() => Response.json({ applied: true, changes: ["service /a added"] }));
  expect(await parts.run("reload", "--admin", "http://127.0.0.1:9001/")).toBe(0);
  expect(parts.requests).toEqual(["POST http://127.0.0.1:9001/api/v1/reload"]);
  expect(parts.output).toBe("service /a added\nReloaded.\n");
});

test("says when nothing changed", async () => {
  const parts = partsWith(() => Response.json({ applied: true, changes: [] }));
  expect(await parts.run("reload")).toBe(0);
  expect(parts.requests).toEqual(["POST http://127.0.0.1:8001/api/v1/reload"]);
  expect(parts.output).toBe("Reloaded; nothing changed.\n");
});

test("says why nothing was changed, whatever the status", async () => {
  const parts = partsWith(() =>
    Response.json({ applied: false, problems: ["sluice.yaml:1:1: is empty"] }, { status: 422 }),
  );
  expect(await parts.run("reload")).toBe(3);
  expect(parts.errors).toBe("sluice.yaml:1:1: is empty\nNot reloaded; the gateway goes on as it was.\n");
});

test("says when nobody answers", async () => {
  const parts = partsWith(() => {
    throw Object.assign(new Error("refused"), { code: "ConnectionRefused" });
  });
  expect(await parts.run("reload")).toBe(1);
  expect(parts.errors).toStartWith("sluice: no gateway answers at http://127.0.0.1:8001; is it running");
});

test("says when the answer is late", async () => {
  const parts = partsWith(() => {
    throw new DOMException("late", "TimeoutError");
  });
  expect(await parts.run("reload")).toBe(1);
  expect(parts.errors).toBe("sluice: http://127.0.0.1:8001 did not answer within 60 s\n");
});

test.each([
  () => new Response("<html>", { status: 404 }),
  () => Response.json(["x"]),
  () => Response.json({ applied: true }),
  () => Response.json({ applied: false, problems: [1] }),
])("takes no other program for a gateway (%#)", async (answer) => {
  const parts = partsWith(answer);
  expect(await parts.run("reload")).toBe(1);
  expect(parts.errors).toContain("it is no admin side of Sluice");
});

test("an address that is none is a mistake of the command line", async () => {
  const parts = new FakeParts();
  expect(await parts.run("reload", "--admin", "localhost:8001")).toBe(2);
  expect(parts.errors).toContain("Write an address such as http://127.0.0.1:8001.");
  expect(parts.requests).toEqual([]);
});
