// `sluice version`: what runs here, for reports.
import packageJson from "../../package.json" with { type: "json" };
import type { CliHost } from "./cli-host.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";

export const VERSION: string = packageJson.version;

export function version({ json }: { readonly json: boolean }, host: CliHost): ExitCode {
  const { runtime, platform } = host;
  const report = { sluice: VERSION, runtime, platform };
  host.print(json ? `${JSON.stringify(report)}\n` : `sluice ${VERSION} (${runtime}, ${platform})\n`);
  return EXIT.ok;
}
