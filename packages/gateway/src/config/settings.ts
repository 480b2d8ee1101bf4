// The complete, checked configuration that the gateway runs on. Everything optional has been decided.
import type { CommonSettings } from "./common.ts";
import type {
  AddressSettings,
  CertificateSettings,
  LimitSettings,
  LogSettings,
  StopSettings,
} from "./gateway.ts";

export interface ListenSettings {
  readonly secure: boolean;
  /** Without brackets for IPv6. */
  readonly hostname: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Paths are absolute. Empty unless `secure`. */
  readonly certificates: readonly CertificateSettings[];
  readonly drafts: boolean;
  readonly compression: boolean;
}

export interface AdminSettings {
  /** Without brackets for IPv6. */
  readonly hostname: string;
  /** 0 takes a free port. */
  readonly port: number;
}

export interface ServiceSettings {
  readonly path: string;
  readonly type: string;
  readonly common: CommonSettings;
  /** The output of the service's own schema. */
  readonly options: unknown;
}

export interface GatewaySettings {
  readonly listen: readonly ListenSettings[];
  /** `undefined`: no admin listener. */
  readonly admin: AdminSettings | undefined;
  readonly hosts: readonly string[];
  readonly addresses: AddressSettings;
  readonly trustedProxies: readonly string[];
  readonly limits: LimitSettings;
  readonly stop: StopSettings;
  readonly log: LogSettings;
  /** Sorted by path. */
  readonly services: readonly ServiceSettings[];
  /** The folder that relative paths in the file are relative to. */
  readonly baseDirectory: string;
}
