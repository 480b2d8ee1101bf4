import { expect, test } from "bun:test";
import { judgeCertificate } from "./certificates.ts";
import { CERTIFICATE, KEY, OTHER_KEY } from "./fake-certificates.ts";

const PATH = ["listen", 0, "tls"];
const pair = { certificate: "/c.pem", key: "/k.pem", names: [] };
const DURING_MS = Date.parse("2030-01-01");

function judge(files: Readonly<Record<string, string>>, nowMs = DURING_MS) {
  const readFile = (file: string): string => {
    const text = files[file];
    if (text === undefined) throw Object.assign(new Error("no such file"), { code: "ENOENT" });
    return text;
  };
  return judgeCertificate(pair, PATH, readFile, nowMs);
}

test("a certificate with its key is good", () => {
  expect(judge({ "/c.pem": CERTIFICATE, "/k.pem": KEY })).toEqual({ findings: [], warnings: [] });
});

test("each file that cannot be read is named", () => {
  expect(judge({}).findings).toEqual([
    { path: [...PATH, "certificate"], message: "cannot read /c.pem (ENOENT)" },
    { path: [...PATH, "key"], message: "cannot read /k.pem (ENOENT)" },
  ]);
  expect(judge({ "/c.pem": CERTIFICATE }).findings).toHaveLength(1);
});

test("what is no certificate, no key, or another's key is named", () => {
  expect(judge({ "/c.pem": KEY, "/k.pem": KEY }).findings).toEqual([
    { path: [...PATH, "certificate"], message: "/c.pem holds no PEM certificate" },
  ]);
  expect(judge({ "/c.pem": CERTIFICATE, "/k.pem": CERTIFICATE }).findings).toEqual([
    { path: [...PATH, "key"], message: "/k.pem holds no PEM private key without a password" },
  ]);
  expect(judge({ "/c.pem": CERTIFICATE, "/k.pem": OTHER_KEY }).findings).toEqual([
    { path: [...PATH, "key"], message: "/k.pem is not the key of /c.pem" },
  ]);
});

test("one that clients will refuse for its dates works, with a warning", () => {
  const files = { "/c.pem": CERTIFICATE, "/k.pem": KEY };
  expect(judge(files, Date.parse("2126-10-31T09:52:05Z"))).toEqual({
    findings: [],
    warnings: [{ path: [...PATH, "certificate"], message: "expired on Oct 31 09:52:04 2126 GMT" }],
  });
  expect(judge(files, Date.parse("2126-10-31T09:52:04Z")).warnings).toEqual([]);
  expect(judge(files, Date.parse("2026-11-24T09:52:03Z")).warnings).toEqual([
    { path: [...PATH, "certificate"], message: "is not valid before Nov 24 09:52:04 2026 GMT" },
  ]);
});
