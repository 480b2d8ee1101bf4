import { describe, expect, test } from "bun:test";
import { formatListingJson, formatListingPage, type Listing, sortEntries } from "./listing.ts";

const file = (name: string) => ({ name, kind: "file" as const, sizeBytes: 12, modifiedMs: 0 });
const folder = (name: string) => ({ name, kind: "folder" as const, sizeBytes: 0, modifiedMs: 0 });
const listing = (entries: Listing["entries"], more: Partial<Listing> = {}): Listing => ({
  path: "/docs/",
  isRoot: false,
  isCut: false,
  entries,
  ...more,
});

test("entries are sorted: folders first, then by code points", () => {
  const sorted = sortEntries([file("b"), folder("z"), file("B"), file("ä"), folder("a"), file("a")]);
  expect(sorted.map(({ name }) => name)).toEqual(["a", "z", "B", "a", "b", "ä"]);
});

describe("the page of a folder", () => {
  test("links files and folders relative to itself", () => {
    const page = formatListingPage(listing([folder("sub"), file("a b.txt")]));
    expect(page).toContain('<a href="./sub/">sub/</a>');
    expect(page).toContain('<a href="./a%20b.txt">a b.txt</a></td><td align="right">12</td>');
    expect(page).toContain("Thu, 01 Jan 1970 00:00:00 GMT");
    expect(page).toContain('<a href="../">../</a>');
  });

  test("of the root has no way up", () => {
    expect(formatListingPage(listing([], { isRoot: true }))).not.toContain("../");
  });

  for (const name of [
    '"><script>alert(1)</script>',
    "javascript:alert(1)",
    "<img src=x onerror=alert(1)>",
    "'&\"",
    "//evil",
  ]) {
    test(`cannot be broken by a file called ${name}`, async () => {
      const page = formatListingPage(listing([file(name)], { path: `/${name}/` }));
      const found: { href: string; elements: string[] } = { href: "", elements: [] };
      const rewriter = new HTMLRewriter().on("*", {
        element(element) {
          found.elements.push(element.tagName);
          // The rewriter gives attributes as they stand; this is the one reference that can be in them.
          const href = (element.getAttribute("href") ?? "").replaceAll("&#39;", "'");
          if (href !== "" && href !== "../") found.href = href;
        },
      });
      await rewriter.transform(new Response(page)).text();
      expect(found.elements).not.toContain("script");
      expect(found.elements).not.toContain("img");
      const url = new URL(found.href, "http://gateway.example/docs/");
      expect(url.origin).toBe("http://gateway.example");
      expect(decodeURIComponent(url.pathname)).toBe(`/docs/${name}`);
    });
  }

  test("says when it does not show all", () => {
    expect(formatListingPage(listing([file("a")], { isCut: true }))).toContain("Only 1 entries are shown");
  });

  test("takes a name that is not well-formed", () => {
    expect(() => formatListingPage(listing([file("a\ud800b")]))).not.toThrow();
  });
});

test("the JSON of a folder says the same in full", () => {
  expect(JSON.parse(formatListingJson(listing([folder("sub"), file('"')], { isCut: true })))).toEqual({
    path: "/docs/",
    isCut: true,
    entries: [
      { name: "sub", kind: "folder", modified: "1970-01-01T00:00:00.000Z" },
      { name: '"', kind: "file", sizeBytes: 12, modified: "1970-01-01T00:00:00.000Z" },
    ],
  });
});
