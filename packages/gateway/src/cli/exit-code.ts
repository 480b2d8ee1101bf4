// What the process ends with, for scripts and service managers.

export const EXIT = {
  ok: 0,
  /** Something went wrong while the command ran. */
  failed: 1,
  /** The command line was not understood. */
  usage: 2,
  /** The configuration is missing or has mistakes. */
  configuration: 3,
  /** An address is taken or cannot be listened on. */
  listen: 4,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a message for the person at the terminal. Not a bug: it is shown without its stack. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: ExitCode;

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}
