/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One fault in a program that knows nothing of it: LD_PRELOAD.
 *
 *   FAULT_IN    the name of the program that is meant; others run as ever
 *   FAULT_CALL  "alloc", a system call's name, or "any": every call below but allocations
 *   FAULT_AT    the number of the call that is hit, from 1; 0: none
 *   FAULT_HOW   an errno; "short": half of what was asked for; "before", "after": SIGKILL then
 *   FAULT_COUNT a file that gets "NAME NUMBER" lines at the end
 *   FAULT_SITES a file that gets a line for each place that calls, known by its stack of calls: "NAME FIRST LAST",
 *               the numbers of its first call and its last, and "FIRST LAST" among all calls but allocations
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "t/torture/sites.h"

#ifndef SYS_newfstatat /* i386 */
#define SYS_newfstatat SYS_fstatat64
#endif

enum call {
	C_ALLOC,
	C_WRITE,
	C_READ,
	C_PREAD,
	C_PWRITE,
	C_SEND,
	C_FDATASYNC,
	C_OPEN,
	C_RENAME,
	C_FLOCK,
	C_FSTAT,
	C_FSTATAT,
	C_FTRUNCATE,
	C_FCNTL,
	C_GETRANDOM,
	C_FCHMOD,
	C_CLOSE,
	C_MKDIR,
	C_POLL,
	C_UNLINK,
	C_FSYNC,
	C_MMAP,
	C_ACCESS,
	C_NUMBER
};
static const char *const names[] = {"alloc",  "write", "read",  "pread",   "pwrite",    "send",  "fdatasync", "open",
                                    "rename", "flock", "fstat", "fstatat", "ftruncate", "fcntl", "getrandom", "fchmod",
                                    "close",  "mkdir", "poll",  "unlink",  "fsync",     "mmap",  "access"};
static atomic_ulong counts[C_NUMBER], any;
static int which = -1, fault_errno, active;
static unsigned long at;
static char how;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

__attribute__((constructor)) static void begin(void)
{
	const char *in = getenv("FAULT_IN"), *call = getenv("FAULT_CALL"), *number = getenv("FAULT_AT");
	const char *kind = getenv("FAULT_HOW");

	if (in == NULL || strcmp(in, program_invocation_short_name) != 0)
		return;
	for (int i = 0; call != NULL && i < C_NUMBER; i++)
		if (strcmp(names[i], call) == 0)
			which = i;
	if (call != NULL && strcmp(call, "any") == 0)
		which = C_NUMBER;
	at = number != NULL ? strtoul(number, NULL, 10) : 0;
	how = kind != NULL && (*kind == 's' || *kind == 'b' || *kind == 'a') ? *kind : 'e';
	fault_errno = kind != NULL ? (int)strtol(kind, NULL, 10) : EIO;
	if (getenv("FAULT_SITES") != NULL)
		sites_begin();
	active = 1;
}

static void report(void)
{
	const char *path = active ? getenv("FAULT_COUNT") : NULL;
	char line[64];
	int fd;

	if (active)
		sites_report(names);
	if (path == NULL || (fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND, 0666)) < 0)
		return;
	for (int i = 0; i <= C_NUMBER; i++) {
		int length = snprintf(line, sizeof line, "%s %lu\n", i < C_NUMBER ? names[i] : "any",
		                      i < C_NUMBER ? counts[i] : any);

		(void)!syscall(SYS_write, fd, line, (size_t)length);
	}
	syscall(SYS_close, fd);
}

__attribute__((destructor)) static void end(void)
{
	report();
}

/* 1: this very call is hit. */
static int hit(enum call call)
{
	unsigned long number, number_any;

	if (!active)
		return 0;
	number = ++counts[call];
	number_any = call != C_ALLOC ? ++any : 0;
	sites_count((int)call, number, number_any);
	return at > 0 && ((which == (int)call && number == at) || (which == C_NUMBER && number_any == at));
}

static void die(void)
{
	syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
	for (;;)
		syscall(SYS_pause);
}

void *malloc(size_t size)
{
	if (!hit(C_ALLOC))
		return __libc_malloc(size);
	errno = ENOMEM;
	return NULL;
}

