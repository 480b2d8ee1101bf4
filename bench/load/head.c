// The HTTP side: the opening handshake's request and answer (RFC 6455 §4), and plain responses with their
// bodies (RFC 9112 §6). Reads what the servers under test send; refuses the rest loudly.
#define _GNU_SOURCE
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD_MAX_BYTES = 8192 };
// The example of RFC 6455 §1.3: a constant key saves the generator a SHA-1 and costs the server the same.
static const char KEY[] = "dGhlIHNhbXBsZSBub25jZQ==";
static const char ACCEPT[] = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

void sendRequest(Connection *c) {
  static char request[1024];
  static int requestBytes;
  if (requestBytes == 0) {
    const char *offer = options.subprotocol;
    if (options.mode == MODE_HTTP)
      requestBytes = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost:%d\r\n\r\n", options.path, options.port);
    else
      requestBytes = snprintf(request, sizeof request,
                              "GET %s HTTP/1.1\r\nHost: localhost:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n%s%s%s\r\n",
                              options.path, options.port, KEY, offer ? "Sec-WebSocket-Protocol: " : "", offer ? offer : "",
                              offer ? "\r\n" : "");
    if (requestBytes >= (int)sizeof request) fail("the path is too long");
  }
  sendBytes(c, request, (size_t)requestBytes);
}

static void checkSwitched(Connection *c) {
  if (strncmp(c->head, "HTTP/1.1 101", 12) != 0) fail("connection %d was not upgraded: %.60s", c->index, c->head);
  if (!strstr(c->head, ACCEPT)) fail("connection %d was upgraded with a wrong Sec-WebSocket-Accept", c->index);
}

static void beginBody(Connection *c) {
  if (strncmp(c->head, "HTTP/1.1 200", 12) != 0) fail("connection %d was answered: %.60s", c->index, c->head);
  memset(&c->body, 0, sizeof c->body);
  const char *length = strcasestr(c->head, "\r\ncontent-length:");
  if (length) c->body.remaining = strtoull(length + 17, NULL, 10);
  else if (strcasestr(c->head, "\r\ntransfer-encoding: chunked")) c->body.part = BODY_CHUNK_SIZE;
  else fail("connection %d was answered without a length", c->index);
}

size_t readHead(Connection *c, const char *bytes, size_t count, bool *complete) {
  if (!c->head) {
    c->head = malloc(HEAD_MAX_BYTES + 1);
    if (!c->head) fail("out of memory");
    c->headBytes = 0;
  }
  int before = c->headBytes;
  size_t room = (size_t)(HEAD_MAX_BYTES - before);
  size_t taken = count < room ? count : room;
  memcpy(c->head + before, bytes, taken);
  c->headBytes += (int)taken;
  c->head[c->headBytes] = 0;
  char *end = memmem(c->head, (size_t)c->headBytes, "\r\n\r\n", 4);
  *complete = end != NULL;
  if (!end) {
    if (c->headBytes == HEAD_MAX_BYTES) fail("connection %d was answered with an endless head", c->index);
    return taken;
  }
  end[2] = 0; // keeps the last line's CRLF
  if (options.mode == MODE_HTTP) beginBody(c);
  else checkSwitched(c);
  taken = (size_t)(end + 4 - c->head) - (size_t)before;
  free(c->head);
  c->head = NULL;
  return taken;
}

static int hexDigit(char byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  byte |= 0x20;
  return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

// Takes one byte of chunked framing (RFC 9112 §7.1); answers whether the body ended with it.
static bool readChunkFraming(BodyReader *b, char byte) {
  if (b->part == BODY_CHUNK_SIZE) {
    int digit = hexDigit(byte);
    if (digit >= 0) b->remaining = b->remaining << 4 | (uint64_t)digit;
    else if (byte == '\n') b->part = b->remaining > 0 ? BODY_CHUNK : BODY_TRAILER;
    return false;
  }
  if (b->part == BODY_CHUNK_END) {
    if (byte == '\n') b->part = BODY_CHUNK_SIZE;
    return false;
  }
  if (byte == '\r') return false;
  if (byte == '\n') {
    bool isEmptyLine = b->lineBytes == 0;
    b->lineBytes = 0;
    return isEmptyLine;
  }
  b->lineBytes++;
  return false;
}

size_t readBody(Connection *c, const char *bytes, size_t count, bool *complete) {
  BodyReader *b = &c->body;
  size_t used = 0;
  *complete = b->part == BODY_LENGTH && b->remaining == 0;
  while (used < count && !*complete) {
    if (b->part == BODY_LENGTH || b->part == BODY_CHUNK) {
      size_t taken = count - used < b->remaining ? count - used : (size_t)b->remaining;
      used += taken;
      b->remaining -= taken;
      counters.bytes += taken;
      if (b->remaining > 0) break;
      if (b->part == BODY_LENGTH) *complete = true;
      else b->part = BODY_CHUNK_END;
    } else *complete = readChunkFraming(b, bytes[used++]);
  }
  return used;
}
