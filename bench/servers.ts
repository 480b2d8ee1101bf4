// How each server under test is started: the gateway, the bare ones, the competitors. All on loopback, all on free
// ports, each as it would be set up by someone who wants it fast. Measures nothing.
import { join } from "node:path";
import { freePort, type Server } from "./harness/child.ts";
import type { Lab } from "./harness/lab.ts";

/** Bun's own binary without its launcher, which would be a second process. */
const BUN = process.execPath;
const NODE = Bun.which("node") ?? "node";

/** A command, and the port on which it will listen. */
export interface PlannedServer {
  readonly command: readonly string[];
  readonly port: number;
}

export interface GatewayOptions {
  /** The `services:` of the configuration, path to service. */
  readonly services: Readonly<Record<string, unknown>>;
  readonly bunArguments?: readonly string[];
  /** Start the command that operators type, a launcher on Node, instead of what it launches. */
  readonly byLauncher?: boolean;
}

/** Limits that would refuse the load itself are off; everything else is as an operator gets it by default. */
function gatewayConfiguration(port: number, services: GatewayOptions["services"]): string {
  // JSON is YAML.
  return JSON.stringify({
    listen: [`http://127.0.0.1:${port}`],
    admin: "off",
    limits: {
      connectionsPerAddressMax: "unlimited",
      connectsPerAddress: { perSecond: 1_000_000, burst: 1_000_000 },
    },
    services,
  });
}

export function gatewayCommand(lab: Lab, options: GatewayOptions): PlannedServer {
  const port = freePort();
  const file = lab.write(`gateway-${port}.yaml`, gatewayConfiguration(port, options.services));
  const gateway = join(lab.root, "packages/gateway");
  const program = options.byLauncher
    ? [NODE, join(gateway, "bin/sluice.mjs")]
    : [BUN, ...(options.bunArguments ?? []), join(gateway, "src/cli/main.ts")];
  return { command: [...program, "start", file], port };
}

export function startGateway(lab: Lab, options: GatewayOptions): Promise<Server> {
  return lab.start({ name: "gateway", role: "subject", ...gatewayCommand(lab, options) });
}

export function bareCommand(lab: Lab): PlannedServer {
  const port = freePort();
  return { command: [BUN, peer(lab, "bare.ts"), `${port}`], port };
}

export function startBare(lab: Lab, bunArguments: readonly string[] = []): Promise<Server> {
  const command = [BUN, ...bunArguments, peer(lab, "bare.ts")];
  return lab.start({ name: "bare Bun.serve", role: "subject", command });
}

/** The same, as what stands behind a proxy under test. */
export function startBareBackend(lab: Lab): Promise<Server> {
  return lab.start({ name: "back end", role: "support", command: [BUN, peer(lab, "bare.ts")] });
}

export function startBareBridge(lab: Lab, backendPort: number): Promise<Server> {
  return lab.start({
    name: "bare Bun bridge",
    role: "subject",
    command: [BUN, peer(lab, "bare-bridge.ts"), `${backendPort}`],
  });
}

export function startWs(lab: Lab, nodeArguments: readonly string[] = []): Promise<Server> {
  return lab.start({
    name: "ws on Node",
    role: "subject",
    command: [NODE, ...nodeArguments, peer(lab, "ws.mjs")],
  });
}

export function startTcpEcho(lab: Lab): Promise<Server> {
  return lab.start({ name: "TCP echo", role: "support", command: [lab.tcpEchoBinary] });
}

export interface NginxSite {
  /** The upstream of `/` and of WebSockets; absent, `folder` is served. */
  readonly upstreamPort?: number;
  readonly folder?: string;
}

export function startNginx(lab: Lab, site: NginxSite): Promise<Server> {
  const port = freePort();
  const prefix = lab.folder(`nginx-${port}`);
  const file = lab.write(`nginx-${port}.conf`, nginxConfiguration(prefix, port, site));
  const command = ["nginx", "-p", prefix, "-e", "error.log", "-c", file];
  return lab.start({ name: "nginx", role: "subject", command, port });
}

/** One worker, as every other server here runs on one thread; no access log, as the gateway writes none. */
function nginxConfiguration(prefix: string, port: number, site: NginxSite): string {
  const user = process.getuid?.() === 0 ? "user root;" : "";
  const content =
    site.upstreamPort === undefined
      ? `root ${site.folder};`
      : `proxy_pass http://upstream;
         proxy_http_version 1.1;
         proxy_set_header Host $http_host;
         proxy_set_header Upgrade $http_upgrade;
         proxy_set_header Connection $connection_header;
         proxy_read_timeout 1h;`;
  const upstream =
    site.upstreamPort === undefined
      ? ""
      : `upstream upstream { server 127.0.0.1:${site.upstreamPort}; keepalive 128; keepalive_requests 100000000; }
         map $http_upgrade $connection_header { default upgrade; "" ""; }`;
  return `${user}
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${prefix}/nginx.pid;
events { worker_connections 19000; }
http {
  access_log off;
  keepalive_requests 100000000;
  sendfile on;
  open_file_cache max=100;
  client_body_temp_path ${prefix}/body;
  proxy_temp_path ${prefix}/proxy;
  fastcgi_temp_path ${prefix}/fastcgi;
  uwsgi_temp_path ${prefix}/uwsgi;
  scgi_temp_path ${prefix}/scgi;
  ${upstream}
  server { listen 127.0.0.1:${port} backlog=4096; location / { ${content} } }
}
`;
}

export function startHaproxy(lab: Lab, upstreamPort: number): Promise<Server> {
  const port = freePort();
  const file = lab.write(
    `haproxy-${port}.cfg`,
    `global
  nbthread 1
  maxconn 5000
defaults
  mode http
  timeout connect 5s
  timeout client 1h
  timeout server 1h
  timeout tunnel 1h
frontend clients
  bind 127.0.0.1:${port}
  default_backend echo
backend echo
  server echo 127.0.0.1:${upstreamPort}
`,
  );
  return lab.start({ name: "HAProxy", role: "subject", command: ["haproxy", "-db", "-f", file], port });
}

export function startWebsockify(lab: Lab, backendPort: number): Promise<Server> {
  const port = freePort();
  const command = ["websockify", `127.0.0.1:${port}`, `127.0.0.1:${backendPort}`];
  return lab.start({ name: "websockify", role: "subject", command, port });
}

function peer(lab: Lab, file: string): string {
  return join(lab.root, "bench/peers", file);
}
