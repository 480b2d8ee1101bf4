// WebSocket frames as a client writes and reads them (RFC 6455 §5). Not a full client: no fragmentation of its
// own, no extensions, and one constant mask, since nothing but a server under test is at the other end.
//
// A message carries its send time in its first 8 bytes, 6 bits each as printable ASCII, so that the same stamp
// works in text and binary messages; the rest is filled with `x`.
#include "load.h"
#include <stdlib.h>
#include <string.h>

enum { STAMP_BYTES = 8, OP_TEXT = 1, OP_BINARY = 2, OP_CLOSE = 8, OP_PING = 9, OP_PONG = 10 };
static const uint8_t MASK[4] = {0x37, 0xfa, 0x21, 0x3d};

static char *burst; // `window` whole frames, ready but for their stamps
static size_t frameBytes, headerBytes;

static size_t writeHeader(char *to, int opcode, size_t payload) {
  size_t n = 2;
  to[0] = (char)(0x80 | opcode);
  if (payload < 126) to[1] = (char)(0x80 | payload);
  else if (payload < 65536) {
    to[1] = (char)(0x80 | 126);
    for (int shift = 8; shift >= 0; shift -= 8) to[n++] = (char)(payload >> shift);
  } else {
    to[1] = (char)(0x80 | 127);
    for (int shift = 56; shift >= 0; shift -= 8) to[n++] = (char)((uint64_t)payload >> shift);
  }
  memcpy(to + n, MASK, 4);
  return n + 4;
}

void prepareMessages(void) {
  size_t size = (size_t)options.size;
  burst = malloc((size_t)options.window * (size + 14));
  if (!burst) fail("out of memory");
  headerBytes = writeHeader(burst, options.text ? OP_TEXT : OP_BINARY, size);
  frameBytes = headerBytes + size;
  for (size_t i = 0; i < size; i++) burst[headerBytes + i] = (char)('x' ^ MASK[i & 3]);
  for (int i = 1; i < options.window; i++) memcpy(burst + (size_t)i * frameBytes, burst, frameBytes);
}

// Sends `count` messages in as few writes as the window allows.
void sendMessages(Connection *c, int count) {
  char stamp[STAMP_BYTES];
  uint64_t us = nowUs();
  for (int i = 0; i < STAMP_BYTES; i++) stamp[i] = (char)(('0' + ((us >> (6 * i)) & 63)) ^ MASK[i & 3]);
  while (count > 0) {
    int now = count < options.window ? count : options.window;
    for (int i = 0; i < now; i++) memcpy(burst + (size_t)i * frameBytes + headerBytes, stamp, STAMP_BYTES);
    sendBytes(c, burst, (size_t)now * frameBytes);
    count -= now;
  }
}

void sendControl(Connection *c, int opcode, const char *body, int count) {
  char frame[6 + 125];
  size_t n = writeHeader(frame, opcode, (size_t)count);
  for (int i = 0; i < count; i++) frame[n + (size_t)i] = (char)(body[i] ^ MASK[i & 3]);
  sendBytes(c, frame, n + (size_t)count);
}

// Takes payload bytes of data frames: messages of the one size that this generator sends, end to end.
static void takePayload(Connection *c, FrameReader *r, const char *bytes, size_t count) {
  uint32_t size = (uint32_t)options.size;
  while (count > 0) {
    size_t taken = size - r->position < count ? size - r->position : count;
    for (size_t i = 0; i < taken && r->position + i < STAMP_BYTES; i++) r->stamp[r->position + i] = bytes[i];
    r->position += (uint32_t)taken;
    bytes += taken;
    count -= taken;
    if (r->position < size) return;
    r->position = 0;
    r->completed++;
    uint64_t sentUs = 0;
    for (int i = 0; i < STAMP_BYTES; i++) sentUs |= (uint64_t)((r->stamp[i] - '0') & 63) << (6 * i);
    onMessage(c, sentUs);
  }
}

static void endFrame(Connection *c, FrameReader *r) {
  int opcode = r->header[0] & 15;
  r->headerBytes = 0;
  if (opcode == OP_CLOSE) return onCloseFrame(c);
  if (opcode == OP_PING) return sendControl(c, OP_PONG, r->control, r->controlBytes);
  bool isLastFragment = (r->header[0] & 0x80) != 0;
  if (opcode == OP_PONG || !isLastFragment) return;
  if (!options.stream && (r->completed != 1 || r->position != 0))
    fail("connection %d got a message that is not of %d bytes", c->index, options.size);
  r->completed = 0;
}

// Answers the length of the frame header that starts with these two bytes.
static int headerLength(const uint8_t *header) {
  if ((header[1] & 127) < 126) return 2;
  return (header[1] & 127) == 126 ? 4 : 10;
}

static void beginPayload(Connection *c, FrameReader *r) {
  if (r->header[0] & 0x70) fail("connection %d got a frame with reserved bits", c->index);
  if (r->header[1] & 0x80) fail("connection %d got a masked frame", c->index);
  int length = headerLength(r->header);
  r->remaining = length == 2 ? r->header[1] : 0;
  for (int i = 2; i < length; i++) r->remaining = r->remaining << 8 | r->header[i];
  r->controlBytes = 0;
  if ((r->header[0] & 15) >= OP_CLOSE && r->remaining > sizeof r->control)
    fail("connection %d got a control frame of more than 125 bytes", c->index);
}

void readFrames(Connection *c, const char *bytes, size_t count) {
  FrameReader *r = &c->frames;
  while (count > 0) {
    int needed = r->headerBytes < 2 ? 2 : headerLength(r->header);
    if (r->headerBytes < needed) {
      r->header[r->headerBytes++] = (uint8_t)*bytes++;
      count--;
      if (r->headerBytes < 2 || r->headerBytes < headerLength(r->header)) continue;
      beginPayload(c, r);
      if (r->remaining > 0) continue;
    }
    size_t taken = count < r->remaining ? count : (size_t)r->remaining;
    if ((r->header[0] & 15) < OP_CLOSE) takePayload(c, r, bytes, taken);
    else {
      memcpy(r->control + r->controlBytes, bytes, taken);
      r->controlBytes = (uint8_t)(r->controlBytes + taken);
    }
    bytes += taken;
    count -= taken;
    r->remaining -= taken;
    if (r->remaining == 0) endFrame(c, r);
    if (c->fd < 0 || c->phase == PHASE_CONNECTING) return; // closed, perhaps opened again, by the mode
  }
}
