/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hour's allowance: what it keeps, and what it says when it is damaged. */
#include "t/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/act/allowance.h"
#include "lib/act/audit_recent.h"
#include "lib/act/recent.h"
#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/name_index.h"
#include "t/unit/state_folder.h"

enum { HOUR = 60 * 60 * 1000 };

struct place {
	char path[64];
	struct state_dir dir;
	struct allowance allowance;
	struct recent recent;
	struct arena arena;
	struct name_index none, ts01;
};

/* In the place of libc's: a signal ends so many naps early, and the next one takes all the time there is. */
static unsigned signals;
static struct deadline soon;

int nanosleep(const struct timespec *length, struct timespec *left)
{
	(void)length, (void)left;
	if (signals > 0) {
		signals--;
		errno = EINTR;
		return -1;
	}
	soon = deadline_in(0);
	return 0;
}

static int begin(void **state)
{
	struct place *place = calloc(1, sizeof *place);
	struct error error = {0};
	struct deadline deadline = deadline_in(5000);

	state_folder_make(place->path, &place->dir);
	assert_int_equal(allowance_lock(&place->allowance, &place->dir, &deadline, &error), 0);
	recent_init(&place->recent);
	place->none.arena = place->ts01.arena = &place->arena;
	name_index_add(&place->ts01, "ts01");
	*state = place;
	return 0;
}

static int end(void **state)
{
	struct place *place = *state;
	static const char *const files[] = {"allowance", "allowance.new", "allowance.lock"};

	for (size_t i = 0; i < COUNT(files); i++)
		unlinkat(place->dir.fd, files[i], 0);
	allowance_unlock(&place->allowance);
	state_dir_close(&place->dir);
	assert_int_equal(rmdir(place->path), 0);
	recent_free(&place->recent);
	arena_free(&place->arena);
	free(place);
	return 0;
}

static struct recent_entry *entry(struct recent *recent, const char *run, const char *host, bool ended)
{
	size_t number = recent_run_add(recent, run);
	struct recent_entry *entry = recent_add(recent, number, host, "sim:x");

	recent->runs[number].ended = ended;
	entry->until = clock_now();
	return entry;
}

static void store(struct place *place)
{
	struct error error = {0};

	assert_int_equal(allowance_write(&place->allowance, &place->recent, &error), 0);
	recent_free(&place->recent);
}

static int load(struct place *place, int64_t since, struct error *error)
{
	error_clear(error);
	recent_free(&place->recent);
	return allowance_read(&place->allowance, since, &place->recent, error);
}

static uint64_t counted(struct place *place, const struct name_index *locked, const struct recent *witness)
{
	struct error error;

	assert_int_equal(load(place, clock_now() - HOUR, &error), 0);
	recent_judge(&place->recent, locked, witness);
	return recent_everywhere(&place->recent).acts;
}

static void what_was_written_is_read(void **state)
{
	struct place *place = *state;
	struct recent_entry *made;
	struct error error;

	assert_int_equal(counted(place, &place->none, NULL), 0); /* no file yet */
	entry(&place->recent, "one", "ts01", false)->planned = 3;
	made = entry(&place->recent, "two", "ts02", true);
	made->intended = 2;
	made->logoffs = 1;
	entry(&place->recent, "three", "ts03", true);
	store(place);
	assert_int_equal(counted(place, &place->none, NULL), 5);
	assert_int_equal(place->recent.keys.count, 2); /* one without an act is not kept */
	assert_int_equal(recent_everywhere(&place->recent).logoffs, 1);
	assert_int_equal(recent_on_host(&place->recent, "TS01").acts, 3);
	assert_int_equal(recent_on_host(&place->recent, "elsewhere").acts, 0);
	assert_int_equal(load(place, clock_now() + HOUR, &error), 0);
	assert_int_equal(place->recent.keys.count, 0);
}

