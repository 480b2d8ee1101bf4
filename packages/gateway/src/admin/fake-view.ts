// A gateway as operators see it, in a test's hand: everything can be set, what was done can be read.
import type { FailureCode } from "../failure.ts";
import { createServiceMetrics, type ServiceMetrics } from "../telemetry/metrics.ts";
import type {
  ConnectionFilter,
  ConnectionView,
  GatewayView,
  ListenerView,
  ReloadReport,
  ServiceView,
} from "./view.ts";

export class FakeView implements GatewayView {
  version = "1.2.3";
  startedAtMs = Date.UTC(2026, 0, 2, 3, 4, 5);
  state: GatewayView["state"] = "ready";
  lastReload: GatewayView["lastReload"];
  refused = new Map<FailureCode, number>();
  descriptors = { open: 12, limit: 1024 };
  readonly serviceList: ServiceView[] = [];
  listenerList: ListenerView[] = [{ url: "http://127.0.0.1:8000", state: "listening", drafts: false }];
  connectionList: ConnectionView[] = [];
  reloadReport: ReloadReport | Error = { applied: true, changes: [] };
  observeHandshake: (seconds: number) => void = () => {};
  /** How often connections were walked. */
  walks = 0;

  addService(path: string, metrics: Partial<ServiceMetrics> = {}): void {
    this.serviceList.push({ path, type: "echo", metrics: { ...createServiceMetrics(), ...metrics } });
  }

  addConnection(id: string, fields: Partial<ConnectionView> = {}): void {
    this.connectionList.push({
      id,
      path: "/echo",
      carrier: "websocket",
      address: "192.0.2.7",
      origin: undefined,
      subprotocol: "",
      openedAtMs: this.startedAtMs,
      messagesIn: 0,
      messagesOut: 0,
      bytesIn: 0,
      bytesOut: 0,
      bufferedBytes: 0,
      lastHeardAtMs: this.startedAtMs,
      roundTripMs: undefined,
      ...fields,
    });
  }

  services(): readonly ServiceView[] {
    return this.serviceList;
  }

  listeners(): readonly ListenerView[] {
    return this.listenerList;
  }

  connections(filter: ConnectionFilter): Iterable<ConnectionView> {
    this.walks++;
    const wanted = Object.entries(filter);
    return this.connectionList.filter((one) =>
      wanted.every(([name, value]) => new Map<string, unknown>(Object.entries(one)).get(name) === value),
    );
  }

  onHandshake(observer: (seconds: number) => void): void {
    this.observeHandshake = observer;
  }

  closeConnection(id: string): boolean {
    return this.#close((one) => one.id === id) > 0;
  }

  closeConnections(filter: ConnectionFilter): number {
    const matching = new Set(this.connections(filter));
    return this.#close((one) => matching.has(one));
  }

  async reload(): Promise<ReloadReport> {
    if (this.reloadReport instanceof Error) throw this.reloadReport;
    return this.reloadReport;
  }

  #close(isMeant: (one: ConnectionView) => boolean): number {
    const before = this.connectionList.length;
    this.connectionList = this.connectionList.filter((one) => !isMeant(one));
    return before - this.connectionList.length;
  }
}
