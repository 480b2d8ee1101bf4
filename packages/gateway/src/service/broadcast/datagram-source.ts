// A UDP port or multicast group as a source: one datagram, one message, whoever sent it.
import { bindUdp, type UdpTarget } from "../../host/udp.ts";
import type { Source, SourceHandler } from "./source.ts";

export function openDatagramSource(target: UdpTarget, handler: SourceHandler): Source {
  const receiver = bindUdp(target, {
    opened: () => handler.opened(),
    datagram: (bytes) => handler.message(bytes),
    closed: (failure) => handler.closed(failure),
  });
  return { stop: () => receiver.close() };
}
