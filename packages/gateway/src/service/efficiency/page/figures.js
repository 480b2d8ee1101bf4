// @ts-check
// Shows the figures: a card and a bar for each technique, the table, and the sentence that sums them up. Only text
// and sizes are written; the structure is made once.
import { formatBytes } from "./chart.js";
import { overheadOf, TECHNIQUES, totalsOf } from "./measure.js";

/** @typedef {import("./techniques.js").TechniqueName} TechniqueName */
/** @typedef {import("./measure.js").Tally} Tally */
/** @typedef {{ p50: number | undefined, p95: number | undefined }} Latency */

/**
 * @typedef {object} View
 * @property {Tally} tally
 * @property {boolean} isMetered
 * @property {number} size Payload of one message.
 * @property {Record<TechniqueName, Latency>} toPage
 * @property {Record<TechniqueName, Latency>} toServer
 * @property {Partial<Record<TechniqueName, string>>} failures
 */

const NOTHING = "–";

/**
 * @param {string} name
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children
 */
function make(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** @param {number | undefined} bytes */
function formatOverhead(bytes) {
  if (bytes === undefined) return NOTHING;
  return bytes < 100 ? bytes.toFixed(1) : Math.round(bytes).toLocaleString("en");
}

/** @param {number | undefined} ms */
function formatMs(ms) {
  if (ms === undefined) return NOTHING;
  return ms < 10 ? ms.toFixed(1) : String(Math.round(ms));
}

/** @param {Latency} latency */
function formatLatency({ p50, p95 }) {
  return p50 === undefined ? NOTHING : `${formatMs(p50)} / ${formatMs(p95)}`;
}

/** @param {number} factor */
function formatFactor(factor) {
  return factor < 10 ? factor.toFixed(1) : String(Math.round(factor));
}

/**
 * The rows of the table.
 * @type {readonly { label: string, bytes: boolean, value: (view: View, name: TechniqueName) => string }[]}
 */
const ROWS = [
  {
    label: "Messages to the page",
    bytes: false,
    value: ({ tally }, name) => count(tally.techniques[name].toPage.messages),
  },
  {
    label: "Messages to the server",
    bytes: false,
    value: ({ tally }, name) => count(tally.techniques[name].toServer.messages),
  },
  {
    label: "Requests made",
    bytes: true,
    value: ({ tally }, name) => count(totalsOf(tally.techniques[name]).requests),
  },
  {
    label: "Bytes up",
    bytes: true,
    value: ({ tally }, name) => formatBytes(totalsOf(tally.techniques[name]).up),
  },
  {
    label: "Bytes down",
    bytes: true,
    value: ({ tally }, name) => formatBytes(totalsOf(tally.techniques[name]).down),
  },
  {
    label: "Overhead a message, bytes",
    bytes: true,
    value: ({ tally }, name) => formatOverhead(totalsOf(tally.techniques[name]).overhead),
  },
  {
    label: "… of one to the page",
    bytes: true,
    value: ({ tally }, name) => formatOverhead(overheadOf(tally.techniques[name].toPage)),
  },
  {
    label: "… of one to the server",
    bytes: true,
    value: ({ tally }, name) => formatOverhead(overheadOf(tally.techniques[name].toServer)),
  },
  {
    label: "… once, to open",
    bytes: true,
    value: ({ tally }, name) => opening(tally.techniques[name].opening),
  },
  {
    label: "Latency to the page, p50 / p95 ms",
    bytes: false,
    value: ({ toPage }, name) => formatLatency(toPage[name]),
  },
  {
    label: "Latency to the server, p50 / p95 ms",
    bytes: false,
    value: ({ toServer }, name) => formatLatency(toServer[name]),
  },
];

/** @param {number} number */
function count(number) {
  return number.toLocaleString("en");
}

/** @param {{ up: number, down: number }} bytes */
function opening({ up, down }) {
  return up + down === 0 ? NOTHING : formatBytes(up + down);
}

/** @param {HTMLElement} container */
export function createCards(container) {
  const cards = TECHNIQUES.map(({ name, label }) => {
    const value = make("span", { class: "value number", id: `overhead-${name}` }, NOTHING);
    const note = make("p", { class: "soft small note" }, "no messages yet");
    const latency = make("p", { class: "small latency" }, "");
    const card = make(
      "article",
      { class: `card technique ${name}` },
      make("h2", {}, make("span", { class: `key ${name}`, "aria-hidden": "true" }), label),
      make(
        "p",
        { class: "headline" },
        value,
        make("span", { class: "unit soft" }, " bytes of overhead a message"),
      ),
      note,
      latency,
    );
    return { name, card, value, note, latency };
  });
  container.replaceChildren(...cards.map(({ card }) => card));
  return (/** @type {View} */ view) => {
    for (const { name, card, value, note, latency } of cards) {
      const totals = totalsOf(view.tally.techniques[name]);
      const failure = view.failures[name];
      value.textContent = view.isMetered ? formatOverhead(totals.overhead) : NOTHING;
      note.textContent = failure ?? describeCard(totals, view.isMetered);
      latency.textContent = `${formatMs(view.toPage[name].p50)} ms to the page, p95 ${formatMs(view.toPage[name].p95)}`;
      card.classList.toggle("failed", failure !== undefined);
    }
  };
}

/**
 * @param {ReturnType<typeof totalsOf>} totals
 * @param {boolean} isMetered
 */
function describeCard({ messages, requests, bytes }, isMetered) {
  if (messages === 0) return "no messages yet";
  const moved = `${count(messages)} messages`;
  return isMetered
    ? `${moved} · ${count(requests)} ${requests === 1 ? "request" : "requests"} · ${formatBytes(bytes)}`
    : moved;
}

/** @param {HTMLElement} table */
export function createTable(table) {
  table.setAttribute("role", "table");
  const head = TECHNIQUES.map(({ name, short }) =>
    make(
      "th",
      { scope: "col", role: "columnheader" },
      make("span", { class: `key ${name}`, "aria-hidden": "true" }),
      short,
    ),
  );
  const corner = make("td", { role: "cell", class: "corner" });
  const rows = ROWS.map((row) => ({
    row,
    cells: TECHNIQUES.map(() => make("td", { role: "cell", class: "number" }, NOTHING)),
  }));
  table.replaceChildren(
    make("thead", { role: "rowgroup" }, make("tr", { role: "row" }, corner, ...head)),
    make(
      "tbody",
      { role: "rowgroup" },
      ...rows.map(({ row, cells }) =>
        make("tr", { role: "row" }, make("th", { scope: "row", role: "rowheader" }, row.label), ...cells),
      ),
    ),
  );
  return (/** @type {View} */ view) => {
    for (const { row, cells } of rows) {
      for (const [index, { name }] of TECHNIQUES.entries()) {
        const cell = cells[index];
        if (cell !== undefined)
          cell.textContent = row.bytes && !view.isMetered ? NOTHING : row.value(view, name);
      }
    }
  };
}

/**
 * Bars for one direction: the payload and what came with it, to one scale for both directions.
 * @param {HTMLElement} container
 * @param {"toPage" | "toServer"} direction
 */
export function createBars(container, direction) {
  const bars = TECHNIQUES.map(({ name, short }) => {
    const payload = make("span", { class: "bar payload" });
    const overhead = make("span", { class: "bar overhead" });
    const text = make("span", { class: "number small" }, NOTHING);
    const row = make(
      "div",
      { class: `bar-row ${name}` },
      make("span", { class: "bar-label" }, short),
      make("span", { class: "bar-track" }, payload, overhead),
      text,
    );
    return { name, row, payload, overhead, text };
  });
  container.replaceChildren(...bars.map(({ row }) => row));
  return (/** @type {View} */ view) => {
    const scale = scaleOf(view);
    for (const { name, payload, overhead, text } of bars) {
      const cost = overheadOf(view.tally.techniques[name][direction]);
      const isKnown = view.isMetered && cost !== undefined;
      payload.style.width = isKnown ? `${(view.size / scale) * 100}%` : "0";
      overhead.style.width = isKnown ? `${(cost / scale) * 100}%` : "0";
      text.textContent = isKnown ? `${view.size} + ${formatOverhead(cost)}` : NOTHING;
    }
  };
}

/** @param {View} view */
function scaleOf({ tally, size }) {
  const costs = TECHNIQUES.flatMap(({ name }) => [
    overheadOf(tally.techniques[name].toPage) ?? 0,
    overheadOf(tally.techniques[name].toServer) ?? 0,
  ]);
  return Math.max(1, ...costs) + size;
}

/**
 * The result in words.
 * @param {View} view
 */
export function describeResult({ tally, isMetered, toPage }) {
  const webSocket = totalsOf(tally.techniques.websocket);
  const moved = `WebSocket moved ${count(webSocket.messages)} messages`;
  if (webSocket.messages === 0) return "Waiting for the first messages…";
  if (!isMetered) {
    const waits = TECHNIQUES.map(({ name, label }) => `${label} ${formatMs(toPage[name].p50)} ms`);
    return `${moved}. Median wait of a message to the page: ${waits.join(", ")}.`;
  }
  if (webSocket.overhead === undefined) return moved;
  const own = Math.max(webSocket.overhead, 0.1);
  const [polling = NOTHING, longPolling = NOTHING, events = NOTHING] = TECHNIQUES.slice(0, 3).map(
    ({ name }) => {
      const { overhead } = totalsOf(tally.techniques[name]);
      return overhead === undefined ? NOTHING : formatFactor(overhead / own);
    },
  );
  return (
    `${moved} with ${formatOverhead(webSocket.overhead)} bytes of overhead each, its handshake included; ` +
    `polling needed ${polling} times as many, long polling ${longPolling} times, server-sent events ${events} times.`
  );
}
