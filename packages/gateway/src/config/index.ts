// `@sluice/gateway/config`: for configurations that are programs. Loads nothing at run time.
import type { STANDARD_SERVICES } from "../gateway.ts";
import type { ConfigInput } from "./define.ts";

export type SluiceConfig = ConfigInput<typeof STANDARD_SERVICES>;

/** The configuration itself; only its type is checked here. Values are judged when the gateway loads the module. */
export function defineConfig(config: SluiceConfig): SluiceConfig {
  return config;
}
