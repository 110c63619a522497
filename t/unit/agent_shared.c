/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two targets that lead to one host, from the real polling process to the table: its sessions are counted once. */
#include "t/unit/test.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/block.h"
#include "agent/columns.h"
#include "agent/grid.h"
#include "agent/poll.h"
#include "agent/table.h"
#include "agent/value.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/child/child.h"
#include "lib/config/settings.h"
#include "lib/judge/classify.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"
#include "t/unit/folder.h"

enum { HOSTS = 3, NOW_SECONDS = 1795230000 };

static char folder[] = "/tmp/curfew-shared-XXXXXX";

/* Targets that do not answer, and a host that nobody uses. */
static bool first_fails, second_fails, nobody_there;

static void user_add(struct snapshot *snapshot, const char *id, const char *user, const char *birth)
{
	struct session *session = snapshot_add(snapshot);

	session->id = id;
	session->user = user;
	session->birth = birth;
	session->class = CLASS_USER;
	session->state = STATE_ACTIVE;
}

/* rds01 and its address are one host; rds02 is another one. */
static void played_list(struct visit **visits, size_t count, visit_done *done, void *context)
{
	for (size_t i = 0; i < count; i++) {
		const char *name = visits[i]->target->label;
		struct snapshot *snapshot = &visits[i]->snapshot;
		bool other = strcmp(name, "rds02") == 0;

		snapshot->host = name;
		snapshot->provider = "played";
		snapshot->now = snapshot->taken_at = NOW_SECONDS * INT64_C(1000);
		snapshot->complete = true;
		if ((first_fails && strcmp(name, "rds01") == 0) || (second_fails && strcmp(name, "192.0.2.7") == 0))
			error_set(&visits[i]->error, ERROR_REFUSED, STEP_CONNECT, "nothing listens");
		if (other || !nobody_there)
			user_add(snapshot, "1", "alice", other ? "135" : "133");
		if (!other && !nobody_there)
			user_add(snapshot, "2", "bob", "134");
		visit_finish(visits[i], done, context);
	}
}

static const struct provider played = {
    .scheme = "played", .capabilities = HAS_BIRTH | MANY_HOSTS | NAMED_BY_NETWORK, .list_many = played_list};
static struct target targets[HOSTS] = {
    {.name = "rds01", .url = "played://rds01", .label = "rds01", .scheme = "played", .provider = &played},
    {.name = "192.0.2.7", .url = "played://192.0.2.7", .label = "192.0.2.7", .scheme = "played", .provider = &played},
    {.name = "rds02", .url = "played://rds02", .label = "rds02", .scheme = "played", .provider = &played},
};

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

/* No poll before. */
static const struct table none;

/* How many notices the poll had. */
static size_t said;

/* A poll, by a process of its own, and the table that is served after it. */
static struct table *polled(const struct table *before)
{
	struct settings settings = {.targets = targets,
	                            .target_count = HOSTS,
	                            .timeout = 60000,
	                            .target_timeout = 60000,
	                            .state_dir = folder,
	                            .idle_after = 1800000,
	                            .class_bits = COUNT_USERS};
	const struct poll_order order = {.settings = &settings, .previous = before};
	struct error error = {0};
	enum poll_state state;
	struct table *table;
	struct poll poll_one;

	assert_int_equal(poll_start(&poll_one, &order, &error), 0);
	do {
		struct pollfd polls[CHILD_POLLS];

		child_polls(&poll_one.child, polls);
		poll(polls, CHILD_POLLS, 1000);
		state = poll_advance(&poll_one);
	} while (state == POLL_RUNNING);
	if (state != POLL_DONE)
		fail_msg("%s", poll_one.error.text);
	said = poll_one.notices.count;
	if (said > 0)
		assert_string_equal(poll_one.notices.items[0],
		                    "192.0.2.7: 2 of its sessions are listed by rds01 too, and counted there");
	table = poll_take(&poll_one, NULL);
	poll_stop(&poll_one);
	return table;
}

static uint64_t scalar(const struct table *table, unsigned column)
{
	struct value value;

	assert_true(block_show(&table->block.parts[BLOCK_SCALARS], column, 0, &value));
	return value.number;
}

/* Of the host in this row; 0: there is no value. */
static uint64_t host_number(const struct table *table, unsigned column, size_t row)
{
	struct value value;

	return block_show(&table->block.parts[BLOCK_HOSTS], column, row, &value) ? value.number : 0;
}

static bool reachable(const struct table *table, size_t row)
{
	return host_number(table, HOST_REACHABLE, row) == 1;
}

static void assert_counts(const struct table *table, size_t first, size_t second)
{
	struct grid hosts = table_hosts(table);

	assert_int_equal(hosts.rows, HOSTS); /* each target keeps its row and its index */
	for (size_t i = 0; i < HOSTS; i++) {
		struct value value;

		assert_int_equal(hosts.keys[i].part[0], i + 1);
		assert_true(hosts.read(hosts.context, HOST_NAME, i, &value));
		assert_int_equal(value.length, strlen(targets[i].label));
		assert_memory_equal(value.octets, targets[i].label, value.length);
	}
	assert_int_equal(host_number(table, HOST_TOTAL, 0), first);
	assert_int_equal(host_number(table, HOST_TOTAL, 1), second);
	assert_int_equal(host_number(table, HOST_TOTAL, 2), 1);
	assert_int_equal(scalar(table, SCALAR_TOTAL), first + second + 1);
	assert_int_equal(table_sessions(table).rows, first + second + 1);
}

static void sessions_are_counted_once_and_it_is_said_once(void **state)
{
	struct table *first, *second, *empty, *again;

	(void)state;
	first = polled(&none);
	assert_counts(first, 2, 0);
	assert_int_equal(scalar(first, SCALAR_HOSTS_UNREACHABLE), 0);
	assert_int_equal(said, 1);

	second = polled(first);
	assert_counts(second, 2, 0);
	assert_int_equal(said, 0);
	assert_int_equal(second->block.serial, first->block.serial + 1);

	nobody_there = true;
	empty = polled(second);
	assert_counts(empty, 0, 0);
	assert_int_equal(said, 0);
	nobody_there = false;
	again = polled(empty);
	assert_counts(again, 2, 0);
	assert_int_equal(said, 1);
	table_free(again);
	table_free(empty);
	table_free(second);
	table_free(first);
}

/* The first target fails: its sessions are in the row of the second one, and none is lost. */
static void the_other_target_stands_in(void **state)
{
	struct table *table;

	(void)state;
	first_fails = true;
	table = polled(&none);
	first_fails = false;
	assert_counts(table, 0, 2);
	assert_false(reachable(table, 0));
	assert_true(reachable(table, 1));
	assert_int_equal(scalar(table, SCALAR_HOSTS_UNREACHABLE), 1);
	assert_int_equal(said, 0);
	table_free(table);

	second_fails = true;
	table = polled(&none);
	second_fails = false;
	assert_counts(table, 2, 0);
	assert_true(reachable(table, 0));
	assert_false(reachable(table, 1));
	table_free(table);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sessions_are_counted_once_and_it_is_said_once),
	    cmocka_unit_test(the_other_target_stands_in),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
