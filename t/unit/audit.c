/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit, and the folder that it lives in. */
#include "t/unit/test.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/audit.h"
#include "lib/clock.h"
#include "lib/error.h"
#include "lib/state.h"

/* In the place of libc's: how often was the disk waited for? */
static unsigned syncs;

int fdatasync(int fd)
{
	(void)fd;
	syncs++;
	return 0;
}

static const char *names[] = {"ts01", "TS02"};
static const struct string_list hosts = {names, 2, 2}, ts01 = {names, 1, 1}, none;

struct place {
	char path[64];
	struct state_dir dir;
	struct audit audit;
};

static int begin(void **state)
{
	struct place *place = calloc(1, sizeof *place);
	struct error error = {0};

	snprintf(place->path, sizeof place->path, "/tmp/curfew-unit-XXXXXX");
	assert_non_null(mkdtemp(place->path));
	assert_int_equal(state_dir_open(&place->dir, place->path, &error), 0);
	assert_int_equal(audit_open(&place->audit, &place->dir, "test", &error), 0);
	*state = place;
	return 0;
}

static int end(void **state)
{
	struct place *place = *state;
	static const char *const files[] = {"audit.jsonl", "link", "open"};

	for (size_t i = 0; i < COUNT(files); i++)
		unlinkat(place->dir.fd, files[i], 0);
	audit_close(&place->audit);
	state_dir_close(&place->dir);
	rmdir(place->path);
	free(place);
	return 0;
}

static void write_plan(struct audit *audit, const char *action, const char *host, int acts)
{
	json_t *list = json_array();
	struct error error = {0};

	for (int i = 0; i < acts; i++)
		json_array_append_new(list, json_pack("{s:s, s:s}", "host", host, "id", "1"));
	assert_int_equal(audit_write(audit, "plan", json_pack("{s:s, s:o}", "action", action, "acts", list), &error),
	                 0);
}

static void write_intent(struct audit *audit, const char *action, const char *host)
{
	struct error error = {0};

	assert_int_equal(audit_write(audit, "intent",
	                             json_pack("{s:s, s:{s:s}}", "action", action, "session", "host", host), &error),
	                 0);
}

static void write_end(struct audit *audit)
{
	struct error error = {0};

	assert_int_equal(audit_write(audit, "end", json_object(), &error), 0);
}

static struct recent_acts recent(struct audit *audit, int64_t since)
{
	struct recent_acts acts;
	struct error error = {0};

	assert_int_equal(audit_recent(audit, since, &hosts, &none, &acts, &error), 0);
	return acts;
}

/* Where we hold the lock nobody else is at work: what a killed run did not begin is free again. */
static void a_dead_run_counts_its_intents(void **state)
{
	struct audit *audit = &((struct place *)*state)->audit;
	struct recent_acts acts;
	struct error error = {0};

	write_plan(audit, "disconnect", "ts01", 3);
	write_intent(audit, "disconnect", "ts01");
	assert_int_equal(audit_recent(audit, 0, &hosts, &ts01, &acts, &error), 0);
	assert_int_equal(acts.acts, 1);
	write_plan(audit, "disconnect", "ts02", 4);
	assert_int_equal(audit_recent(audit, 0, &hosts, &ts01, &acts, &error), 0);
	assert_int_equal(acts.acts, 5);
}

static void a_run_that_ended_counts_its_intents(void **state)
{
	struct audit *audit = &((struct place *)*state)->audit;

	write_plan(audit, "log off", "ts01", 3);
	write_intent(audit, "log off", "ts01");
	write_intent(audit, "log off", "ts02");
	write_end(audit);
	assert_int_equal(recent(audit, 0).acts, 2);
	assert_int_equal(recent(audit, 0).logoffs, 2);
	assert_int_equal(recent(audit, clock_now() + 1000).acts, 0);
}

/* A handler that was killed, or is still at work, has all of its plan reserved. */
static void a_run_without_an_end_counts_its_plan(void **state)
{
	struct place *place = *state;
	struct audit other;
	struct error error = {0};

	write_plan(&place->audit, "disconnect", "ts01", 3);
	write_intent(&place->audit, "disconnect", "ts01");
	assert_int_equal(recent(&place->audit, 0).acts, 3);
	assert_int_equal(audit_open(&other, &place->dir, "test", &error), 0);
	write_plan(&other, "disconnect", "ts02", 2);
	assert_int_equal(recent(&place->audit, 0).acts, 5);
	write_end(&other);
	assert_int_equal(recent(&place->audit, 0).acts, 3);
	audit_close(&other);
}

