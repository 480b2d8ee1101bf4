// `defineConfig` for configurations that are programs: the shape of the file as a type, and nothing at run time.
import type { z } from "zod";
import type { ServiceDefinition } from "../service/service.ts";
import type { commonOptions } from "./common.ts";
import type { gatewayOptions } from "./gateway.ts";

type CommonInput = z.input<typeof commonOptions>;

/** The input of one service: its `type`, its own options, the common ones. */
type ServiceInput<Definition> =
  Definition extends ServiceDefinition<infer Schema, infer Type>
    ? { readonly type: Type } & z.input<Schema> & CommonInput
    : never;

export type ConfigInput<Definitions extends readonly ServiceDefinition[]> = z.input<typeof gatewayOptions> & {
  readonly defaults?: CommonInput;
  readonly services: Readonly<Record<`/${string}`, ServiceInput<Definitions[number]>>>;
};
