// The one error this package throws: its caller broke a contract. What a peer does wrong is a value, never this.

/** A bug of the caller, such as a mask key of three bytes or a header value with a line break. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
