// Host names against patterns: exact, or `*.example.com` for one or more labels in place of the star.

/** Both in lower case. A star never matches the bare domain itself. */
export function matchesName(pattern: string, name: string): boolean {
  if (pattern === "*") return true;
  if (!pattern.startsWith("*.")) return pattern === name;
  const suffix = pattern.slice(1);
  return name.length > suffix.length && name.endsWith(suffix);
}
