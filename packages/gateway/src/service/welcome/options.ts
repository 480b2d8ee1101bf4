// Options of the `welcome` service: what its page talks to and points at.
import { z } from "zod";

/** One slash at the start: two would name another host. */
const PATH = /^\/(?!\/)[A-Za-z0-9._~/-]*$/;

const path = (what: string, standard: string) =>
  z
    .string()
    .refine((text) => text === "off" || PATH.test(text), {
      error: "must be a path, such as `/echo`, or `off`",
    })
    .default(standard)
    .describe(`Path of ${what} on this gateway. \`off\`: the page leaves it out.`);

export const welcomeOptions = z.strictObject({
  echo: path("an `echo` service that the page talks to", "/echo"),
  broadcast: path("a `broadcast` service that the page talks to", "/broadcast"),
  efficiency: path("an `efficiency` service that the page points at", "/demos/efficiency"),
  admin: z
    .string()
    .refine((text) => text === "off" || /^https?:\/\/[^\s"'<>/]+$/.test(text), {
      error: "must be an address such as `http://127.0.0.1:8001`, or `off`",
    })
    .default("http://127.0.0.1:8001")
    .describe("Address of the admin side that the page points at. `off`: the page leaves it out."),
});

export type WelcomeSettings = z.output<typeof welcomeOptions>;