/* Each cut and each changed byte is noticed, and said with the file and what to do. */
static void damage_is_an_error(void **state)
{
	struct place *place = *state;
	struct error error;
	struct stat status;
	char bytes[1024];
	int fd;

	entry(&place->recent, "one", "ts01", false)->planned = 3;
	store(place);
	fd = openat(place->dir.fd, "allowance", O_RDWR);
	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(pread(fd, bytes, sizeof bytes, 0), status.st_size);
	for (off_t i = 0; i < status.st_size; i++) {
		char changed = (char)(bytes[i] ^ 1);

		assert_int_equal(pwrite(fd, &changed, 1, i), 1);
		assert_int_equal(load(place, 0, &error), -1);
		assert_int_equal(pwrite(fd, &bytes[i], 1, i), 1);
	}
	for (off_t i = status.st_size - 1; i >= 0; i--) {
		assert_int_equal(ftruncate(fd, i), 0);
		assert_int_equal(load(place, 0, &error), -1);
	}
	assert_non_null(strstr(error.text, "/allowance is damaged"));
	assert_non_null(strstr(error.text, place->path));
	assert_non_null(strstr(error.hint, "remove the damaged file"));
	assert_int_equal(ftruncate(fd, 65 * 1024 * 1024), 0);
	assert_int_equal(load(place, 0, &error), -1);
	close(fd);
}

/* A good checksum over something that no version of us wrote. */
static void a_strange_record_is_damaged(void **state)
{
	static const char *const records[] = {
	    "{\"version\":1,\"acts\":[3,4]}",
	    "",
	    "null",
	    "[]",
	    "{\"version\":2,\"acts\":[]}",
	    "{\"version\":1}",
	    "{\"version\":1,\"acts\":{}}",
	    "{\"version\":1,\"acts\":[1]}",
	    "{\"version\":1,\"acts\":[{\"run\":\"r\",\"host\":\"h\",\"target\":\"t\",\"until\":\"soon\",\"ended\":true,"
	    "\"planned\":1,\"intended\":1,\"logoffs\":0}]}",
	    "{\"version\":1,\"acts\":[{\"run\":\"r\",\"host\":\"h\",\"target\":\"t\",\"until\":\"2026-11-21T00:00:00."
	    "000Z\","
	    "\"ended\":true,\"planned\":1,\"intended\":-1,\"logoffs\":0}]}",
	    "{\"version\":1,\"acts\":[{\"run\":\"r\",\"host\":\"h\",\"target\":\"t\",\"until\":\"2026-11-21T00:00:00."
	    "000Z\","
	    "\"ended\":1,\"planned\":1,\"intended\":1,\"logoffs\":0}]}",
	};
	struct place *place = *state;

	for (size_t i = 0; i < COUNT(records); i++) {
		char bytes[512];
		uint64_t sum = 0xcbf29ce484222325u; /* FNV-1a, offset basis and prime of its RFC draft */
		int length = snprintf(bytes, sizeof bytes, "%s", records[i]);

		for (int at = 0; at < length; at++)
			sum = (sum ^ (unsigned char)bytes[at]) * 0x100000001b3u;
		length +=
		    snprintf(bytes + length, sizeof bytes - (size_t)length, "fnv1a %016llx\n", (unsigned long long)sum);
		if (allowance_parse(bytes, (size_t)length, 0, &place->recent) != -1)
			fail_msg("taken: %s", records[i]);
	}
}

/* A record that lacks any one of its keys, or has another kind of value there. */
static void each_key_is_needed(void **state)
{
	static const char *const keys[] = {"run", "host", "target", "until", "ended", "planned", "intended", "logoffs"};
	struct place *place = *state;

	for (size_t left_out = 0; left_out <= COUNT(keys); left_out++)
		for (int wrong = 0; wrong < 2; wrong++) {
			json_t *act = json_pack("{s:s, s:s, s:s, s:s, s:b, s:i, s:i, s:i}", "run", "r", "host", "h",
			                        "target", "t", "until", "2026-11-21T00:00:00.000Z", "ended", 0,
			                        "planned", 1, "intended", 1, "logoffs", 0);
			char bytes[1024], *text;
			uint64_t sum = 0xcbf29ce484222325u;
			int length;

			if (left_out < COUNT(keys) && wrong)
				json_object_set_new(act, keys[left_out], json_null());
			else if (left_out < COUNT(keys))
				json_object_del(act, keys[left_out]);
			act = json_pack("{s:i, s:[o]}", "version", 1, "acts", act);
			text = json_dumps(act, JSON_COMPACT);
			json_decref(act);
			length = snprintf(bytes, sizeof bytes, "%s", text);
			free(text);
			for (int at = 0; at < length; at++)
				sum = (sum ^ (unsigned char)bytes[at]) * 0x100000001b3u;
			length += snprintf(bytes + length, sizeof bytes - (size_t)length, "fnv1a %016llx\n",
			                   (unsigned long long)sum);
			assert_int_equal(allowance_parse(bytes, (size_t)length, 0, &place->recent),
			                 left_out < COUNT(keys) ? -1 : 0);
		}
}

