/*
 * connect(2) with other destinations: CHAOS_CONNECT_MAP is a list such as
 * "127.0.0.1:7001=127.0.0.1:40112,127.0.0.1:7002=…". What is not in it goes where it wants to. An IPv4 address mapped into
 * IPv6 counts as the IPv4 address that it is. The map is read once, before main.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct place {
  struct in_addr address;
  in_port_t port;
};

static struct {
  struct place from, to;
} *turns;
static size_t count;
static int (*real_connect)(int, const struct sockaddr *, socklen_t);

static int parse(const char *text, struct place *place) {
  char host[64];
  unsigned port;
  if (sscanf(text, "%63[^:]:%u", host, &port) != 2 || port > 65535) return 0;
  place->port = htons((in_port_t)port);
  return inet_aton(host, &place->address);
}

__attribute__((constructor)) static void load(void) {
  real_connect = dlsym(RTLD_NEXT, "connect");
  const char *map = getenv("CHAOS_CONNECT_MAP");
  if (map == NULL) return;
  size_t most = 1;
  for (const char *c = map; *c; c++) most += *c == ',';
  turns = calloc(most, sizeof *turns);
  char *copy = strdup(map), *rest = NULL;
  if (turns == NULL || copy == NULL) return;
  for (char *pair = strtok_r(copy, ",", &rest); pair != NULL; pair = strtok_r(NULL, ",", &rest)) {
    char *to = strchr(pair, '=');
    if (to == NULL) continue;
    *to++ = '\0';
    if (parse(pair, &turns[count].from) && parse(to, &turns[count].to)) count++;
  }
  free(copy);
}

static const struct place *turned(struct in_addr address, in_port_t port) {
  for (size_t i = 0; i < count; i++)
    if (turns[i].from.address.s_addr == address.s_addr && turns[i].from.port == port) return &turns[i].to;
  return NULL;
}

int connect(int fd, const struct sockaddr *wanted, socklen_t length) {
  if (real_connect == NULL) load();
  if (wanted != NULL && wanted->sa_family == AF_INET && length >= sizeof(struct sockaddr_in)) {
    struct sockaddr_in other = *(const struct sockaddr_in *)wanted;
    const struct place *to = turned(other.sin_addr, other.sin_port);
    if (to == NULL) return real_connect(fd, wanted, length);
    other.sin_addr = to->address;
    other.sin_port = to->port;
    return real_connect(fd, (const struct sockaddr *)&other, sizeof other);
  }
  if (wanted != NULL && wanted->sa_family == AF_INET6 && length >= sizeof(struct sockaddr_in6)) {
    struct sockaddr_in6 other = *(const struct sockaddr_in6 *)wanted;
    struct in_addr address;
    if (!IN6_IS_ADDR_V4MAPPED(&other.sin6_addr)) return real_connect(fd, wanted, length);
    memcpy(&address, &other.sin6_addr.s6_addr[12], sizeof address);
    const struct place *to = turned(address, other.sin6_port);
    if (to == NULL) return real_connect(fd, wanted, length);
    memcpy(&other.sin6_addr.s6_addr[12], &to->address, sizeof to->address);
    other.sin6_port = to->port;
    return real_connect(fd, (const struct sockaddr *)&other, sizeof other);
  }
  return real_connect(fd, wanted, length);
}
