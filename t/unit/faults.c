/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Each system call of the records that limits are counted by fails once, at
 * each of its places: the failure is told with the file's path, and the record is
 * afterwards what it was before, or what it was to become.
 */
#include "t/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lib/act/allowance.h"
#include "lib/act/audit.h"
#include "lib/act/audit_recent.h"
#include "lib/act/host_lock.h"
#include "lib/act/recent.h"
#include "lib/act/state.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/name_index.h"
#include "t/unit/state_folder.h"

/* In the place of libc's: these calls fail when it is their turn. */
enum call {
	CALL_FLOCK,
	CALL_FSTAT,
	CALL_WRITE,
	CALL_PREAD,
	CALL_PWRITE,
	CALL_READ,
	CALL_FTRUNCATE,
	CALL_FSYNC,
	CALL_FDATASYNC,
	CALL_RENAMEAT,
	CALL_OPENAT,
	CALLS
};
static const char *const call_names[CALLS] = {"flock",     "fstat", "write",     "pread",    "pwrite", "read",
                                              "ftruncate", "fsync", "fdatasync", "renameat", "openat"};
static struct {
	enum call call;
	unsigned turn; /* 0: never */
	int number;    /* errno; 0: a short count of nothing */
	bool fired;
} fault;

static bool fails(enum call call)
{
	if (fault.turn == 0 || call != fault.call || --fault.turn > 0)
		return false;
	fault.fired = true;
	errno = fault.number;
	return true;
}

static long result_of_fault(void)
{
	return fault.number == 0 ? 0 : -1;
}

int flock(int fd, int operation)
{
	return fails(CALL_FLOCK) ? -1 : (int)syscall(SYS_flock, fd, operation);
}

int fstat(int fd, struct stat *status)
{
	return fails(CALL_FSTAT) ? -1 : fstatat(fd, "", status, AT_EMPTY_PATH);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
	return fails(CALL_WRITE) ? result_of_fault() : syscall(SYS_write, fd, bytes, length);
}

ssize_t pread(int fd, void *bytes, size_t length, off_t at)
{
	return fails(CALL_PREAD) ? result_of_fault() : syscall(SYS_pread64, fd, bytes, length, at);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at)
{
	return fails(CALL_PWRITE) ? result_of_fault() : syscall(SYS_pwrite64, fd, bytes, length, at);
}

ssize_t read(int fd, void *bytes, size_t length)
{
	return fails(CALL_READ) ? result_of_fault() : syscall(SYS_read, fd, bytes, length);
}

int ftruncate(int fd, off_t length)
{
	return fails(CALL_FTRUNCATE) ? -1 : (int)syscall(SYS_ftruncate, fd, length);
}

int fsync(int fd)
{
	(void)fd;
	return fails(CALL_FSYNC) ? -1 : 0;
}

int fdatasync(int fd)
{
	(void)fd;
	return fails(CALL_FDATASYNC) ? -1 : 0;
}

int renameat(int from, const char *old, int to, const char *new)
{
	return fails(CALL_RENAMEAT) ? -1 : (int)syscall(SYS_renameat2, from, old, to, new, 0);
}

int openat(int folder, const char *path, int flags, ...)
{
	return fails(CALL_OPENAT) ? -1 : (int)syscall(SYS_openat, folder, path, flags, 0600);
}

struct place {
	char path[64];
	struct state_dir dir;
};

static int begin(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	fault.turn = 0;
	state_folder_make(place->path, &place->dir);
	*state = place;
	return 0;
}

static int end(void **state)
{
	struct place *place = *state;

	fault.turn = 0;
	state_folder_remove(place->path, &place->dir);
	free(place);
	return 0;
}

/* The whole use of the allowance by a run; host gets so many acts. */
static int record(struct place *place, const char *run, uint64_t acts, struct error *error)
{
	struct deadline deadline = deadline_in(1000);
	struct allowance allowance;
	struct recent recent;
	struct recent_entry *entry;
	int result;

	if (allowance_lock(&allowance, &place->dir, &deadline, error) < 0)
		return -1;
	recent_init(&recent);
	result = allowance_read(&allowance, 0, &recent, error);
	if (result == 0) {
		entry = recent_add(&recent, recent_run_add(&recent, run), "ts01", "sim:x");
		entry->planned = acts;
		entry->until = clock_now();
		result = allowance_write(&allowance, &recent, error);
	}
	recent_free(&recent);
	allowance_unlock(&allowance);
	return result;
}

