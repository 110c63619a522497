/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A ledger while SQLite has no memory, or the disk fails: each allocation, and each read, fails once. */
#include "t/unit/test.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <sqlite3.h>

#include "lib/act/state.h"
#include "lib/base/error.h"
#include "lib/ledger/history.h"
#include "lib/ledger/ledger.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "t/unit/folder.h"

static const int64_t NOW = 1795260000000, MINUTE = 60000;

static char root[] = "/tmp/curfew-ledger-XXXXXX";
static struct state_dir dir;
static sqlite3_mem_methods real;
static unsigned long until; /* so many allocations succeed before one fails; 0: all do */

static bool fails(void)
{
	return until > 0 && --until == 0;
}

static void *fail_alloc(int size)
{
	return fails() ? NULL : real.xMalloc(size);
}

static void *fail_realloc(void *memory, int size)
{
	return fails() ? NULL : real.xRealloc(memory, size);
}

static void fault_install(void)
{
	sqlite3_mem_methods ours;

	assert_int_equal(sqlite3_config(SQLITE_CONFIG_GETMALLOC, &real), SQLITE_OK);
	ours = real;
	ours.xMalloc = fail_alloc;
	ours.xRealloc = fail_realloc;
	assert_int_equal(sqlite3_config(SQLITE_CONFIG_MALLOC, &ours), SQLITE_OK);
}

struct seen {
	unsigned looks;
	bool warned, moved;
};

/* In the place of libc's pread64(), for SQLite. */
static ssize_t fail_read(int fd, void *bytes, size_t length, off_t offset)
{
	struct iovec place = {bytes, length};

	if (fails()) {
		errno = EIO;
		return -1;
	}
	return preadv(fd, &place, 1, offset);
}

/* What a look says of the one session that there is; -1: an error. */
static int look(enum ledger_use use, int64_t now, struct seen *seen)
{
	struct policy_history history = {0};
	struct snapshot snapshot;
	struct ledger_look looks = {.url = "sim:farm.sim", .snapshot = &snapshot, .histories = &history};
	struct ledger_clock clock = {.wall = now, .uptime = now - NOW, .boot = "boot-1"};
	struct error error = {0};
	struct ledger *ledger;
	struct session *session;
	int result;

	snapshot_init(&snapshot);
	snapshot.now = snapshot.taken_at = now;
	snapshot.provider = "sim";
	snapshot.host = "ts01";
	session = snapshot_add(&snapshot);
	session->id = "3";
	session->user = "alice";
	session->birth = "b3";
	session->class = CLASS_USER;
	result = ledger_open(&ledger, &dir, use, 1000, &error);
	if (result == 0) {
		seen->moved = ledger_moved_to(ledger) != NULL;
		result = ledger_see(ledger, &looks, 1, &clock, &error);
		seen->looks = history.looks;
		seen->warned = history.warnings != NULL && history.warnings->rung[0].state == WARNING_GIVEN;
		if (result == 0 && use == LEDGER_WRITE && now == NOW) {
			struct ledger_warning warning = {.url = "sim:farm.sim",
			                                 .session = session,
			                                 .policy = "office",
			                                 .cause = CAUSE_IDLE,
			                                 .end = POLICY_LOGOFF,
			                                 .began = NOW,
			                                 .state = WARNING_GIVEN,
			                                 .at = NOW};

			result = ledger_warned(ledger, &warning, &error);
		}
		ledger_close(ledger);
	}
	snapshot_free(&snapshot);
	return result;
}

static void begin(void)
{
	struct seen seen = {0};

	assert_int_equal(look(LEDGER_WRITE, NOW, &seen), 0);
}

/* Until nothing is left to fail; at least so many do. */
static void try_all(enum ledger_use use, unsigned least)
{
	unsigned failed = 0;

	for (unsigned long n = 1;; n++) {
		struct seen seen = {0};
		bool over;
		int result;

		until = n;
		result = look(use, NOW + MINUTE + (int64_t)n * 2000, &seen);
		over = until > 0;
		until = 0;
		if (seen.moved)
			fail_msg("failure %lu: a whole ledger was moved aside", n);
		if (result == 0 && (seen.looks < 2 || !seen.warned))
			fail_msg("failure %lu: nothing is remembered, and no error", n);
		failed += result < 0;
		if (over)
			break;
	}
	assert_true(failed >= least);
}

static void a_reader_that_has_no_memory(void **state)
{
	(void)state;
	begin();
	try_all(LEDGER_READ, 50);
}

static void a_writer_that_has_no_memory(void **state)
{
	(void)state;
	begin();
	try_all(LEDGER_WRITE, 50);
}

/* SQLite takes some of them for damage. */
static void reads_that_fail(enum ledger_use use)
{
	sqlite3_vfs *vfs = sqlite3_vfs_find(NULL);
	const sqlite3_syscall_ptr libcs = vfs->xGetSystemCall(vfs, "pread64");

	begin();
	assert_int_equal(vfs->xSetSystemCall(vfs, "pread64", (sqlite3_syscall_ptr)fail_read), SQLITE_OK);
	try_all(use, 4);
	assert_int_equal(vfs->xSetSystemCall(vfs, "pread64", libcs), SQLITE_OK);
}

static void a_reader_whose_disk_fails(void **state)
{
	(void)state;
	reads_that_fail(LEDGER_READ);
}

static void a_writer_whose_disk_fails(void **state)
{
	(void)state;
	reads_that_fail(LEDGER_WRITE);
}

/* Names are read, or it is an error: one without a name would be another session. */
static int take_life(void *context, const struct life *life, struct error *error)
{
	bool *whole = context;

	(void)error;
	*whole = strcmp(life->session->user, "alice") == 0 && strcmp(life->session->birth, "b3") == 0 &&
	         strcmp(life->url, "sim:farm.sim") == 0;
	return 0;
}

static void a_history_that_has_no_memory(void **state)
{
	bool over = false;

	(void)state;
	begin();
	for (unsigned long n = 1; !over; n++) {
		struct error error = {0};
		struct ledger *ledger;
		bool whole = false;
		int result;

		until = n;
		result = ledger_open(&ledger, &dir, LEDGER_READ, 1000, &error);
		if (result == 0) {
			result = ledger_history(ledger, 0, take_life, &whole, &error);
			ledger_close(ledger);
		}
		over = until > 0;
		until = 0;
		if (result == 0 && !whole)
			fail_msg("allocation %lu: the history is another one, and no error", n);
	}
}

static int set_up(void **state)
{
	static unsigned number;
	struct error error = {0};
	char path[5000];

	(void)state;
	snprintf(path, sizeof path, "%s/%u", root, number++);
	return state_dir_open(&dir, path, &error);
}

static int tear_down(void **state)
{
	(void)state;
	state_dir_close(&dir);
	return 0;
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_reader_that_has_no_memory), TEST(a_writer_that_has_no_memory),  TEST(a_reader_whose_disk_fails),
	    TEST(a_writer_whose_disk_fails),   TEST(a_history_that_has_no_memory),
	};
	int result;

	fault_install();
	if (mkdtemp(root) == NULL)
		return 1;
	result = cmocka_run_group_tests(tests, NULL, NULL);
	test_folder_remove(root);
	return result;
}
