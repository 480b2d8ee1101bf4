// `Sec-WebSocket-Protocol` of a request (RFC 6455 §11.3.4): the names that a client offers. Chooses none of them.
import { isToken, splitList } from "../bytes/http-token.ts";

/**
 * The offered names in the client's order, without repeats (the first place counts). `values`: one entry for each
 * header line, each a comma list. `undefined` when one of the names is not a token: then the request is malformed,
 * and nothing of it may be passed on.
 */
export function parseSubprotocols(values: readonly string[]): readonly string[] | undefined {
  const names = values.flatMap((value) => splitList(value));
  return names.every((name) => isToken(name)) ? [...new Set(names)] : undefined;
}
