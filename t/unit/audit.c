/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The audit, and the folder that it lives in. */
#include "t/unit/test.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/act/audit.h"
#include "lib/act/audit_recent.h"
#include "lib/act/recent.h"
#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/name_index.h"
#include "t/unit/state_folder.h"

/* In the place of libc's: how often was the disk waited for? */
static unsigned syncs;

int fdatasync(int fd)
{
	(void)fd;
	syncs++;
	return 0;
}

/* The hosts asked for, one of them, and none at all. */
static struct arena memory;
static struct name_index hosts = {.arena = &memory}, ts01 = {.arena = &memory}, none;

static int name_hosts(void **state)
{
	(void)state;
	name_index_add(&hosts, "ts01");
	name_index_add(&hosts, "TS02");
	name_index_add(&ts01, "ts01");
	return 0;
}

struct place {
	char path[64];
	struct state_dir dir;
	struct audit audit;
};

static int begin(void **state)
{
	struct place *place = calloc(1, sizeof *place);
	struct error error = {0};

	state_folder_make(place->path, &place->dir);
	assert_int_equal(audit_open(&place->audit, &place->dir, "test", &error), 0);
	*state = place;
	return 0;
}

static int end(void **state)
{
	struct place *place = *state;

	audit_close(&place->audit);
	state_folder_remove(place->path, &place->dir);
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

static struct recent_acts counted(struct audit *audit, int64_t since, const struct name_index *locked)
{
	struct recent recent;
	struct recent_acts acts;
	struct error error = {0};

	recent_init(&recent);
	assert_int_equal(audit_recent(audit, since, &recent, &error), 0);
	recent_judge(&recent, locked, NULL);
	acts = recent_in_scope(&recent, &hosts);
	recent_free(&recent);
	return acts;
}

static struct recent_acts recent(struct audit *audit, int64_t since)
{
	return counted(audit, since, &none);
}

static void write_bytes(struct place *place, const char *bytes, size_t length)
{
	assert_int_equal(write(place->audit.fd, bytes, length), length);
}

/* Where we hold the lock nobody else is at work: what a killed run did not begin is free again. */
static void a_dead_run_counts_its_intents(void **state)
{
	struct audit *audit = &((struct place *)*state)->audit;

	write_plan(audit, "disconnect", "ts01", 3);
	write_intent(audit, "disconnect", "ts01");
	assert_int_equal(counted(audit, 0, &ts01).acts, 1);
	write_plan(audit, "disconnect", "ts02", 4);
	assert_int_equal(counted(audit, 0, &ts01).acts, 5);
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

/* Two runs write at once: a line and its newline in two pieces would let another's line in between (found by torture).
 */
static void a_prepared_line_is_written_at_once(void **state)
{
	struct place *place = *state;
	json_t *fields = json_object();
	char *line = audit_render(&place->audit, "result", fields), piece[4096];
	int pair[2], file = place->audit.fd;
	ssize_t length;

	assert_non_null(line);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	place->audit.fd = pair[0];
	audit_write_rendered(&place->audit, line);
	place->audit.fd = file;
	close(pair[0]);
	length = read(pair[1], piece, sizeof piece);
	assert_true(length > 2 && piece[0] == '{' && piece[length - 1] == '\n');
	assert_int_equal(read(pair[1], piece, sizeof piece), 0);
	close(pair[1]);
	free(line);
	place->audit.program = "\xff"; /* no text: there is no line */
	assert_null(audit_render(&place->audit, "result", fields));
	json_decref(fields);
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

/* A crash leaves blocks of NUL bytes.  They may hide lines about acts, and so they count; and what stands behind them
   is counted as ever. */
static void nul_bytes_end_nothing(void **state)
{
	struct place *place = *state;
	static const char block[4096];
	uint64_t before;

	write_plan(&place->audit, "disconnect", "ts01", 3);
	write_bytes(place, block, 1);
	before = recent(&place->audit, 0).acts;
	assert_int_equal(before, 4);
	write_plan(&place->audit, "disconnect", "ts02", 5);
	assert_int_equal(recent(&place->audit, 0).acts, 9);
	write_bytes(place, block, sizeof block);
	assert_int_equal(recent(&place->audit, 0).acts, 9 + sizeof block / 256 + 1);
	write_bytes(place, "\n", 1);
	write_plan(&place->audit, "disconnect", "ts02", 5);
	assert_true(recent(&place->audit, 0).acts >= 14 + sizeof block / 256);
}

/* The very file of the report: NUL bytes first, then an honest hour. */
static void nul_bytes_at_the_front_end_nothing(void **state)
{
	struct place *place = *state;
	static const char block[4096];

	write_bytes(place, block, sizeof block);
	for (int i = 0; i < 10; i++)
		write_intent(&place->audit, "disconnect", "ts01");
	assert_true(recent(&place->audit, 0).acts >= 10);
}

/* Each of these lines may have been about an act. */
static void what_is_not_understood_counts(void **state)
{
	static const char head[] = "{\"time\":\"2026-11-21T17:00:00.000Z\"";
	static const struct {
		const char *rest;
		uint64_t acts;
	} table[] = {
	    {",\"event\":\"result\",\"run\":\"r\"}", 0},
	    {",\"event\":\"refused\",\"run\":\"r\",\"action\":\"disconnect\"}", 0},
	    {",\"event\":\"limit\",\"run\":\"r\"}", 0},
	    {",\"event\":\"end\",\"run\":\"r\"}", 0},
	    {",\"event\":\"intent\",\"run\":\"r\",\"action\":\"message\"}", 0},
	    {"}", 1},
	    {",\"event\":7,\"run\":\"r\"}", 1},
	    {",\"event\":\"intent\"}", 1},
	    {",\"event\":\"surprise\",\"run\":\"r\"}", 1},
	    {",\"event\":\"intent\",\"run\":\"r\"}", 1},
	    {",\"event\":\"intent\",\"run\":\"r\",\"action\":\"disconnect\"}", 1},
	    {",\"event\":\"intent\",\"run\":\"r\",\"action\":\"disconnect\",\"session\":{\"host\":1}}", 1},
	    {",\"event\":\"plan\",\"run\":\"r\",\"action\":\"disconnect\"}", 1},
	    {",\"event\":\"plan\",\"run\":\"r\",\"action\":\"disconnect\",\"acts\":[{},{\"host\":[]}]}", 2},
	    {",\"event\":\"plan\",\"run\":\"r\",\"action\":\"disconnect\",\"acts\":{}}", 1},
	    {",\"event\":\"end\",\"run\":\"r\"", 1},
	    {",\"event\":\"end\",\"run\":\"r\"} {}", 1},
	    {",\"event\":\"end\",\"run\":\"\xff\"}", 1},
	};
	struct place *place = *state;

	for (size_t i = 0; i < COUNT(table); i++) {
		assert_int_equal(ftruncate(place->audit.fd, 0), 0);
		write_bytes(place, head, strlen(head));
		write_bytes(place, table[i].rest, strlen(table[i].rest));
		if (recent(&place->audit, 0).acts != table[i].acts)
			fail_msg("%s", table[i].rest);
	}
	assert_int_equal(ftruncate(place->audit.fd, 0), 0);
	write_bytes(place, "[1]\n{\"time\":\"yesterday\"}\nnull\n\n", 31);
	assert_int_equal(recent(&place->audit, 0).acts, 3);
	write_bytes(place, "{\"time\":\"1960-01-01T00:00:00.000Z\"}\n", 36);
	assert_int_equal(recent(&place->audit, 0).acts, 4);
}

/* An unreadable line is as old as the line behind it. */
static void old_damage_is_passed_over(void **state)
{
	struct place *place = *state;

	write_bytes(place, "\0\n{\"time\":\"2020-01-01T00:00:00.000Z\"}\n", 38);
	write_plan(&place->audit, "disconnect", "ts01", 2);
	assert_int_equal(recent(&place->audit, clock_now() - 3600000).acts, 2);
	assert_int_equal(recent(&place->audit, 0).acts, 4);
}

/* Where the part that was read begins with damage, what stands before it still may be of this hour. */
static void damage_does_not_stop_the_search(void **state)
{
	struct place *place = *state;
	enum { HALF = 200 * 1024 };
	char *damage = calloc(1, HALF);

	assert_non_null(damage);
	memset(damage, 'x', HALF - 1);
	damage[HALF - 1] = '\n';
	write_intent(&place->audit, "disconnect", "ts01");
	write_bytes(place, damage, HALF);
	write_bytes(place, damage, HALF);
	free(damage);
	assert_int_equal(recent(&place->audit, clock_now() - 3600000).acts, 1 + 2 * (HALF / 256));
}

/* Longer than any line that we write: not even looked at, and it counts as what it could hold. */
static void a_line_without_an_end_counts(void **state)
{
	struct place *place = *state;
	enum { LENGTH = 9 * 1024 * 1024 };
	char *line = malloc(LENGTH);

	assert_non_null(line);
	memset(line, ' ', LENGTH);
	memcpy(line, "{\"time\":\"2099-01-01T00:00:00.000Z\",\"event\":\"end\",\"run\":\"r\"}", 60);
	write_bytes(place, line, LENGTH);
	free(line);
	assert_true(recent(&place->audit, 0).acts > LENGTH / 256 - 2);
}

/* 64 MiB of one hour: no act, and a way out. */
static void an_hour_too_large_says_what_to_do(void **state)
{
	struct place *place = *state;
	struct recent recent;
	struct error error = {0};

	assert_int_equal(ftruncate(place->audit.fd, 65 * 1024 * 1024), 0);
	recent_init(&recent);
	assert_int_equal(audit_recent(&place->audit, 0, &recent, &error), -1);
	assert_non_null(strstr(error.text, place->path));
	assert_non_null(strstr(error.hint, "rename"));
	recent_free(&recent);
}

static int write_event(struct audit *audit, const char *event, struct error *error)
{
	error_clear(error);
	return audit_write(audit, event, json_object(), error);
}

/* What goes into a file that nobody will find is no audit. */
static void an_audit_that_was_removed_is_none(void **state)
{
	struct place *place = *state;
	struct error error;

	unlinkat(place->dir.fd, "audit.jsonl", 0);
	assert_int_equal(write_event(&place->audit, "intent", &error), -1);
	assert_non_null(strstr(error.text, "removed"));
	assert_non_null(strstr(error.text, place->path));
	assert_int_equal(write_event(&place->audit, "result", &error), -1);
}

/* A rotation in mid-run: nothing new is begun, but what was begun gets its result in the old file. */
static void an_audit_that_was_renamed_takes_results_only(void **state)
{
	struct place *place = *state;
	struct error error;

	assert_int_equal(renameat(place->dir.fd, "audit.jsonl", place->dir.fd, "audit.jsonl.1"), 0);
	assert_int_equal(write_event(&place->audit, "intent", &error), -1);
	assert_non_null(strstr(error.text, "renamed"));
	assert_int_equal(write_event(&place->audit, "result", &error), 0);
	close(openat(place->dir.fd, "audit.jsonl", O_CREAT | O_RDWR, 0600));
	assert_int_equal(write_event(&place->audit, "plan", &error), -1);
	assert_int_equal(write_event(&place->audit, "end", &error), 0);
	unlinkat(place->dir.fd, "audit.jsonl.1", 0);
}

/* The next run counts what it finds at the folder's path. */
static void a_folder_that_was_replaced_ends_the_run(void **state)
{
	struct place *place = *state;
	char kept[sizeof place->path + 8];
	struct error error = {0};
	int fd;

	snprintf(kept, sizeof kept, "%s.kept", place->path);
	assert_int_equal(audit_write(&place->audit, "intent", json_object(), &error), 0);
	assert_int_equal(rename(place->path, kept), 0);
	assert_int_equal(audit_write(&place->audit, "intent", json_object(), &error), -1);
	assert_non_null(strstr(error.text, "was renamed or replaced"));
	error_clear(&error);
	fd = open(place->path, O_WRONLY | O_CREAT | O_EXCL, 0600);
	assert_int_not_equal(fd, -1);
	close(fd);
	assert_int_equal(audit_write(&place->audit, "intent", json_object(), &error), -1);
	assert_non_null(strstr(error.text, "was renamed or replaced"));
	error_clear(&error);
	assert_int_equal(unlink(place->path), 0);
	assert_int_equal(symlink(place->path, place->path), 0);
	assert_int_equal(audit_write(&place->audit, "intent", json_object(), &error), -1);
	assert_non_null(strstr(error.text, "cannot look at"));
	error_clear(&error);
	assert_int_equal(unlink(place->path), 0);
	assert_int_equal(rename(kept, place->path), 0);
	assert_int_equal(audit_write(&place->audit, "intent", json_object(), &error), 0);
}

static void only_known_events_are_written(void **state)
{
	struct place *place = *state;
	struct error error;

	assert_int_equal(write_event(&place->audit, "surprise", &error), -1);
	error_clear(&error);
	assert_int_equal(audit_write(&place->audit, "intent", NULL, &error), -1);
	assert_int_equal(recent(&place->audit, 0).acts, 0);
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
	    cmocka_unit_test_setup_teardown(nul_bytes_end_nothing, begin, end),
	    cmocka_unit_test_setup_teardown(nul_bytes_at_the_front_end_nothing, begin, end),
	    cmocka_unit_test_setup_teardown(what_is_not_understood_counts, begin, end),
	    cmocka_unit_test_setup_teardown(old_damage_is_passed_over, begin, end),
	    cmocka_unit_test_setup_teardown(damage_does_not_stop_the_search, begin, end),
	    cmocka_unit_test_setup_teardown(a_line_without_an_end_counts, begin, end),
	    cmocka_unit_test_setup_teardown(an_hour_too_large_says_what_to_do, begin, end),
	    cmocka_unit_test_setup_teardown(an_audit_that_was_removed_is_none, begin, end),
	    cmocka_unit_test_setup_teardown(an_audit_that_was_renamed_takes_results_only, begin, end),
	    cmocka_unit_test_setup_teardown(a_folder_that_was_replaced_ends_the_run, begin, end),
	    cmocka_unit_test_setup_teardown(only_known_events_are_written, begin, end),
	    cmocka_unit_test_setup_teardown(many_notes_wait_once, begin, end),
	    cmocka_unit_test_setup_teardown(a_prepared_line_is_written_at_once, begin, end),
	    cmocka_unit_test_setup_teardown(nothing_of_others_is_believed, begin, end),
	};

	return cmocka_run_group_tests(tests, name_hosts, NULL);
}
