// The file that `sluice init` writes: short, commented, valid.

export const STARTER_CONFIG = `# yaml-language-server: $schema=./sluice.schema.json
# (For completion in an editor: \`sluice schema > sluice.schema.json\` beside this file.)
# The configuration of Sluice. \`sluice check\` looks it over, \`sluice config print\` shows every default.

# Where clients connect. On 0.0.0.0 or [::] other hosts can, too.
listen:
  - http://localhost:8000
  # - url: https://0.0.0.0:8443
  #   tls: { certificate: cert.pem, key: key.pem }

# Health, metrics and the admin API. It has no login: keep it on loopback.
admin: http://127.0.0.1:8001

# For all services that do not say otherwise.
defaults:
  messageMaxSize: 128 KiB
  idleTimeout: 60s
  # Pages of other origins that may connect; the gateway's own always may.
  # origins: [https://app.example.com]

# What is served, by path.
services:
  /echo: { type: echo }

  # Any TCP server for the browser, such as an MQTT broker. \${NAME:-default} comes from the environment.
  # /mqtt:
  #   type: tcp
  #   connect: tcp://\${MQTT_HOST:-127.0.0.1}:1883
  #   subprotocols: [mqtt]
`;
