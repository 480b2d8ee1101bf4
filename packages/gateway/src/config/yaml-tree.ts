// A parsed YAML document to plain data. Walks the syntax tree itself instead of using the library's own conversion,
// since it notes the place of every key and value, substitutes the environment on the way, and bounds what aliases
// can grow. Does not parse.
import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, Scalar, type YAMLMap } from "yaml";
import { type Environment, substitute } from "./environment.ts";
import type { Finding, Path, Position, Source } from "./source.ts";

/** What a document may hold. */
export interface TreeLimits {
  /** Values after all aliases are expanded. */
  readonly valuesMax: number;
  /** Levels of maps, lists and aliases. */
  readonly depthMax: number;
  /** Text that comes from the environment, all values together. UTF-16 units. */
  readonly substitutedMaxCharacters: number;
}

/**
 * The largest sensible configuration has some thousand values, an alias bomb has billions. The deepest option lies at 6.
 * Without the last limit every value could ask for a variable as long as the system allows.
 */
export const TREE_LIMITS: TreeLimits = {
  valuesMax: 100_000,
  depthMax: 64,
  substitutedMaxCharacters: 4 * 1024 * 1024,
};

/** Where a value and its key begin. A tree, since paths as texts could grow as the product of depth and key length. */
interface Spot {
  key: number | undefined;
  value: number;
  environment: readonly string[];
  readonly children: Map<string | number, Spot>;
}

interface Place {
  readonly path: Path;
  readonly spot: Spot;
  readonly depth: number;
  /** Inside an alias nothing defines anchors: they were defined where they stand. */
  readonly isAliased: boolean;
}

export class YamlTree {
  readonly #environment: Environment;
  readonly #positionOf: (offset: number) => Position;
  readonly #limits: TreeLimits;
  readonly #findings: Finding[] = [];
  readonly #root: Spot = createSpot();
  readonly #anchors = new Map<string, Node>();
  /** Nodes that are being converted: an alias to one of them would never end. */
  readonly #open = new Set<Node>();
  #count = 0;
  #substitutedCharacters = 0;
  #isGivenUp = false;

  constructor(environment: Environment, positionOf: (offset: number) => Position, limits: TreeLimits) {
    this.#environment = environment;
    this.#positionOf = positionOf;
    this.#limits = limits;
  }

  convert(contents: Node | null): Source {
    const root: Place = { path: [], spot: this.#root, depth: 0, isAliased: false };
    const data = contents === null ? null : this.#node(contents, root);
    return {
      data: this.#isGivenUp ? undefined : data,
      findings: this.#findings,
      locate: (path, at) => {
        const offset = this.#spotOf(path)?.[at];
        return offset === undefined ? undefined : this.#positionOf(offset);
      },
      environmentOf: (path) => this.#spotOf(path)?.environment ?? [],
    };
  }

  #spotOf(path: Path): Spot | undefined {
    return path.reduce<Spot | undefined>((spot, part) => spot?.children.get(part), this.#root);
  }

  #node(node: Node, place: Place): unknown {
    place.spot.value = node.range?.[0] ?? 0;
    if (!this.#enter(node, place)) return undefined;
    if (isAlias(node)) return this.#alias(node.source, place);
    this.#define(node, place);
    if (isScalar(node)) return this.#scalar(node, place);
    this.#open.add(node);
    const value = isMap(node) ? this.#map(node, place) : this.#sequence(node, place);
    this.#open.delete(node);
    return value;
  }

  /** Whether there is room for one more value. If not, the tree is given up as a whole. */
  #enter(node: Node, { path, depth }: Place): boolean {
    if (this.#isGivenUp) return false;
    this.#count++;
    const { valuesMax, depthMax, substitutedMaxCharacters } = this.#limits;
    let message: string;
    if (this.#count > valuesMax) message = `holds more than ${valuesMax} values, with all aliases expanded`;
    else if (depth > depthMax) message = `is nested more than ${depthMax} levels deep`;
    else if (this.#open.has(node)) message = "holds itself through an alias";
    else if (this.#substitutedCharacters > substitutedMaxCharacters)
      message = `takes more than ${substitutedMaxCharacters} characters from the environment`;
    else return true;
    this.#isGivenUp = true;
    this.#findings.push({ path, message });
    return false;
  }

  #define(node: Node, { isAliased }: Place): void {
    if (isAliased || isAlias(node)) return;
    const anchor = isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined;
    if (anchor !== undefined) this.#anchors.set(anchor, node);
  }

  #alias(name: string, place: Place): unknown {
    const node = this.#anchors.get(name);
    if (node !== undefined) return this.#node(node, { ...place, depth: place.depth + 1, isAliased: true });
    this.#findings.push({ path: place.path, message: `there is no anchor \`&${name}\` before this alias` });
    return null;
  }

  #scalar(node: Scalar, { path, spot }: Place): unknown {
    const { value } = node;
    if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
    if (typeof value !== "string") {
      this.#findings.push({ path, message: `has the tag \`${node.tag ?? "?"}\`, which has no meaning here` });
      return null;
    }
    if (!value.includes("${")) return value;
    const { text, names, problems } = substitute(value, this.#environment);
    for (const message of problems) this.#findings.push({ path, message });
    spot.environment = names;
    this.#substitutedCharacters += text.length;
    return text;
  }

  #sequence(node: Node, place: Place): unknown {
    if (!isSeq(node)) return undefined;
    // The library's types allow anything as an item; a parsed document holds nodes.
    return node.items.map((item, index) => this.#node(item as Node, child(place, index)));
  }

  #map(node: YAMLMap, place: Place): Record<string, unknown> {
    // Without a prototype, so that `__proto__` is a key like any other.
    const data: Record<string, unknown> = Object.create(null);
    const merged: Node[] = [];
    for (const { key, value } of node.items.map(nodesOf)) {
      this.#define(key, place);
      const name = String(key.value);
      if (isMergeKey(key)) merged.push(value ?? key);
      else if (Object.hasOwn(data, name)) this.#duplicate([...place.path, name], key);
      else this.#entry(data, key, value, place);
    }
    for (const source of merged) this.#merge(data, source, place);
    return data;
  }

  #entry(data: Record<string, unknown>, key: Scalar, value: Node | undefined, place: Place): void {
    const name = String(key.value);
    const inner = child(place, name);
    inner.spot.key = key.range?.[0] ?? 0;
    inner.spot.value = inner.spot.key;
    data[name] = value === undefined ? null : this.#node(value, inner);
  }

