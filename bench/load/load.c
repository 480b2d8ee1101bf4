// The load generator: one thread, one epoll, loopback only. It makes load and counts; what the counts mean is
// decided by the bench that started it, which talks to it by lines:
//   standard input:  `sample` asks for the counters, end of input ends the process.
//   standard output: JSON lines `{"event":"ready"|"sample"|"failed",…}`.
// Latencies are those since the last sample; all other counters only grow.
#define _GNU_SOURCE
#include "load.h"
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

Options options = {.mode = MODE_ECHO, .path = "/", .connections = 64, .window = 1, .size = 32, .sources = 1, .opening = 64, .secondsMax = 120};
Counters counters;
uint64_t readUs;
static Connection *connections;
static int poll, begun, up;
static uint64_t startUs, deliveriesDue;

static uint64_t clockNs(clockid_t id) {
  struct timespec t;
  clock_gettime(id, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}
uint64_t nowUs(void) { return clockNs(CLOCK_MONOTONIC) / 1000; }

void fail(const char *format, ...) {
  char why[512];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(why, sizeof why, format, arguments);
  va_end(arguments);
  // JSON has no room for what a server may have sent.
  for (char *at = why; *at; at++)
    if (*at < ' ' || *at > '~' || *at == '"' || *at == '\\') *at = '.';
  printf("{\"event\":\"failed\",\"why\":\"%s\"}\n", why);
  fflush(stdout);
  exit(1);
}

static void printReady(void) {
  printf("{\"event\":\"ready\",\"connections\":%d,\"seconds\":%.6f}\n", up, (double)(nowUs() - startUs) / 1e6);
  fflush(stdout);
}

static void printSample(void) {
  printf("{\"event\":\"sample\",\"atNs\":%llu,\"cpuNs\":%llu,\"messages\":%llu,\"bytes\":%llu,"
         "\"p50Us\":%llu,\"p99Us\":%llu,\"p999Us\":%llu,\"maxUs\":%llu}\n",
         (unsigned long long)clockNs(CLOCK_MONOTONIC), (unsigned long long)clockNs(CLOCK_PROCESS_CPUTIME_ID),
         (unsigned long long)counters.messages, (unsigned long long)counters.bytes, (unsigned long long)histogramAt(.5),
         (unsigned long long)histogramAt(.99), (unsigned long long)histogramAt(.999), (unsigned long long)histogramAt(1));
  fflush(stdout);
  histogramReset();
}

static void openNext(void) {
  if (begun == options.connections) return;
  Connection *c = &connections[begun];
  c->index = begun++;
  openConnection(c, poll);
}

static void reopen(Connection *c) {
  closeConnection(c);
  openConnection(c, poll);
}

static void startTraffic(void) {
  printReady();
  if (options.mode == MODE_FAN) {
    deliveriesDue = (uint64_t)(options.connections - 1);
    sendMessages(&connections[0], options.window);
  } else if (options.mode == MODE_ECHO) {
    for (int i = 0; i < options.connections; i++) sendMessages(&connections[i], options.window);
  }
}

static void onUpgraded(Connection *c) {
  c->phase = PHASE_OPEN;
  memset(&c->frames, 0, sizeof c->frames);
  if (options.mode == MODE_STORM) {
    counters.messages++;
    histogramAdd(nowUs() - c->startedUs);
    c->phase = PHASE_CLOSING;
    sendControl(c, 8, "\x03\xe8", 2); // 1000
  }
  if (up == options.connections) return; // a storm's later rounds
  up++;
  openNext();
  if (up == options.connections) startTraffic();
}

void onMessage(Connection *c, uint64_t sentUs) {
  // A stamp from the future or from long ago: the payload did not come through unharmed.
  if (sentUs > readUs || readUs - sentUs > 300000000ull) fail("connection %d got a damaged message", c->index);
  histogramAdd(readUs - sentUs);
  counters.messages++;
  counters.bytes += (uint64_t)options.size;
  if (options.mode == MODE_ECHO) c->due++;
  // The publisher may get its own message or not: that differs by server and must not set the pace.
  if (options.mode != MODE_FAN || c->index == 0 || --deliveriesDue > 0) return;
  deliveriesDue = (uint64_t)(options.connections - 1);
  connections[0].due++;
}

void onCloseFrame(Connection *c) {
  if (c->phase != PHASE_CLOSING) fail("the server closed connection %d", c->index);
  reopen(c);
}

static void onResponse(Connection *c) {
  counters.messages++;
  histogramAdd(nowUs() - c->startedUs);
  c->phase = PHASE_HEAD;
  c->startedUs = nowUs();
  sendRequest(c);
}

static void takeBytes(Connection *c, const char *bytes, size_t count) {
  bool complete = false;
  while (count > 0) {
    size_t used = count;
    if (c->phase == PHASE_HEAD) {
      used = readHead(c, bytes, count, &complete);
      if (complete && options.mode != MODE_HTTP) onUpgraded(c);
      else if (complete) c->phase = PHASE_OPEN;
    } else if (options.mode != MODE_HTTP) {
      readFrames(c, bytes, count);
      if (c->fd < 0 || c->phase == PHASE_CONNECTING) return;
    }
    if (c->phase == PHASE_OPEN && options.mode == MODE_HTTP) {
      size_t headUsed = complete ? used : 0;
      used = headUsed + readBody(c, bytes + headUsed, count - headUsed, &complete);
      if (complete) onResponse(c);
    }
    complete = false;
    bytes += used;
    count -= used;
  }
}

static void onReadable(Connection *c) {
  static char buffer[1 << 17];
  for (;;) {
    ssize_t got = recv(c->fd, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EAGAIN) return;
    readUs = nowUs();
    if (got <= 0 && c->phase == PHASE_CLOSING) return reopen(c);
    if (got <= 0) fail("connection %d was lost: %s", c->index, got == 0 ? "end of stream" : strerror(errno));
    takeBytes(c, buffer, (size_t)got);
    if (c->phase == PHASE_CONNECTING) return;
    if (c->due > 0) {
      sendMessages(c, c->due);
      c->due = 0;
    }
    // In a fan it is a subscriber's read that makes the publisher's next message due.
    if (options.mode == MODE_FAN && connections[0].due > 0) {
      sendMessages(&connections[0], connections[0].due);
      connections[0].due = 0;
    }
    // A short read has emptied the socket: the next bytes raise the next edge (epoll(7)).
    if ((size_t)got < sizeof buffer) return;
  }
}

static void onConnected(Connection *c) {
  c->phase = PHASE_HEAD;
  c->startedUs = options.mode == MODE_HTTP ? nowUs() : c->startedUs;
  sendRequest(c);
  if (options.mode != MODE_HTTP) return;
  up++;
  openNext();
  if (up == options.connections) printReady();
}

static void onSocket(Connection *c, uint32_t events) {
  if (c->phase == PHASE_CONNECTING) {
    int error = 0;
    socklen_t length = sizeof error;
    getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &error, &length);
    if (error) fail("connect after %d connections: %s", up, strerror(error));
    if (!(events & EPOLLOUT)) return;
    onConnected(c);
    return;
  }
  if (events & EPOLLOUT) sendUnsent(c);
  if (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) onReadable(c);
}

