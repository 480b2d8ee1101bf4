// The meter: a relay of its own in front of the gateway, through which the demo's traffic takes a detour so that its
// bytes can be counted where TCP sees them. It is no way around the guards: nothing passes but the demo's own paths,
// and those only with the name of a run, which was given to a visitor whom the guards had admitted.
import type { Clock } from "../../host/clock.ts";
import type { Passage, Passed } from "../../host/passage.ts";
import { openRelay, type Relay, type RelayOptions } from "../../host/relay.ts";
import type { TcpTarget } from "../../host/tcp.ts";
import type { Log } from "../../telemetry/log.ts";
import { createAnswerHead } from "./answer-head.ts";
import { createHeadScanner, type RequestHead, type Span } from "./head-scanner.ts";
import { formatMeterRefusal } from "./meter-refusal.ts";
import { originFor, portOf } from "./origin.ts";
import { isTechnique, parseRoute } from "./route.ts";
import type { Run, RunStore } from "./run-store.ts";
import type { ByteCounts } from "./tally.ts";
import { createUpgradeBudget, type UpgradeBudget } from "./upgrade-budget.ts";

export interface MeterOptions {
  readonly base: string;
  readonly runs: RunStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly hostname: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Where the gateway listens: what the meter's own answers send a lost visitor back to. */
  readonly listener: string;
}

/** A browser has 6 connections to one origin, and its WebSockets beside them. */
const RUN_CONNECTIONS_MAX = 24;

const RELAY_LIMITS: Pick<
  RelayOptions,
  "connectionsMax" | "connectionsPerAddressMax" | "firstPassTimeoutMs" | "idleTimeoutMs" | "connectTimeoutMs"
> = {
  // Two descriptors each.
  connectionsMax: 512,
  // Two visitors behind one address with all their connections, and a reload on top.
  connectionsPerAddressMax: 64,
  firstPassTimeoutMs: 10_000,
  // Longer than the gateway's own limits on silence, which are the ones that should tell.
  idleTimeoutMs: 180_000,
  connectTimeoutMs: 5_000,
};

/** Throws when the address cannot be listened on. */
export function openMeter(options: MeterOptions): Relay {
  const { hostname, port, clock, log } = options;
  const takeUpgrade = createUpgradeBudget(clock);
  return openRelay({
    ...RELAY_LIMITS,
    hostname,
    port,
    clock,
    open: () => new MeteredPassage(options, takeUpgrade),
    onBug: (bug) => log.error("bug", { part: "meter" }, bug),
  });
}

/** The address on which a listener of this name is reached from the same machine. */
export function listenerTarget(listener: string): TcpTarget {
  const { hostname } = new URL(listener);
  const local: Readonly<Record<string, string>> = {
    "0.0.0.0": "127.0.0.1",
    "[::]": "::1",
    localhost: "127.0.0.1",
  };
  return {
    scheme: "tcp",
    hostname: local[hostname] ?? hostname.replace(/^\[|\]$/g, ""),
    port: portOf(listener) ?? 80,
  };
}

class MeteredPassage implements Passage {
  readonly #options: MeterOptions;
  readonly #takeUpgrade: UpgradeBudget;
  readonly #scanner = createHeadScanner();
  /** Of the request whose bytes come now. */
  #owner: ByteCounts = { up: 0, down: 0 };
  #run: Run | undefined;
  /** While the answer to an upgrade request is awaited. */
  #answerHead: ReturnType<typeof createAnswerHead> | undefined;
  /** Once a connection is a WebSocket: to the page, to the server. */
  #frames: { readonly toPage: ByteCounts; readonly toServer: ByteCounts } | undefined;

  constructor(options: MeterOptions, takeUpgrade: UpgradeBudget) {
    this.#options = options;
    this.#takeUpgrade = takeUpgrade;
  }

