/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notifications up to the one who sends them: how many, what an audit says, and how it is followed. */
#include "t/unit/test.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/audit_tail.h"
#include "agent/columns.h"
#include "agent/trap.h"
#include "agent/trap_act.h"
#include "agent/trap_queue.h"
#include "agent/value.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"

static struct trap_queue queue;

static bool add(int64_t monotonic)
{
	struct trap trap;

	trap_begin(&trap, TRAP_HOST_BACK);
	trap_add_text(&trap, ACT_HOST, "ts01");
	return trap_queue_add(&queue, &trap, monotonic);
}

static void so_many_a_minute(void **state)
{
	struct value value;

	(void)state;
	trap_queue_init(&queue, 3, 1000);
	for (int i = 0; i < 3; i++)
		assert_true(add(1000));
	assert_false(add(1000));
	assert_false(add(20999));
	assert_true(add(21000)); /* a third of a minute later */
	assert_false(trap_queue_has_room(&queue, 21000));
	for (int i = 0; i < 3; i++)
		assert_true(add(900000)); /* an hour's rest is a minute's share */
	assert_false(add(900000));
	assert_int_equal(queue.number, 10);
	assert_int_equal(queue.suppressed, 3);
	assert_int_equal(queue.count, 7);
	assert_int_equal(trap_queue_next(&queue)->number, 1);
	for (int i = 0; i < 3; i++)
		trap_queue_drop(&queue);
	assert_int_equal(trap_queue_next(&queue)->number, 6); /* 4 and 5 were suppressed */
	assert_true(trap_queue_value(&queue, NOTIFY_SUPPRESSED, &value));
	assert_int_equal(value.number, 3);
	assert_true(trap_queue_value(&queue, NOTIFY_WAITING, &value));
	assert_int_equal(value.number, 4);
	assert_false(trap_queue_value(&queue, 9, &value));
	trap_queue_free(&queue);
	assert_null(trap_queue_next(&queue));
}

static void a_queue_that_nobody_empties_is_full(void **state)
{
	(void)state;
	trap_queue_init(&queue, 100000, 0);
	for (int i = 0; i < TRAP_QUEUE_MOST; i++)
		assert_true(add(0));
	assert_false(add(0));
	assert_int_equal(queue.suppressed, 1);
	trap_queue_drop(&queue);
	assert_true(add(0));
	trap_queue_free(&queue);
}

/* 0: none. */
static unsigned kind_of(const char *text)
{
	json_t *line = json_loads(text, 0, NULL);
	struct trap trap;
	unsigned kind = 0;

	assert_non_null(line);
	if (trap_of_audit(&trap, line)) {
		kind = trap.kind;
		trap_free(&trap);
	}
	json_decref(line);
	return kind;
}

static void lines_of_the_audit_have_their_notification(void **state)
{
	(void)state;
	assert_int_equal(kind_of("{\"event\":\"result\",\"action\":\"message\",\"outcome\":\"no answer\"}"),
	                 TRAP_SESSION_WARNED);
	assert_int_equal(kind_of("{\"event\":\"result\",\"action\":\"disconnect\",\"outcome\":\"done\"}"),
	                 TRAP_SESSION_DISCONNECTED);
	assert_int_equal(kind_of("{\"event\":\"result\",\"action\":\"log off\",\"outcome\":\"done\"}"),
	                 TRAP_SESSION_LOGGED_OFF);
	assert_int_equal(kind_of("{\"event\":\"result\",\"action\":\"log off\",\"outcome\":\"failed\"}"),
	                 TRAP_ACT_FAILED);
	assert_int_equal(kind_of("{\"event\":\"refused\",\"action\":\"log off\"}"), TRAP_SESSION_REFUSED);
	assert_int_equal(kind_of("{\"event\":\"limit\",\"action\":\"log off\"}"), TRAP_LIMIT_TRIPPED);
	assert_int_equal(kind_of("{\"event\":\"result\",\"action\":\"log off\",\"outcome\":\"ordered\"}"), 0);
	assert_int_equal(kind_of("{\"event\":\"result\",\"action\":\"dance\",\"outcome\":\"done\"}"), 0);
	assert_int_equal(kind_of("{\"event\":\"intent\",\"action\":\"log off\"}"), 0);
	assert_int_equal(kind_of("{\"event\":7}"), 0);
	assert_int_equal(kind_of("[]"), 0);
}

/* The value of an object, as text or number. */
static const struct value *variable_of(const struct trap *trap, enum act_column object)
{
	for (size_t i = 0; i < trap->count; i++)
		if (trap->variables[i].id[0] == PART_ACTS && trap->variables[i].id[1] == object)
			return &trap->variables[i].value;
	fail_msg("no object %u", object);
	return NULL;
}