static void onCommand(void) {
  char line[256];
  ssize_t got = read(STDIN_FILENO, line, sizeof line);
  if (got <= 0) exit(0);
  for (ssize_t i = 0; i < got; i++)
    if (line[i] == '\n') printSample();
}

static Mode modeNamed(const char *name) {
  static const char *const NAMES[] = {"echo", "fan", "idle", "storm", "http"};
  for (int i = 0; i < 5; i++)
    if (strcmp(name, NAMES[i]) == 0) return (Mode)i;
  fail("unknown mode %s", name);
}

static void parseOption(char *argument) {
  char *value = strchr(argument, '=');
  if (!value) fail("expected name=value, got %s", argument);
  *value++ = 0;
  struct { const char *name; int *target; int least; } numbers[] = {
      {"port", &options.port, 1},           {"connections", &options.connections, 1}, {"window", &options.window, 1},
      {"size", &options.size, 8},           {"sources", &options.sources, 1},         {"opening", &options.opening, 1},
      {"secondsMax", &options.secondsMax, 1}};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    if (strcmp(argument, numbers[i].name) != 0) continue;
    *numbers[i].target = atoi(value);
    if (*numbers[i].target < numbers[i].least) fail("%s must be at least %d", argument, numbers[i].least);
    return;
  }
  if (strcmp(argument, "mode") == 0) options.mode = modeNamed(value);
  else if (strcmp(argument, "path") == 0) options.path = value;
  else if (strcmp(argument, "text") == 0) options.text = strcmp(value, "true") == 0;
  else if (strcmp(argument, "stream") == 0) options.stream = strcmp(value, "true") == 0;
  else if (strcmp(argument, "subprotocol") == 0) options.subprotocol = value;
  else fail("unknown option %s", argument);
}

int main(int argumentCount, char **arguments) {
  for (int i = 1; i < argumentCount; i++) parseOption(arguments[i]);
  if (options.port == 0) fail("port is missing");
  alarm((unsigned)options.secondsMax);
  struct rlimit descriptors;
  getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);
  prepareMessages();
  connections = calloc((size_t)options.connections, sizeof *connections);
  poll = epoll_create1(EPOLL_CLOEXEC);
  if (!connections || poll < 0) fail("out of memory");
  struct epoll_event commands = {.events = EPOLLIN, .data.ptr = NULL};
  if (epoll_ctl(poll, EPOLL_CTL_ADD, STDIN_FILENO, &commands) < 0) fail("standard input is not a pipe");
  startUs = nowUs();
  for (int i = 0; i < options.opening; i++) openNext();
  for (;;) {
    struct epoll_event events[512];
    int count = epoll_wait(poll, events, 512, -1);
    if (count < 0 && errno != EINTR) fail("epoll_wait: %s", strerror(errno));
    for (int i = 0; i < count; i++) {
      if (events[i].data.ptr) onSocket(events[i].data.ptr, events[i].events);
      else onCommand();
    }
  }
}
