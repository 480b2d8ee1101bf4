import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CertificateError, readCertificates } from "./certificates.ts";

let folder: string;
const file = (name: string) => join(folder, name);

function makePair(name: string, names: string): void {
  const made = spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"],
    ...["-subj", "/CN=test", "-addext", `subjectAltName=${names}`],
    ...["-keyout", file(`${name}.key`), "-out", file(`${name}.crt`)],
  ]);
  if (made.status !== 0) throw new Error(made.stderr.toString());
}

const pair = (name: string, names: string[] = []) => ({
  certificate: file(`${name}.crt`),
  key: file(`${name}.key`),
  names,
});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-certificates-"));
  makePair("a", "DNS:a.example,DNS:*.a.example,IP:127.0.0.1");
  makePair("b", "DNS:b.example");
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("certificates", () => {
  test("serve the names in them, and the first serves all other names", () => {
    const { tls } = readCertificates([pair("a"), pair("b")]);
    expect(tls.map(({ serverName }) => serverName)).toEqual([
      undefined,
      "a.example",
      "*.a.example",
      "b.example",
    ]);
  });

  test("serve the configured names instead, where there are some", () => {
    const { tls } = readCertificates([pair("a"), pair("b", ["c.example"])]);
    expect(tls.at(-1)?.serverName).toBe("c.example");
  });

  test("have another fingerprint when a file changes, and the same when none does", () => {
    copyFileSync(file("a.crt"), file("x.crt"));
    copyFileSync(file("a.key"), file("x.key"));
    const before = readCertificates([pair("x")]).fingerprint;
    expect(readCertificates([pair("x")]).fingerprint).toBe(before);
    copyFileSync(file("b.crt"), file("x.crt"));
    copyFileSync(file("b.key"), file("x.key"));
    expect(readCertificates([pair("x")]).fingerprint).not.toBe(before);
  });

  test("that cannot be used are refused with the file and the reason", () => {
    writeFileSync(file("junk"), "junk");
    const tryPair = (certificate: string, key: string) => () =>
      readCertificates([{ certificate, key, names: [] }]);
    expect(tryPair(file("none"), file("a.key"))).toThrow(new CertificateError(`cannot read ${file("none")}`));
    expect(tryPair(file("junk"), file("a.key"))).toThrow(`${file("junk")} holds no PEM certificate`);
    expect(tryPair(file("a.crt"), file("junk"))).toThrow(`${file("junk")} holds no PEM private key`);
    expect(tryPair(file("a.crt"), file("b.key"))).toThrow(
      `${file("b.key")} is not the key of ${file("a.crt")}`,
    );
  });
});
