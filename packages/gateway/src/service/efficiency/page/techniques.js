// @ts-check
// The four ways in which messages travel, behind one shape. Each delivers by number, sends text, and says when it
// cannot go on; none of them comes back by itself, since a comparison with a broken part is none.

/**
 * @typedef {"poll" | "long-poll" | "sse" | "websocket"} TechniqueName
 *
 * @typedef {object} TechniqueOptions
 * @property {string} url Of the technique's endpoint.
 * @property {number} intervalMs Between two polls; for `poll` alone.
 * @property {(first: number, count: number) => void} onMessages Messages came; `first` is the number of the first.
 * @property {(why: string) => void} onFailure At most once.
 *
 * @typedef {object} Technique
 * @property {(text: string) => void} send
 * @property {() => void | Promise<void>} finish The feed has ended: fetch what is left, then close.
 * @property {() => void} close
 */

/** @type {Record<TechniqueName, (options: TechniqueOptions) => Technique>} */
export const OPEN = {
  poll: openPoll,
  "long-poll": openLongPoll,
  sse: openEvents,
  websocket: openSocket,
};

/**
 * One POST for each message, one after the other, so that they arrive in order: what waits for its turn is the
 * queueing that a page has to live with.
 * @param {TechniqueOptions} options
 * @param {AbortSignal} signal
 */
function createPoster({ url, onFailure }, signal) {
  /** @type {string[]} */
  const queue = [];
  let isSending = false;
  const drain = async () => {
    isSending = true;
    try {
      for (let text = queue.shift(); text !== undefined && !signal.aborted; text = queue.shift()) {
        const response = await fetch(url, { method: "POST", body: text, signal });
        if (!response.ok) throw new Error(`POST was answered ${response.status}`);
      }
    } catch (error) {
      if (!signal.aborted) onFailure(String(error));
    }
    isSending = false;
  };
  return {
    /** @param {string} text */
    send(text) {
      queue.push(text);
      if (!isSending) void drain();
    },
    /** What has not been sent will not be. */
    empty() {
      queue.length = 0;
    },
  };
}

/**
 * @param {TechniqueOptions} options
 * @param {number} after
 * @param {AbortSignal} signal
 * @returns {Promise<number>} The number of the last message.
 */
async function ask({ url, onMessages }, after, signal) {
  const response = await fetch(`${url}?after=${after}`, { signal });
  if (!response.ok) throw new Error(`GET was answered ${response.status}`);
  /** @type {{ next: number, messages: string[] }} */
  const { next, messages } = await response.json();
  if (messages.length > 0) onMessages(next - messages.length + 1, messages.length);
  return next;
}

/**
 * @param {TechniqueOptions} options
 * @returns {Technique}
 */
function openPoll(options) {
  const controller = new AbortController();
  const { signal } = controller;
  const poster = createPoster(options, signal);
  let after = 0;
  /** @type {Promise<void> | undefined} */
  let asking;
  const poll = async () => {
    try {
      after = await ask(options, after, signal);
    } catch (error) {
      if (!signal.aborted) options.onFailure(String(error));
    }
    asking = undefined;
  };
  const timer = setInterval(() => {
    // A poll that takes longer than the interval is not overtaken by the next one.
    asking ??= poll();
  }, options.intervalMs);
  const close = () => {
    clearInterval(timer);
    controller.abort();
  };
  return {
    send: poster.send,
    close,
    async finish() {
      clearInterval(timer);
      poster.empty();
      // The poll under way may have been answered before the last message was made.
      await asking;
      if (!signal.aborted) await poll();
    },
  };
}

/**
 * @param {TechniqueOptions} options
 * @returns {Technique}
 */
function openLongPoll(options) {
  const controller = new AbortController();
  const { signal } = controller;
  const poster = createPoster(options, signal);
  let isLast = false;
  const run = async () => {
    let after = 0;
    try {
      // The feed's end answers the poll that waits, with what was left.
      while (!signal.aborted && !isLast) after = await ask(options, after, signal);
    } catch (error) {
      if (!signal.aborted) options.onFailure(String(error));
    }
  };
  void run();
  return {
    send: poster.send,
    close: () => controller.abort(),
    finish() {
      isLast = true;
      poster.empty();
    },
  };
}

/**
 * @param {TechniqueOptions} options
 * @returns {Technique}
 */
function openEvents(options) {
  const controller = new AbortController();
  const poster = createPoster(options, controller.signal);
  const source = new EventSource(options.url);
  let isLast = false;
  source.onmessage = ({ lastEventId }) => options.onMessages(Number(lastEventId), 1);
  source.onerror = () => {
    source.close();
    // The end of the feed comes as an error too: an EventSource knows no other end.
    setTimeout(() => {
      if (!isLast && !controller.signal.aborted) options.onFailure("the event stream was cut");
    }, 500);
  };
  return {
    send: poster.send,
    close() {
      controller.abort();
      source.close();
    },
    finish() {
      isLast = true;
      poster.empty();
    },
  };
}

/**
 * @param {TechniqueOptions} options
 * @returns {Technique}
 */
function openSocket(options) {
  const socket = new WebSocket(options.url.replace(/^http/, "ws"));
  /** @type {string[]} */
  const early = [];
  let received = 0;
  let isClosed = false;
  socket.onopen = () => {
    for (const text of early.splice(0)) socket.send(text);
  };
  socket.onmessage = () => options.onMessages(++received, 1);
  socket.onclose = ({ code }) => {
    if (!isClosed && code !== 1000) options.onFailure(`the WebSocket was closed (${code})`);
  };
  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
      else if (socket.readyState === WebSocket.CONNECTING) early.push(text);
    },
    close() {
      isClosed = true;
      socket.close();
    },
    finish() {},
  };
}
