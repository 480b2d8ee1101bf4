import { expect, test } from "bun:test";
import { normaliseServicePath } from "./service-path.ts";

test.each([
  ["/", "/"],
  ["/echo", "/echo"],
  ["/echo/", "/echo"],
  ["/a/b.c/~d;e=1,2:@!$&'()*+-_", "/a/b.c/~d;e=1,2:@!$&'()*+-_"],
  ["/...", "/..."],
])("%s is the path %s", (text, path) => {
  expect(normaliseServicePath(text)).toEqual({ path });
});

test.each([
  ["", "must begin with a slash: `/`"],
  ["echo", "must begin with a slash: `/echo`"],
  ["/a?b", "has a query; a service has the path alone"],
  ["/a#b", "has a fragment; a service has the path alone"],
  ["/a%2Fb", "has a percent sign; services have paths without encoded characters"],
  ["/a b", "has a character that a path of a URL cannot have"],
  ["/ä", "has a character that a path of a URL cannot have"],
  ["/a\nb", "has a character that a path of a URL cannot have"],
  ["/a\\b", "has a character that a path of a URL cannot have"],
  ["/a/../b", "has a segment `.` or `..`, which browsers resolve before they ask"],
  ["/.", "has a segment `.` or `..`, which browsers resolve before they ask"],
  ["//", "has an empty segment (`//`)"],
  ["/a//b", "has an empty segment (`//`)"],
])("%p is refused", (text, problem) => {
  expect(normaliseServicePath(text)).toEqual({ problem });
});
