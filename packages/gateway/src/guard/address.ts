// Guard `address`: which client addresses are admitted, by address or CIDR range.
import { BlockList, isIPv4, isIPv6 } from "node:net";
import type { AddressSettings } from "../config/gateway.ts";
import type { Guard } from "./guard.ts";

/** A set of addresses and ranges. Throws `RangeError` on a text that is neither. */
export function createAddressSet(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) addRange(list, range);
  return (address) => {
    if (isIPv4(address)) return list.check(address, "ipv4");
    return isIPv6(address) && list.check(address, "ipv6");
  };
}

function addRange(list: BlockList, range: string): void {
  const [address = "", prefix, rest] = range.split("/");
  const family = isIPv4(address) ? "ipv4" : isIPv6(address) ? "ipv6" : undefined;
  const isNumber = prefix === undefined || /^\d{1,3}$/.test(prefix);
  const bits = Number(prefix);
  if (family === undefined || rest !== undefined || !isNumber || bits > (family === "ipv4" ? 32 : 128)) {
    throw new RangeError(`\`${range}\` is neither an address nor a range such as 10.0.0.0/8`);
  }
  if (prefix === undefined) list.addAddress(address, family);
  else list.addSubnet(address, bits, family);
}

/** IPv4 addresses that come in by an IPv6 socket (RFC 4291 §2.5.5.2) are IPv4 addresses. */
export function normaliseAddress(address: string): string {
  return /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address) ? address.slice(7) : address;
}

export function createAddressGuard(settings: AddressSettings): Guard {
  const isAllowed = settings.allow.length === 0 ? () => true : createAddressSet(settings.allow);
  const isDenied = createAddressSet(settings.deny);
  return {
    stage: "address",
    judge: ({ address }) =>
      isAllowed(address) && !isDenied(address)
        ? undefined
        : { code: "address.refused", detail: `address ${address}` },
  };
}
