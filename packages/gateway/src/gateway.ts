// The composition root: the only file that knows every part. Makes a gateway of settings, and changes a running one.
import packageJson from "../package.json" with { type: "json" };
import { createAdmin } from "./admin/admin.ts";
import type { GatewayView, ReloadReport } from "./admin/view.ts";
import { describeGlobal, diffSettings } from "./config/diff.ts";
import { isLoopback } from "./config/listen.ts";
import type { GatewaySettings, ListenSettings, ServiceSettings } from "./config/settings.ts";
import { Failure } from "./failure.ts";
import { createAddressGuard, createAddressSet } from "./guard/address.ts";
import type { Guard } from "./guard/guard.ts";
import { createHostGuard } from "./guard/host.ts";
import { createLimitsGuard, type LimitsGuard } from "./guard/limits.ts";
import { createOriginGuard } from "./guard/origin.ts";
import { createPipeline } from "./guard/pipeline.ts";
import { createRateGuard } from "./guard/rate.ts";
import type { Clock } from "./host/clock.ts";
import { readDescriptors } from "./host/descriptors.ts";
import { readMemoryBytes } from "./host/memory.ts";
import { readCpuSeconds, runtimeName } from "./host/process.ts";
import { type AdminListener, createAdminListener } from "./net/admin-listener.ts";
import { createBunListener, type ListenerOptions } from "./net/bun-listener.ts";
import { createDraftListener } from "./net/draft-listener.ts";
import { type Admission, createAdmission } from "./runtime/admission.ts";
import { createHeadroomWatch, type HeadroomWatch } from "./runtime/headroom.ts";
import { ListenerSet } from "./runtime/listener-set.ts";
import { findRoute } from "./runtime/router.ts";
import { createRunningService, type RunningService } from "./runtime/running-service.ts";
import { ServiceSet } from "./runtime/service-set.ts";
import { spreadOver } from "./runtime/spread.ts";
import { createView } from "./runtime/view.ts";
import { broadcast } from "./service/broadcast/index.ts";
import { echo } from "./service/echo/index.ts";
import { efficiency } from "./service/efficiency/index.ts";
import { files } from "./service/files/index.ts";
import { http } from "./service/http/index.ts";
import type { ServiceDefinition } from "./service/service.ts";
import { tcp } from "./service/tcp/index.ts";
import { welcome } from "./service/welcome/index.ts";
import { ws } from "./service/ws/index.ts";
import type { Log } from "./telemetry/log.ts";

/** What `type:` in a configuration may say. A new service is one folder and one line here. */
export const STANDARD_SERVICES = [
  broadcast,
  echo,
  efficiency,
  files,
  http,
  tcp,
  welcome,
  ws,
] as const satisfies readonly ServiceDefinition[];

export interface GatewayOptions {
  readonly log: Log;
  readonly clock: Clock;
  /** The configuration anew, for `reload` through the admin API; absent where there is nothing to read again. */
  readonly reloadSource?: () => Promise<{ settings: GatewaySettings } | { problems: readonly string[] }>;
  readonly services?: readonly ServiceDefinition[];
}

export interface Gateway {
  /** Rejects with what keeps it from starting; then nothing is left open. */
  start(): Promise<void>;
  /** Applies the difference, or nothing at all. */
  reload(settings: GatewaySettings): Promise<ReloadReport>;
  /** Tells clients, waits for what is under way, at most until the deadline. */
  stop(): Promise<void>;
  readonly view: GatewayView;
}

export function createGateway(settings: GatewaySettings, options: GatewayOptions): Gateway {
  return new RunningGateway(settings, options);
}

const STOPPING: ReloadReport = { applied: false, problems: ["the gateway is stopping"] };

/** Milliseconds between two looks at whether everything has ended. */
const DRAIN_LOOK_MS = 20;

class RunningGateway implements Gateway {
  readonly view: GatewayView;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #services: ServiceSet;
  readonly #listeners: ListenerSet;
  readonly #limits: LimitsGuard;
  readonly #rate: Guard;
  readonly #admission: Admission;
  readonly #headroom: HeadroomWatch;
  readonly #started: GatewaySettings;
  #settings: GatewaySettings;
  #judge: Guard["judge"];
  #trustProxy: (address: string) => boolean;
  #admin: AdminListener | undefined;
  /** Reloads run one after the other: each compares with what the one before left. */
  #lastReload: Promise<unknown> = Promise.resolve();
  #state: "starting" | "ready" | "stopping" = "starting";

