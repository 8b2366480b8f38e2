/*
 * Runs a program whose syncs take longer, however it is made: a filter of the kernel (seccomp) hands each call of fsync, fdatasync
 * and msync of the program and of all that it starts to us, and we let it go on after the delay that is in force. A preloaded
 * library would not do: Go and Java programs need no C library to sync.
 *
 *   slow-sync CONTROL DIRECTORY PROGRAM [ARGUMENT...]
 *
 * CONTROL is a file of five 64-bit numbers that we and the harness map: the delay, ns; how many calls were held up; the number of
 * the latest probe that the harness wants; the latest that was made; and how long that took, ns, or less than 0: the error.
 * A probe writes a file in DIRECTORY and syncs it, in a process that is filtered as the program is.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct control {
  volatile int64_t delay_ns, slowed, wanted, made, took_ns;
};

#define HELD 1024
static struct { uint64_t id; int64_t until; } held[HELD];
static int holding;

static void die(const char *what) {
  fprintf(stderr, "slow-sync: %s: %s\n", what, strerror(errno));
  exit(126);
}

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int install_filter(void) {
  struct sock_filter rules[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fsync, 2, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_fdatasync, 1, 0),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_msync, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = {sizeof rules / sizeof *rules, rules};
  int fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
  if (fd >= 0 || errno != EACCES) return fd;
  /* Whoever is not root may filter only what can gain no more rights. */
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

static int64_t probe(const char *path) {
  char bytes[4096] = {1};
  int64_t start = now();
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return -errno;
  int64_t result = write(fd, bytes, sizeof bytes) == sizeof bytes && fsync(fd) == 0 ? 0 : -errno;
  close(fd);
  unlink(path);
  return result < 0 ? result : now() - start;
}

static void serve_probes(struct control *control, const char *directory, pid_t supervisor) {
  char path[4096];
  while (getppid() != supervisor) usleep(100);
  snprintf(path, sizeof path, "%s/.chaos-sync", directory);
  if (chdir("/") != 0) die("chdir");
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != supervisor) _exit(0);
  for (;;) {
    int64_t wanted = control->wanted;
    if (wanted != control->made) {
      control->took_ns = probe(path);
      control->made = wanted;
    }
    usleep(10000);
  }
}

static void pass_descriptor(int channel, int fd) {
  char byte = 0, space[CMSG_SPACE(sizeof fd)] = {0};
  struct iovec part = {&byte, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
  struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  head->cmsg_level = SOL_SOCKET, head->cmsg_type = SCM_RIGHTS, head->cmsg_len = CMSG_LEN(sizeof fd);
  memcpy(CMSG_DATA(head), &fd, sizeof fd);
  if (sendmsg(channel, &message, 0) != 1) die("sendmsg");
}

static int take_descriptor(int channel) {
  int fd = -1;
  char byte, space[CMSG_SPACE(sizeof fd)];
  struct iovec part = {&byte, 1};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof space};
  if (recvmsg(channel, &message, MSG_CMSG_CLOEXEC) != 1 || CMSG_FIRSTHDR(&message) == NULL) return -1;
  memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
  return fd;
}

static void let_go(int listener, uint64_t id) {
  struct seccomp_notif_resp answer = {.id = id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE};
  /* Whoever has ended meanwhile needs no answer. */
  ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
}

static void take_call(int listener, struct control *control) {
  struct seccomp_notif call;
  memset(&call, 0, sizeof call);
  if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0) return;
  int64_t delay = control->delay_ns;
  if (delay <= 0 || holding == HELD) {
    let_go(listener, call.id);
    return;
  }
  control->slowed++;
  held[holding].id = call.id;
  held[holding++].until = now() + delay;
}

/* Lets go whose time has come; how long until the next one's, ms, or -1. */
static int release_due(int listener) {
  int64_t t = now(), next = -1;
  for (int i = 0; i < holding;) {
    if (held[i].until <= t) {
      let_go(listener, held[i].id);
      held[i] = held[--holding];
    } else {
      if (next < 0 || held[i].until < next) next = held[i].until;
      i++;
    }
  }
  return next < 0 ? -1 : (int)((next - t + 999999) / 1000000);
}

static void run_program(int channel, struct control *control, pid_t supervisor, char **argv) {
  int listener = install_filter();
  if (listener < 0) die("seccomp");
  pass_descriptor(channel, listener);
  close(listener);
  close(channel);
  /* The prober is nobody's child that the program would have to know of. */
  pid_t between = fork();
  if (between == 0) {
    if (fork() == 0) serve_probes(control, argv[2], supervisor);
    _exit(0);
  }
  waitpid(between, NULL, 0);
  execvp(argv[3], argv + 3);
  fprintf(stderr, "slow-sync: %s: %s\n", argv[3], strerror(errno));
  _exit(127);
}

int main(int argc, char **argv) {
  if (argc < 4) {
    fprintf(stderr, "usage: slow-sync CONTROL DIRECTORY PROGRAM [ARGUMENT...]\n");
    return 2;
  }
  int file = open(argv[1], O_RDWR | O_CLOEXEC), pair[2];
  if (file < 0) die(argv[1]);
  struct control *control = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (control == MAP_FAILED) die("mmap");
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) die("socketpair");
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  pid_t supervisor = getpid(), program = fork();
  if (program < 0) die("fork");
  if (program == 0) {
    close(pair[0]);
    run_program(pair[1], control, supervisor, argv);
  }
  close(pair[1]);
  /* What the group is told is the program's to obey. */
  signal(SIGINT, SIG_IGN), signal(SIGTERM, SIG_IGN), signal(SIGHUP, SIG_IGN);
  sigset_t ended;
  sigemptyset(&ended);
  sigaddset(&ended, SIGCHLD);
  sigprocmask(SIG_BLOCK, &ended, NULL);
  int children = signalfd(-1, &ended, SFD_CLOEXEC | SFD_NONBLOCK), listener = take_descriptor(pair[0]);
  for (;;) {
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
      if (pid != program) continue;
      if (WIFSIGNALED(status)) {
        signal(WTERMSIG(status), SIG_DFL);
        raise(WTERMSIG(status));
      }
      return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
    }
    struct pollfd ready[] = {{children, POLLIN, 0}, {listener, POLLIN, 0}};
    poll(ready, listener < 0 ? 1 : 2, listener < 0 ? 100 : release_due(listener));
    struct signalfd_siginfo info;
    while (read(children, &info, sizeof info) > 0) {
    }
    if (ready[1].revents & POLLIN) take_call(listener, control);
  }
}
