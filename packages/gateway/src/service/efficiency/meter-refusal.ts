// The meter's own answers, for the few requests that never reach the gateway. Each one ends its connection.

export type MeterRefusal = { readonly status: 400 | 404 | 503 } | { readonly home: string };

const REASONS = {
  400: ["Bad Request", "The request is not one that the demo's page makes."],
  404: ["Not Found", "There is no such run of the demo. Open the demo again from the gateway's own address."],
  503: ["Service Unavailable", "The demo has too many connections. Try again in a moment."],
} as const;

/** `home` must be a URL without characters that end a header line. */
export function formatMeterRefusal(refusal: MeterRefusal): Uint8Array {
  if ("home" in refusal) {
    return formatAnswer("302 Found", `location: ${refusal.home}\r\n`, "The run has ended.");
  }
  const [reason, sentence] = REASONS[refusal.status];
  return formatAnswer(`${refusal.status} ${reason}`, "", sentence);
}

function formatAnswer(status: string, fields: string, sentence: string): Uint8Array {
  const body = `${sentence}\n`;
  return new TextEncoder().encode(
    `HTTP/1.1 ${status}\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: ${body.length}\r\n` +
      `cache-control: no-store\r\nx-content-type-options: nosniff\r\nconnection: close\r\n${fields}\r\n${body}`,
  );
}
