// The admin side's own address. Kept apart from the clients' listeners in every respect but the host underneath.

import { formatListenerUrl } from "./listener-url.ts";
export interface AdminListener {
  readonly url: string;
  /** Stops at once. */
  close(): void;
}

/** Seconds; the admin side has no slow answers. */
const IDLE_S = 10;
/** Bytes; the admin side takes no bodies worth the name. */
const BODY_MAX_BYTES = 65_536;

/** Throws when the address cannot be listened on. */
export function createAdminListener(
  address: { readonly hostname: string; readonly port: number },
  respond: (request: Request) => Response | Promise<Response>,
  reportBug: (bug: unknown) => void,
): AdminListener {
  const server = Bun.serve({
    hostname: address.hostname,
    port: address.port,
    development: false,
    reusePort: false,
    idleTimeout: IDLE_S,
    maxRequestBodySize: BODY_MAX_BYTES,
    fetch: respond,
    error(bug) {
      reportBug(bug);
      return new Response("The gateway failed.\n", { status: 500 });
    },
  });
  return {
    url: formatListenerUrl(false, address.hostname, server.port ?? address.port),
    close: () => void server.stop(true),
  };
}
