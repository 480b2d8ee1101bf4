// Whether a certificate and a key can be used together, judged from the text of their files, before a listener needs
// them. The listener reads them itself.
import { createPrivateKey, X509Certificate } from "node:crypto";
import type { CertificateSettings } from "./gateway.ts";
import type { Finding, Path } from "./source.ts";

/** Reads a text file; throws as `node:fs` does. */
export type ReadFile = (file: string) => string;

export interface CertificateVerdict {
  readonly findings: readonly Finding[];
  /** Works, but clients will refuse it. */
  readonly warnings: readonly Finding[];
}

/** `nowMs` since 1970, for the dates of the certificate. */
export function judgeCertificate(
  pair: CertificateSettings,
  path: Path,
  readFile: ReadFile,
  nowMs: number,
): CertificateVerdict {
  const certificateText = read(pair.certificate, [...path, "certificate"], readFile);
  const keyText = read(pair.key, [...path, "key"], readFile);
  if ("finding" in certificateText || "finding" in keyText) {
    return refused(...[certificateText, keyText].flatMap((one) => ("finding" in one ? [one.finding] : [])));
  }
  const checked = checkPair(pair, certificateText.text, keyText.text);
  if ("message" in checked) return refused({ path: [...path, checked.option], message: checked.message });
  return { findings: [], warnings: judgeDates(checked.certificate, [...path, "certificate"], nowMs) };
}

export type PairVerdict =
  | { readonly certificate: X509Certificate }
  /** `option`: which of the two files is to blame. */
  | { readonly option: "certificate" | "key"; readonly message: string };

/** Whether the two texts are a certificate and its key. */
export function checkPair(pair: CertificateSettings, certificateText: string, keyText: string): PairVerdict {
  const certificate = attempt(() => new X509Certificate(certificateText));
  if (certificate === undefined) {
    return { option: "certificate", message: `${pair.certificate} holds no PEM certificate` };
  }
  const key = attempt(() => createPrivateKey(keyText));
  if (key === undefined) {
    return { option: "key", message: `${pair.key} holds no PEM private key without a password` };
  }
  if (certificate.checkPrivateKey(key)) return { certificate };
  return { option: "key", message: `${pair.key} is not the key of ${pair.certificate}` };
}

function refused(...findings: readonly Finding[]): CertificateVerdict {
  return { findings, warnings: [] };
}

function judgeDates(certificate: X509Certificate, path: Path, nowMs: number): readonly Finding[] {
  const { validFrom, validTo } = certificate;
  if (Date.parse(validTo) < nowMs) return [{ path, message: `expired on ${validTo}` }];
  return Date.parse(validFrom) > nowMs ? [{ path, message: `is not valid before ${validFrom}` }] : [];
}

function read(file: string, path: Path, readFile: ReadFile): { text: string } | { finding: Finding } {
  try {
    return { text: readFile(file) };
  } catch (error) {
    return { finding: { path, message: `cannot read ${file} (${errorCode(error)})` } };
  }
}

/** The system's name of what went wrong, such as `ENOENT`. */
export function errorCode(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : "unreadable";
}

/** The library tells only by throwing whether a text is what it should be. */
function attempt<Value>(make: () => Value): Value | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
