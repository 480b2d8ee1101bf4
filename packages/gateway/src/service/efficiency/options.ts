// Options of the `efficiency` service.
import { z } from "zod";
import { parseAddress } from "../../config/address.ts";

export interface MeterAddress {
  readonly hostname: string;
  readonly port: number;
}

const FORMS = "`auto`, `off` or an address such as `127.0.0.1:8002`";

export const efficiencyOptions = z.strictObject({
  meter: z
    .string()
    .default("auto")
    .transform((text, context): "auto" | "off" | MeterAddress => {
      if (text === "auto" || text === "off") return text;
      const address = parseAddress(`tcp://${text}`, FORMS);
      if (typeof address === "string" || address.port === undefined || address.path !== "") {
        const problem = typeof address === "string" ? address : "has no port or more than host and port";
        context.addIssue({ code: "custom", message: `${problem}; write ${FORMS}` });
        return z.NEVER;
      }
      return { hostname: address.hostname, port: address.port };
    })
    .describe(
      "Where the demo's bytes are counted: a second port, in front of the listener, which visitors' browsers must reach. `auto`: a free port on the listener's host name, opened with the first visit. `host:port`: this one. `off`: nowhere; the demo then shows messages and times without bytes.",
    ),
});

export type EfficiencySettings = z.output<typeof efficiencyOptions>;