static void other_hosts_and_messages_do_not_count(void **state)
{
	struct audit *audit = &((struct place *)*state)->audit;

	write_plan(audit, "disconnect", "elsewhere", 5);
	write_intent(audit, "disconnect", "elsewhere");
	write_plan(audit, "message", "ts01", 5);
	assert_int_equal(recent(audit, 0).acts, 0);
}

/* kill -9 in the middle of a line: the next line stands alone, and the torn one counts as an act. */
static void a_torn_line_counts_and_harms_no_other(void **state)
{
	struct place *place = *state;
	static const char torn[] = "{\"time\":\"2026-11-21T0";
	char text[512] = "";
	int fd;

	assert_int_equal(write(place->audit.fd, torn, strlen(torn)), strlen(torn));
	assert_int_equal(recent(&place->audit, 0).acts, 1);
	write_plan(&place->audit, "disconnect", "ts01", 1);
	assert_int_equal(recent(&place->audit, 0).acts, 2);
	fd = openat(place->dir.fd, "audit.jsonl", O_RDONLY);
	assert_true(read(fd, text, sizeof text - 1) > 0);
	close(fd);
	assert_non_null(strstr(text, "T0\n{\"time\":\""));
}

/* The hour is found however long the file is. */
static void old_lines_are_passed_over(void **state)
{
	struct place *place = *state;
	static const char old[] =
	    "{\"time\":\"2020-01-01T00:00:00.000Z\",\"event\":\"intent\",\"run\":\"r\",\"action\":"
	    "\"disconnect\",\"session\":{\"host\":\"ts01\"}}\n";
	const size_t lines = 20000;
	char *text = malloc(lines * strlen(old) + 1);

	for (size_t i = 0; i < lines; i++)
		memcpy(text + i * strlen(old), old, strlen(old) + 1);
	assert_int_equal(write(place->audit.fd, text, lines * strlen(old)), lines * strlen(old));
	free(text);
	write_plan(&place->audit, "disconnect", "ts01", 4);
	assert_int_equal(recent(&place->audit, clock_now() - 3600000).acts, 4);
	assert_int_equal(recent(&place->audit, 0).acts, lines + 4);
}

static void nothing_of_others_is_believed(void **state)
{
	struct place *place = *state;
	struct state_dir dir;
	struct error error = {0};
	int fd;

	assert_int_equal(symlinkat("/etc/passwd", place->dir.fd, "link"), 0);
	assert_int_equal(state_file_open(&place->dir, "link", O_RDWR, &error), -1);
	error_clear(&error);
	fd = openat(place->dir.fd, "open", O_CREAT | O_RDWR, 0600);
	assert_int_equal(fchmod(fd, 0666), 0);
	close(fd);
	assert_int_equal(state_file_open(&place->dir, "open", O_RDWR, &error), -1);
	assert_non_null(strstr(error.text, "others can write"));
	error_clear(&error);
	assert_int_equal(fchmod(place->dir.fd, 0777), 0);
	assert_int_equal(state_dir_open(&dir, place->path, &error), -1);
	assert_int_equal(fchmod(place->dir.fd, 0700), 0);
}

static void many_notes_wait_once(void **state)
{
	struct place *place = *state;
	struct error error = {0};

	syncs = 0;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(audit_note(&place->audit, "refused", json_object(), &error), 0);
	assert_int_equal(syncs, 0);
	assert_int_equal(audit_sync(&place->audit, &error), 0);
	assert_int_equal(syncs, 1);
	assert_int_equal(audit_write(&place->audit, "intent", json_object(), &error), 0);
	assert_int_equal(syncs, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_run_that_ended_counts_its_intents, begin, end),
	    cmocka_unit_test_setup_teardown(a_run_without_an_end_counts_its_plan, begin, end),
	    cmocka_unit_test_setup_teardown(a_dead_run_counts_its_intents, begin, end),
	    cmocka_unit_test_setup_teardown(other_hosts_and_messages_do_not_count, begin, end),
	    cmocka_unit_test_setup_teardown(a_torn_line_counts_and_harms_no_other, begin, end),
	    cmocka_unit_test_setup_teardown(old_lines_are_passed_over, begin, end),
	    cmocka_unit_test_setup_teardown(many_notes_wait_once, begin, end),
	    cmocka_unit_test_setup_teardown(nothing_of_others_is_believed, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
