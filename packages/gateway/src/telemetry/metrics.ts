// What is counted, as plain numbers that the hot path adds to. Read by the admin side at scrape time.
import type { FailureCode } from "../failure.ts";

export interface ServiceMetrics {
  connectionsOpen: number;
  connectionsTotal: number;
  /** `in`: from the client. Payload bytes, after decompression. */
  messagesIn: number;
  messagesOut: number;
  bytesIn: number;
  bytesOut: number;
  httpRequests: number;
  backendConnects: number;
  backendsOpen: number;
  /** Counts by reason of what was refused before a session, or ended by us. */
  readonly refused: Map<FailureCode, number>;
  readonly failed: Map<FailureCode, number>;
  readonly backendFailures: Map<FailureCode, number>;
}

export function createServiceMetrics(): ServiceMetrics {
  return {
    connectionsOpen: 0,
    connectionsTotal: 0,
    messagesIn: 0,
    messagesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    httpRequests: 0,
    backendConnects: 0,
    backendsOpen: 0,
    refused: new Map(),
    failed: new Map(),
    backendFailures: new Map(),
  };
}

export function count(counts: Map<FailureCode, number>, code: FailureCode): void {
  counts.set(code, (counts.get(code) ?? 0) + 1);
}
