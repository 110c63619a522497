/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The serving side of a poll, with polling processes that misbehave: this file has its own poll_child(). */
#include "t/unit/test.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "agent/agentx.h"
#include "agent/pack.h"
#include "agent/poll.h"
#include "agent/rows.h"
#include "agent/table.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/child/child.h"
#include "lib/config/settings.h"

#define NOTICE "{\"notice\":\"something\"}\n"
#define END    "{\"end\":@}\n" /* @: the size of the block */

/* What the polling process does. */
#define FIRST "{\"id\":null,\"protocol\":2,\"version\":\"0\"}\n"
static const char *lines, *first = FIRST, *says;
static bool crashes, hangs, floods;

enum { SERIAL = 77 };

/* What it leaves in the memfd. */
static struct packed block;
static int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

static void put(int fd, const char *text)
{
	for (size_t length = strlen(text); length > 0;) {
		ssize_t wrote = write(fd, text, length);

		if (wrote < 0)
			_exit(9);
		text += wrote;
		length -= (size_t)wrote;
	}
}

int poll_child(void *context)
{
	const struct poll_order *order = context;
	struct error error = {0};
	char text[32];

	if (packed_write(&block, order->memfd, &error) < 0 || fcntl(order->memfd, F_ADD_SEALS, seals) < 0)
		return 1;
	put(STDOUT_FILENO, first);
	for (const char *at = lines; *at != '\0'; at++) {
		if (*at == '@')
			snprintf(text, sizeof text, "%zu", block.size);
		else
			snprintf(text, sizeof text, "%c", *at);
		put(STDOUT_FILENO, text);
	}
	if (says != NULL)
		put(STDERR_FILENO, says);
	while (floods)
		put(STDOUT_FILENO, NOTICE);
	if (crashes)
		raise(SIGKILL);
	while (hangs)
		pause();
	return 0;
}

static enum poll_state run(struct poll *one, const char *text, int64_t timeout)
{
	struct settings settings = {.timeout = timeout - POLL_GRACE};
	const struct poll_order order = {.settings = &settings};
	struct deadline deadline = deadline_in(60000);
	struct error error = {0};
	enum poll_state state;

	lines = text;
	assert_int_equal(poll_start(one, &order, &error), 0);
	do {
		struct pollfd polls[CHILD_POLLS];

		child_polls(&one->child, polls);
		poll(polls, CHILD_POLLS, 1000);
		state = poll_advance(one);
	} while (state == POLL_RUNNING && !deadline_passed(&deadline));
	return state;
}

/* Takes the table; afterwards its process ends. */
static struct table *take(struct poll *one, struct table *old)
{
	struct table *table = poll_take(one, old);
	struct deadline deadline = deadline_in(60000);

	assert_non_null(table);
	while (poll_advance(one) == POLL_RUNNING && !deadline_passed(&deadline)) {
		struct pollfd polls[CHILD_POLLS];

		child_polls(&one->child, polls);
		poll(polls, CHILD_POLLS, 10);
	}
	assert_int_equal(poll_advance(one), POLL_IDLE);
	assert_int_equal(one->child.pid, 0);
	return table;
}

static void a_good_poll_brings_a_table(void **state)
{
	struct poll poll;
	struct table *table;

	(void)state;
	assert_int_equal(run(&poll, NOTICE NOTICE END, 60000), POLL_DONE);
	assert_int_equal(poll.notices.count, 2);
	assert_string_equal(poll.notices.items[1], "something");
	assert_int_equal(poll_advance(&poll), POLL_DONE); /* until it is taken */
	table = take(&poll, NULL);
	assert_int_equal(table->block.serial, SERIAL);
	assert_int_equal(table_scalars(table).rows, 1);
	assert_int_equal(run(&poll, END NOTICE, 60000), POLL_DONE);
	table_free(take(&poll, table));
	assert_int_equal(run(&poll, END, 60000), POLL_DONE);
	poll_stop(&poll);
}

static void bad_polls_fail(void **state)
{
	static const struct {
		const char *text;
		enum error_code code;
	} table[] = {
	    {"", ERROR_CRASHED},
	    {NOTICE, ERROR_CRASHED},            /* no end */
	    {"{\"end\":@}", ERROR_CRASHED},     /* cut in the last line */
	    {"{\"end\":1@}\n", ERROR_PROTOCOL}, /* another size */
	    {"{\"end\":0}\n", ERROR_PROTOCOL},
	    {"{\"end\":-1}\n", ERROR_PROTOCOL},
	    {"{\"end\":\"1\"}\n", ERROR_PROTOCOL},
	    {"{\"notice\":7}\n", ERROR_PROTOCOL},
	    {"garbage\n", ERROR_PROTOCOL},
	    {"\n", ERROR_PROTOCOL},
	    {"{\"failed\":{\"code\":\"access denied\",\"text\":\"no\"}}\n", ERROR_ACCESS},
	};
	struct poll poll;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		assert_int_equal(run(&poll, table[i].text, 60000), POLL_FAILED);
		assert_int_equal(poll.error.code, table[i].code);
		assert_int_equal(poll_advance(&poll), POLL_IDLE);
	}
}

