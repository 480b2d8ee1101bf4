// YAML text to plain data and positions. Knows nothing of what the keys mean.
import { LineCounter, parseDocument } from "yaml";
import type { Environment } from "./environment.ts";
import { FILE_MAX_BYTES, type Finding, type Position, type Source } from "./source.ts";
import { TREE_LIMITS, type TreeLimits, YamlTree } from "./yaml-tree.ts";

/** One slip of the syntax brings others after it; they would only hide it. */
const SYNTAX_FINDINGS_MAX = 3;

export function readYaml(text: string, environment: Environment, limits: TreeLimits = TREE_LIMITS): Source {
  if (new TextEncoder().encode(text).length > FILE_MAX_BYTES) {
    return failed([{ path: [], message: "the file is larger than 1 MiB" }]);
  }
  const lines = new LineCounter();
  // Duplicate keys are found below, in linear time. Without `prettyErrors` messages come without an excerpt.
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    uniqueKeys: false,
  });
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line, column: col };
  };
  // Warnings are of tags without a meaning: a value would be read as something else than what was written.
  const all = [...document.errors, ...document.warnings];
  // A key that is no text is mostly what another slip leaves behind, and that one says more.
  const telling = all.filter(({ code }) => code !== "NON_STRING_KEY");
  const errors = telling.length > 0 ? telling : all;
  if (errors.length > 0) {
    const findings = errors.map((error) => ({
      path: [],
      message: syntaxMessage(error, text),
      position: positionOf(error.pos[0]),
    }));
    return failed(findings.slice(0, SYNTAX_FINDINGS_MAX));
  }
  if (document.directives?.yaml.version !== "1.2") {
    const message = "the file asks for YAML 1.1, where `no` is a boolean; remove its `%YAML` line";
    return failed([{ path: [], message, position: { line: 1, column: 1 } }]);
  }
  return new YamlTree(environment, positionOf, limits).convert(document.contents);
}

function failed(findings: readonly Finding[]): Source {
  return { data: undefined, findings, locate: () => undefined, environmentOf: () => [] };
}

interface SyntaxError {
  readonly code: string;
  readonly message: string;
  /** From and to, as offsets in the text. */
  readonly pos: readonly [number, number];
}

function syntaxMessage({ code, message, pos: [offset] }: SyntaxError, text: string): string {
  if (code === "RESOURCE_EXHAUSTION") return "is nested too deeply";
  if (code === "MULTIPLE_DOCS") return "begins a second document; a configuration is one";
  if (code === "NON_STRING_KEY") return "has a key that is a list, a map or an alias; keys are texts";
  if (code === "UNEXPECTED_TOKEN" && text.startsWith("${", offset - 1)) {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the syntax that is explained.
    return 'has a reference inside `{ }` or `[ ]`, where it needs quotes: `"${NAME}"`';
  }
  if (code === "UNEXPECTED_TOKEN" && (text[offset] === "[" || text[offset] === "{")) {
    return `has a \`${text[offset]}\` inside a value, which needs quotes then`;
  }
  return `is not valid YAML: ${message}`;
}
