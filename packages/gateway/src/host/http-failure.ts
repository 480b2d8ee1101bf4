// What went wrong between the gateway and an HTTP back end, as a failure code. Judges codes, never texts.
import type { FailureCode } from "../failure.ts";

/** How far an exchange had come. `securing`: TCP is there and TLS is not. */
export type HttpStage = "connecting" | "securing" | "waiting" | "answered";

const CODES: Readonly<Record<string, FailureCode>> = {
  ECONNREFUSED: "backend.refused",
  ENOTFOUND: "backend.unresolved",
  EAI_AGAIN: "backend.unresolved",
  EAI_FAIL: "backend.unresolved",
  EAI_NODATA: "backend.unresolved",
  EAI_NONAME: "backend.unresolved",
  DNS_ENOTFOUND: "backend.unresolved",
  DNS_ENODATA: "backend.unresolved",
  ETIMEDOUT: "backend.timeout",
  ECONNRESET: "backend.reset",
  ECONNABORTED: "backend.reset",
  EPIPE: "backend.reset",
  ERR_SOCKET_CLOSED: "backend.reset",
};

/** The system's or the parser's code of an error; `unknown cause` when it has none. */
export function systemCodeOf(error: unknown): string {
  // Errors of sockets and of the HTTP parser carry it as a string property.
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  return typeof code === "string" ? code : "unknown cause";
}

export function failureCodeOf(systemCode: string, stage: HttpStage): FailureCode {
  // Certificates have a code for each way to be wrong; during the handshake there is nothing else to be wrong.
  if (stage === "securing") return "backend.tls";
  // Of llhttp, the parser of node:http.
  if (systemCode.startsWith("HPE_")) return "backend.protocol";
  return CODES[systemCode] ?? (stage === "connecting" ? "backend.unreachable" : "backend.reset");
}
