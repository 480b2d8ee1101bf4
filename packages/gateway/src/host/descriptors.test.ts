import { describe, expect, test } from "bun:test";
import { closeSync, openSync, readdirSync } from "node:fs";
import { createDescriptorReader, readDescriptors } from "./descriptors.ts";

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max processes             96364                96364                processes
Max open files            1024                 524288               files
Max locked memory         8388608              8388608              bytes
`;

describe("descriptors of this process", () => {
  test("are counted as they come and go", () => {
    // The first reading keeps a descriptor itself.
    readDescriptors();
    const before = readDescriptors().open;
    const opened = Array.from({ length: 50 }, () => openSync("/dev/null", "r"));
    expect(readDescriptors().open).toBe(before + 50);
    for (const descriptor of opened) closeSync(descriptor);
    expect(readDescriptors().open).toBe(before);
  });

  test("are the same number however they are counted", () => {
    const byFolder = createDescriptorReader({
      folderSize: () => 0,
      folderEntries: () => readdirSync("/proc/self/fd").length,
      limits: () => LIMITS,
    });
    expect(byFolder().open).toBe(readDescriptors().open);
  });

  test("have the limit that the shell tells", () => {
    // The runtime raises its soft limit to the hard one when it starts.
    const told = Bun.spawnSync(["sh", "-c", "ulimit -Hn"]).stdout.toString().trim();
    expect(readDescriptors().limit).toBe(told === "unlimited" ? Number.POSITIVE_INFINITY : Number(told));
  });
});

describe("descriptor reader", () => {
  const files = { folderSize: () => 7, folderEntries: () => undefined, limits: () => LIMITS };

  test("takes the soft limit, not the hard one", () => {
    expect(createDescriptorReader(files)()).toEqual({ open: 7, limit: 1024 });
  });

  test("knows no limit when there is none", () => {
    const limits = () => LIMITS.replace("1024   ", "unlimited");
    expect(createDescriptorReader({ ...files, limits })().limit).toBe(Number.POSITIVE_INFINITY);
  });

  test("tells 0 and no limit where the system tells nothing", () => {
    const silent = { folderSize: () => undefined, folderEntries: () => undefined, limits: () => undefined };
    expect(createDescriptorReader(silent)()).toEqual({ open: 0, limit: Number.POSITIVE_INFINITY });
  });
});
