/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run is about to do, host by host. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/act/plan.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"

enum { MINUTE = 60 * 1000 };
static const int64_t NOW = 1795230000000;

static const struct provider able = {.scheme = "able",
                                     .capabilities = CAN_DISCONNECT | CAN_LOGOFF | CAN_MESSAGE | HAS_BIRTH};
static const struct target target = {.name = "t", .url = "able:t", .label = "t", .provider = &able};

/* The lists of a run. */
struct lists {
	struct visit visits[8];
	size_t count;
	struct plan plan;
};

static struct snapshot *list_add(struct lists *lists, const char *host)
{
	struct visit *visit = &lists->visits[lists->count++];

	*visit = (struct visit){.target = &target};
	snapshot_init(&visit->snapshot);
	visit->snapshot.provider = "able";
	visit->snapshot.host = host;
	visit->snapshot.now = NOW;
	return &visit->snapshot;
}

/* A user session; idle: without input for an hour. */
static struct session *session_add(struct snapshot *snapshot, const char *host, const char *id, bool idle)
{
	struct session *session = snapshot_add(snapshot);

	session->host = host;
	session->id = id;
	session->user = "alice";
	session->birth = id;
	session->class = CLASS_USER;
	session->state = STATE_ACTIVE;
	session->connect_time = moment_at(NOW - 600 * MINUTE);
	session->last_input = moment_at(NOW - (idle ? 60 : 1) * MINUTE);
	return session;
}

static void make(struct lists *lists, const struct rule *rule)
{
	plan_make(&lists->plan, lists->visits, lists->count, rule, ACT_DISCONNECT, NULL);
}

static const struct rule idle_rule = {.idle_over = {true, 30 * MINUTE}, .idle_after = 30 * MINUTE};

static int begin(void **state)
{
	*state = calloc(1, sizeof(struct lists));
	return *state == NULL;
}

static int end(void **state)
{
	struct lists *lists = *state;

	plan_free(&lists->plan);
	for (size_t i = 0; i < lists->count; i++)
		snapshot_free(&lists->visits[i].snapshot);
	free(lists);
	return 0;
}

static void sessions_are_counted_by_host(void **state)
{
	struct lists *lists = *state;
	struct snapshot *pool = list_add(lists, "pool");
	struct plan_host **hosts;
	size_t count;

	session_add(pool, "ts02", "1", true);
	session_add(pool, "ts01", "2", true);
	session_add(pool, "TS01", "3", false);
	session_add(pool, "ts01", "4", true);
	session_add(pool, "ts03", "5", false);
	list_add(lists, "empty");
	make(lists, &idle_rule);
	assert_int_equal(lists->plan.user_sessions, 5);
	assert_int_equal(lists->plan.selected, 3);
	assert_int_equal(lists->plan.host_count, 4);
	hosts = plan_acting_hosts(&lists->plan, &count);
	assert_int_equal(count, 2);
	assert_string_equal(hosts[0]->name, "ts01");
	assert_int_equal(hosts[0]->user_sessions, 3);
	assert_int_equal(hosts[0]->selected, 2);
	assert_string_equal(hosts[1]->name, "ts02");
}

/* Even where nobody is idle the plan says of how many hosts it speaks. */
static void hosts_are_counted_when_nothing_is_selected(void **state)
{
	struct lists *lists = *state;
	struct snapshot *pool = list_add(lists, "pool");

	session_add(pool, "ts01", "1", false);
	session_add(pool, "ts02", "2", false);
	make(lists, &idle_rule);
	assert_int_equal(lists->plan.selected, 0);
	assert_int_equal(lists->plan.host_count, 2);
}

static void a_host_can_be_left_out(void **state)
{
	struct lists *lists = *state;
	struct snapshot *pool = list_add(lists, "pool");
	struct plan_host **hosts;
	size_t count;

	session_add(pool, "ts01", "1", true);
	session_add(pool, "ts02", "2", true);
	session_add(pool, "ts01", "3", true);
	make(lists, &idle_rule);
	hosts = plan_acting_hosts(&lists->plan, &count);
	hosts[0]->left_out = true;
	plan_leave_out(&lists->plan);
	assert_int_equal(lists->plan.selected, 1);
	assert_false(plan_item_due(&lists->plan.items[0]));
	assert_true(plan_item_due(&lists->plan.items[1]));
	assert_false(plan_item_due(&lists->plan.items[2]));
	plan_leave_out(&lists->plan); /* and again: the same */
	assert_int_equal(lists->plan.selected, 1);
	plan_acting_hosts(&lists->plan, &count);
	assert_int_equal(count, 1);
}

static void a_user_for_an_id_is_told(void **state)
{
	struct lists *lists = *state;
	struct snapshot *list = list_add(lists, "ts01");
	const char *ids[] = {"ALICE", "bob"};
	struct rule rule = {.ids = {ids, 2, 2}, .idle_after = 30 * MINUTE};

	session_add(list, "ts01", "1", true);
	list->sessions[0].user = "alice";
	make(lists, &rule);
	assert_int_equal(lists->plan.missing_count, 2);
	assert_true(lists->plan.missing[0].user_name);
	assert_false(lists->plan.missing[1].user_name);
	assert_int_equal(lists->plan.selected, 0);
}

