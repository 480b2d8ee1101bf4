// Checks the directions between layers (layers.mjs), the doors to the host, and that no import goes in a circle.
// Reads the source with a parser, so that a name in a comment or a string is not an offence.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { parseSync } from "oxc-parser";
import { ROOT } from "./install.mjs";
import { PACKAGES } from "./layers.mjs";

/** Offences as sentences, each with file and line. */
export function checkPackage(root, plan) {
  const { files: source, missing } = readReachable(root, plan);
  const offences = missing.map((path) => `${plan.folder}/${path} is missing`);
  for (const file of source.values()) {
    const report = (offset, text) =>
      offences.push(`${plan.folder}/${file.path}:${lineOf(file.text, offset)} ${text}`);
    const rules = rulesOf(plan, file.path);
    if (rules === undefined) {
      report(0, `is in no known layer: ${layerOf(file.path)}`);
      continue;
    }
    for (const one of file.imports) checkImport(root, plan, file, one, rules, report);
    for (const { name, offset } of namesOf(file.program)) {
      if (isForbidden(name, plan, rules)) report(offset, `names ${name}; see scripts/layers.mjs`);
    }
  }
  return [...offences, ...circlesIn(source).map((path) => `${plan.folder}: imports go in a circle: ${path}`)];
}

/** A file may have rules of its own. */
function rulesOf({ layers }, path) {
  return layers === undefined ? {} : (layers[path] ?? layers[layerOf(path)]);
}

/** What the package's exports and entries lead to: all that runs outside of tests. */
function readReachable(root, { folder, entries }) {
  const files = new Map();
  const missing = new Set();
  const { exports } = JSON.parse(readFileSync(join(root, folder, "../package.json"), "utf8"));
  const exported = Object.values(exports).map((path) => relative("src", path));
  const waiting = [...exported, ...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (files.has(path)) continue;
    if (!existsSync(join(root, folder, path))) {
      missing.add(path);
      continue;
    }
    const text = readFileSync(join(root, folder, path), "utf8");
    const { program, module, errors } = parseSync(path, text);
    if (errors.length > 0) throw new Error(`${folder}/${path}: ${errors[0].message}`);
    const imports = importsOf(module, text).map((one) => ({ ...one, target: targetOf(path, one.from) }));
    files.set(path, { path, text, program, imports });
    for (const { target } of imports) {
      if (target !== undefined && isInside(target)) waiting.push(target);
    }
  }
  return { files, missing: [...missing] };
}

