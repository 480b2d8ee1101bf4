// The configuration that the page offers to copy: what a newcomer sees now, and one line more to go on from.

/** Where it is saved and how it is started, as the page says. */
export const FIRST_FILE = "sluice.yaml";
export const FIRST_COMMAND = `npm start -- ${FIRST_FILE}`;

export const FIRST_CONFIG = `listen:
  - http://localhost:8000

services:
  /: { type: welcome }
  /echo: { type: echo }
  /broadcast: { type: broadcast }
  /demos/efficiency: { type: efficiency }

  # A server of your own, such as an MQTT broker:
  /mqtt:
    type: tcp
    connect: tcp://127.0.0.1:1883
    subprotocols: [mqtt]
`;
