// @ts-check
// The page's conductor: speaks to the gateway over the control connection, opens the four techniques when a
// measurement starts, and shows what is known several times a second.
import { createChart } from "./chart.js";
import { createBars, createCards, createTable, describeResult } from "./figures.js";
import { createAlignment, TECHNIQUES, totalsOf } from "./measure.js";
import { createMeasurement, each, haveAll } from "./measurement.js";
import { OPEN } from "./techniques.js";

/** @typedef {import("./techniques.js").TechniqueName} TechniqueName */

/** Milliseconds between two looks at the gateway's clock. */
const CLOCK_LOOK_MS = 2000;
/** Looks at the clock before the first message. */
const FIRST_LOOKS = 8;
/** Milliseconds that the last messages have to arrive in, each way. */
const FINISH_MAX_MS = 5000;

const UNMETERED = /** @type {Record<string, string>} */ ({
  off: "Bytes are not counted here: the meter is switched off in the gateway’s configuration. Messages and times are shown.",
  tls: "Bytes are not counted on an https address: behind TLS the meter cannot tell one request from another. Open the demo on an http listener to see them. Messages and times are shown.",
  "other-port":
    "Bytes are not counted here: you came by another port than the gateway’s own, so its meter may be out of reach. Give the demo a `meter` address in the configuration. Messages and times are shown.",
  failed:
    "Bytes are not counted here: the meter could not listen; the gateway’s log says why. Messages and times are shown.",
});

/**
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} type
 * @returns {T}
 */
function find(id, type) {
  const node = document.getElementById(id);
  if (!(node instanceof type)) throw new Error(`the page has no ${id}`);
  return node;
}

const ui = {
  form: find("controls", HTMLFormElement),
  toggle: find("toggle", HTMLButtonElement),
  state: find("state", HTMLElement),
  notice: find("notice", HTMLElement),
  sentence: find("sentence", HTMLElement),
  log: find("log", HTMLInputElement),
  rate: find("rate", HTMLInputElement),
  size: find("size", HTMLInputElement),
  interval: find("interval", HTMLInputElement),
  direction: find("direction", HTMLSelectElement),
  clockNote: find("clock-note", HTMLElement),
};
const draw = createChart(find("plot", HTMLElement));
const show = [
  createCards(find("cards", HTMLElement)),
  createTable(find("table", HTMLElement)),
  createBars(find("down-bars", HTMLElement), "toPage"),
  createBars(find("up-bars", HTMLElement), "toServer"),
];
const calmMotion = matchMedia("(prefers-reduced-motion: reduce)");

const alignment = createAlignment();
/** @type {Map<number, number>} */
const looks = new Map();
let lookId = 0;
let isMetered = false;
/**
 * `draining`: the page sends no more and what it has sent is awaited. `stopping`: the gateway was told to stop.
 * `finishing`: the feed has ended and its last messages are awaited.
 * @type {"connecting" | "idle" | "running" | "draining" | "stopping" | "finishing" | "lost"}
 */
let state = "connecting";
let measurement = createMeasurement(ui.size.valueAsNumber);
let lastShownMs = 0;

const live = new WebSocket(new URL("live", location.href).href.replace(/^http/, "ws"));

/** @param {object} message */
function tell(message) {
  if (live.readyState === WebSocket.OPEN) live.send(JSON.stringify(message));
}

function lookAtClock() {
  looks.set(++lookId, performance.now());
  tell({ type: "clock", id: lookId });
}

/** @param {typeof state} next */
function enter(next) {
  state = next;
  const texts = {
    connecting: "Connecting…",
    idle: "Ready",
    running: "Measuring",
    draining: "Finishing…",
    stopping: "Finishing…",
    finishing: "Finishing…",
    lost: "Not connected",
  };
  ui.state.textContent = texts[next];
  ui.state.dataset.state = next;
  ui.toggle.textContent = next === "running" ? "Stop" : "Start";
  ui.toggle.disabled = next !== "idle" && next !== "running";
  for (const input of [ui.rate, ui.size, ui.interval, ui.direction]) input.disabled = next !== "idle";
}

/** @param {string} text */
function notify(text) {
  ui.notice.textContent = text;
  ui.notice.hidden = false;
}

/** @param {TechniqueName} name */
function openTechnique(name) {
  const current = measurement;
  return OPEN[name]({
    url: new URL(name, location.href).href,
    intervalMs: ui.interval.valueAsNumber,
    onMessages(first, count) {
      const nowMs = performance.now() + alignment.offsetMs;
      const { pairing, latencies } = current.toPage[name];
      current.received[name] = first + count - 1;
      for (let number = first; number < first + count; number++) {
        const madeMs = pairing.meet(number, nowMs);
        if (madeMs !== undefined) latencies.add(nowMs - madeMs);
      }
    },
    onFailure(why) {
      current.failures[name] = `stopped: ${why}`;
      current.open[name]?.close();
    },
  });
}

/**
 * @param {string} text
 * @param {number} leadMs
 */
function startTechniques(text, leadMs) {
  measurement.text = text;
  measurement.wasHidden = document.hidden;
  for (const { name } of TECHNIQUES) measurement.open[name] = openTechnique(name);
  if (ui.direction.value === "both") {
    const current = measurement;
    current.lead = setTimeout(() => {
      current.ticker = setInterval(sendOne, 1000 / ui.rate.valueAsNumber);
    }, leadMs);
  }
  enter("running");
}