/** Every import and re-export, static or dynamic; `isType` when nothing of it is left when types are erased. */
function importsOf({ staticImports, staticExports, dynamicImports }, text) {
  return [
    ...staticImports.map(({ moduleRequest, entries, start }) => ({
      from: moduleRequest.value,
      isType: entries.length > 0 && entries.every((entry) => entry.isType),
      offset: start,
    })),
    ...staticExports.flatMap(({ entries, start }) =>
      entries
        .filter(({ moduleRequest }) => moduleRequest !== null)
        .map(({ moduleRequest, isType }) => ({ from: moduleRequest.value, isType, offset: start })),
    ),
    ...dynamicImports
      .map(({ moduleRequest, start }) => ({
        request: text.slice(moduleRequest.start, moduleRequest.end),
        start,
      }))
      // What is computed, such as the path of a user's file, is no direction between our layers.
      .filter(({ request }) => /^["']/.test(request))
      .map(({ request, start }) => ({
        from: request.slice(1, -1),
        isType: false,
        isDynamic: true,
        offset: start,
      })),
  ];
}

/** Relative to the package's source folder; `undefined` for what is not TypeScript of ours. */
function targetOf(path, from) {
  return from.startsWith(".") && from.endsWith(".ts") ? relative("", join(dirname(path), from)) : undefined;
}

const isInside = (target) => !target.startsWith("..");
const layerOf = (path) => path.split("/")[0];

function checkImport(root, plan, file, { from, target, isType, offset }, rules, report) {
  if (from.startsWith(".")) {
    if (target === undefined) return;
    if (!isInside(target)) return report(offset, `reaches out of its package: ${from}`);
    checkDirection(root, plan, file, { target, isType, offset }, rules, report);
    return;
  }
  if (/^bun(:|$)/.test(from)) {
    if (!rules.isDoorToBun) report(offset, `imports ${from}, which is for the layers that are doors to it`);
    return;
  }
  if (plan.layers !== undefined && from.startsWith("node:")) return;
  const isAllowed = plan.packages.some((name) => from === name || from.startsWith(`${name}/`));
  if (!isAllowed) report(offset, `imports ${from}, which this package may not`);
}

function checkDirection(root, plan, file, { target, isType, offset }, rules, report) {
  if (plan.layers === undefined) return;
  const from = layerOf(file.path);
  const to = layerOf(target);
  if (from === to) {
    if (rules.areFoldersApart && areApart(root, plan, file.path, target)) {
      report(offset, `imports ${target}: parts of ${from} do not know each other`);
    }
    return;
  }
  if (rules.imports.includes(to) || (isType && rules.types?.includes(to))) return;
  const isTypeOnly = rules.types?.includes(to);
  report(
    offset,
    `imports ${target}: ${from} may ${isTypeOnly ? "import only types of" : "not import"} ${to}`,
  );
}

/** From one sub-folder to another that has an index: that one is a part of its own, not something shared. */
function areApart(root, { folder }, path, target) {
  const [layer, part, ...rest] = target.split("/");
  const [, ownPart, ...ownRest] = path.split("/");
  if (rest.length === 0 || ownRest.length === 0 || ownPart === part) return false;
  return existsSync(join(root, folder, layer, part, "index.ts"));
}

function isForbidden(name, plan, rules) {
  if (!plan.forbiddenNames.includes(name)) return false;
  return !(name === "Bun" ? rules.isDoorToBun : rules.isDoorToHost);
}

/** Keys under which an identifier is a name of its own making, not a reference: `x.console`, `{ console: 1 }`. */
const OWN_NAMES = new Map([
  ["MemberExpression", "property"],
  ["Property", "key"],
  ["PropertyDefinition", "key"],
  ["MethodDefinition", "key"],
  ["TSPropertySignature", "key"],
  ["TSMethodSignature", "key"],
]);

/** Global names that the program refers to, as layers.mjs writes them. */
function* namesOf(node, parent, key) {
  if (node === null || typeof node !== "object") return;
  if (Array.isArray(node)) {
    for (const one of node) yield* namesOf(one, parent, key);
    return;
  }
  if (node.type === "Identifier") {
    if (isOwnName(parent, key)) return;
    yield { name: node.name, offset: node.start };
  }
  const compound = compoundName(node);
  if (compound !== undefined) yield { name: compound, offset: node.start };
  for (const [childKey, child] of Object.entries(node)) {
    if (child !== null && typeof child === "object") yield* namesOf(child, node, childKey);
  }
}

function isOwnName(parent, key) {
  return OWN_NAMES.get(parent?.type) === key && !parent.computed && !parent.shorthand;
}

/** `Date.now`, `Math.random`, `new Date()`; also of `globalThis`. */
function compoundName({ type, object, property, computed, callee, arguments: args }) {
  if (type === "NewExpression" && callee.name === "Date" && args.length === 0) return "new Date()";
  if (type !== "MemberExpression" || computed) return undefined;
  if (object.name === "globalThis") return property.name;
  const owner = object.type === "MemberExpression" ? object.property.name : object.name;
  return owner === undefined ? undefined : `${owner}.${property.name}`;
}

/** Circles of imports that are there at run time: who is first would depend on who is asked first. */
function circlesIn(source) {
  const circles = [];
  const done = new Set();
  const visit = (path, trail) => {
    const at = trail.indexOf(path);
    if (at >= 0) return circles.push([...trail.slice(at), path].join(" -> "));
    if (done.has(path) || !source.has(path)) return;
    for (const { target, isType, isDynamic } of source.get(path).imports) {
      if (target !== undefined && !isType && !isDynamic) visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const path of source.keys()) visit(path, []);
  return circles;
}

function lineOf(text, offset) {
  return text.slice(0, offset).split("\n").length;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const offences = PACKAGES.flatMap((plan) => checkPackage(ROOT, plan));
  for (const offence of offences) console.error(offence);
  process.exitCode = offences.length === 0 ? 0 : 1;
}
