// A TCP echo server, the back end behind the bridges under test: as cheap as one gets, so that the bridge and not
// its back end is the bottleneck. One thread, loopback, a port of the kernel's choice, printed as `listening PORT`.
// Ends when its standard input does. What a slow reader does not take is kept, and its peer is not read meanwhile.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct {
  int fd;
  size_t start, end; // bytes of `kept` that the reader has not taken
  char *kept;
} Connection;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static int startListening(void) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  struct sockaddr_in address = {.sin_family = AF_INET};
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 4096) < 0) die("listen");
  socklen_t length = sizeof address;
  getsockname(fd, (struct sockaddr *)&address, &length);
  printf("listening %d\n", ntohs(address.sin_port));
  fflush(stdout);
  return fd;
}

static void acceptAll(int listener, int poll) {
  for (;;) {
    int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Connection *c = calloc(1, sizeof *c);
    if (!c) die("calloc");
    c->fd = fd;
    struct epoll_event interest = {.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c};
    if (epoll_ctl(poll, EPOLL_CTL_ADD, fd, &interest) < 0) die("epoll_ctl");
  }
}

// Answers whether all that was kept is gone.
static int sendKept(Connection *c) {
  while (c->start < c->end) {
    ssize_t taken = send(c->fd, c->kept + c->start, c->end - c->start, MSG_NOSIGNAL);
    if (taken < 0) return 0;
    c->start += (size_t)taken;
  }
  return 1;
}

// Answers whether the connection goes on.
static int echoAll(Connection *c) {
  static char buffer[1 << 16];
  while (sendKept(c)) {
    ssize_t got = recv(c->fd, buffer, sizeof buffer, 0);
    if (got < 0) return errno == EAGAIN;
    if (got == 0) return 0;
    ssize_t taken = send(c->fd, buffer, (size_t)got, MSG_NOSIGNAL);
    if (taken < 0 && errno != EAGAIN) return 0;
    if (taken < 0) taken = 0;
    if (taken < got) {
      if (!c->kept && !(c->kept = malloc(sizeof buffer))) die("malloc");
      c->start = 0;
      c->end = (size_t)(got - taken);
      memcpy(c->kept, buffer + taken, c->end);
    }
    if ((size_t)got < sizeof buffer && taken == got) return 1;
  }
  return 1;
}

int main(void) {
  struct rlimit descriptors;
  getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  setrlimit(RLIMIT_NOFILE, &descriptors);
  int listener = startListening(), poll = epoll_create1(EPOLL_CLOEXEC);
  static char listening, input; // addresses that stand for the two descriptors that are no connections
  struct epoll_event interest = {.events = EPOLLIN, .data.ptr = &listening};
  if (epoll_ctl(poll, EPOLL_CTL_ADD, listener, &interest) < 0) die("epoll_ctl");
  interest.data.ptr = &input;
  if (epoll_ctl(poll, EPOLL_CTL_ADD, STDIN_FILENO, &interest) < 0) die("standard input is not a pipe");
  for (;;) {
    struct epoll_event events[256];
    int count = epoll_wait(poll, events, 256, -1);
    for (int i = 0; i < count; i++) {
      if (events[i].data.ptr == &input) return 0;
      if (events[i].data.ptr == &listening) {
        acceptAll(listener, poll);
        continue;
      }
      Connection *c = events[i].data.ptr;
      if (echoAll(c) && !(events[i].events & (EPOLLHUP | EPOLLERR))) continue;
      close(c->fd);
      free(c->kept);
      free(c);
    }
  }
}