  constructor(settings: GatewaySettings, options: GatewayOptions) {
    const { log, clock } = options;
    this.#started = settings;
    this.#settings = settings;
    this.#log = log;
    this.#clock = clock;
    this.#listeners = new ListenerSet({ clock, log, createListener: (one) => this.#createListener(one) });
    this.#headroom = createHeadroomWatch({
      clock,
      log,
      readDescriptors,
      readMemoryBytes,
      descriptorReserve: () => this.#settings.limits.descriptorReserve,
      pauseListening: () => this.#listeners.pause(),
      resumeListening: () => this.#listeners.resume(),
    });
    this.#limits = createLimitsGuard(
      () => this.#settings.limits,
      () => this.#headroom.current(),
    );
    this.#services = new ServiceSet(clock, (one) => this.#createService(one, options.services));
    this.#rate = createRateGuard(() => this.#settings.limits.connectsPerAddress);
    this.#judge = this.#createJudge(settings);
    this.#trustProxy = createAddressSet(settings.trustedProxies);
    this.#admission = createAdmission({
      clock,
      log,
      limits: this.#limits,
      idPrefix: clock.random().toString(36).slice(2, 6),
      judge: (handshake, nowMs) => this.#judge(handshake, nowMs),
      find: (path) => findRoute(this.#services.running, path),
      isStopping: () => this.#state === "stopping",
    });
    this.view = createView({
      version: packageJson.version,
      startedAtMs: clock.wallMs(),
      clock,
      state: () => this.#state,
      services: this.#services,
      listeners: this.#listeners,
      admission: this.#admission,
      headroom: this.#headroom,
      reload: () => this.#reloadFrom(options.reloadSource),
    });
  }

  async start(): Promise<void> {
    try {
      await this.#services.prepare(this.#settings.services).then((change) => change.commit());
      this.#listeners.apply(this.#settings.listen);
      this.#startAdmin();
    } catch (error) {
      await this.#abort();
      throw error;
    }
    this.#headroom.start();
    this.#state = "ready";
    for (const { url } of this.#listeners.all) this.#log.info("listening", { url });
    if (this.#admin !== undefined) this.#log.info("listening", { url: this.#admin.url, side: "admin" });
  }

  reload(settings: GatewaySettings): Promise<ReloadReport> {
    const report = this.#lastReload.then(() => this.#apply(settings));
    this.#lastReload = report.catch(() => {});
    return report;
  }

  async #apply(settings: GatewaySettings): Promise<ReloadReport> {
    if (this.#state === "stopping") return STOPPING;
    const before = this.#settings;
    let change: Awaited<ReturnType<ServiceSet["prepare"]>> | undefined;
    let judge: Guard["judge"];
    let listenerChanges: readonly string[];
    try {
      judge = this.#createJudge(settings);
      change = await this.#services.prepare(settings.services);
      if (this.#isStopping()) {
        await change.rollBack();
        return STOPPING;
      }
      this.#settings = settings;
      listenerChanges = this.#listeners.apply(settings.listen);
    } catch (error) {
      this.#settings = before;
      await change?.rollBack();
      const problem = error instanceof Error ? error.message : String(error);
      this.#log.error("reload refused, nothing was changed", {}, error);
      return { applied: false, problems: [problem] };
    }
    this.#judge = judge;
    this.#trustProxy = createAddressSet(settings.trustedProxies);
    const globals = [
      ...diffSettings(before, settings).globals.filter(({ needsRestart }) => !needsRestart),
      // What the process took at its start stays so, whatever the files since then said.
      ...diffSettings(this.#started, settings).globals.filter(({ needsRestart }) => needsRestart),
    ];
    const changes = [...listenerChanges, ...(await change.commit()), ...globals.map(describeGlobal)];
    if (hostLimits(before) !== hostLimits(settings)) this.#listeners.rebind();
    this.#log.info("reloaded", { changes: changes.length === 0 ? "none" : changes.join("; ") });
    return { applied: true, changes };
  }

  async stop(): Promise<void> {
    if (this.#state === "stopping") return;
    const { spread, deadline } = this.#settings.stop;
    this.#state = "stopping";
    this.#headroom.stop();
    this.#log.info("stopping", { connections: this.#services.sessionCount });
    this.#listeners.close();
    const deadlineMs = this.#clock.monotonicMs() + deadline;
    await this.#services.stopAll();
    const stopping = new Failure("gateway.stopping");
    await spreadOver(this.#clock, this.#services.sessions(), Math.min(spread, deadline), (session) =>
      session.fail(stopping),
    );
    await this.#drained(deadlineMs);
    this.#listeners.destroy();
    this.#admin?.close();
    this.#log.info("stopped");
  }

  /** As a question, since a wait may have changed the answer. */
  #isStopping(): boolean {
    return this.#state === "stopping";
  }

  /** Resolves when sessions, back ends and the clients' connections have ended, or at the deadline. */
  async #drained(deadlineMs: number): Promise<void> {
    const isIdle = () => this.#services.isIdle && this.#listeners.isIdle;
    const isOver = () => isIdle() || this.#clock.monotonicMs() >= deadlineMs;
    while (!isOver()) await new Promise<void>((resolve) => this.#clock.after(DRAIN_LOOK_MS, resolve));
    if (!isIdle()) {
      this.#log.warn("stopped at the deadline", { connections: this.#services.sessionCount });
    }
  }

  async #abort(): Promise<void> {
    this.#listeners.destroy();
    await this.#services.stopAll();
  }

  async #reloadFrom(source: GatewayOptions["reloadSource"]): Promise<ReloadReport> {
    if (source === undefined) return { applied: false, problems: ["there is no file to read again"] };
    const loaded = await source();
    if ("settings" in loaded) return this.reload(loaded.settings);
    this.#log.error("reload refused, nothing was changed", { problems: loaded.problems.join("; ") });
    return { applied: false, problems: loaded.problems };
  }

  #startAdmin(): void {
    const address = this.#settings.admin;
    if (address === undefined) return;
    const admin = createAdmin(this.view, {
      clock: this.#clock,
      log: this.#log,
      hostname: address.hostname,
      process: { runtime: runtimeName(), readCpuSeconds, readMemoryBytes },
    });
    const listener = createAdminListener(address, admin.respond, (bug) => this.#admission.reportBug(bug));
    this.#admin = {
      url: listener.url,
      close() {
        admin.stop();
        listener.close();
      },
    };
  }

  #createJudge(settings: GatewaySettings): Guard["judge"] {
    const loopbackHosts = settings.listen
      .filter(({ hostname }) => isLoopback(hostname))
      .map(({ hostname }) => (hostname.includes(":") ? `[${hostname}]` : hostname));
    const loopback = (listener: string) => loopbackHosts.includes(new URL(listener).hostname);
    return createPipeline([
      createHostGuard(settings.hosts, loopback),
      createAddressGuard(settings.addresses),
      this.#rate,
      createOriginGuard(({ path }) => findRoute(this.#services.running, path)?.group.common.origins ?? []),
      this.#limits,
    ]);
  }

  #createService(
    settings: ServiceSettings,
    services: readonly ServiceDefinition[] = STANDARD_SERVICES,
  ): RunningService {
    const definition = services.find(({ type }) => type === settings.type);
    if (definition === undefined)
      throw new Error(`${settings.path}: there is no service type \`${settings.type}\``);
    return createRunningService({
      settings,
      definition,
      clock: this.#clock,
      log: this.#log,
      publish: (topic, message, compress) => this.#listeners.publish(topic, message, compress),
      release: (address) => this.#limits.release(address),
      before: this.#services.running.get(settings.path),
    });
  }

  #createListener(settings: ListenSettings) {
    const options: ListenerOptions = {
      settings,
      gate: this.#admission,
      trustProxy: (address) => this.#trustProxy(address),
      limits: () => listenerLimits(this.#settings),
      nowMs: () => this.#clock.monotonicMs(),
    };
    if (!settings.drafts) return createBunListener(options);
    const { closeTimeout, headerMaxSize } = this.#settings.limits;
    return createDraftListener({
      ...options,
      clock: this.#clock,
      closeTimeoutMs: closeTimeout,
      headerMaxBytes: headerMaxSize,
    });
  }
}

/** What a listener needs to know of all services together, since the host has one limit for all of them. */
function listenerLimits({ services, limits }: GatewaySettings): ReturnType<ListenerOptions["limits"]> {
  const messageMaxBytes = Math.max(0, ...services.map(({ common }) => common.messageMaxSize));
  const slowMaxBytes = Math.max(0, ...services.map(({ common }) => common.slowMaxSize));
  return {
    messageMaxBytes,
    // Services act at their own limits; twice that and the largest message lies beyond whatever they let pass.
    backpressureMaxBytes: 2 * slowMaxBytes + BACKPRESSURE_SPARE_BYTES,
    requestBodyMaxBytes: limits.requestBodyMaxSize,
    handshakeTimeoutMs: limits.handshakeTimeout,
  };
}

/** Room for what one read of a back end can bring while the client is full already. */
const BACKPRESSURE_SPARE_BYTES = 16 * 1024 * 1024;

function hostLimits(settings: GatewaySettings): string {
  return JSON.stringify(listenerLimits(settings));
}