  #duplicate(path: Path, key: Scalar): void {
    const first = this.#positionOf(this.#spotOf(path)?.key ?? 0);
    const message = `duplicate key; the first one is in line ${first.line}`;
    this.#findings.push({ path, message, position: this.#positionOf(key.range?.[0] ?? 0) });
  }

  /** `<<`: adds what the map does not have itself (yaml.org/type/merge). Of several maps the first wins. */
  #merge(data: Record<string, unknown>, source: Node, place: Place): void {
    const node = isAlias(source) ? this.#anchors.get(source.source) : source;
    if (!this.#enter(node ?? source, place)) return;
    if (node !== undefined && isSeq(node)) {
      // The library's types allow anything as an item; a parsed document holds nodes.
      for (const item of node.items) this.#merge(data, item as Node, { ...place, depth: place.depth + 1 });
    } else if (node !== undefined && isMap(node)) this.#mergeMap(data, node, place);
    else {
      const inner = child(place, "<<");
      inner.spot.value = source.range?.[0] ?? 0;
      this.#findings.push({ path: inner.path, message: "must be an alias of a map, or a list of them" });
    }
  }

  #mergeMap(data: Record<string, unknown>, node: YAMLMap, place: Place): void {
    this.#open.add(node);
    const aliased: Place = { ...place, depth: place.depth + 1, isAliased: true };
    for (const { key, value } of node.items.map(nodesOf)) {
      if (isMergeKey(key)) this.#merge(data, value ?? key, aliased);
      else if (!Object.hasOwn(data, String(key.value))) this.#entry(data, key, value, aliased);
    }
    this.#open.delete(node);
  }
}

function createSpot(): Spot {
  return { key: undefined, value: 0, environment: [], children: new Map() };
}

function child(place: Place, part: string | number): Place {
  const spot = createSpot();
  place.spot.children.set(part, spot);
  return { ...place, path: [...place.path, part], spot, depth: place.depth + 1 };
}

function nodesOf(pair: Pair): { readonly key: Scalar; readonly value: Node | undefined } {
  // With `stringKeys` a document without errors has scalar keys only, and parsed pairs hold nodes.
  return { key: pair.key as Scalar, value: (pair.value ?? undefined) as Node | undefined };
}

function isMergeKey(key: Scalar): boolean {
  return key.value === "<<" && key.type === Scalar.PLAIN;
}