/* Whoever could still change it would change it while it is read. */
static void what_is_not_sealed_is_not_taken(void **state)
{
	static const int too_few[] = {0, F_SEAL_SHRINK | F_SEAL_GROW, F_SEAL_WRITE | F_SEAL_GROW};
	const int all = seals;
	struct poll poll;

	(void)state;
	for (size_t i = 0; i < COUNT(too_few); i++) {
		seals = too_few[i];
		assert_int_equal(run(&poll, END, 60000), POLL_FAILED);
		assert_int_equal(poll.error.code, ERROR_PROTOCOL);
	}
	seals = all;
}

static void a_bad_block_is_a_failed_poll(void **state)
{
	struct poll poll;

	(void)state;
	block.bytes[0] ^= 1;
	assert_int_equal(run(&poll, END, 60000), POLL_FAILED);
	block.bytes[0] ^= 1;
	assert_int_equal(poll.error.code, ERROR_PROTOCOL);
	assert_string_equal(poll.error.text, "the polling process left no snapshot");
}

/* Both sides are one program, so it is no other version; but it must not be taken for an answer either. */
static void the_first_line_says_which_protocol(void **state)
{
	struct poll poll;

	(void)state;
	first = "";
	assert_int_equal(run(&poll, END, 60000), POLL_FAILED);
	assert_int_equal(poll.error.code, ERROR_PROTOCOL);
	first = FIRST;
}

static void crashes_hangs_and_floods_end(void **state)
{
	struct poll poll;

	(void)state;
	crashes = true;
	assert_int_equal(run(&poll, NOTICE, 60000), POLL_FAILED);
	assert_int_equal(poll.error.code, ERROR_CRASHED);
	assert_string_equal(poll.error.text, "the polling process died of signal 9");
	says = "it hurts\n";
	assert_int_equal(run(&poll, NOTICE, 60000), POLL_FAILED);
	assert_string_equal(poll.error.text, "the polling process died of signal 9: it hurts");
	says = NULL;
	crashes = false;
	hangs = true;
	assert_int_equal(run(&poll, NOTICE, 200), POLL_FAILED);
	assert_int_equal(poll.error.code, ERROR_TIMEOUT);
	assert_int_equal(run(&poll, END, 60000), POLL_DONE);
	poll.deadline = deadline_in(100); /* it does not go by itself */
	table_free(take(&poll, NULL));
	hangs = false;
	floods = true;
	assert_int_equal(run(&poll, NOTICE, 60000), POLL_FAILED);
	assert_int_equal(poll.error.code, ERROR_PROTOCOL);
	floods = false;
}

static void stopping_leaves_no_process(void **state)
{
	struct settings settings = {.timeout = 5000};
	const struct poll_order order = {.settings = &settings};
	struct error error = {0};
	struct poll poll;
	pid_t pid;

	(void)state;
	lines = NOTICE;
	hangs = true;
	assert_int_equal(poll_start(&poll, &order, &error), 0);
	pid = poll.child.pid;
	poll_stop(&poll);
	hangs = false;
	while (waitpid(pid, NULL, 0) > 0)
		continue;
	assert_int_equal(kill(pid, 0), -1);
}

static void base_oids_are_read(void **state)
{
	static const char *const good[] = {"1.3.6.1.4.1.32473.1", ".1.3.6", "1.3.4294967295"};
	static const char *const bad[] = {"",       "1",      "1.3",
	                                  "1.3.",   "1..3.6", "2.999.1",
	                                  "a.b.c",  "1.3.x",  "1.3.4294967296",
	                                  "1.3.6 ", "-1.3.6", "1.3.99999999999999999999"};
	struct error error = {0};
	struct base_oid base;
	char much[400] = "1.3";

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_int_equal(base_oid_parse(&base, good[i], &error), 0);
	assert_int_equal(base.length, 3);
	assert_true(base.ids[2] == UINT32_MAX);
	for (size_t i = 0; i < COUNT(bad); i++) {
		error_clear(&error);
		assert_int_equal(base_oid_parse(&base, bad[i], &error), -1);
		assert_int_equal(error.code, ERROR_USAGE);
	}
	for (size_t i = 0; i < 100; i++)
		memcpy(much + 3 + 2 * i, ".1", 3);
	error_clear(&error);
	assert_int_equal(base_oid_parse(&base, much, &error), -1);
}

static int block_make(void **state)
{
	const struct circumstances circumstances = {.poll_duration = -1};
	struct error error = {0};
	struct rows rows;

	(void)state;
	rows_none(&rows, &circumstances);
	rows.serial = SERIAL;
	return rows_pack(&rows, &block, &error);
}

static int block_drop(void **state)
{
	(void)state;
	free(block.bytes);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_good_poll_brings_a_table),   cmocka_unit_test(bad_polls_fail),
	    cmocka_unit_test(crashes_hangs_and_floods_end), cmocka_unit_test(what_is_not_sealed_is_not_taken),
	    cmocka_unit_test(a_bad_block_is_a_failed_poll), cmocka_unit_test(the_first_line_says_which_protocol),
	    cmocka_unit_test(stopping_leaves_no_process),   cmocka_unit_test(base_oids_are_read),
	};

	return cmocka_run_group_tests(tests, block_make, block_drop);
}
