/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/act/host_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/hash.h"
#include "lib/base/text.h"

/* A lock file holds one short line. */
enum { HOLDER_SIZE = 160 };
/* After flock(), the holder's line is written.  Until then the file is empty or names the previous holder, so a
 * reader retries for this long, in ms. */
enum { SETTLE_TIME = 500, SETTLE_PAUSE = 10 };

/* "lock-" and the host in lower case.  Bytes that are unusual in file names become %hh.  A name that is too long is
 * cut, and gets a checksum of the whole. */
static void lock_name(char *name, size_t size, const char *host)
{
	size_t used = (size_t)snprintf(name, size, "lock-");

	for (const char *at = host; *at != '\0'; at++) {
		unsigned char byte = (unsigned char)*at;

		if (byte >= 'A' && byte <= 'Z')
			byte = (unsigned char)(byte + 32);
		if (used + 24 >= size)
			continue;
		if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' ||
		    byte == '.')
			name[used++] = (char)byte;
		else
			used += (size_t)snprintf(name + used, size - used, "%%%02x", byte);
		name[used] = '\0';
	}
	if (used + 24 >= size)
		snprintf(name + used, size - used, "-%016llx", (unsigned long long)hash_folded(host));
}

/* Takes "WORD " off the front of *text and returns the text up to the next blank; NULL if it is not there. */
static char *take_field(char **text, const char *word)
{
	size_t length = strlen(word);
	char *field = *text + length + 1, *end;

	if (strncmp(*text, word, length) != 0 || (*text)[length] != ' ')
		return NULL;
	end = field + strcspn(field, " ");
	*text = end + (*end != '\0');
	*end = '\0';
	return field;
}

static void holder_parse(char *line, struct lock_holder *holder)
{
	const char *pid = take_field(&line, "pid");
	const char *since = pid != NULL ? take_field(&line, "since") : NULL;
	const char *until = since != NULL ? take_field(&line, "until") : NULL;
	unsigned long long number;

	holder->known = until != NULL && *line == '\0' && number_parse(pid, INT32_MAX, &number) == 0 &&
	                time_parse(since, &holder->since) == 0 && time_parse(until, &holder->until) == 0;
	if (holder->known)
		holder->pid = (long long)number;
}

static struct lock_holder holder_read(int fd)
{
	struct lock_holder holder = {.overdue = true};
	char line[HOLDER_SIZE];
	ssize_t length = pread(fd, line, sizeof line, 0);

	if (length > 0 && length < (ssize_t)sizeof line && line[length - 1] == '\n' &&
	    memchr(line, '\0', (size_t)length) == NULL) {
		line[length - 1] = '\0';
		holder_parse(line, &holder);
	}
	if (holder.known)
		holder.overdue = clock_now() > holder.until;
	return holder;
}

int host_lock_sign(const struct host_lock *lock, int64_t until, struct error *error)
{
	char line[HOLDER_SIZE], from[TIME_TEXT_SIZE], to[TIME_TEXT_SIZE];
	int length;

	time_format(from, sizeof from, clock_now());
	time_format(to, sizeof to, until);
	length = snprintf(line, sizeof line, "pid %lld since %s until %s\n", (long long)getpid(), from, to);
	errno = EIO; /* for a short write */
	if (ftruncate(lock->fd, 0) < 0 || pwrite(lock->fd, line, (size_t)length, 0) != length)
		return error_errno(error, errno, STEP_NONE, "cannot write into the lock file");
	return 0;
}

/* 0: locked by us; 1: held by another; -1: error. */
static int try_lock(int fd)
{
	int result;

	do
		result = flock(fd, LOCK_EX | LOCK_NB);
	while (result < 0 && errno == EINTR);
	if (result == 0)
		return 0;
	return errno == EWOULDBLOCK ? 1 : -1;
}

/* Tries until the lock is ours, its holder is clearly running, or it has looked overdue for long enough. */
static int lock_or_ask(int fd, struct lock_holder *holder)
{
	const struct timespec pause = {.tv_nsec = SETTLE_PAUSE * 1000000};
	const struct deadline settled = deadline_in(SETTLE_TIME);
	int result;

	while ((result = try_lock(fd)) == 1) {
		*holder = holder_read(fd);
		if (!holder->overdue || deadline_passed(&settled))
			break;
		nanosleep(&pause, NULL);
	}
	return result;
}

/* flock() belongs to the open file, so it ends with the process.  The file is not removed: otherwise two processes
 * could lock two files with one name. */
int host_lock_take(struct host_lock *lock, const struct state_dir *dir, const char *host, int64_t until,
                   struct lock_holder *holder, struct error *error)
{
	char name[200];
	int result;

	memset(holder, 0, sizeof *holder);
	lock_name(name, sizeof name, host);
	lock->fd = state_file_open(dir, name, O_RDWR, error);
	if (lock->fd < 0)
		return -1;
	result = lock_or_ask(lock->fd, holder);
	if (result < 0)
		error_errno(error, errno, STEP_NONE, "cannot lock %s/%s", dir->path, name);
	if (result == 0 && host_lock_sign(lock, until, error) < 0)
		result = error_hint(error, "look at %s/%s", dir->path, name);
	if (result != 0)
		host_lock_release(lock);
	return result;
}

/* The text is not removed: it is only read while somebody holds the lock, and the next holder replaces it. */
void host_lock_release(struct host_lock *lock)
{
	if (lock->fd >= 0)
		close(lock->fd);
	lock->fd = -1;
}

void lock_holder_show(struct buffer *out, const struct lock_holder *holder)
{
	char since[TIME_TEXT_SIZE], until[TIME_TEXT_SIZE];

	if (!holder->known) {
		buffer_puts(out,
		            "another process holds its lock, and the lock file does not say which; end that process");
		return;
	}
	time_format(since, sizeof since, holder->since);
	time_format(until, sizeof until, holder->until);
	buffer_printf(out, "another handler is at work on it, pid %lld since %s", holder->pid, since);
	if (holder->overdue)
		buffer_printf(out, "; it should have ended by %s and hangs: look at that process, and end it", until);
}

void host_locks_expect(size_t count)
{
	enum { OTHERS = 64 }; /* the audit, a worker's pipes, what a provider opens */
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= count + OTHERS)
		return;
	limit.rlim_cur = limit.rlim_max < count + OTHERS ? limit.rlim_max : count + OTHERS;
	setrlimit(RLIMIT_NOFILE, &limit);
}
