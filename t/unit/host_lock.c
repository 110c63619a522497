/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One handler per host, and what the others are told about it. */
#include "t/unit/test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/act/host_lock.h"
#include "lib/act/state.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "t/unit/state_folder.h"

enum { MINUTE = 60 * 1000 };

struct place {
	char path[64];
	struct state_dir dir;
};

static int begin(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	state_folder_make(place->path, &place->dir);
	*state = place;
	return 0;
}

static int end(void **state)
{
	struct place *place = *state;
	DIR *folder = opendir(place->path);
	const struct dirent *entry;

	while ((entry = readdir(folder)) != NULL)
		if (strncmp(entry->d_name, "lock-", 5) == 0)
			unlinkat(place->dir.fd, entry->d_name, 0);
	closedir(folder);
	state_dir_close(&place->dir);
	assert_int_equal(rmdir(place->path), 0);
	free(place);
	return 0;
}

static int take(struct place *place, const char *host, int64_t until, struct host_lock *lock,
                struct lock_holder *holder)
{
	struct error error = {0};

	return host_lock_take(lock, &place->dir, host, until, holder, &error);
}

/* What the text says that a second process finds. */
static char *shown(const struct lock_holder *holder, char *text, size_t size)
{
	struct buffer out = {0};

	lock_holder_show(&out, holder);
	snprintf(text, size, "%s", buffer_text(&out));
	buffer_free(&out);
	return text;
}

static void one_host_one_handler(void **state)
{
	struct place *place = *state;
	struct host_lock first, second, other;
	struct lock_holder holder;
	int64_t until = clock_now() + MINUTE;

	assert_int_equal(take(place, "ts01", until, &first, &holder), 0);
	assert_int_equal(take(place, "TS01", until, &second, &holder), 1);
	assert_int_equal(take(place, "other", until, &other, &holder), 0);
	host_lock_release(&first);
	assert_int_equal(take(place, "ts01", until, &second, &holder), 0);
	host_lock_release(&second);
	host_lock_release(&other);
}

static void the_holder_is_told(void **state)
{
	struct place *place = *state;
	struct host_lock first, second;
	struct lock_holder holder;
	int64_t before = clock_now();
	char text[256], pid[64];

	assert_int_equal(take(place, "ts01", before + MINUTE, &first, &holder), 0);
	assert_int_equal(take(place, "ts01", before + MINUTE, &second, &holder), 1);
	assert_true(holder.known && !holder.overdue);
	assert_int_equal(holder.pid, getpid());
	assert_true(holder.since >= before && holder.since <= clock_now());
	assert_int_equal(holder.until, before + MINUTE);
	snprintf(pid, sizeof pid, "at work on it, pid %d since 20", getpid());
	assert_non_null(strstr(shown(&holder, text, sizeof text), pid));
	assert_null(strstr(text, "hangs"));
	host_lock_release(&first);
}

/* A stopped process keeps its lock for ever: that is no reason to be content for ever. */
static void a_holder_past_its_end_is_overdue(void **state)
{
	struct place *place = *state;
	struct host_lock first, second;
	struct lock_holder holder;
	char text[256];

	assert_int_equal(take(place, "ts01", clock_now() - 1, &first, &holder), 0);
	assert_int_equal(take(place, "ts01", clock_now() + MINUTE, &second, &holder), 1);
	assert_true(holder.known && holder.overdue);
	assert_non_null(strstr(shown(&holder, text, sizeof text), "hangs"));
	host_lock_release(&first);
}

/* What a killed handler left in the file says nothing about the next. */
static void an_old_text_is_written_over(void **state)
{
	struct place *place = *state;
	struct host_lock first, second;
	struct lock_holder holder;

	assert_int_equal(take(place, "ts01", clock_now() - MINUTE, &first, &holder), 0);
	host_lock_release(&first);
	assert_int_equal(take(place, "ts01", clock_now() + MINUTE, &first, &holder), 0);
	assert_int_equal(take(place, "ts01", clock_now() + MINUTE, &second, &holder), 1);
	assert_true(holder.known && !holder.overdue);
	host_lock_release(&first);
}

