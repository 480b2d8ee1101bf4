// Certificates from files: read, checked as pairs, put in the order that TLS wants, and looked at again for changes.
import { createHash, type X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { TLSOptions } from "bun";
import { checkPair } from "../config/certificates.ts";
import type { CertificateSettings } from "../config/gateway.ts";

/** The operator's files are not usable; the message names the file and says why. */
export class CertificateError extends Error {
  override readonly name = "CertificateError";
}

export interface CertificateSet {
  /** For `Bun.serve`: the first entry serves all names that no other one has. */
  readonly tls: TLSOptions[];
  /** Changes when a file does. */
  readonly fingerprint: string;
}

/** Throws `CertificateError`. Files are small and read at start and reload only, hence synchronous. */
export function readCertificates(settings: readonly CertificateSettings[]): CertificateSet {
  const hash = createHash("sha256");
  const tls = settings.flatMap((pair, index) => {
    const cert = readPem(pair.certificate);
    const key = readPem(pair.key);
    hash.update(cert).update(key);
    const checked = checkPair(pair, cert, key);
    if ("message" in checked) throw new CertificateError(checked.message);
    const names = pair.names.length > 0 ? pair.names : certificateNames(checked.certificate);
    const entries: TLSOptions[] = names.map((serverName) => ({ cert, key, serverName }));
    // Bun takes the entry without a name for every name that has no entry of its own.
    return index === 0 ? [{ cert, key }, ...entries] : entries;
  });
  return { tls, fingerprint: hash.digest("hex") };
}

export interface CertificateUser {
  certificates: CertificateSet | undefined;
  readonly isListening: boolean;
  /** Closes and opens again, with `certificates`. */
  reopen(): void;
}

/** `false`: nothing had changed. Throws `CertificateError`, and then the old ones are in use as before. */
export function exchangeCertificates(
  user: CertificateUser,
  settings: readonly CertificateSettings[],
): boolean {
  const before = user.certificates;
  const fresh = readCertificates(settings);
  if (fresh.fingerprint === before?.fingerprint) return false;
  user.certificates = fresh;
  if (!user.isListening) return true;
  try {
    user.reopen();
  } catch (cause) {
    user.certificates = before;
    user.reopen();
    throw new CertificateError("the host does not take the certificates", { cause });
  }
  return true;
}

function readPem(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new CertificateError(`cannot read ${file}`, { cause });
  }
}

function certificateNames(certificate: X509Certificate): string[] {
  return (certificate.subjectAltName ?? "")
    .split(", ")
    .filter((name) => name.startsWith("DNS:"))
    .map((name) => name.slice(4).toLowerCase());
}
