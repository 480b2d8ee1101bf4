// Non-blocking loopback sockets, edge-triggered: one epoll_ctl for the life of a connection.
#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

void openConnection(Connection *c, int poll) {
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (c->fd < 0) fail("socket: %s", strerror(errno));
  c->phase = PHASE_CONNECTING;
  c->startedUs = nowUs();
  c->unsentBytes = 0;
  c->due = 0;
  int on = 1;
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // Delayed acknowledgements, as between distant hosts: on loopback each early one would be the generator's expense.
  int off = 0;
  setsockopt(c->fd, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off);
  // The port is chosen at connect, per destination, so that one source address serves 28,000 connections to each server.
  setsockopt(c->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  struct sockaddr_in source = {.sin_family = AF_INET};
  source.sin_addr.s_addr = htonl(0x7f000002u + (uint32_t)(c->index % options.sources));
  if (bind(c->fd, (struct sockaddr *)&source, sizeof source) < 0) fail("bind: %s", strerror(errno));
  struct epoll_event interest = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = c};
  if (epoll_ctl(poll, EPOLL_CTL_ADD, c->fd, &interest) < 0) fail("epoll_ctl: %s", strerror(errno));
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(c->fd, (struct sockaddr *)&server, sizeof server) < 0 && errno != EINPROGRESS)
    fail("connect: %s", strerror(errno));
}

// Closes with a reset: the closing handshake is over by then, and nothing stays in TIME_WAIT to run out of ports.
void closeConnection(Connection *c) {
  struct linger reset = {.l_onoff = 1, .l_linger = 0};
  setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close(c->fd);
  c->fd = -1;
  free(c->head);
  c->head = NULL;
}

static void keepUnsent(Connection *c, const char *bytes, size_t count) {
  if (c->unsentBytes + count > c->unsentCapacity) {
    c->unsentCapacity = (c->unsentBytes + count) * 2;
    c->unsent = realloc(c->unsent, c->unsentCapacity);
    if (!c->unsent) fail("out of memory");
  }
  memcpy(c->unsent + c->unsentBytes, bytes, count);
  c->unsentBytes += count;
}

void sendBytes(Connection *c, const void *bytes, size_t count) {
  ssize_t taken = 0;
  if (c->unsentBytes == 0) {
    taken = send(c->fd, bytes, count, MSG_NOSIGNAL);
    if (taken < 0) {
      if (errno != EAGAIN) fail("send on connection %d: %s", c->index, strerror(errno));
      taken = 0;
    }
  }
  if ((size_t)taken < count) keepUnsent(c, (const char *)bytes + taken, count - (size_t)taken);
}

void sendUnsent(Connection *c) {
  if (c->unsentBytes == 0) return;
  ssize_t taken = send(c->fd, c->unsent, c->unsentBytes, MSG_NOSIGNAL);
  if (taken < 0) {
    if (errno == EAGAIN) return;
    fail("send on connection %d: %s", c->index, strerror(errno));
  }
  c->unsentBytes -= (size_t)taken;
  memmove(c->unsent, c->unsent + taken, c->unsentBytes);
}
