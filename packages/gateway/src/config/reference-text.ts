// The prose of the configuration reference. What a schema can say is not repeated here.
import { STARTER_CONFIG } from "./starter.ts";

export function renderIntroduction(): string {
  return `# Configuration

Made from the schemas by \`packages/gateway/src/cli/generate.ts\`; edits belong there.

The gateway reads one file: the one named on the command line, or else \`sluice.yaml\` in the working directory. Without
either it serves a welcome page, an echo and a broadcast on <http://localhost:8000>. \`sluice check FILE\` says what is
wrong with a file, all of it at once; \`sluice config print FILE\` shows it with every default filled in and secrets masked.

\`\`\`yaml
${STARTER_CONFIG.trimEnd()}
\`\`\`

## Rules of the file

- YAML 1.2, at most 1 MiB; JSON is YAML. Unknown and repeated keys are errors. A key with nothing after it counts as absent.
- **Sizes** are written \`512 B\`, \`64 KiB\`, \`1 MB\` (units \`B\`, \`kB\`, \`KiB\`, \`MB\`, \`MiB\`, \`GB\`, \`GiB\`), **times** \`500ms\`,
  \`30s\`, \`5m\`, \`12h\`, \`2d\` (at most 24 days) or \`unlimited\`, **rates** \`2 MB/s\` or \`unlimited\`. A bare number is an error.
- **Files** are relative to the folder of the configuration.
- \`\${NAME}\` in a value is replaced from the environment, \`\${NAME:-default}\` has a default for a variable that is unset or
  empty, \`$\${\` stands for \`\${\`. An unset variable without a default is an error. What is put in is never read as YAML.
  Inside \`{ }\` and \`[ ]\` put quotes around it: \`"\${NAME}"\`.
- Anchors, aliases and merge keys (\`<<: *name\`) work, up to 100,000 values in all.
- **Paths** of services begin with a slash; \`/a\` and \`/a/\` are the same. The longest path that fits a request has it.
- For completion in an editor put \`# yaml-language-server: $schema=sluice.schema.json\` on the first line;
  \`sluice schema\` writes that file.

A reload (\`SIGHUP\`, \`sluice reload\`, or the admin side) applies the difference: sessions of services that did not change
stay. A file with a mistake is refused as a whole and nothing changes. Changes of \`admin\`,
\`log\` and \`limits.headerMaxSize\` take a restart; the log says so.

The configuration can be a program instead, \`sluice start sluice.config.ts\`:

\`\`\`ts
import { defineConfig } from "@sluice/gateway/config";

export default defineConfig({
  listen: ["http://0.0.0.0:8000"],
  services: { "/echo": { type: "echo", repeat: 2 } },
});
\`\`\`

Nothing is substituted there: it has \`process.env\`. A reload runs the module again, but not the modules that it imports.
`;
}
