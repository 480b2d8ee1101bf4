// The metrics that exist: names, types and what they mean. The table of the operators' guide is held against this one.
import type { Family } from "./exposition.ts";

/** The value of the label `service` where no service was found for a request. Paths begin with a slash. */
export const NO_SERVICE = "none";

export const FAMILIES = {
  build: {
    name: "sluice_build_info",
    type: "gauge",
    help: "Always 1; the version of the gateway and of its runtime are the labels.",
  },
  ready: { name: "sluice_ready", type: "gauge", help: "1 while the gateway is ready, as /readyz tells." },
  listener: {
    name: "sluice_listener_state",
    type: "gauge",
    help: "1 for the state that a listener is in, 0 for the others.",
  },
  reloadSuccessful: {
    name: "sluice_config_last_reload_successful",
    type: "gauge",
    help: "1 when the last reload was applied, 0 when it was refused.",
  },
  reloadTime: {
    name: "sluice_config_last_reload_timestamp_seconds",
    type: "gauge",
    help: "When the last reload was asked for, in seconds since 1970.",
  },
  connectionsOpen: {
    name: "sluice_connections_open",
    type: "gauge",
    help: "Client connections that are open.",
  },
  connections: {
    name: "sluice_connections_total",
    type: "counter",
    help: "Client connections that were opened.",
  },
  messages: {
    name: "sluice_messages_total",
    type: "counter",
    help: "Messages from clients (in) and to clients (out).",
  },
  bytes: {
    name: "sluice_message_bytes_total",
    type: "counter",
    help: "Payload bytes from clients (in) and to clients (out), not compressed.",
  },
  httpRequests: {
    name: "sluice_http_requests_total",
    type: "counter",
    help: "Plain HTTP requests that a service answered.",
  },
  refused: {
    name: "sluice_refused_total",
    type: "counter",
    help: "Handshakes and requests that were refused, by failure code.",
  },
  failed: {
    name: "sluice_failed_total",
    type: "counter",
    help: "Open connections that the gateway ended, by failure code.",
  },
  backendConnects: {
    name: "sluice_backend_connects_total",
    type: "counter",
    help: "Connects to back ends that were begun.",
  },
  backendsOpen: {
    name: "sluice_backend_connections_open",
    type: "gauge",
    help: "Connections to back ends that are open.",
  },
  backendFailures: {
    name: "sluice_backend_failures_total",
    type: "counter",
    help: "Failures of back ends, by failure code.",
  },
  handshake: {
    name: "sluice_handshake_duration_seconds",
    type: "histogram",
    help: "From the request to the answer that opens a connection.",
  },
  eventLoop: {
    name: "sluice_event_loop_delay_seconds",
    type: "histogram",
    help: "How late a timer ran, looked at ten times a second.",
  },
  logDropped: {
    name: "sluice_log_lines_dropped_total",
    type: "counter",
    help: "Log lines lost because standard output took none.",
  },
  logSuppressed: {
    name: "sluice_log_lines_suppressed_total",
    type: "counter",
    help: "Log lines left out because there were too many of their kind.",
  },
  startTime: {
    name: "process_start_time_seconds",
    type: "gauge",
    help: "When the gateway started, in seconds since 1970.",
  },
  cpu: {
    name: "process_cpu_seconds_total",
    type: "counter",
    help: "Processor time used, user and system.",
  },
  memory: { name: "process_resident_memory_bytes", type: "gauge", help: "Memory in RAM." },
  descriptorsOpen: { name: "process_open_fds", type: "gauge", help: "File descriptors that are open." },
  descriptorsMax: { name: "process_max_fds", type: "gauge", help: "File descriptors that may be open." },
} as const satisfies Record<string, Family>;
