// The door to incoming datagrams: binds one port, joins one multicast group. Sends nothing, retries nothing.
// Over node:dgram, since that can share a multicast port and size the receive buffer; it costs what Bun.udpSocket costs.
import { createSocket, type Socket } from "node:dgram";
import { networkInterfaces } from "node:os";
import { Failure, type FailureCode } from "../failure.ts";

export interface UdpTarget {
  /** An IP address of this host, or a multicast group (224.0.0.0/4, ff00::/8), which is then joined. */
  readonly hostname: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Where the group is joined: an interface's name or one of its addresses. Absent: the system's choice. */
  readonly interface?: string;
}

export interface UdpHandler {
  opened(port: number): void;
  /** Valid only during the call. At most 65,507 bytes; may be empty. */
  datagram(bytes: Uint8Array): void;
  /** The end, exactly once; `undefined` after `close`. */
  closed(failure: Failure | undefined): void;
}

export interface UdpReceiver {
  close(): void;
}

/**
 * What the kernel keeps for us between two turns of the event loop; it grants less where the system's limit
 * (net.core.rmem_max) is lower. The default of 208 KiB loses datagrams at a pause of 2 ms on a 1 Gbit/s feed.
 */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

export function isMulticast(hostname: string): boolean {
  if (hostname.includes(":")) return hostname.toLowerCase().startsWith("ff");
  const first = Number.parseInt(hostname, 10);
  return first >= 224 && first <= 239;
}

/** Starts to bind and returns at once. Every failure comes through `handler.closed`, never as a throw. */
export function bindUdp(target: UdpTarget, handler: UdpHandler): UdpReceiver {
  return new DatagramReceiver(target, handler);
}

class DatagramReceiver implements UdpReceiver {
  readonly #target: UdpTarget;
  readonly #handler: UdpHandler;
  readonly #socket: Socket;
  #isClosed = false;

  constructor(target: UdpTarget, handler: UdpHandler) {
    this.#target = target;
    this.#handler = handler;
    const { hostname: address, port } = target;
    // Receivers of one group share its port; a shared unicast port would be taken away from its first owner in silence.
    const reuseAddr = isMulticast(address);
    this.#socket = createSocket({ type: address.includes(":") ? "udp6" : "udp4", reuseAddr });
    this.#socket.on("error", (error) => this.#fail(error));
    this.#socket.on("message", (bytes) => {
      if (!this.#isClosed) handler.datagram(bytes);
    });
    this.#socket.bind({ address, port, exclusive: true }, () => this.#bound());
  }

  close(): void {
    this.#end(undefined);
  }

  #bound(): void {
    if (this.#isClosed) return;
    try {
      if (isMulticast(this.#target.hostname)) this.#join();
      this.#socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#handler.opened(this.#socket.address().port);
  }

  #join(): void {
    const { hostname, interface: wanted } = this.#target;
    if (wanted === undefined) this.#socket.addMembership(hostname);
    else this.#socket.addMembership(hostname, resolveInterface(wanted, hostname.includes(":")));
  }

  #fail(error: unknown): void {
    const { hostname, port } = this.#target;
    const where = `udp://${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
    const options = error instanceof Error ? { cause: error } : undefined;
    this.#end(new Failure(failureCode(error), `${where}: ${causeText(error)}`, options));
  }

  #end(failure: Failure | undefined): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#socket.close();
    this.#handler.closed(failure);
  }
}

/** No interface of this host has that name or address. */
class InterfaceError extends Error {
  override readonly name = "InterfaceError";
}

/** As the membership call wants it. An unknown name must not get through: the system would quietly take another interface. */
function resolveInterface(wanted: string, isIPv6: boolean): string {
  const interfaces = networkInterfaces();
  for (const [name, addresses = []] of Object.entries(interfaces)) {
    if (name !== wanted && !addresses.some(({ address }) => address === wanted)) continue;
    if (isIPv6) return `::%${name}`;
    const address = addresses.find((candidate) => candidate.family === "IPv4");
    if (address !== undefined) return name === wanted ? address.address : wanted;
  }
  throw new InterfaceError(`no interface \`${wanted}\``);
}

function systemCode(error: unknown): string | undefined {
  // Errors of node:dgram carry the system's code as a string property.
  const code = error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
  return typeof code === "string" ? code : undefined;
}

function failureCode(error: unknown): FailureCode {
  return systemCode(error) === "ENOTFOUND" ? "backend.unresolved" : "backend.unreachable";
}

function causeText(error: unknown): string {
  return systemCode(error) ?? (error instanceof Error ? error.message : "unknown cause");
}
