/*
 * Refuses reads, writes and flushes of files, as a disk with a fault does: preloaded into a process of a test.
 * While the file named by FAULT_READ (FAULT_WRITE, FAULT_SYNC) is there, reads (writes, flushes) fail with the error number that it holds,
 * of files whose path has the text in it that follows the number ("5 collections.db"); without a text, "heddle.db".
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int refusal(const char *setting, int fd) {
  const char *flag = getenv(setting);
  if (flag == NULL || access(flag, F_OK) != 0) return 0;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  char part[256] = "heddle.db";
  int code = EIO;
  FILE *file = fopen(flag, "r");
  if (file != NULL) {
    if (fscanf(file, "%d %255s", &code, part) < 1) code = EIO;
    fclose(file);
  }
  return strstr(path, part) == NULL ? 0 : code;
}

#define REAL(name, type) \
  static type real; \
  if (real == NULL) real = (type)dlsym(RTLD_NEXT, name)

#define REFUSE(setting) \
  int code = refusal(setting, fd); \
  if (code != 0) { errno = code; return -1; }

typedef ssize_t (*reads)(int, void *, size_t);
typedef ssize_t (*reads_at)(int, void *, size_t, off64_t);
typedef ssize_t (*writes)(int, const void *, size_t);
typedef ssize_t (*writes_at)(int, const void *, size_t, off64_t);

ssize_t read(int fd, void *bytes, size_t count) {
  REFUSE("FAULT_READ")
  REAL("read", reads);
  return real(fd, bytes, count);
}
ssize_t pread(int fd, void *bytes, size_t count, off_t at) {
  REFUSE("FAULT_READ")
  REAL("pread64", reads_at);
  return real(fd, bytes, count, at);
}
ssize_t pread64(int fd, void *bytes, size_t count, off64_t at) {
  REFUSE("FAULT_READ")
  REAL("pread64", reads_at);
  return real(fd, bytes, count, at);
}
ssize_t write(int fd, const void *bytes, size_t count) {
  REFUSE("FAULT_WRITE")
  REAL("write", writes);
  return real(fd, bytes, count);
}
ssize_t pwrite(int fd, const void *bytes, size_t count, off_t at) {
  REFUSE("FAULT_WRITE")
  REAL("pwrite64", writes_at);
  return real(fd, bytes, count, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  REFUSE("FAULT_WRITE")
  REAL("pwrite64", writes_at);
  return real(fd, bytes, count, at);
}

typedef int (*flushes)(int);

int fsync(int fd) {
  REFUSE("FAULT_SYNC")
  REAL("fsync", flushes);
  return real(fd);
}
int fdatasync(int fd) {
  REFUSE("FAULT_SYNC")
  REAL("fdatasync", flushes);
  return real(fd);
}
