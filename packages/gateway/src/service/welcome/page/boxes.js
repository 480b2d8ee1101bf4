// @ts-check
// A box of the page: one WebSocket, its state, a log of messages and a form. What is sent and how messages look is
// decided by whoever makes the box.

/** Entries kept in a log; older ones go. */
const ENTRIES_MAX = 100;

/**
 * @typedef {object} BoxOptions
 * @property {(data: string | ArrayBuffer, box: Box) => void} onMessage
 * @property {(box: Box) => void} onSubmit
 *
 * @typedef {object} Box
 * @property {(name: string) => HTMLElement | null} part
 * @property {(name: string) => HTMLInputElement} input
 * @property {(message: string | Uint8Array<ArrayBuffer>) => boolean} send `false` while there is no connection.
 * @property {(kind: "sent" | "received" | "note", text: string, aside?: string) => void} log
 */

/**
 * @param {HTMLElement} section With `data-path` and parts by `data-part`.
 * @param {BoxOptions} options
 * @returns {Box}
 */
export function createBox(section, { onMessage, onSubmit }) {
  const url = new URL(section.dataset.path ?? "/", location.href).href.replace(/^http/, "ws");
  /** @type {WebSocket | undefined} */
  let socket;
  const part = (/** @type {string} */ name) =>
    /** @type {HTMLElement | null} */ (section.querySelector(`[data-part="${name}"]`));

  /** @type {Box} */
  const box = {
    part,
    input(name) {
      const node = part(name);
      if (!(node instanceof HTMLInputElement)) throw new Error(`the box has no input ${name}`);
      return node;
    },
    send(message) {
      if (socket?.readyState !== WebSocket.OPEN) return false;
      socket.send(message);
      return true;
    },
    log(kind, text, aside = "") {
      const list = part("log");
      if (list === null) return;
      const entry = document.createElement("li");
      entry.className = kind;
      const body = document.createElement("span");
      body.textContent = text;
      const note = document.createElement("span");
      note.className = "aside";
      note.textContent = aside;
      entry.append(body, note);
      list.append(entry);
      while (list.children.length > ENTRIES_MAX) list.firstElementChild?.remove();
      list.scrollTop = list.scrollHeight;
    },
  };

  const showState = (/** @type {"connecting" | "open" | "closed"} */ state, /** @type {string} */ text) => {
    const pill = part("state");
    if (pill === null) return;
    pill.dataset.state = state;
    pill.textContent = text;
    for (const button of section.querySelectorAll("button")) {
      if (button.dataset.part !== "reconnect") button.disabled = state !== "open";
    }
  };

  const connect = () => {
    socket?.close();
    showState("connecting", "Connecting");
    const fresh = new WebSocket(url);
    socket = fresh;
    fresh.binaryType = "arraybuffer";
    fresh.onopen = () => showState("open", "Connected");
    fresh.onmessage = ({ data }) => onMessage(data, box);
    fresh.onclose = ({ code, reason }) => {
      // The end of one that was replaced is no news.
      if (socket !== fresh) return;
      showState("closed", "Not connected");
      box.log("note", code === 1006 ? "No connection." : `Closed: ${code} ${reason}`.trim());
    };
  };

  part("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    onSubmit(box);
  });
  part("reconnect")?.addEventListener("click", connect);
  connect();
  return box;
}
