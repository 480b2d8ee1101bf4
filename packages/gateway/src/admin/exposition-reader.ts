// Reads the text format of Prometheus strictly, for tests of what we write. Written from the format's description
// (prometheus.io, "Exposition formats"), not from our writer; throws at everything that is not allowed.

export interface ReadSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export interface ReadFamily {
  readonly help: string;
  readonly type: string;
  readonly samples: ReadSample[];
}

export function readExposition(text: string): Map<string, ReadFamily> {
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  const families = new Map<string, ReadFamily>();
  const seen = new Set<string>();
  let helped: { name: string; help: string } | undefined;
  let current = "";
  for (const line of text.slice(0, -1).split("\n")) {
    const help = /^# HELP ([a-z_:][a-z0-9_:]*) (.+)$/.exec(line);
    const type = /^# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge|histogram)$/.exec(line);
    if (help !== null) helped = { name: help[1] ?? "", help: help[2] ?? "" };
    else if (type !== null) {
      current = type[1] ?? "";
      if (helped?.name !== current) throw new Error(`TYPE without HELP: ${line}`);
      if (families.has(current)) throw new Error(`a second family ${current}`);
      families.set(current, { help: helped.help, type: type[2] ?? "", samples: [] });
    } else {
      const sample = readSample(line);
      const key = `${sample.name}${JSON.stringify(Object.entries(sample.labels).sort())}`;
      if (seen.has(key)) throw new Error(`twice: ${line}`);
      seen.add(key);
      const family = families.get(current);
      if (family === undefined || !belongs(sample.name, current, family.type))
        throw new Error(`stray: ${line}`);
      family.samples.push(sample);
    }
  }
  return families;
}

function belongs(name: string, family: string, type: string): boolean {
  if (type !== "histogram") return name === family;
  return [`${family}_bucket`, `${family}_sum`, `${family}_count`].includes(name);
}

function readSample(line: string): ReadSample {
  const parts = /^([a-z_:][a-z0-9_:]*)(?:\{([^\n]*)\})? (\S+)$/.exec(line);
  if (parts === null) throw new Error(`not a sample: ${line}`);
  const [, name = "", labelText = "", number = ""] = parts;
  const labels: Record<string, string> = {};
  let rest = labelText;
  while (rest !== "") {
    const label = /^([a-z_][a-z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/.exec(rest);
    if (label === null) throw new Error(`not a label: ${rest}`);
    labels[label[1] ?? ""] = (label[2] ?? "").replace(/\\([^\n])/g, (_, one: string) =>
      one === "n" ? "\n" : one,
    );
    rest = rest.slice(label[0].length);
  }
  if (!/^(?:[+-]Inf|NaN|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.test(number))
    throw new Error(`not a number: ${line}`);
  return { name, labels, value: Number(number.replace("Inf", "Infinity")) };
}
