// The same conversations for a page: the one name `converse` on the page's window.
import { converse as amqp } from "./amqp.mjs";
import { converse as irc } from "./irc.mjs";
import { converse as mqtt } from "./mqtt.mjs";
import { converse as stomp } from "./stomp.mjs";

const CONVERSATIONS = { amqp, irc, mqtt, stomp };

window.converse = (name, url) => CONVERSATIONS[name](url);
