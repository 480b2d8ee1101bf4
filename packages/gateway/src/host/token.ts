// Random names that nobody can guess: the door to the host's cryptographic randomness. Not for tests to hold:
// who needs a token that tests can foretell takes a function of this shape.

/** 128 random bits as 22 characters of base64url (RFC 4648 §5). */
export function randomToken(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString("base64url");
}