  receive(chunk: Uint8Array): Passed {
    this.#scanner.push(chunk);
    const bytes: Uint8Array[] = [];
    for (let span = this.#scanner.next(); span !== undefined; span = this.#scanner.next()) {
      const refusal = this.#count(span);
      if (refusal !== undefined) return { kind: "refuse", answer: refusal };
      if (span.kind !== "fault") bytes.push(span.bytes);
    }
    if (bytes.length === 0 || this.#run === undefined) return { kind: "hold" };
    return { kind: "pass", target: listenerTarget(this.#run.listener), bytes };
  }

  answer(chunk: Uint8Array): Passed {
    const headBytes = this.#answerHead?.push(chunk) ?? 0;
    this.#owner.down += headBytes;
    if (this.#answerHead?.isSwitch === true) {
      this.#answerHead = undefined;
      this.#scanner.switched();
    }
    const rest = chunk.length - headBytes;
    (this.#answerHead === undefined ? (this.#frames?.toPage ?? this.#owner) : this.#owner).down += rest;
    return { kind: "hold" };
  }

  closed(): void {
    if (this.#run !== undefined) this.#run.connections--;
  }

  /** Answers with a refusal when the connection must not go on. */
  #count(span: Span): Uint8Array | undefined {
    if (span.kind === "fault") return this.#refuseFault(span.fault);
    if (span.kind === "head") {
      const refusal = this.#enter(span.head);
      if (refusal !== undefined) return refusal;
    }
    const owner = span.kind === "tunnel" ? (this.#frames?.toServer ?? this.#owner) : this.#owner;
    owner.up += span.bytes.length;
    return undefined;
  }

  #enter(head: RequestHead): Uint8Array | undefined {
    const { base, runs, listener } = this.#options;
    const route = parseRoute(base, head.path);
    const run = route === undefined ? undefined : runs.get(route.runId);
    if (route === undefined || run === undefined) {
      const isPage = route?.endpoint === "" && head.method === "GET";
      return formatMeterRefusal(isPage ? { home: homeOf(head.host, listener, base) } : { status: 404 });
    }
    const hasRoom = (this.#run === run || this.#join(run)) && (!head.isUpgrade || this.#takeUpgrade());
    if (!hasRoom) return formatMeterRefusal({ status: 503 });
    this.#assign(run, route.endpoint, head);
    return undefined;
  }

  /** A page that begins anew keeps its connections and has a new run. */
  #join(run: Run): boolean {
    if (run.connections >= RUN_CONNECTIONS_MAX) return false;
    // The connection to the gateway stays what it was.
    if (this.#run !== undefined && this.#run.listener !== run.listener) return false;
    if (this.#run !== undefined) this.#run.connections--;
    run.connections++;
    this.#run = run;
    return true;
  }

  #assign(run: Run, endpoint: string, head: RequestHead): void {
    const { techniques, other } = run.tally;
    if (!isTechnique(endpoint)) {
      other.requests++;
      this.#owner = other;
      if (head.isUpgrade) this.#awaitSwitch(other, other);
      return;
    }
    const { opening, toPage, toServer } = techniques[endpoint];
    if (head.isUpgrade) {
      opening.requests++;
      this.#owner = opening;
      this.#awaitSwitch(toPage, toServer);
      return;
    }
    const half = head.method === "POST" ? toServer : toPage;
    half.requests++;
    this.#owner = half;
  }

  #awaitSwitch(toPage: ByteCounts, toServer: ByteCounts): void {
    this.#answerHead = createAnswerHead();
    this.#frames = { toPage, toServer };
  }

  #refuseFault(fault: string): Uint8Array {
    this.#options.log.debug("meter refused a request", { fault });
    return formatMeterRefusal({ status: 400 });
  }
}

/** The demo's address on the listener, by the name that the visitor used. */
export function homeOf(host: string, listener: string, base: string): string {
  return `${originFor(host, portOf(listener) ?? 80) ?? listener}${base}/`;
}
