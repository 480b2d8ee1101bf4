// Runs one conversation in Node and prints its result as one line of JSON: `node run.mjs NAME URL`.
import { WebSocket } from "ws";

// Node 20 has none of its own; the libraries take the global one where they do not bring theirs.
globalThis.WebSocket = WebSocket;

const [name, url] = process.argv.slice(2);
const { converse } = await import(`./${name}.mjs`);
process.stdout.write(`${JSON.stringify(await converse(url))}\n`);
