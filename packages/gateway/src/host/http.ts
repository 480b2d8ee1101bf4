// The door to HTTP/1.1 back ends: one request out, one answer in, bodies as streams that wait for their reader.
// Passes fields on as they are given; which ones is its callers' business, and so is every redirect.
//
// On node:http, not on fetch. Of Bun 1.4.5's fetch this was seen: at most 256 requests at once in the whole process,
// further ones wait without a word; unknown methods go out as GET; no way to bound the connect alone; a PUT is sent
// again when a reused connection breaks; `User-Agent` is invented; Content-Length beside chunked is accepted.
// node:http has none of this, a stricter parser (llhttp), and costs the same per request.
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import {
  type ExchangeSettings,
  type HttpAnswer,
  type HttpCall,
  HttpExchange,
  type HttpOrigin,
  type SharedExchange,
} from "./http-exchange.ts";

export interface HttpClient {
  /** `undefined`: the caller's signal came first. Rejects with a `Failure` when no answer's head came. */
  call(call: HttpCall): Promise<HttpAnswer | undefined>;
  /** Closes idle connections and keeps none from now on. Calls under way go on. */
  close(): void;
}

/** Idle connections that are kept for the next request. */
const IDLE_MAX = 256;
/** How long, unless the back end's Keep-Alive field says less. Milliseconds; most servers wait 5 to 75 s. */
const IDLE_MS = 15_000;
export function createHttpClient(options: ExchangeSettings): HttpClient {
  const { origin } = options;
  const agentOptions = { ...tlsOptions(origin), maxFreeSockets: IDLE_MAX, timeout: IDLE_MS };
  const Agent = origin.scheme === "https" ? HttpsAgent : HttpAgent;
  const keeping = new Agent({ ...agentOptions, keepAlive: true });
  const fresh = new Agent(agentOptions);
  const shared: SharedExchange = { ...options, pendingConnects: 0 };
  return {
    async call(call) {
      const first = new HttpExchange(call, shared, keeping);
      const answer = await first.run();
      if (answer !== "retry") return answer;
      const second = await new HttpExchange(call, shared, fresh).run();
      // A connection of its own cannot be a stale one.
      return second === "retry" ? undefined : second;
    },
    close() {
      keeping.maxFreeSockets = 0;
      for (const sockets of Object.values(keeping.freeSockets))
        for (const socket of sockets ?? []) socket.destroy();
    },
  };
}

function tlsOptions({ scheme, hostname, tls }: HttpOrigin): object {
  if (scheme !== "https") return {};
  // Always named, since node:https would take the name from the Host field, which may be the client's.
  const name = tls.serverName ?? (/^[\d.]+$|:/.test(hostname) ? "" : hostname);
  return {
    servername: name,
    rejectUnauthorized: tls.verify,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
  };
}