/* A holder whose lock file does not name it may hang: that is unknown. */
static void a_holder_that_is_not_understood_is_overdue(void **state)
{
	static const char *const texts[] = {
	    "",
	    "pid 12",
	    "pid 12 since yesterday until tomorrow\n",
	    "pid 12 since 2026-11-21T00:00:00.000Z until 2126-11-21T00:00:00.000Z", /* torn: no end of the line */
	    "pid -1 since 2026-11-21T00:00:00.000Z until 2126-11-21T00:00:00.000Z\n",
	    "pid 12 since 2026-11-21T00:00:00.000Z until 2126-11-21T00:00:00.000Z and more\n",
	    "since 2026-11-21T00:00:00.000Z until 2126-11-21T00:00:00.000Z\n",
	    "pid 12 until 2126-11-21T00:00:00.000Z\n",
	    "pid12 since 2026-11-21T00:00:00.000Z until 2126-11-21T00:00:00.000Z\n",
	    "pid 12 since 2026-11-21T00:00:00.000Z\n",
	    "pid 12 since 2026-11-21T00:00:00.000Z until tomorrow\n",
	    "pid 12 since 2026-11-21T00:00:00.000Z until 2126-11-21T00:00:00.000Z and so on, for longer than any line "
	    "that we "
	    "write ourselves, which has its sense in that nobody reads it any more than we do\n",
	};
	struct place *place = *state;
	struct host_lock lock;
	struct lock_holder holder;
	char text[256];
	int fd = openat(place->dir.fd, "lock-ts01", O_CREAT | O_RDWR, 0600);

	assert_int_equal(flock(fd, LOCK_EX), 0);
	for (size_t i = 0; i < COUNT(texts); i++) {
		assert_int_equal(ftruncate(fd, 0), 0);
		assert_int_equal(pwrite(fd, texts[i], strlen(texts[i]), 0), strlen(texts[i]));
		assert_int_equal(take(place, "ts01", clock_now() + MINUTE, &lock, &holder), 1);
		assert_true(holder.overdue && !holder.known);
		assert_non_null(strstr(shown(&holder, text, sizeof text), "does not say which"));
	}
	close(fd);
}

static void a_host_name_is_no_path(void **state)
{
	struct place *place = *state;
	struct host_lock lock;
	struct lock_holder holder;
	struct stat status;

	assert_int_equal(take(place, "../../tmp/x", clock_now(), &lock, &holder), 0);
	assert_int_equal(fstatat(place->dir.fd, "lock-..%2f..%2ftmp%2fx", &status, 0), 0);
	host_lock_release(&lock);
}

/* Two long names that differ at their end alone have two locks. */
static void a_long_name_is_cut_with_a_checksum(void **state)
{
	struct place *place = *state;
	struct host_lock first, second;
	struct lock_holder holder;
	char one[400], other[400];

	memset(one, 'a', sizeof one);
	one[sizeof one - 1] = '\0';
	memcpy(other, one, sizeof other);
	other[sizeof other - 2] = 'b';
	assert_int_equal(take(place, one, clock_now() + MINUTE, &first, &holder), 0);
	assert_int_equal(take(place, other, clock_now() + MINUTE, &second, &holder), 0);
	host_lock_release(&second);
	assert_int_equal(take(place, one, clock_now() + MINUTE, &second, &holder), 1);
	host_lock_release(&first);
}

static void a_nul_byte_is_not_understood(void **state)
{
	static const char text[] = "pid 12 since 2026-11-21T00:00:00.000Z\0until 2126-11-21T00:00:00.000Z\n";
	struct place *place = *state;
	struct host_lock lock;
	struct lock_holder holder;
	int fd = openat(place->dir.fd, "lock-ts01", O_CREAT | O_RDWR, 0600);

	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(pwrite(fd, text, sizeof text - 1, 0), sizeof text - 1);
	assert_int_equal(take(place, "ts01", clock_now() + MINUTE, &lock, &holder), 1);
	assert_true(holder.overdue && !holder.known);
	host_lock_release(&lock); /* it is not ours: nothing happens */
	assert_int_equal(take(place, "ts01", clock_now() + MINUTE, &lock, &holder), 1);
	close(fd);
}

/* Every byte of a name is kept, one way or the other. */
static void names_that_differ_have_locks_that_differ(void **state)
{
	static const char *const names[] = {"a-b_c.0", "a~b_c.0", "a{b_c.0",   "a@b_c.0",
	                                    "a/b_c.0", "a:b_c.0", "a\200b_c.0"};
	struct place *place = *state;
	struct host_lock locks[COUNT(names)];
	struct lock_holder holder;

	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(take(place, names[i], clock_now() + MINUTE, &locks[i], &holder), 0);
	for (size_t i = 0; i < COUNT(names); i++)
		host_lock_release(&locks[i]);
}

/* Each lock is a descriptor. */
static void descriptors_are_asked_for(void **state)
{
	struct rlimit before, after;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	before.rlim_cur = before.rlim_max < 256 ? before.rlim_max : 256;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	host_locks_expect(1);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &after), 0);
	assert_int_equal(after.rlim_cur, before.rlim_cur);
	host_locks_expect(before.rlim_max); /* more than there are: as many as there are */
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &after), 0);
	assert_int_equal(after.rlim_cur, before.rlim_max);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(one_host_one_handler, begin, end),
	    cmocka_unit_test_setup_teardown(the_holder_is_told, begin, end),
	    cmocka_unit_test_setup_teardown(a_holder_past_its_end_is_overdue, begin, end),
	    cmocka_unit_test_setup_teardown(an_old_text_is_written_over, begin, end),
	    cmocka_unit_test_setup_teardown(a_holder_that_is_not_understood_is_overdue, begin, end),
	    cmocka_unit_test_setup_teardown(a_host_name_is_no_path, begin, end),
	    cmocka_unit_test_setup_teardown(a_long_name_is_cut_with_a_checksum, begin, end),
	    cmocka_unit_test_setup_teardown(a_nul_byte_is_not_understood, begin, end),
	    cmocka_unit_test_setup_teardown(names_that_differ_have_locks_that_differ, begin, end),
	    cmocka_unit_test(descriptors_are_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