static void what_is_named_and_not_there_is_missing(void **state)
{
	struct lists *lists = *state;
	struct snapshot *list = list_add(lists, "ts01");
	const char *ids[] = {"1", "9"};
	struct rule rule = {.ids = {ids, 2, 2}, .idle_after = 30 * MINUTE};

	session_add(list, "ts01", "1", true);
	make(lists, &rule);
	assert_int_equal(lists->plan.missing_count, 1);
	assert_string_equal(lists->plan.missing[0].id, "9");
	assert_false(lists->plan.missing[0].user_name);
	plan_free(&lists->plan);
	list->complete = false;
	make(lists, &rule);
	assert_int_equal(lists->plan.missing_count, 0);
	plan_free(&lists->plan);
	list->complete = true;
	lists->visits[0].error.code = ERROR_TIMEOUT;
	make(lists, &rule);
	assert_int_equal(lists->plan.missing_count, 0);
	assert_int_equal(lists->plan.unreachable, 1);
}

static void picked_sessions_are_there_others_or_gone(void **state)
{
	struct lists *lists = *state;
	struct snapshot *list = list_add(lists, "pool");
	struct session picked[3];
	struct rule rule = {.from_stdin = true, .picked = picked, .picked_count = 3, .idle_after = 30 * MINUTE};

	picked[0] = *session_add(list, "ts01", "1", true);
	session_add(list, "ts02", "1", true);
	picked[1] = *session_add(list, "ts01", "2", true);
	picked[1].birth = "another";
	picked[2] = picked[0];
	picked[2].id = "7";
	make(lists, &rule);
	assert_int_equal(lists->plan.selected, 1);
	assert_int_equal(lists->plan.missing_count, 2);
	assert_true(lists->plan.missing[0].changed);
	assert_string_equal(lists->plan.missing[0].id, "2");
	assert_false(lists->plan.missing[1].changed);
}

static void what_a_system_cannot_do_is_not_due(void **state)
{
	static const struct provider unable = {.scheme = "unable", .capabilities = CAN_MESSAGE};
	static const struct target poor = {.name = "p", .url = "unable:p", .label = "p", .provider = &unable};
	struct lists *lists = *state;

	session_add(list_add(lists, "ts01"), "ts01", "1", true);
	lists->visits[0].target = &poor;
	make(lists, &idle_rule);
	assert_int_equal(lists->plan.count, 1);
	assert_int_equal(lists->plan.selected, 0);
	assert_true(lists->plan.items[0].unsupported);
}

/* What a system does for the client alone is attempted where the target says so, and nowhere else. */
static void what_a_system_withholds_is_not_due(void **state)
{
	static const struct provider_doubt doubt = {ACT_DISCONNECT, "disconnect", "attempt", "the client alone may"};
	static const struct provider shy = {
	    .scheme = "shy", .capabilities = CAN_DISCONNECT | CAN_LOGOFF, .doubt = &doubt};
	static struct target_option no = {.name = "disconnect", .value = "no"};
	static struct target_option attempt = {.name = "disconnect", .value = "attempt"};
	struct target shy_target = {.name = "s", .url = "shy:s", .label = "s", .provider = &shy};
	struct lists *lists = *state;

	assert_string_equal(provider_withholds(&shy, &shy_target, ACT_DISCONNECT), "the client alone may");
	assert_null(provider_withholds(&shy, &shy_target, ACT_LOGOFF));
	shy_target.option_count = 1;
	shy_target.options = &no;
	assert_non_null(provider_withholds(&shy, &shy_target, ACT_DISCONNECT));
	session_add(list_add(lists, "ts01"), "ts01", "1", true)->provider = "shy";
	lists->visits[0].target = &shy_target;
	make(lists, &idle_rule);
	assert_int_equal(lists->plan.selected, 0);
	assert_true(lists->plan.items[0].unsupported);
	assert_string_equal(lists->plan.items[0].reason, "the client alone may");
	plan_free(&lists->plan);
	shy_target.options = &attempt;
	make(lists, &idle_rule);
	assert_int_equal(lists->plan.selected, 1);
	assert_null(lists->plan.items[0].reason);
}