void *calloc(size_t count, size_t size)
{
	if (!hit(C_ALLOC))
		return __libc_calloc(count, size);
	errno = ENOMEM;
	return NULL;
}

void *realloc(void *memory, size_t size)
{
	if (!hit(C_ALLOC))
		return __libc_realloc(memory, size);
	errno = ENOMEM;
	return NULL;
}

/* The call itself stands between: SIGKILL before it, after it, or its error instead of it. */
#define CALL(call, type, failed, real)                                                                                 \
	do {                                                                                                           \
		int is_hit = hit(call);                                                                                \
		type result;                                                                                           \
                                                                                                                       \
		if (is_hit && how == 'b')                                                                              \
			die();                                                                                         \
		if (is_hit && how == 'e') {                                                                            \
			errno = fault_errno;                                                                           \
			return failed;                                                                                 \
		}                                                                                                      \
		if (is_hit && how == 's' && size > 1)                                                                  \
			size /= 2;                                                                                     \
		result = (type)(real);                                                                                 \
		if (is_hit && how == 'a')                                                                              \
			die();                                                                                         \
		return result;                                                                                         \
	} while (0)

ssize_t write(int fd, const void *bytes, size_t size)
{
	CALL(C_WRITE, ssize_t, -1, syscall(SYS_write, fd, bytes, size));
}

ssize_t read(int fd, void *bytes, size_t size)
{
	CALL(C_READ, ssize_t, -1, syscall(SYS_read, fd, bytes, size));
}

ssize_t pread(int fd, void *bytes, size_t size, off_t offset)
{
	CALL(C_PREAD, ssize_t, -1, syscall(SYS_pread64, fd, bytes, size, offset));
}

ssize_t pread64(int fd, void *bytes, size_t size, off64_t offset)
{
	CALL(C_PREAD, ssize_t, -1, syscall(SYS_pread64, fd, bytes, size, offset));
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
	CALL(C_PWRITE, ssize_t, -1, syscall(SYS_pwrite64, fd, bytes, size, offset));
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset)
{
	CALL(C_PWRITE, ssize_t, -1, syscall(SYS_pwrite64, fd, bytes, size, offset));
}

ssize_t send(int fd, const void *bytes, size_t size, int flags)
{
	CALL(C_SEND, ssize_t, -1, syscall(SYS_sendto, fd, bytes, size, flags, NULL, 0));
}

int fdatasync(int fd)
{
	size_t size = 0;

	CALL(C_FDATASYNC, int, -1, syscall(SYS_fdatasync, fd));
}

static int open_at(int folder, const char *path, int flags, mode_t mode)
{
	size_t size = 0;

	CALL(C_OPEN, int, -1, syscall(SYS_openat, folder, path, flags, mode));
}

#define MODE(flags, mode)                                                                                              \
	do {                                                                                                           \
		va_list list;                                                                                          \
                                                                                                                       \
		va_start(list, flags);                                                                                 \
		mode = (O_CREAT & (flags)) != 0 ? va_arg(list, mode_t) : 0;                                            \
		va_end(list);                                                                                          \
	} while (0)

