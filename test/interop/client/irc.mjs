// Two IRC clients of nothing but WebSocket meet in a channel: one text message is one line, without its end
// (IRCv3 WebSocket, subprotocol text.ircv3.net). Runs in Node and in a page.

const SUBPROTOCOL = "text.ircv3.net";

export async function converse(url) {
  const ann = await register(url, "ann");
  const ben = await register(url, "ben");
  ann.send("JOIN #lobby");
  await ann.hears(/ 366 ann #lobby /);
  ben.send("JOIN #lobby");
  const joined = await ann.hears(/^:ben!\S+ JOIN /);
  ben.send("PRIVMSG #lobby :héllo ✓ 🚰");
  const talk = await ann.hears(/ PRIVMSG #lobby :/);
  ann.send("PRIVMSG ben :x");
  const whisper = await ben.hears(/ PRIVMSG ben :/);
  // This server takes ASCII nicknames alone; what it refuses must come back as it was sent.
  ann.send("NICK änn");
  const refusal = await ann.hears(/ 432 /);
  ann.send("QUIT :bye");
  await ben.hears(/^:ann!\S+ QUIT /);
  const annClosed = await ann.closed;
  ben.close();
  return {
    subprotocol: ann.subprotocol,
    joined: joined.split("!")[0],
    talk: talk.slice(talk.indexOf(" :") + 2),
    whisper: whisper.slice(whisper.indexOf(" :") + 2),
    refusal: refusal.split(" ")[3],
    hasLineEnds: [...ann.lines, ...ben.lines].some((line) => /[\r\n]/.test(line)),
    areTexts: [...ann.lines, ...ben.lines].every((line) => typeof line === "string"),
    closeCode: annClosed,
  };
}

async function register(url, nick) {
  const client = await open(url);
  client.send(`NICK ${nick}`);
  client.send(`USER ${nick} 0 * :${nick} Ünicode`);
  await client.hears(new RegExp(` 001 ${nick} `));
  return client;
}

function open(url) {
  const socket = new WebSocket(url, SUBPROTOCOL);
  const lines = [];
  let waiting = [];
  socket.onmessage = ({ data }) => {
    lines.push(data);
    if (data.startsWith("PING ")) socket.send(`PONG ${data.slice(5)}`);
    waiting = waiting.filter(({ pattern, resolve }) => !pattern.test(data) || resolve(data));
  };
  const closed = new Promise((resolve) => {
    socket.onclose = ({ code }) => resolve(code);
  });
  return new Promise((resolve, reject) => {
    socket.onerror = () => reject(new Error("no connection"));
    socket.onopen = () =>
      resolve({
        lines,
        closed,
        subprotocol: socket.protocol,
        send: (line) => socket.send(line),
        close: () => socket.close(1000),
        /** The first line from now on that matches; rejects when the connection ends before. */
        hears: (pattern) =>
          new Promise((found, failed) => {
            waiting.push({ pattern, resolve: found });
            closed.then((code) => failed(new Error(`closed ${code} before ${pattern}`)));
          }),
      });
  });
}
