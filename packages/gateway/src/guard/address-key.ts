// The key under which an address is counted: an IPv4 address by itself, an IPv6 address by its /64, since one
// subscriber is commonly given a whole /64 and could use a new address for each connection.
import { isIPv6 } from "node:net";

export function addressKey(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = "", tail] = address.split("::");
  const front = head === "" ? [] : head.split(":");
  if (tail === undefined) return `${front.slice(0, 4).join(":")}/64`;
  const back = tail === "" ? [] : tail.split(":");
  const zeros = Array<string>(Math.max(0, 8 - front.length - back.length)).fill("0");
  return `${[...front, ...zeros, ...back].slice(0, 4).join(":")}/64`;
}