int open(const char *path, int flags, ...)
{
	mode_t mode;

	MODE(flags, mode);
	return open_at(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	mode_t mode;

	MODE(flags, mode);
	return open_at(AT_FDCWD, path, flags, mode);
}

/* What _FORTIFY_SOURCE makes of an open() without O_CREAT. */
int __open_2(const char *path, int flags)
{
	return open_at(AT_FDCWD, path, flags, 0);
}

int openat(int folder, const char *path, int flags, ...)
{
	mode_t mode;

	MODE(flags, mode);
	return open_at(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...)
{
	mode_t mode;

	MODE(flags, mode);
	return open_at(folder, path, flags, mode);
}

int rename(const char *from, const char *to)
{
	size_t size = 0;

	CALL(C_RENAME, int, -1, syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}

int renameat(int from_folder, const char *from, int to_folder, const char *to)
{
	size_t size = 0;

	CALL(C_RENAME, int, -1, syscall(SYS_renameat2, from_folder, from, to_folder, to, 0));
}

int flock(int fd, int operation)
{
	size_t size = 0;

	CALL(C_FLOCK, int, -1, syscall(SYS_flock, fd, operation));
}

int fstat(int fd, struct stat *status)
{
	size_t size = 0;

	CALL(C_FSTAT, int, -1, syscall(SYS_fstat, fd, status));
}

int fstatat(int folder, const char *path, struct stat *status, int flags)
{
	size_t size = 0;

	CALL(C_FSTATAT, int, -1, syscall(SYS_newfstatat, folder, path, status, flags));
}

/* The library's own function behind this one. */
#define NEXT(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

/* What programs and SQLite call, made for large files. */
int fstat64(int fd, struct stat64 *status)
{
	size_t size = 0;

	CALL(C_FSTAT, int, -1, NEXT(fstat64)(fd, status));
}

int fstatat64(int folder, const char *path, struct stat64 *status, int flags)
{
	size_t size = 0;

	CALL(C_FSTATAT, int, -1, NEXT(fstatat64)(folder, path, status, flags));
}

int stat64(const char *path, struct stat64 *status)
{
	size_t size = 0;

	CALL(C_FSTATAT, int, -1, NEXT(stat64)(path, status));
}

int lstat64(const char *path, struct stat64 *status)
{
	size_t size = 0;

	CALL(C_FSTATAT, int, -1, NEXT(lstat64)(path, status));
}

int access(const char *path, int mode)
{
	size_t size = 0;

	CALL(C_ACCESS, int, -1, NEXT(access)(path, mode));
}

int fsync(int fd)
{
	size_t size = 0;

	CALL(C_FSYNC, int, -1, syscall(SYS_fsync, fd));
}

int ftruncate64(int fd, off64_t length)
{
	size_t size = 0;

	CALL(C_FTRUNCATE, int, -1, NEXT(ftruncate64)(fd, length));
}

void *mmap64(void *where, size_t length, int protection, int flags, int fd, off64_t offset)
{
	size_t size = 0;

	CALL(C_MMAP, void *, MAP_FAILED, NEXT(mmap64)(where, length, protection, flags, fd, offset));
}

int stat(const char *path, struct stat *status)
{
	size_t size = 0;

	CALL(C_FSTATAT, int, -1, syscall(SYS_newfstatat, AT_FDCWD, path, status, 0));
}

int ftruncate(int fd, off_t length)
{
	size_t size = 0;

	CALL(C_FTRUNCATE, int, -1, syscall(SYS_ftruncate, fd, length));
}

int fcntl(int fd, int command, ...)
{
	va_list list;
	size_t size = 0;
	long argument;

	va_start(list, command);
	argument = va_arg(list, long);
	va_end(list);
	CALL(C_FCNTL, int, -1, syscall(SYS_fcntl, fd, command, argument));
}

int fcntl64(int fd, int command, ...)
{
	va_list list;
	size_t size = 0;
	void *argument;

	va_start(list, command);
	argument = va_arg(list, void *);
	va_end(list);
	CALL(C_FCNTL, int, -1, NEXT(fcntl64)(fd, command, argument));
}

ssize_t getrandom(void *bytes, size_t size, unsigned flags)
{
	CALL(C_GETRANDOM, ssize_t, -1, syscall(SYS_getrandom, bytes, size, flags));
}

int fchmod(int fd, mode_t mode)
{
	size_t size = 0;

	CALL(C_FCHMOD, int, -1, syscall(SYS_fchmod, fd, mode));
}

/* Whatever it returns, the descriptor is closed: so is Linux. */
int close(int fd)
{
	size_t size = 0;
	int closed = syscall(SYS_close, fd) == 0;

	CALL(C_CLOSE, int, -1, closed ? 0 : -1);
}

int mkdir(const char *path, mode_t mode)
{
	size_t size = 0;

	CALL(C_MKDIR, int, -1, syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}

int poll(struct pollfd *polls, nfds_t count, int timeout)
{
	size_t size = 0;

	CALL(C_POLL, int, -1, syscall(SYS_poll, polls, count, timeout));
}

int unlink(const char *path)
{
	size_t size = 0;

	CALL(C_UNLINK, int, -1, syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

/* Another program in the place of this one. */
int execv(const char *path, char *const *arguments)
{
	report();
	return NEXT(execv)(path, arguments);
}

void _exit(int status)
{
	report();
	syscall(SYS_exit_group, status);
	__builtin_unreachable();
}
