// @ts-check
// The page's wiring: the echo and broadcast boxes, the copy buttons, and what is left out because the configuration
// says so.
import { createBox } from "./boxes.js";

/** @typedef {import("./boxes.js").Box} Box */

/**
 * @param {string} id
 * @returns {HTMLElement | undefined} `undefined` when the configuration says `off`; then the part is not shown.
 */
function findPart(id) {
  const node = document.getElementById(id);
  if (node === null) throw new Error(`the page has no ${id}`);
  if (node.dataset.path !== "off") return node;
  node.hidden = true;
  return undefined;
}

/** @param {ArrayBuffer} bytes */
function formatHex(bytes) {
  return [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** @param {HTMLElement} section */
function startEcho(section) {
  /**
   * Echoes come back in order, so the oldest time belongs to the next message.
   * @type {number[]}
   */
  const sentMs = [];
  /**
   * @param {Box} box
   * @param {string | Uint8Array<ArrayBuffer>} message
   * @param {string} shown
   */
  const send = (box, message, shown) => {
    if (!box.send(message)) return;
    sentMs.push(performance.now());
    box.log("sent", shown);
  };
  const box = createBox(section, {
    onMessage(data, own) {
      const roundTripMs = performance.now() - (sentMs.shift() ?? performance.now());
      own.log("received", typeof data === "string" ? data : formatHex(data), `${roundTripMs.toFixed(1)} ms`);
    },
    onSubmit(own) {
      const { value } = own.input("text");
      if (value !== "") send(own, value, value);
    },
  });
  box.part("binary")?.addEventListener("click", () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    send(box, bytes, formatHex(bytes.buffer));
  });
  // What was on its way does not come back on the next connection.
  box.part("reconnect")?.addEventListener("click", () => {
    sentMs.length = 0;
  });
}

/** @param {HTMLElement} section */
function startBroadcast(section) {
  const box = createBox(section, {
    onMessage(data, own) {
      own.log("received", typeof data === "string" ? data : formatHex(data));
    },
    onSubmit(own) {
      const text = own.input("text");
      const name = own.input("name").value.trim() || "someone";
      if (text.value !== "" && own.send(`${name}: ${text.value}`)) text.value = "";
    },
  });
  box.input("name").value = `guest-${crypto.getRandomValues(new Uint16Array(1))[0]?.toString(36)}`;
}

/** @param {HTMLElement} button */
function startCopy(button) {
  const source = document.getElementById(button.dataset.copy ?? "");
  // Browsers give pages the clipboard only on https and on this machine.
  if (source === null || navigator.clipboard === undefined) {
    button.hidden = true;
    return;
  }
  button.addEventListener("click", async () => {
    const status = document.getElementById("copied");
    try {
      await navigator.clipboard.writeText(source.textContent ?? "");
      button.textContent = "Copied";
    } catch {
      // The person refused; the text can still be marked by hand.
      button.textContent = "Not allowed";
    }
    if (status !== null) status.textContent = button.textContent;
    setTimeout(() => {
      button.textContent = "Copy";
    }, 2000);
  });
}

const echo = findPart("echo");
if (echo !== undefined) startEcho(echo);
const broadcast = findPart("broadcast");
if (broadcast !== undefined) startBroadcast(broadcast);
findPart("efficiency");
findPart("admin");
for (const button of document.querySelectorAll("[data-copy]")) {
  if (button instanceof HTMLElement) startCopy(button);
}
const socketUrl = document.getElementById("socket-url");
if (socketUrl !== null && echo?.dataset.path !== undefined) {
  socketUrl.textContent = new URL(echo.dataset.path, location.href).href.replace(/^http/, "ws");
}
