// Options of the `echo` service.
import { z } from "zod";

export const echoOptions = z.strictObject({
  repeat: z.int().min(1).max(1000).default(1).describe("How often each message is sent back. 1 to 1000."),
});
