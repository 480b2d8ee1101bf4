// The same host by another port: how a visitor is sent to the meter and back. The name is the visitor's own word, so
// only what is certainly a host name goes into an address.

const HOST = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._-]{1,253})(?::(\d{1,5}))?$/;

/** `undefined` when `host` is no host name or address with or without a port. */
export function originFor(host: string, port: number): string | undefined {
  const [, name] = HOST.exec(host.toLowerCase()) ?? [];
  if (name === undefined) return undefined;
  return `http://${name}${port === 80 ? "" : `:${port}`}`;
}

/** Of an `http` origin; 80 where none is written, `undefined` for what is no origin. */
export function portOf(origin: string): number | undefined {
  const [, name, port] = HOST.exec(origin.toLowerCase().replace(/^http:\/\//, "")) ?? [];
  if (name === undefined) return undefined;
  return port === undefined ? 80 : Number(port);
}
