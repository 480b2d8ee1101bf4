// The pages' scripts are JavaScript that browsers run as it is; their types are checked here, against what browsers
// have and nothing else.
import { expect, test } from "bun:test";
import { join } from "node:path";

const SERVICES = join(import.meta.dir, "..");
const ROOT = join(SERVICES, "../../../..");

test.each(["welcome", "efficiency"])(
  "the scripts of the page of `%s` have no type errors",
  async (service) => {
    const compiler = Bun.spawn({
      cmd: [join(ROOT, "node_modules/.bin/tsc"), "-p", join(SERVICES, service, "page")],
      stdout: "pipe",
      stderr: "inherit",
    });
    expect(await new Response(compiler.stdout).text()).toBe("");
    expect(await compiler.exited).toBe(0);
  },
);
