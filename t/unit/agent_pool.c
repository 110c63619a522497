/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The hosts of a pool, from poll to poll by the real polling process: with sessions, empty, gone, without an answer. */
#include "t/unit/test.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/block.h"
#include "agent/columns.h"
#include "agent/grid.h"
#include "agent/poll.h"
#include "agent/table.h"
#include "agent/value.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/child/child.h"
#include "lib/config/settings.h"
#include "lib/judge/classify.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"
#include "t/unit/folder.h"

static char folder[] = "/tmp/curfew-pool-XXXXXX";

/* The hosts with a session, a letter each; NULL: the pool does not answer. */
static const char *in_use;
/* Those that it lists. */
static struct string_list listed;
static int64_t keep_for;

static void played_list(struct visit **visits, size_t count, visit_done *done, void *context)
{
	static char names[8][8];
	struct snapshot *snapshot = &visits[0]->snapshot;

	assert_int_equal(count, 1);
	snapshot->host = "broker";
	snapshot->provider = "played";
	snapshot->now = snapshot->taken_at = clock_now();
	snapshot->complete = true;
	snapshot->hosts = listed;
	if (in_use == NULL)
		error_set(&visits[0]->error, ERROR_REFUSED, STEP_CONNECT, "nothing listens");
	for (size_t i = 0; in_use != NULL && in_use[i] != '\0'; i++) {
		struct session *session = snapshot_add(snapshot);

		snprintf(names[i], sizeof names[i], "ts-%c", in_use[i]);
		session->host = names[i];
		session->id = "1";
		session->user = "alice";
		session->birth = "1";
		session->class = CLASS_USER;
		session->state = STATE_ACTIVE;
	}
	visit_finish(visits[0], done, context);
}

static const struct provider played = {
    .scheme = "played", .capabilities = HAS_BIRTH | MANY_HOSTS, .list_many = played_list};
static struct target pool = {
    .name = "pool", .url = "played://pool", .label = "pool", .scheme = "played", .provider = &played};

/* No poll before. */
static const struct table none;

static struct table *polled(const struct table *before)
{
	struct settings settings = {.targets = &pool,
	                            .target_count = 1,
	                            .timeout = 60000,
	                            .target_timeout = 60000,
	                            .state_dir = folder,
	                            .idle_after = 1800000,
	                            .class_bits = COUNT_USERS,
	                            .keep_hosts = keep_for};
	const struct poll_order order = {.settings = &settings, .previous = before};
	struct error error = {0};
	enum poll_state state;
	struct table *table;
	struct poll one;

	assert_int_equal(poll_start(&one, &order, &error), 0);
	do {
		struct pollfd polls[CHILD_POLLS];

		child_polls(&one.child, polls);
		poll(polls, CHILD_POLLS, 1000);
		state = poll_advance(&one);
	} while (state == POLL_RUNNING);
	if (state != POLL_DONE)
		fail_msg("%s", one.error.text);
	/* It holds the table before, too, which is therefore given back in its time and not in ours. */
	assert_false(child_ended(&one.child, 10));
	table = poll_take(&one, NULL);
	assert_true(child_ended(&one.child, 60000));
	poll_stop(&one);
	return table;
}

/* "broker 0, ts-a 1" */
static void assert_hosts(const struct table *table, const char *expected)
{
	struct grid hosts = table_hosts(table);
	char text[256] = "";

	for (size_t row = 0; row < hosts.rows; row++) {
		struct value name, total = {0};
		size_t length = strlen(text);
		bool counted = hosts.read(hosts.context, HOST_TOTAL, row, &total);

		assert_true(hosts.read(hosts.context, HOST_NAME, row, &name));
		snprintf(text + length, sizeof text - length, "%s%.*s ", row > 0 ? ", " : "", (int)name.length,
		         (const char *)name.octets);
		length = strlen(text);
		snprintf(text + length, sizeof text - length, counted ? "%llu" : "?", (unsigned long long)total.number);
	}
	assert_string_equal(text, expected);
}

