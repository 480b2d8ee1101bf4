// @ts-check
// A line chart in SVG: bytes over time, one line for each technique, each with its own dash as well as its colour.
// Draws what it is given; keeps no data and computes none.

/**
 * @typedef {object} Series
 * @property {string} name Goes into the class, which has the colour.
 * @property {string} label
 * @property {readonly (readonly [seconds: number, bytes: number])[]} points
 *
 * @typedef {object} ChartInput
 * @property {readonly Series[]} series
 * @property {boolean} isLogarithmic
 */

const SVG = "http://www.w3.org/2000/svg";
/** Seconds that the axis shows at least. */
const SPAN_MIN_S = 10;
/** Points drawn for one line; more than a phone has pixels for are left out. */
const POINTS_MAX = 300;

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 */
function element(name, attributes, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  if (text !== undefined) node.textContent = text;
  return node;
}

/** @param {number} bytes */
export function formatBytes(bytes) {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  if (bytes < 1e6) return `${(bytes / 1e3).toFixed(bytes < 1e4 ? 1 : 0)} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 1)} MB`;
}

/**
 * A round number without its zeros: `1 kB`.
 * @param {number} bytes
 */
function formatTick(bytes) {
  return formatBytes(bytes).replace(/\.0+(?= )/, "");
}

/**
 * Round steps of 1, 2 or 5 times a power of ten.
 * @param {number} max
 * @param {number} count
 */
function linearTicks(max, count) {
  const rough = max / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const ticks = [];
  for (let value = 0; value <= max * 1.0001; value += step) ticks.push(value);
  return ticks;
}

/** @param {ChartInput} input */
function valueScale({ series, isLogarithmic }) {
  const highest = Math.max(100, ...series.map(({ points }) => points.at(-1)?.[1] ?? 0));
  if (!isLogarithmic) {
    const max = highest * 1.08;
    return { ticks: linearTicks(max, 5), position: (/** @type {number} */ value) => value / max };
  }
  const lowest = Math.min(...series.map(({ points }) => points.find(([, bytes]) => bytes > 0)?.[1] ?? 100));
  const from = Math.floor(Math.log10(Math.max(10, lowest)));
  const to = Math.max(from + 1, Math.log10(highest * 1.3));
  const ticks = [];
  for (let power = from; power <= to; power++) ticks.push(10 ** power);
  return {
    ticks,
    position: (/** @type {number} */ value) =>
      Math.max(0, (Math.log10(Math.max(value, 10 ** from)) - from) / (to - from)),
  };
}

/**
 * Keeps the labels at the lines' ends apart, moving each as little as needed.
 * @param {number[]} wanted
 * @param {number} gap
 * @param {number} max
 */
function spreadLabels(wanted, gap, max) {
  const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0));
  const placed = [...wanted];
  let floor = -Infinity;
  for (const index of order) {
    placed[index] = Math.max(wanted[index] ?? 0, floor + gap);
    floor = placed[index] ?? 0;
  }
  let ceiling = max + gap;
  for (const index of order.reverse()) {
    placed[index] = Math.min(placed[index] ?? 0, ceiling - gap);
    ceiling = placed[index] ?? 0;
  }
  return placed;
}

/** @param {readonly (readonly [number, number])[]} points */
function thinned(points) {
  const stride = Math.ceil(points.length / POINTS_MAX);
  return points.filter((_, index) => index % stride === 0 || index === points.length - 1);
}

/**
 * @param {HTMLElement} container
 * @returns {(input: ChartInput) => void}
 */
export function createChart(container) {
  /** @type {ChartInput | undefined} */
  let last;
  /** @param {ChartInput} input */
  const draw = (input) => {
    last = input;
    const width = Math.max(260, container.clientWidth);
    const parts = [drawChart(input, width)];
    if (isNarrow(width)) parts.push(drawLegend(input));
    container.replaceChildren(...parts);
  };
  new ResizeObserver(() => {
    if (last !== undefined) draw(last);
  }).observe(container);
  return draw;
}

/**
 * Where the lines' names do not fit at their ends.
 * @param {number} width
 */
function isNarrow(width) {
  return width < 520;
}

/** @param {ChartInput} input */
function drawLegend({ series }) {
  const list = document.createElement("ul");
  list.className = "legend";
  for (const { name, label } of series) {
    const sample = element("svg", { viewBox: "0 0 34 10", width: 34, height: 10, "aria-hidden": "true" });
    sample.append(element("path", { class: `line ${name}`, d: "M2 5H32" }));
    const item = document.createElement("li");
    item.append(sample, label);
    list.append(item);
  }
  return list;
}

/**
 * @param {ChartInput} input
 * @param {number} width
 * @returns {Element}
 */
function drawChart(input, width) {
  const narrow = isNarrow(width);
  const height = narrow ? 260 : 340;
  const box = { left: 54, top: 10, right: narrow ? 72 : 172, bottom: 28 };
  const plot = { width: width - box.left - box.right, height: height - box.top - box.bottom };
  const svg = element("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img" });
  svg.setAttribute("aria-label", describe(input));
  const spanS = Math.max(SPAN_MIN_S, ...input.series.map(({ points }) => points.at(-1)?.[0] ?? 0));
  const scale = valueScale(input);
  const x = (/** @type {number} */ seconds) => box.left + (seconds / spanS) * plot.width;
  const y = (/** @type {number} */ bytes) => box.top + (1 - scale.position(bytes)) * plot.height;
  for (const tick of scale.ticks) {
    svg.append(
      element("line", { class: "grid", x1: box.left, x2: box.left + plot.width, y1: y(tick), y2: y(tick) }),
    );
    svg.append(
      element(
        "text",
        { class: "tick", x: box.left - 8, y: y(tick) + 4, "text-anchor": "end" },
        formatTick(tick),
      ),
    );
  }
  for (const tick of linearTicks(spanS, narrow ? 3 : 6)) {
    const label = tick === 0 ? "0" : `${tick} s`;
    svg.append(element("text", { class: "tick", x: x(tick), y: height - 8, "text-anchor": "middle" }, label));
  }
  const ends = input.series.map(({ points }) => y(points.at(-1)?.[1] ?? 0));
  const labels = spreadLabels(ends, 17, box.top + plot.height);
  for (const [index, { name, label, points }] of input.series.entries()) {
    const [seconds = 0, bytes = 0] = points.at(-1) ?? [];
    // On a logarithmic scale there is no place for nothing.
    const shown = input.isLogarithmic ? points.filter(([, value]) => value > 0) : points;
    if (shown.length === 0) continue;
    const path = thinned(shown).map(
      ([s, b], at) => `${at === 0 ? "M" : "L"}${x(s).toFixed(1)} ${y(b).toFixed(1)}`,
    );
    svg.append(element("path", { class: `line ${name}`, d: path.join("") }));
    svg.append(element("circle", { class: `dot ${name}`, cx: x(seconds), cy: y(bytes), r: 4 }));
    const text = narrow ? formatBytes(bytes) : `${label} ${formatBytes(bytes)}`;
    svg.append(
      element("text", { class: `end ${name}`, x: x(seconds) + 9, y: (labels[index] ?? 0) + 4 }, text),
    );
  }
  return svg;
}

/** @param {ChartInput} input */
function describe({ series }) {
  const parts = series.map(({ label, points }) => `${label} ${formatBytes(points.at(-1)?.[1] ?? 0)}`);
  return `Bytes on the wire since the start: ${parts.join(", ")}.`;
}
