// Bytes that nobody can guess: the door to the host's cryptographic randomness. Who needs bytes that tests can
// foretell takes a function of this shape.

export type FillRandom = (bytes: Uint8Array<ArrayBuffer>) => void;

export const fillRandom: FillRandom = (bytes) => {
  crypto.getRandomValues(bytes);
};
