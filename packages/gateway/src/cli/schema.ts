// `sluice schema`: the JSON Schema of the configuration file, for editors.
import { jsonSchema } from "../config/json-schema.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { CliParts } from "./gateway-door.ts";

export async function schema({ host, loadGateway }: CliParts): Promise<ExitCode> {
  const { STANDARD_SERVICES } = await loadGateway();
  host.print(`${JSON.stringify(jsonSchema(STANDARD_SERVICES), undefined, 2)}\n`);
  return EXIT.ok;
}
