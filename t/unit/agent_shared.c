/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Two targets that lead to one host, from the real polling process to the table: its sessions are counted once. */
#include "t/unit/test.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agent/answer.h"
#include "agent/poll.h"
#include "agent/table.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/child/child.h"
#include "lib/config/settings.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"
#include "t/unit/folder.h"

enum { HOSTS = 3, NOW_SECONDS = 1795230000 };

static const struct filter everything;
static const struct table_rule rule = {.idle_after = 1800000, .classes = COUNT_USERS, .filter = &everything};
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

/* A poll, by a process of its own, and the table that is served after it. */
static struct table *polled(const struct table *before)
{
	struct settings settings = {
	    .targets = targets, .target_count = HOSTS, .timeout = 60000, .target_timeout = 60000, .state_dir = folder};
	struct error error = {0};
	enum poll_state state;
	struct answer *answers;
	struct poll poll_one;
	size_t count;

	assert_int_equal(poll_start(&poll_one, &settings, &error), 0);
	do {
		struct pollfd polls[CHILD_POLLS];

		child_polls(&poll_one.child, polls);
		poll(polls, CHILD_POLLS, poll_one.more ? 0 : 1000);
		state = poll_advance(&poll_one);
	} while (state == POLL_RUNNING);
	if (state != POLL_DONE)
		fail_msg("%s", poll_one.error.text);
	answers = poll_take(&poll_one, &count);
	return table_make(answers, count, before, &rule, NOW_SECONDS * INT64_C(1000), 5000);
}

static void assert_counts(const struct table *table, size_t first, size_t second)
{
	assert_int_equal(table->host_count, HOSTS); /* each target keeps its row and its index */
	for (size_t i = 0; i < HOSTS; i++) {
		assert_int_equal(table->host_keys[i].part[0], i + 1);
		assert_string_equal(table->hosts[i].name, targets[i].label);
	}
	assert_int_equal(table->hosts[0].counts.total, first);
	assert_int_equal(table->hosts[1].counts.total, second);
	assert_int_equal(table->hosts[2].counts.total, 1);
	assert_int_equal(table->totals.total, first + second + 1);
	assert_int_equal(table->session_count, first + second + 1);
}

static void sessions_are_counted_once_and_it_is_said_once(void **state)
{
	struct table *none = table_empty(), *first, *second, *empty, *again;

	(void)state;
	first = polled(none);
	assert_counts(first, 2, 0);
	assert_int_equal(first->unreachable, 0);
	assert_int_equal(first->answers[0].shared, 0);
	assert_int_equal(first->answers[1].shared, 2);
	assert_string_equal(first->answers[1].shared_with, "rds01");
	assert_int_equal(first->answers[2].shared, 0);
	assert_true(table_shares_newly(none, &first->answers[1]));
	assert_false(table_shares_newly(none, &first->answers[0]));

	second = polled(first);
	assert_counts(second, 2, 0);
	assert_false(table_shares_newly(first, &second->answers[1]));

	nobody_there = true;
	empty = polled(second);
	assert_counts(empty, 0, 0);
	assert_false(table_shares_newly(second, &empty->answers[1]));
	nobody_there = false;
	again = polled(empty);
	assert_counts(again, 2, 0);
	assert_true(table_shares_newly(empty, &again->answers[1]));
	table_free(again);
	table_free(empty);
	table_free(second);
	table_free(first);
	table_free(none);
}

/* The first target fails: its sessions are in the row of the second one, and none is lost. */
static void the_other_target_stands_in(void **state)
{
	struct table *none = table_empty(), *table;

	(void)state;
	first_fails = true;
	table = polled(none);
	first_fails = false;
	assert_counts(table, 0, 2);
	assert_false(table->hosts[0].reachable);
	assert_true(table->hosts[1].reachable);
	assert_int_equal(table->unreachable, 1);
	assert_int_equal(table->answers[1].shared, 0);
	table_free(table);

	second_fails = true;
	table = polled(none);
	second_fails = false;
	assert_counts(table, 2, 0);
	assert_true(table->hosts[0].reachable);
	assert_false(table->hosts[1].reachable);
	table_free(table);
	table_free(none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(sessions_are_counted_once_and_it_is_said_once),
	    cmocka_unit_test(the_other_target_stands_in),
	};

	return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
