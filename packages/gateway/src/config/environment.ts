// `${NAME}` and `${NAME:-default}` in a text, replaced from the environment; `$${` stays as `${`. Works on one
// value at a time, after the file has been read as YAML: a value of the environment can never add structure.

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Substitution {
  readonly text: string;
  /** The variables that were asked for, in order. */
  readonly names: readonly string[];
  /** What is wrong with the references, as sentences without a full stop. */
  readonly problems: readonly string[];
}

const REFERENCE = /\$\$\{|\$\{([^}]*)(\}?)/g;
const NAME = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

export function substitute(text: string, environment: Environment): Substitution {
  const names: string[] = [];
  const problems: string[] = [];
  const replaced = text.replace(REFERENCE, (found, inside?: string, closing?: string) => {
    if (inside === undefined) return "${";
    const [, name, fallback] = NAME.exec(inside) ?? [];
    if (closing === "" || name === undefined) {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the syntax that is explained.
      problems.push("`${` begins no `${NAME}` or `${NAME:-default}`; write `$${` if it stands for itself");
      return found;
    }
    names.push(name);
    const value = Object.hasOwn(environment, name) ? environment[name] : undefined;
    // As in a shell: the default stands in for an empty value too.
    if (fallback !== undefined) return value === undefined || value === "" ? fallback : value;
    if (value !== undefined) return value;
    problems.push(
      `the environment variable \`${name}\` is not set; set it, or write \`\${${name}:-default}\``,
    );
    return found;
  });
  return { text: replaced, names, problems };
}
