/*
 * A wall clock of its own for one program. CHAOS_CLOCK_FILE names a file of 56 bytes, which is mapped and may change at any
 * time: which of two settings counts, and the settings { offset, ns; drift, parts per million; since when, ns }. Only what
 * asks for the time of day is answered otherwise. Clocks that count from the start of the machine go on as they do when
 * somebody sets the date, and so do waits: one until a time of day, which the program has got by adding to its own clock, ends
 * at the true time that is meant (a wait that is under way when the clock is moved keeps its end).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL

struct setting {
  int64_t offset_ns, ppm, since_ns;
};

static volatile struct {
  uint64_t current;
  struct setting settings[2];
} *file;

__attribute__((constructor)) static void load(void) {
  const char *path = getenv("CHAOS_CLOCK_FILE");
  if (path == NULL || file != NULL) return;
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return;
  void *mapped = mmap(NULL, sizeof *file, PROT_READ, MAP_SHARED, fd, 0);
  if (mapped != MAP_FAILED) file = mapped;
  close(fd);
}

/* What this program is to take `true_ns` for. */
static int64_t moved(int64_t true_ns) {
  if (file == NULL) load();
  if (file == NULL) return true_ns;
  volatile struct setting *now = &file->settings[file->current & 1];
  /* Microseconds: nanoseconds times parts per million would be too much for 64 bits within hours. */
  return true_ns + now->offset_ns + (true_ns - now->since_ns) / 1000 * now->ppm / 1000;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  if (syscall(SYS_clock_gettime, clock, time) != 0) return -1;
  if (clock != CLOCK_REALTIME && clock != CLOCK_REALTIME_COARSE) return 0;
  int64_t ns = moved(time->tv_sec * SECOND + time->tv_nsec);
  time->tv_sec = ns / SECOND;
  time->tv_nsec = ns % SECOND;
  return 0;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  (void)zone;
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return -1;
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *seconds) {
  struct timespec now;
  if (clock_gettime(CLOCK_REALTIME, &now) != 0) return (time_t)-1;
  if (seconds != NULL) *seconds = now.tv_sec;
  return now.tv_sec;
}

int timespec_get(struct timespec *time, int base) {
  return base == TIME_UTC && clock_gettime(CLOCK_REALTIME, time) == 0 ? base : 0;
}

/* The true time that this program means by `end`. Ends that count from the start of the machine are small, and left alone. */
static const struct timespec *truly(const struct timespec *end, struct timespec *room) {
  struct timespec now;
  syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
  if (file == NULL || end == NULL || end->tv_sec < now.tv_sec / 2) return end;
  volatile struct setting *setting = &file->settings[file->current & 1];
  int64_t apart = end->tv_sec * SECOND + end->tv_nsec - setting->offset_ns - setting->since_ns;
  int64_t ns = setting->since_ns + apart - (int64_t)((double)apart * setting->ppm / (1000000.0 + setting->ppm));
  if (ns < 0) ns = 0;
  room->tv_sec = ns / SECOND;
  room->tv_nsec = ns % SECOND;
  return room;
}

/* The function of the C library that one of this name stands before. */
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int pthread_cond_timedwait(pthread_cond_t *restrict cond, pthread_mutex_t *restrict mutex, const struct timespec *restrict end) {
  static __typeof__(&pthread_cond_timedwait) real;
  if (real == NULL) real = REAL(pthread_cond_timedwait);
  struct timespec room;
  return real(cond, mutex, truly(end, &room));
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict end) {
  static __typeof__(&pthread_mutex_timedlock) real;
  if (real == NULL) real = REAL(pthread_mutex_timedlock);
  struct timespec room;
  return real(mutex, truly(end, &room));
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict end) {
  static __typeof__(&sem_timedwait) real;
  if (real == NULL) real = REAL(sem_timedwait);
  struct timespec room;
  return real(semaphore, truly(end, &room));
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *left) {
  static __typeof__(&clock_nanosleep) real;
  if (real == NULL) real = REAL(clock_nanosleep);
  struct timespec room;
  return real(clock, flags, clock == CLOCK_REALTIME && (flags & TIMER_ABSTIME) ? truly(time, &room) : time, left);
}
