// What the files of the load generator share: options, one connection, counters. Nothing here does IO.
#ifndef SLUICE_BENCH_LOAD_H
#define SLUICE_BENCH_LOAD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// echo:  each connection keeps `window` messages in flight and answers each that comes back with a new one.
// fan:   connection 0 publishes, the others subscribe; `window` publications are in flight.
// idle:  connections are opened and held; pings are answered.
// storm: each connection is opened, closed by the closing handshake and opened again.
// http:  each connection keeps one GET request in flight.
typedef enum { MODE_ECHO, MODE_FAN, MODE_IDLE, MODE_STORM, MODE_HTTP } Mode;

typedef struct {
  Mode mode;
  int port;
  const char *path;
  int connections;
  int window;
  int size;      // payload bytes of one message
  bool text;     // text messages instead of binary ones
  bool stream;   // what is behind the server is a byte stream: messages may come back joined or split
  int sources;   // source addresses 127.0.0.2, 127.0.0.3, …: one address has at most 28,000 ephemeral ports
  int opening;   // handshakes under way at once while opening
  int secondsMax; // the process ends itself after this time, whatever happens
  const char *subprotocol;
} Options;

typedef enum { PHASE_CONNECTING, PHASE_HEAD, PHASE_OPEN, PHASE_CLOSING } Phase;

// Where a reader stands in the frames of one connection (RFC 6455 §5.2, server to client: no mask).
typedef struct {
  uint8_t header[10];
  uint8_t headerBytes;
  uint8_t controlBytes;
  char control[125];  // body of the control frame at hand
  char stamp[8];      // first bytes of the message at hand
  uint32_t position;  // bytes of the message at hand so far
  uint32_t completed; // messages completed by the WebSocket message at hand
  uint64_t remaining; // payload bytes of the frame at hand still to come
} FrameReader;

// Where a reader stands in an HTTP response body (RFC 9112 §6, §7.1).
typedef enum { BODY_LENGTH, BODY_CHUNK_SIZE, BODY_CHUNK, BODY_CHUNK_END, BODY_TRAILER } BodyPart;
typedef struct {
  BodyPart part;
  uint64_t remaining;
  int lineBytes; // bytes of the current trailer line
} BodyReader;

typedef struct {
  int fd;
  int index;
  Phase phase;
  uint64_t startedUs;
  char *head; // response head so far; freed when it is complete
  int headBytes;
  char *unsent;
  size_t unsentBytes, unsentCapacity;
  int due; // messages to send once the bytes at hand have been read
  union {
    FrameReader frames;
    BodyReader body;
  };
} Connection;

typedef struct {
  uint64_t messages; // echoed messages, deliveries, handshakes or responses, by mode
  uint64_t bytes;    // payload or body bytes of them
} Counters;

extern Options options;
extern Counters counters;
extern uint64_t readUs; // when the bytes at hand were read: one look at the clock for all their messages

uint64_t nowUs(void);
// Prints why as one JSON line and ends the process: a load that lost a connection measures nothing.
void fail(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

// histogram.c: latencies in microseconds since the last reset, at most 3 % wide per step.
void histogramAdd(uint64_t us);
void histogramReset(void);
uint64_t histogramAt(double share);

// socket.c
void openConnection(Connection *c, int poll);
void closeConnection(Connection *c);
void sendBytes(Connection *c, const void *bytes, size_t count);
void sendUnsent(Connection *c);

// frame.c
void prepareMessages(void);
void sendMessages(Connection *c, int count);
void sendControl(Connection *c, int opcode, const char *body, int count);
void readFrames(Connection *c, const char *bytes, size_t count);

// head.c
void sendRequest(Connection *c);
// Takes bytes of a response head. Answers how many of them belonged to it; `*complete` says that it ended.
size_t readHead(Connection *c, const char *bytes, size_t count, bool *complete);
// Takes bytes of a response body; answers how many belonged to it.
size_t readBody(Connection *c, const char *bytes, size_t count, bool *complete);

// load.c: what the mode does with an event.
void onMessage(Connection *c, uint64_t sentUs);
void onCloseFrame(Connection *c);
#endif