/* xrdp's process ids and logind's numbers come in one list (local:). */
static void an_id_of_two_sessions_is_refused(void **state)
{
	struct lists *lists = *state;
	struct rule by_id = {.idle_after = 30 * MINUTE}, all = {.all = true, .idle_after = 30 * MINUTE};
	struct snapshot *list = list_add(lists, "h");
	struct arena arena = {0};
	struct session *session;

	session = session_add(list, "h", "1534", true);
	session->station = ":10";
	session->kind = KIND_DESKTOP;
	session = session_add(list, "h", "1534", true);
	session->provider = "other";
	session->birth = "b2";
	session->user = "bob";
	session->station = "pts/3";
	session->kind = KIND_SHELL;
	session_add(list, "h", "7", true);
	string_list_add(&by_id.ids, &arena, "1534");
	string_list_add(&by_id.ids, &arena, "7");
	make(lists, &by_id);
	assert_int_equal(lists->plan.count, 3);
	assert_int_equal(lists->plan.selected, 1);
	assert_int_equal(lists->plan.items[0].refusal, REFUSAL_AMBIGUOUS);
	assert_string_equal(lists->plan.items[0].reason, "its id is also that of bob on h, pts/3 (other shell)");
	assert_string_equal(lists->plan.items[1].reason, "its id is also that of alice on h, :10 (able desktop)");
	assert_int_equal(lists->plan.items[2].refusal, REFUSAL_NONE);
	assert_true(refusal_is_safety(REFUSAL_AMBIGUOUS));
	plan_free(&lists->plan);
	make(lists, &all); /* nobody asked for an id */
	assert_int_equal(lists->plan.selected, 3);
	arena_free(&arena);
}

/* Handed in on standard input, a session is told from others by its whole identity. */
static void a_picked_session_is_refused_if_there_are_two(void **state)
{
	struct lists *lists = *state;
	struct snapshot *list = list_add(lists, "h");
	struct session picked = *session_add(list, "h", "3", true);
	struct rule rule = {.from_stdin = true, .picked = &picked, .picked_count = 1, .idle_after = 30 * MINUTE};
	struct session *other = session_add(list, "h", "3", true);

	other->birth = "b2";
	make(lists, &rule);
	assert_int_equal(lists->plan.selected, 1);
	plan_free(&lists->plan);
	other->birth = "3";
	make(lists, &rule);
	assert_int_equal(lists->plan.selected, 0);
	assert_int_equal(lists->plan.items[0].refusal, REFUSAL_AMBIGUOUS);
}

/* On which host a ghost is, nobody knows: it is none of the run's. */
static void a_ghost_makes_no_host(void **state)
{
	struct lists *lists = *state;
	struct snapshot *pool = list_add(lists, "pool");

	session_add(pool, "nowhere", "1", true)->class = CLASS_GHOST;
	session_add(pool, "ts01", "2", true);
	make(lists, &idle_rule);
	assert_int_equal(lists->plan.host_count, 1);
	assert_int_equal(lists->plan.selected, 1);
	plan_free(&lists->plan);
	make(lists, &(struct rule){.ids = {(const char *[]){"1"}, 1, 1},
	                           .idle_after = 30 * MINUTE}); /* it is refused by name */
	assert_int_equal(lists->plan.count, 1);
	assert_int_equal(lists->plan.selected, 0);
	assert_int_equal(lists->plan.user_sessions, 1);
}

/* Numbers that no sum can hold are over every limit. */
static void limits_do_not_overflow(void **state)
{
	(void)state;
	assert_int_equal(limit_judge(UINT64_MAX, UINT64_MAX, 10, UINT64_MAX, 100), LIMIT_ACTS);
	assert_int_equal(limit_judge(UINT64_MAX / 2, 1, 10, UINT64_MAX, 50), LIMIT_PERCENT);
	assert_int_equal(limit_judge(1, 0, UINT64_MAX, 10, 50), LIMIT_PERCENT);
	assert_int_equal(limit_judge(1, 0, PERCENT_FROM, 10, 0), LIMIT_PERCENT);
}

static void no_host_is_no_crash(void **state)
{
	struct lists *lists = *state;
	size_t count = 1;

	make(lists, &idle_rule);
	plan_acting_hosts(&lists->plan, &count);
	assert_int_equal(count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(sessions_are_counted_by_host, begin, end),
	    cmocka_unit_test_setup_teardown(hosts_are_counted_when_nothing_is_selected, begin, end),
	    cmocka_unit_test_setup_teardown(a_host_can_be_left_out, begin, end),
	    cmocka_unit_test_setup_teardown(a_user_for_an_id_is_told, begin, end),
	    cmocka_unit_test_setup_teardown(what_is_named_and_not_there_is_missing, begin, end),
	    cmocka_unit_test_setup_teardown(picked_sessions_are_there_others_or_gone, begin, end),
	    cmocka_unit_test_setup_teardown(what_a_system_cannot_do_is_not_due, begin, end),
	    cmocka_unit_test_setup_teardown(what_a_system_withholds_is_not_due, begin, end),
	    cmocka_unit_test_setup_teardown(an_id_of_two_sessions_is_refused, begin, end),
	    cmocka_unit_test_setup_teardown(a_picked_session_is_refused_if_there_are_two, begin, end),
	    cmocka_unit_test_setup_teardown(a_ghost_makes_no_host, begin, end),
	    cmocka_unit_test(limits_do_not_overflow),
	    cmocka_unit_test_setup_teardown(no_host_is_no_crash, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