/* A run that was killed has no end here.  On a host that we have locked the audit tells how far it came, if it has
   all of it. */
static void a_dead_run_is_asked_for_in_the_audit(void **state)
{
	static const char lines[] =
	    "{\"time\":\"2099-01-01T00:00:00.000Z\",\"event\":\"plan\",\"run\":\"one\",\"action\":\"log "
	    "off\",\"acts\":[]}\n"
	    "{\"time\":\"2099-01-01T00:00:00.000Z\",\"event\":\"intent\",\"run\":\"one\",\"action\":\"log off\","
	    "\"target\":\"sim:x\",\"session\":{\"host\":\"ts01\"}}\n";
	struct place *place = *state;
	const size_t plan = strcspn(lines, "\n") + 1;
	struct recent audit;

	entry(&place->recent, "one", "ts01", false)->planned = 4;
	store(place);
	recent_init(&audit);
	assert_int_equal(counted(place, &place->ts01, &audit), 4); /* the audit was rotated away */
	audit_count(&audit, lines + plan, strlen(lines) - plan, 0);
	assert_int_equal(counted(place, &place->ts01, &audit), 4); /* its first part was */
	recent_free(&audit);
	audit_count(&audit, lines, strlen(lines), 0);
	assert_int_equal(counted(place, &place->none, &audit), 4); /* it may be at work */
	assert_int_equal(counted(place, &place->ts01, &audit), 1);
	assert_int_equal(recent_everywhere(&place->recent).logoffs, 1);
	audit_count(&audit, "torn", 4, 0);
	assert_int_equal(counted(place, &place->ts01, &audit), 4); /* an intent may be lost */
	recent_free(&audit);
}

static void a_run_replaces_its_own_entries(void **state)
{
	struct place *place = *state;
	struct recent own;

	entry(&place->recent, "one", "ts01", false)->planned = 4;
	entry(&place->recent, "other", "ts01", false)->planned = 7;
	recent_init(&own);
	entry(&own, "one", "ts02", true)->intended = 2;
	allowance_replace(&place->recent, "one", &own);
	recent_free(&own);
	store(place);
	assert_int_equal(counted(place, &place->none, NULL), 9);
	assert_int_equal(recent_on_host(&place->recent, "ts01").acts, 7);
}

static void one_at_a_time(void **state)
{
	struct place *place = *state;
	struct allowance second;
	struct error error = {0};

	signals = 1;
	soon = deadline_in(60000);
	assert_int_equal(allowance_lock(&second, &place->dir, &soon, &error), -1);
	assert_int_equal(signals, 0); /* a signal does not end the wait */
	assert_int_equal(error.code, ERROR_TIMEOUT);
	assert_non_null(strstr(error.text, place->path));
	allowance_unlock(&place->allowance);
	error_clear(&error);
	assert_int_equal(allowance_lock(&second, &place->dir, &soon, &error), 0);
	allowance_unlock(&second);
}

/* JSON is UTF-8.  A name that is not leaves the record as it was. */
static void what_cannot_be_written_changes_nothing(void **state)
{
	struct place *place = *state;
	struct error error = {0};

	entry(&place->recent, "one", "ts01", false)->planned = 3;
	store(place);
	entry(&place->recent, "two", "ts\xff", false)->planned = 1;
	entry(&place->recent, "three", "ts03", false)->planned = 1;
	assert_int_equal(allowance_write(&place->allowance, &place->recent, &error), -1);
	assert_non_null(strstr(error.text, "cannot be written as JSON"));
	assert_int_equal(counted(place, &place->none, NULL), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(what_was_written_is_read, begin, end),
	    cmocka_unit_test_setup_teardown(damage_is_an_error, begin, end),
	    cmocka_unit_test_setup_teardown(a_strange_record_is_damaged, begin, end),
	    cmocka_unit_test_setup_teardown(each_key_is_needed, begin, end),
	    cmocka_unit_test_setup_teardown(a_dead_run_is_asked_for_in_the_audit, begin, end),
	    cmocka_unit_test_setup_teardown(a_run_replaces_its_own_entries, begin, end),
	    cmocka_unit_test_setup_teardown(one_at_a_time, begin, end),
	    cmocka_unit_test_setup_teardown(what_cannot_be_written_changes_nothing, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
