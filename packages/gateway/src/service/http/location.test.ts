import { describe, expect, test } from "bun:test";
import { type LocationMapping, mapLocation } from "./location.ts";

const mapping: LocationMapping = {
  rules: [],
  backendAuthority: "back.example:8080",
  publicAuthority: "gateway.example",
  servicePath: "/app",
  backendPath: "/base",
};
const map = (location: string, more: Partial<LocationMapping> = {}) =>
  mapLocation(location, { ...mapping, ...more });

describe("a location of the back end's own", () => {
  for (const [location, mapped] of [
    ["http://back.example:8080/base/x?y#z", "/app/x?y#z"],
    ["HTTP://BACK.example:8080/base/x", "/app/x"],
    ["//back.example:8080/base/x", "/app/x"],
    ["http://back.example:8080/base", "/app"],
    ["http://back.example:8080/base/", "/app/"],
    ["http://back.example:8080/base?x", "/app?x"],
    ["https://gateway.example/base/x", "/app/x"],
    ["https://gateway.example:443/base/x", "/app/x"],
    ["http://gateway.example:80/base/x", "/app/x"],
    ["/base/x", "/app/x"],
    ["/base", "/app"],
  ] as const) {
    test(`${location} becomes ${mapped}`, () => expect(map(location)).toBe(mapped));
  }

  test("at the root becomes one at the service, and the other way round", () => {
    expect(map("http://back.example:8080", { backendPath: "/" })).toBe("/app/");
    expect(map("http://back.example:8080?x", { backendPath: "/" })).toBe("/app/?x");
    expect(map("/x", { backendPath: "/" })).toBe("/app/x");
    expect(map("https://gateway.example/x", { backendPath: "/" })).toBe("/app/x");
    expect(map("https://gateway.example/app/x", { backendPath: "/" })).toBe("https://gateway.example/app/x");
    expect(map("https://gateway.example/x", { servicePath: "/", backendPath: "/" })).toBe("/x");
    expect(map("/base", { servicePath: "/" })).toBe("/");
    expect(map("/base?x", { servicePath: "/" })).toBe("/?x");
    expect(map("/base/x", { servicePath: "/" })).toBe("/x");
  });

  for (const location of [
    "/base//evil.example/x",
    "/base/\\evil.example",
    "http://back.example:8080/base//evil.example",
  ]) {
    test(`never leads to another host: ${location}`, () => {
      const mapped = map(location, { servicePath: "/" });
      expect(mapped).toStartWith("/./");
      expect(new URL(mapped, "http://gateway.example/").host).toBe("gateway.example");
    });
  }
});

describe("another location", () => {
  for (const location of [
    "https://elsewhere.example/base/x",
    "http://back.example/base/x",
    "http://back.example:8080.evil.example/base/x",
    "http://back.example:8080@evil.example/base/x",
    "http://back.example:8080/other",
    "http://back.example:8080/basement",
    "https://gateway.example/app/x",
    "https://gateway.example/app",
    "/other",
    "/basement",
    "x/y",
    "../x",
    "?x",
    "",
    "mailto:a@b.example",
    "javascript:alert(1)",
  ]) {
    test(`is left alone: ${JSON.stringify(location)}`, () => expect(map(location)).toBe(location));
  }
});

test("the operator's rules go first, in their order", () => {
  const rules = [
    { from: "https://sso.internal/", to: "https://login.example/" },
    { from: "/base/", to: "/first/" },
    { from: "/base/x", to: "/second" },
  ];
  expect(map("https://sso.internal/a", { rules })).toBe("https://login.example/a");
  expect(map("/base/x", { rules })).toBe("/first/x");
  expect(map("http://back.example:8080/base/x", { rules })).toBe("/app/x");
});
