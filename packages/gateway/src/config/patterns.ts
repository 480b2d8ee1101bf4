// Options that say who may come: pages by origin, requests by host name, clients by address. Only their form is
// judged here; the guards match them.
import { z } from "zod";
import { isIPv4, isIPv6, parseAddress } from "./address.ts";

/** What is wrong with an entry of `origins`, as the rest of a sentence about it. */
function originProblem(text: string): string | undefined {
  // `null` is what sandboxed frames and pages from files send (RFC 6454 §7.3).
  if (text === "*" || text === "null") return undefined;
  const address = parseAddress(text.replace("://*.", "://"), "`https://app.example.com`");
  if (typeof address === "string") return address;
  if (address.path === "/") return "ends in a slash, which an origin does not have (RFC 6454 §6.2)";
  if (address.path !== "") return "has a path; an origin is scheme, host and port only (RFC 6454 §4)";
  return undefined;
}

/** What is wrong with an entry of `hosts`. */
function hostProblem(text: string): string | undefined {
  if (text.includes("://")) return "is a URL; write the host name alone, such as `app.example.com`";
  const address = parseAddress(
    `http://${text.replace(/^\*\./, "")}`,
    "a host name such as `app.example.com`",
  );
  if (typeof address === "string") return address;
  if (address.port !== undefined) return "has a port; host names are matched whatever the port";
  return address.path === "" ? undefined : "has a path; write the host name alone";
}

/** What is wrong with a client address or range (CIDR, RFC 4632 §3.1). */
function rangeProblem(text: string): string | undefined {
  const [address = "", prefix, rest] = text.split("/");
  const bits = isIPv4(address) ? 32 : isIPv6(address) && !address.includes("%") ? 128 : undefined;
  if (bits === undefined || rest !== undefined) {
    return "is neither an address nor a range; write for example `203.0.113.7`, `10.0.0.0/8` or `2001:db8::/32`";
  }
  if (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)) return undefined;
  return `has a prefix that is not a number from 0 to ${bits}`;
}

function judged(problemOf: (text: string) => string | undefined) {
  return z.string().superRefine((text, context) => {
    const message = problemOf(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });
}

/** `https://app.example.com`, `https://*.example.com`, `*`, or `null`. Lower case. */
export const originPattern = () => judged(originProblem).toLowerCase();
/** `app.example.com`, `*.example.com`; an IPv6 address in brackets. Lower case. */
export const hostPattern = () => judged(hostProblem).toLowerCase();
/** A client address, or a range in CIDR notation. */
export const addressRange = () => judged(rangeProblem);