static void a_line_brings_its_values(void **state)
{
	json_t *line = json_loads("{\"time\":\"2026-11-21T03:04:05.678Z\",\"event\":\"limit\",\"program\":\"p\","
	                          "\"action\":\"disconnect\",\"planned\":12}",
	                          0, NULL);
	struct trap trap;

	(void)state;
	assert_true(trap_of_audit(&trap, line));
	json_decref(line); /* the texts are the notification's own */
	assert_int_equal(variable_of(&trap, ACT_COUNT)->number, 12);
	assert_int_equal(variable_of(&trap, ACT_ACTION)->number, ACT_DISCONNECTED);
	assert_int_equal(variable_of(&trap, ACT_HOST)->length, 0);
	assert_memory_equal(variable_of(&trap, ACT_PROGRAM)->octets, "p", 1);
	assert_memory_equal(variable_of(&trap, ACT_TIME)->octets, "\x07\xea\x0b\x15\x03\x04\x05\x06+\0\0", 11);
	trap_free(&trap);
}

static void repetitions_are_told_once_an_hour(void **state)
{
	json_t *line = json_loads("{\"event\":\"refused\",\"action\":\"log off\",\"run\":\"1\"}", 0, NULL);
	json_t *same = json_loads("{\"event\":\"refused\",\"action\":\"log off\",\"run\":\"2\"}", 0, NULL);
	json_t *other =
	    json_loads("{\"event\":\"refused\",\"action\":\"log off\",\"session\":{\"id\":\"7\"}}", 0, NULL);
	struct repeats *repeats = calloc(1, sizeof *repeats);

	(void)state;
	assert_false(repeats_sent(repeats, line, 1000));
	assert_true(repeats_sent(repeats, same, 2000));
	assert_false(repeats_sent(repeats, other, 2000));
	assert_true(repeats_sent(repeats, line, 3600999));
	assert_false(repeats_sent(repeats, line, 3601000));
	json_decref(line);
	json_decref(same);
	json_decref(other);
	free(repeats);
}

static char folder[] = "/tmp/curfew-tail-XXXXXX", path[64], former[64];

static void append(const char *file, const char *text)
{
	int fd = open(file, O_WRONLY | O_APPEND | O_CREAT, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static void line_take(void *context, const char *line, size_t length)
{
	buffer_printf(context, "%.*s|", (int)length, line);
}

/* What came, each line with a '|' behind it. */
static void assert_came(struct audit_tail *tail, const char *expected)
{
	struct buffer came = {0};
	struct error error = {0};

	for (int i = 0; i < 3; i++)
		assert_int_equal(audit_tail_read(tail, line_take, &came, &error), 0);
	assert_string_equal(buffer_text(&came), expected);
	buffer_free(&came);
}

static void an_audit_is_followed_from_its_end(void **state)
{
	struct audit_tail tail;

	(void)state;
	append(path, "old\nhalf of");
	audit_tail_open(&tail, path);
	assert_came(&tail, "");
	append(path, " a line\none\ntw");
	assert_came(&tail, " a line|one|");
	append(path, "o\n");
	assert_came(&tail, "two|");
	/* Rotated: the last lines of the old one, and the new one from its begin. */
	assert_int_equal(rename(path, former), 0);
	append(former, "late\n");
	assert_came(&tail, "late|");
	append(path, "new\n");
	assert_came(&tail, "new|");
	append(former, "later\n");
	append(path, "newer\n");
	assert_came(&tail, "later|newer|");
	/* Cut. */
	assert_int_equal(truncate(path, 0), 0);
	append(path, "a\n");
	assert_came(&tail, "a|");
	audit_tail_close(&tail);
	unlink(path);
	unlink(former);
}

static void a_file_that_comes_later_is_read_from_its_begin(void **state)
{
	struct audit_tail tail;

	(void)state;
	audit_tail_open(&tail, path);
	assert_came(&tail, "");
	append(path, "first\n");
	assert_came(&tail, "first|");
	audit_tail_close(&tail);
	unlink(path);
}

static void what_is_no_audit_is_said(void **state)
{
	struct error error = {0};
	struct audit_tail tail;

	(void)state;
	assert_int_equal(symlink("/etc/passwd", path), 0);
	audit_tail_open(&tail, path);
	assert_int_equal(audit_tail_read(&tail, line_take, NULL, &error), -1);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	error_clear(&error);
	assert_int_equal(audit_tail_read(&tail, line_take, NULL, &error), -1);
	assert_non_null(strstr(error.text, "not a regular file"));
	unlink(path);
	append(path, "x\n");
	assert_int_equal(chmod(path, 0666), 0);
	error_clear(&error);
	assert_int_equal(audit_tail_read(&tail, line_take, NULL, &error), -1);
	assert_non_null(strstr(error.text, "everybody can write"));
	audit_tail_close(&tail);
	unlink(path);
}

static int folder_make(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(path, sizeof path, "%s/audit", folder);
	snprintf(former, sizeof former, "%s/audit.1", folder);
	return 0;
}

static int folder_remove(void **state)
{
	(void)state;
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(so_many_a_minute),
	    cmocka_unit_test(a_queue_that_nobody_empties_is_full),
	    cmocka_unit_test(lines_of_the_audit_have_their_notification),
	    cmocka_unit_test(a_line_brings_its_values),
	    cmocka_unit_test(repetitions_are_told_once_an_hour),
	    cmocka_unit_test(an_audit_is_followed_from_its_end),
	    cmocka_unit_test(a_file_that_comes_later_is_read_from_its_begin),
	    cmocka_unit_test(what_is_no_audit_is_said),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