static uint64_t recorded(struct place *place)
{
	static const struct name_index none;
	struct deadline deadline = deadline_in(1000);
	struct error error = {0};
	struct allowance allowance;
	struct recent recent;
	uint64_t acts;

	assert_int_equal(allowance_lock(&allowance, &place->dir, &deadline, &error), 0);
	recent_init(&recent);
	assert_int_equal(allowance_read(&allowance, 0, &recent, &error), 0);
	recent_judge(&recent, &none, NULL);
	acts = recent_everywhere(&recent).acts;
	recent_free(&recent);
	allowance_unlock(&allowance);
	return acts;
}

/* Every use of it with one call failing; returns how often a call was there to fail. */
static unsigned sweep(struct place *place, int (*use)(struct place *, struct error *),
                      void (*judge)(struct place *, int), int number)
{
	unsigned points = 0;

	for (int call = 0; call < CALLS; call++)
		for (unsigned turn = 1;; turn++) {
			struct error error = {0};
			int result;

			fault.call = (enum call)call;
			fault.turn = turn;
			fault.number = number;
			fault.fired = false;
			result = use(place, &error);
			fault.turn = 0;
			if (!fault.fired) {
				assert_int_equal(result, 0);
				break;
			}
			points++;
			if (result < 0 && strstr(error.text, place->path) == NULL &&
			    strstr(error.text, "lock file") == NULL)
				fail_msg("%s %u: %s", call_names[call], turn, error.text);
			judge(place, result);
		}
	return points;
}

static int use_allowance(struct place *place, struct error *error)
{
	if (record(place, "before", 3, error) < 0)
		return -1;
	return record(place, "after", 4, error);
}

/* With the witness that there was one. */
static void forget_allowance(struct place *place)
{
	unlinkat(place->dir.fd, "allowance", 0);
	unlinkat(place->dir.fd, "allowance.lock", 0);
}

static void allowance_whole(struct place *place, int result)
{
	uint64_t acts = recorded(place);

	assert_true(result == 0 ? acts == 7 : acts == 0 || acts == 3 || acts == 7);
	forget_allowance(place);
}

static void the_allowance_is_never_damaged(void **state)
{
	struct place *place = *state;

	assert_true(sweep(place, use_allowance, allowance_whole, EIO) >= 20);
	forget_allowance(place);
	assert_true(sweep(place, use_allowance, allowance_whole, ENOSPC) >= 20);
	forget_allowance(place);
	assert_true(sweep(place, use_allowance, allowance_whole, EINTR) >= 20);
}

static int write_all(struct audit *audit, struct error *error)
{
	json_t *acts = json_pack("[{s:s}]", "host", "ts01");

	if (audit_write(audit, "plan", json_pack("{s:s, s:o}", "action", "disconnect", "acts", acts), error) < 0)
		return -1;
	if (audit_write(audit, "intent", json_pack("{s:s, s:{s:s}}", "action", "disconnect", "session", "host", "ts01"),
	                error) < 0)
		return -1;
	return audit_write(audit, "end", json_object(), error);
}

static int use_audit(struct place *place, struct error *error)
{
	struct recent recent;
	struct audit audit;
	int result;

	if (audit_open(&audit, &place->dir, "test", error) < 0)
		return -1;
	result = write_all(&audit, error);
	recent_init(&recent);
	if (result == 0)
		result = audit_recent(&audit, 0, &recent, error);
	recent_free(&recent);
	audit_close(&audit);
	return result;
}

