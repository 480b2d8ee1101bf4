// What a gateway under test says of itself at /metrics, as numbers.
import type { GatewayFixture } from "../fixture/gateway.ts";

export interface Figures {
  readonly residentBytes: number;
  readonly descriptorsOpen: number;
  readonly connectionsOpen: number;
}

export async function readFigures(gateway: GatewayFixture): Promise<Figures> {
  const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  const sum = (name: string): number => {
    const values = [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, "gm"))];
    if (values.length === 0) throw new Error(`no ${name} in the metrics`);
    return values.reduce((total, [, value]) => total + Number(value), 0);
  };
  return {
    residentBytes: sum("process_resident_memory_bytes"),
    descriptorsOpen: sum("process_open_fds"),
    connectionsOpen: sum("sluice_connections_open"),
  };
}