static void next(struct table **table, const char *now, const char *expected)
{
	struct table *before = *table;

	in_use = now;
	*table = polled(before != NULL ? before : &none);
	assert_hosts(*table, expected);
	table_free(before);
}

static void an_empty_host_stays_for_a_while(void **state)
{
	struct table *table = NULL;
	struct value value;

	(void)state;
	keep_for = 60000;
	next(&table, "ab", "broker 0, ts-a 1, ts-b 1");
	next(&table, "b", "broker 0, ts-a 0, ts-b 1");
	next(&table, "b", "broker 0, ts-a 0, ts-b 1");
	next(&table, NULL, "broker ?, ts-a ?, ts-b ?");
	assert_false(block_show(&table->block.parts[BLOCK_HOSTS], HOST_POLL_DURATION, 0, &value));
	next(&table, "ac", "broker 0, ts-a 1, ts-b 0, ts-c 1");
	assert_true(block_show(&table->block.parts[BLOCK_HOSTS], HOST_POLL_DURATION, 0, &value));
	assert_true(value.number < 60000);
	keep_for = 0; /* their time is over, a millisecond later */
	for (int64_t now = clock_now(); clock_now() == now;)
		;
	next(&table, "c", "broker 0, ts-c 1");
	next(&table, NULL, "broker ?, ts-c ?"); /* and they do not come back */
	next(&table, "", "broker 0");
	table_free(table);
}

static void begin_anew(struct table **table)
{
	table_free(*table);
	*table = NULL;
}

/* So one without a session is there after a restart of the agent, and one that has left stays away. */
static void a_restart_forgets_no_empty_host(void **state)
{
	struct table *table = NULL;
	struct value value;
	char path[64];

	(void)state;
	keep_for = 60000;
	next(&table, "d", "broker 0, ts-d 1");
	begin_anew(&table);
	next(&table, "", "broker 0, ts-d 0");
	assert_true(block_show(&table->block.parts[BLOCK_HOSTS], HOST_LAST_SEEN, 1, &value));
	begin_anew(&table);
	next(&table, NULL, "broker ?, ts-d ?");
	begin_anew(&table);
	keep_for = 0;
	for (int64_t now = clock_now(); clock_now() == now;)
		;
	next(&table, "", "broker 0");
	begin_anew(&table);
	next(&table, NULL, "broker ?");
	begin_anew(&table);
	/* Without its file nobody knows better. */
	snprintf(path, sizeof path, "%s/agent-seen", folder);
	assert_int_equal(unlink(path), 0);
	next(&table, NULL, "broker ?, ts-a ?, ts-b ?, ts-c ?, ts-d ?");
	begin_anew(&table);
}

/* A host without a session has a row from the first answer on, and leaves when it is no longer listed. */
static void a_listed_host_has_a_row(void **state)
{
	static const char *names[] = {"ts-x", "ts-y"};
	struct table *table = NULL;
	struct value value;

	(void)state;
	keep_for = 60000;
	listed = (struct string_list){.items = names, .count = 2};
	next(&table, "y", "broker 0, ts-y 1, ts-x 0");
	assert_true(block_show(&table->block.parts[BLOCK_HOSTS], HOST_LAST_SEEN, 2, &value));
	listed.count = 1;
	next(&table, "", "broker 0, ts-y 0, ts-x 0");
	keep_for = 0;
	for (int64_t now = clock_now(); clock_now() == now;)
		;
	next(&table, "", "broker 0, ts-x 0");
	listed.count = 0;
	table_free(table);
}

static int folder_make(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL ? 0 : -1;
}

static int folder_remove(void **state)
{
	(void)state;
	return test_folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_host_stays_for_a_while),
	    cmocka_unit_test(a_restart_forgets_no_empty_host),
	    cmocka_unit_test(a_listed_host_has_a_row),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
