// Finds out at once whether a port can be listened on, where the real listener would only tell later.

/** Returns the port, or a free one for 0. Throws what the system says. The port is free again when this returns. */
export function claimPort(hostname: string, port: number): number {
  const probe = Bun.listen({ hostname, port, exclusive: true, socket: { data() {} } });
  const claimed = probe.port;
  probe.stop(true);
  return claimed;
}