/* Whatever failed: an act that was begun is counted by the next reader. */
static void audit_counts(struct place *place, int result)
{
	static const struct name_index none;
	struct error error = {0};
	struct recent recent;
	struct audit audit;
	char text[4096];
	ssize_t length;

	assert_int_equal(audit_open(&audit, &place->dir, "test", &error), 0);
	length = pread(audit.fd, text, sizeof text - 1, 0);
	text[length > 0 ? length : 0] = '\0';
	recent_init(&recent);
	assert_int_equal(audit_recent(&audit, 0, &recent, &error), 0);
	recent_judge(&recent, &none, NULL);
	if (result == 0 || strstr(text, "\"intent\"") != NULL)
		assert_true(recent_everywhere(&recent).acts >= 1);
	recent_free(&recent);
	audit_close(&audit);
	unlinkat(place->dir.fd, AUDIT_FILE, 0);
}

static void the_audit_tells_each_failure(void **state)
{
	struct place *place = *state;

	assert_true(sweep(place, use_audit, audit_counts, EIO) >= 12);
	unlinkat(place->dir.fd, AUDIT_FILE, 0);
	assert_true(sweep(place, use_audit, audit_counts, ENOSPC) >= 12);
	unlinkat(place->dir.fd, AUDIT_FILE, 0);
	assert_true(sweep(place, use_audit, audit_counts, EINTR) >= 12);
}

static int use_lock(struct place *place, struct error *error)
{
	struct host_lock lock;
	struct lock_holder holder;

	if (host_lock_take(&lock, &place->dir, "ts01", clock_now() + 60000, &holder, error) != 0)
		return -1;
	host_lock_release(&lock);
	return 0;
}

/* It is free again for the next one, and says nothing of the one that failed. */
static void lock_free(struct place *place, int result)
{
	struct error error = {0};

	(void)result;
	assert_int_equal(use_lock(place, &error), 0);
}

static void a_lock_that_failed_is_free(void **state)
{
	struct place *place = *state;

	assert_true(sweep(place, use_lock, lock_free, EIO) >= 4);
	assert_true(sweep(place, use_lock, lock_free, EINTR) >= 4);
}

/* A disk that is full in the middle of a line: no bytes, and no error. */
static void a_short_count_is_a_failure(void **state)
{
	struct place *place = *state;
	struct error error = {0};

	fault.call = CALL_WRITE;
	fault.turn = 1;
	fault.number = 0;
	assert_int_equal(use_audit(place, &error), -1);
	error_clear(&error);
	fault.turn = 1;
	assert_int_equal(use_allowance(place, &error), -1);
	error_clear(&error);
	fault.call = CALL_PWRITE;
	fault.turn = 1;
	assert_int_equal(use_lock(place, &error), -1);
}

/* The line that was made before memory ended: it stands alone behind a torn one, and a disk that fails as well harms
   no other line. */
static void a_prepared_line_stands_alone(void **state)
{
	static const enum call calls[] = {CALL_FSTAT, CALL_PREAD, CALL_WRITE, CALL_FDATASYNC};
	struct place *place = *state;
	struct error error = {0};
	struct audit audit;
	json_t *fields = json_object();
	char *line, text[4096];
	ssize_t length;

	assert_int_equal(audit_open(&audit, &place->dir, "test", &error), 0);
	line = audit_render(&audit, "result", fields);
	assert_non_null(line);
	json_decref(fields);
	assert_int_equal(write(audit.fd, "torn", 4), 4);
	audit_write_rendered(&audit, line);
	length = pread(audit.fd, text, sizeof text - 1, 0);
	assert_true(length > 5);
	text[length] = '\0';
	assert_memory_equal(text, "torn\n{", 6);
	assert_int_equal(text[length - 1], '\n');
	for (size_t i = 0; i < COUNT(calls); i++)
		for (unsigned turn = 1; turn < 4; turn++) {
			fault.call = calls[i];
			fault.turn = turn;
			fault.number = EIO;
			audit_write_rendered(&audit, line);
			fault.turn = 0;
			audit_counts(place, -1);
		}
	free(line);
	audit_close(&audit);
	audit_close(&audit); /* a second time it does nothing */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(the_allowance_is_never_damaged, begin, end),
	    cmocka_unit_test_setup_teardown(the_audit_tells_each_failure, begin, end),
	    cmocka_unit_test_setup_teardown(a_lock_that_failed_is_free, begin, end),
	    cmocka_unit_test_setup_teardown(a_short_count_is_a_failure, begin, end),
	    cmocka_unit_test_setup_teardown(a_prepared_line_stands_alone, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