function sendOne() {
  const { open, sent, failures, text, toServer } = measurement;
  for (const { name } of TECHNIQUES) {
    if (failures[name] !== undefined) continue;
    toServer[name].pairing.meet(++sent[name], performance.now() + alignment.offsetMs);
    open[name]?.send(text);
  }
}

function stopSending() {
  clearTimeout(measurement.lead);
  clearInterval(measurement.ticker);
}

/**
 * The page's last messages get there first: the gateway's end of a feed closes its WebSocket. The figures tell when
 * they have.
 */
function stopMeasurement() {
  stopSending();
  enter("draining");
  const current = measurement;
  setTimeout(() => {
    if (measurement === current && state === "draining") requestStop();
  }, FINISH_MAX_MS);
}

function requestStop() {
  enter("stopping");
  tell({ type: "stop" });
}

function finishTechniques() {
  const { open } = measurement;
  stopSending();
  enter("finishing");
  for (const technique of Object.values(open)) void technique.finish();
  const current = measurement;
  setTimeout(() => {
    if (measurement === current && state === "finishing") closeMeasurement();
  }, FINISH_MAX_MS);
}

function closeMeasurement() {
  for (const technique of Object.values(measurement.open)) technique.close();
  enter("idle");
  render();
}

/**
 * Goes on to the next step of an end, as soon as everything has arrived.
 * @param {number} made Messages of the feed.
 */
function proceed(made) {
  const { arrived, sent, received } = measurement;
  if (state === "draining" && haveAll(measurement, (name) => arrived[name] >= sent[name])) {
    requestStop();
  } else if (state === "finishing" && haveAll(measurement, (name) => received[name] >= made))
    closeMeasurement();
}

/**
 * @param {{ elapsedMs: number, made: number, times: number[], arrivals: Record<TechniqueName, number[]>,
 *   tally: import("./measure.js").Tally }} figures
 */
function takeFigures({ elapsedMs, made, times, arrivals, tally }) {
  measurement.tally = tally;
  for (const { name } of TECHNIQUES) {
    const toPage = measurement.toPage[name];
    for (const [index, madeMs] of times.entries()) {
      const arrivedMs = toPage.pairing.meet(made - times.length + 1 + index, madeMs);
      if (arrivedMs !== undefined) toPage.latencies.add(arrivedMs - madeMs);
    }
    const toServer = measurement.toServer[name];
    for (const arrivedMs of arrivals[name]) {
      const sentMs = toServer.pairing.meet(++measurement.arrived[name], arrivedMs);
      if (sentMs !== undefined) toServer.latencies.add(arrivedMs - sentMs);
    }
    if (state === "running")
      measurement.points[name].push([elapsedMs / 1000, totalsOf(tally.techniques[name]).bytes]);
  }
  proceed(made);
  if (!calmMotion.matches || performance.now() - lastShownMs > 1000) render();
}

function render() {
  const { tally, toPage, toServer, failures, size, points } = measurement;
  if (tally === undefined) return;
  lastShownMs = performance.now();
  const latencyOf = (
    /** @type {{ latencies: ReturnType<typeof import("./measure.js").createLatencies> }} */ { latencies },
  ) => ({
    p50: latencies.percentile(0.5),
    p95: latencies.percentile(0.95),
  });
  const view = {
    tally,
    isMetered,
    size,
    failures,
    toPage: each((name) => latencyOf(toPage[name])),
    toServer: each((name) => latencyOf(toServer[name])),
  };
  for (const showPart of show) showPart(view);
  ui.sentence.textContent = describeResult(view);
  ui.clockNote.textContent =
    `Latency is one way, by two clocks that were compared to within ±${alignment.errorMs.toFixed(1)} ms` +
    (measurement.wasHidden
      ? "; this tab was in the background for a while, where browsers slow timers down."
      : ".");
  drawPoints(points);
}

/** @param {Record<TechniqueName, [number, number][]>} points */
function drawPoints(points) {
  draw({
    isLogarithmic: ui.log.checked,
    series: TECHNIQUES.map(({ name, label, short }) => ({
      name,
      label: label.length > 12 ? short : label,
      points: points[name],
    })),
  });
}

live.onopen = () => {
  for (let look = 0; look < FIRST_LOOKS; look++) setTimeout(lookAtClock, look * 40);
  setInterval(lookAtClock, CLOCK_LOOK_MS);
};

live.onmessage = ({ data }) => {
  const message = JSON.parse(data);
  if (message.type === "hello") {
    isMetered = message.unmetered === null;
    if (!isMetered) notify(UNMETERED[message.unmetered] ?? "Bytes are not counted here.");
    enter("idle");
  } else if (message.type === "clock") {
    const sentMs = looks.get(message.id);
    looks.delete(message.id);
    if (sentMs !== undefined) alignment.add(sentMs, performance.now(), message.nowMs);
  } else if (message.type === "started") startTechniques(message.text, message.leadMs);
  else if (message.type === "ended") finishTechniques();
  else if (message.type === "figures") takeFigures(message);
};

live.onclose = () => {
  for (const technique of Object.values(measurement.open)) technique.close();
  stopSending();
  enter("lost");
  notify("The connection to the gateway is gone. “New run” begins afresh.");
};

ui.form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (state === "running") stopMeasurement();
  else if (state === "idle" && ui.form.reportValidity()) {
    measurement = createMeasurement(ui.size.valueAsNumber);
    tell({ type: "start", rate: ui.rate.valueAsNumber, size: ui.size.valueAsNumber });
  }
});
ui.log.addEventListener("change", () => drawPoints(measurement.points));
document.addEventListener("visibilitychange", () => {
  if (document.hidden) measurement.wasHidden = true;
});
drawPoints(measurement.points);
