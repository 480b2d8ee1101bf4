// The name of a listener, as an operator writes it and as every log line shows it.

export function formatListenerUrl(secure: boolean, hostname: string, port: number): string {
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  return `${secure ? "https" : "http"}://${host}:${port}`;
}
