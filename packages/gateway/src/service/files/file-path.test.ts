import { describe, expect, test } from "bun:test";
import { formatFolderPath, resolveFilePath } from "./file-path.ts";

const names = (path: string, service = "/", dotfiles: "deny" | "allow" = "deny") =>
  resolveFilePath(path, service, dotfiles)?.names;

describe("a request path", () => {
  test("is split below the service's own path", () => {
    expect(resolveFilePath("/docs/a/b.txt", "/docs", "deny")).toEqual({
      names: ["a", "b.txt"],
      isFolder: false,
    });
    expect(resolveFilePath("/a/b.txt", "/", "deny")).toEqual({ names: ["a", "b.txt"], isFolder: false });
  });

  test("with a slash at its end is a folder", () => {
    expect(resolveFilePath("/docs/a/", "/docs", "deny")).toEqual({ names: ["a"], isFolder: true });
    expect(resolveFilePath("/docs/", "/docs", "deny")).toEqual({ names: [], isFolder: true });
    expect(resolveFilePath("/", "/", "deny")).toEqual({ names: [], isFolder: true });
  });

  test("that is the service's path alone is the folder without its slash", () => {
    expect(resolveFilePath("/docs", "/docs", "deny")).toEqual({ names: [], isFolder: false });
  });

  test("is percent-decoded once (RFC 3986 §2.4)", () => {
    expect(names("/a%20b")).toEqual(["a b"]);
    expect(names("/100%25")).toEqual(["100%"]);
    expect(names("/%2541")).toEqual(["%41"]);
    expect(names("/%C3%A9")).toEqual(["é"]);
  });

  for (const path of [
    "/../etc/passwd",
    "/a/../../etc/passwd",
    "/..",
    "/./a",
    "/%2e%2e/etc/passwd",
    "/%2E%2E%2Fetc",
    "/..%2fetc",
    "/a%2fb",
    "/a%5cb",
    "/a\\b",
    "/..\\etc",
    "/a%00.txt",
    "/a\0",
    "/a%0ab",
    "/a%7f",
    "//evil.example/a",
    "/a//b",
    "//",
    "/a//",
    "/%c0%ae%c0%ae/etc",
    "/%c0%af",
    "/%ed%a0%80",
    "/%",
    "/%zz",
    "/%e9",
    "a",
  ]) {
    test(`that hides something, such as ${JSON.stringify(path)}, has no file`, () => {
      expect(names(path)).toBeUndefined();
    });
  }

  test("may have dots where they mean nothing", () => {
    expect(names("/a..b/c./...x", "/", "allow")).toEqual(["a..b", "c.", "...x"]);
  });

  test("to a hidden name has no file, unless they are allowed", () => {
    expect(names("/.git/config")).toBeUndefined();
    expect(names("/a/.env")).toBeUndefined();
    expect(names("/%2egit/config")).toBeUndefined();
    expect(names("/.git/config", "/", "allow")).toEqual([".git", "config"]);
  });

  test("may begin with .well-known, which is public (RFC 8615 §3)", () => {
    expect(names("/.well-known/acme")).toEqual([".well-known", "acme"]);
    expect(names("/a/.well-known/acme")).toBeUndefined();
    expect(names("/.well-known/.x")).toBeUndefined();
  });

  test("may have names of 255 bytes and no more", () => {
    expect(names(`/${"a".repeat(255)}`)).toBeDefined();
    expect(names(`/${"a".repeat(256)}`)).toBeUndefined();
    expect(names(`/${"%C3%A9".repeat(127)}`)).toBeDefined();
    expect(names(`/${"%C3%A9".repeat(128)}`)).toBeUndefined();
  });

  test("may have 2048 bytes of names, each with its slash, and no more", () => {
    const eight = `/${"a".repeat(255)}`.repeat(8);
    expect(names(eight)).toHaveLength(8);
    expect(names(`${eight}/`)).toHaveLength(8);
    expect(names(`${eight}/a`)).toBeUndefined();
  });
});

describe("a folder's path", () => {
  test("is encoded again, and ends in a slash", () => {
    expect(formatFolderPath("/docs", ["a b", "c?d#e"])).toBe("/docs/a%20b/c%3Fd%23e/");
    expect(formatFolderPath("/docs", [])).toBe("/docs/");
    expect(formatFolderPath("/", [])).toBe("/");
    expect(formatFolderPath("/", ["a"])).toBe("/a/");
  });
});
