/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which sessions a rule means, and what keeps a session from being touched. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/act/plan.h"
#include "lib/base/arena.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "t/unit/alice.h"

static struct arena arena;

static struct rule idle_rule(void)
{
	return (struct rule){.idle_over = {true, 30 * MINUTE}, .idle_after = 30 * MINUTE};
}

static void an_empty_rule_means_nobody(void **state)
{
	struct rule rule = {.idle_after = 30 * MINUTE};
	struct session session = alice();

	(void)state;
	assert_false(rule_given(&rule));
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_NO_MATCH);
	string_list_add(&rule.filter.exclude_users, &arena, "bob");
	assert_false(rule_given(&rule));
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_NO_MATCH);
}

/* A filter of the configuration narrows; by itself it means nobody. */
static void a_filter_alone_is_no_rule_unless_asked_for(void **state)
{
	struct rule rule = {.idle_after = 30 * MINUTE};
	struct session session = alice();

	(void)state;
	session.kind = KIND_DESKTOP;
	string_list_add(&rule.filter.kinds, &arena, "desktop");
	assert_false(rule_given(&rule));
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_NO_MATCH);
	rule.filter_is_rule = true;
	assert_true(rule_given(&rule));
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_NONE);
}

static void times_select(void **state)
{
	struct rule rule = idle_rule();
	struct session session = alice();

	(void)state;
	assert_int_equal(judge(&rule, ACT_DISCONNECT, &session), REFUSAL_NONE);
	session.last_input = moment_at(NOW - 29 * MINUTE);
	assert_int_equal(judge(&rule, ACT_DISCONNECT, &session), REFUSAL_NO_MATCH);
	session.last_input.is = MOMENT_UNKNOWN;
	assert_int_equal(judge(&rule, ACT_DISCONNECT, &session), REFUSAL_UNKNOWN);
	session.state = STATE_DISCONNECTED;
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_NO_MATCH);
	rule.disconnected_over = (struct span){true, 60 * MINUTE};
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_UNKNOWN);
	session.disconnect_time = moment_at(NOW - 61 * MINUTE);
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_NONE);
	assert_int_equal(judge(&rule, ACT_DISCONNECT, &session), REFUSAL_STATE);
	assert_int_equal(judge(&rule, ACT_MESSAGE, &session), REFUSAL_STATE);
}

/* It may be active now: only somebody who names it can mean it. */
static void an_unknown_state_is_not_meant(void **state)
{
	struct rule rule = {.all = true, .idle_after = 30 * MINUTE};
	struct session session = alice();

	(void)state;
	session.state = STATE_OTHER;
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_STATE_UNKNOWN);
	assert_int_equal(judge(&rule, ACT_DISCONNECT, &session), REFUSAL_STATE_UNKNOWN);
	string_list_add(&rule.ids, &arena, session.id);
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_NONE);
	assert_int_equal(judge(&rule, ACT_DISCONNECT, &session), REFUSAL_STATE);
}

static void names_select(void **state)
{
	static const struct {
		const char *glob;
		enum refusal refusal;
	} table[] = {
	    {"alice", REFUSAL_NONE},
	    {"ALICE", REFUSAL_NONE},
	    {"CORP\\alice", REFUSAL_NONE},
	    {"corp\\al*", REFUSAL_NONE},
	    {"CORP\\\\alice", REFUSAL_NONE},
	    {"alice@corp.example", REFUSAL_NONE},
	    {"OTHER\\alice", REFUSAL_NO_MATCH},
	    {"bob", REFUSAL_NO_MATCH},
	    {"alice@other.example", REFUSAL_NO_MATCH},
	};
	struct session session = alice();

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct rule rule = {.idle_after = 30 * MINUTE, .filter_is_rule = true};

		string_list_add(&rule.filter.users, &arena, table[i].glob);
		assert_int_equal(judge(&rule, ACT_LOGOFF, &session), table[i].refusal);
		string_list_add(&rule.filter.exclude_users, &arena, table[i].glob);
		assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_NO_MATCH);
	}
}

static void safety_rules_keep_sessions(void **state)
{
	struct rule all = {.all = true, .idle_after = 30 * MINUTE}, by_id = {.idle_after = 30 * MINUTE};
	struct session session;
	struct snapshot cut;

	(void)state;
	string_list_add(&by_id.ids, &arena, "3");
	session = alice();
	session.own = FLAG_YES;
	assert_int_equal(judge(&all, ACT_LOGOFF, &session), REFUSAL_OWN);
	assert_int_equal(judge(&by_id, ACT_DISCONNECT, &session), REFUSAL_OWN);
	assert_int_equal(judge(&all, ACT_MESSAGE, &session), REFUSAL_NONE);
	session = alice();
	session.birth = "";
	assert_int_equal(judge(&all, ACT_LOGOFF, &session), REFUSAL_NO_BIRTH);
	for (int number = CLASS_NONE; number <= CLASS_GHOST; number++) {
		if (number == CLASS_USER)
			continue;
		session = alice();
		session.class = (enum session_class)number;
		assert_int_equal(judge(&all, ACT_LOGOFF, &session), REFUSAL_NO_MATCH);
		assert_int_equal(judge(&by_id, ACT_LOGOFF, &session), REFUSAL_CLASS);
	}
	session = alice();
	snapshot_init(&cut);
	cut.now = NOW;
	cut.complete = false;
	assert_int_equal(rule_judge(&by_id, ACT_LOGOFF, &cut, &session), REFUSAL_INCOMPLETE);
}

/* Each of these happened between the list and the act. */
static void whoever_came_back_is_left_alone(void **state)
{
	struct rule rule = idle_rule();
	struct session then = alice(), now;

	(void)state;
	now = alice();
	assert_int_equal(rule_rematch(&rule, ACT_DISCONNECT, &then, &now, NOW), REFUSAL_NONE);
	now.last_input = moment_at(NOW - 1000);
	assert_int_equal(rule_rematch(&rule, ACT_DISCONNECT, &then, &now, NOW), REFUSAL_CHANGED);
	now = alice();
	now.birth = "b2";
	assert_int_equal(rule_rematch(&rule, ACT_DISCONNECT, &then, &now, NOW), REFUSAL_CHANGED);
	now = alice();
	now.user = "bob";
	assert_int_equal(rule_rematch(&rule, ACT_DISCONNECT, &then, &now, NOW), REFUSAL_CHANGED);
	now = alice();
	now.state = STATE_DISCONNECTED;
	assert_int_equal(rule_rematch(&rule, ACT_DISCONNECT, &then, &now, NOW), REFUSAL_CHANGED);
	now = alice();
	now.connect_time = moment_at(NOW - 50 * MINUTE);
	assert_int_equal(rule_rematch(&rule, ACT_DISCONNECT, &then, &now, NOW), REFUSAL_CHANGED);
	now = alice();
	now.last_input.is = MOMENT_UNKNOWN;
	assert_int_equal(rule_rematch(&rule, ACT_DISCONNECT, &then, &now, NOW), REFUSAL_CHANGED);
	now = alice();
	now.own = FLAG_YES;
	assert_int_equal(rule_rematch(&rule, ACT_DISCONNECT, &then, &now, NOW), REFUSAL_OWN);
}

static void a_chosen_id_must_be_as_it_was_seen(void **state)
{
	struct rule by_id = {.idle_after = 30 * MINUTE}, all = {.all = true, .idle_after = 30 * MINUTE};
	struct session then = alice(), now = alice();

	(void)state;
	string_list_add(&by_id.ids, &arena, "3");
	now.last_input = moment_at(then.last_input.at + 1000); /* one input, read twice */
	assert_int_equal(rule_rematch(&by_id, ACT_LOGOFF, &then, &now, NOW), REFUSAL_NONE);
	now.last_input = moment_at(then.last_input.at + 1001);
	assert_int_equal(rule_rematch(&by_id, ACT_LOGOFF, &then, &now, NOW), REFUSAL_CHANGED);
	assert_int_equal(rule_rematch(&by_id, ACT_MESSAGE, &then, &now, NOW), REFUSAL_NONE);
	assert_int_equal(rule_rematch(&all, ACT_LOGOFF, &then, &now, NOW), REFUSAL_NONE);
	now.state = STATE_DISCONNECTED;
	assert_int_equal(rule_rematch(&all, ACT_LOGOFF, &then, &now, NOW), REFUSAL_CHANGED);
}

static void picked_sessions_are_compared(void **state)
{
	struct session picked = alice(), session = alice();
	struct rule rule = {.from_stdin = true, .picked = &picked, .picked_count = 1, .idle_after = 30 * MINUTE};

	(void)state;
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_NONE);
	session.last_input = moment_at(NOW);
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_CHANGED);
	session = alice();
	session.birth = "b2";
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_NO_MATCH);
	rule.picked_count = 0;
	session = alice();
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_NO_MATCH);
}

/* No combination of fields lets a protected session through. */
static void nothing_protected_is_ever_selected(void **state)
{
	(void)state;
	srandom(4711);
	for (int i = 0; i < 1000000; i++) {
		struct rule rule = {
		    .all = random() % 2, .idle_after = 30 * MINUTE, .idle_over = {random() % 2, 30 * MINUTE}};
		struct session session = alice(), now;
		enum act act = (enum act)(random() % 2);
		struct snapshot snapshot;

		snapshot_init(&snapshot);
		snapshot.now = NOW;
		snapshot.complete = random() % 4 != 0;
		session.class = (enum session_class)(random() % 5);
		session.own = (enum flag)(random() % 3);
		session.birth = random() % 3 == 0 ? "" : "b1";
		session.state = random() % 2 ? STATE_ACTIVE : STATE_DISCONNECTED;
		session.last_input = (struct moment){(enum knowledge)(random() % 3), NOW - random() % (60 * MINUTE)};
		now = session;
		now.birth = random() % 3 == 0 ? "b2" : session.birth;
		if (rule_judge(&rule, act, &snapshot, &session) == REFUSAL_NONE) {
			assert_true(rule_given(&rule) && snapshot.complete && session.class == CLASS_USER);
			assert_true(session.own != FLAG_YES && session.birth[0] != '\0');
			if (rule.idle_over.known)
				assert_true(session.last_input.is == MOMENT_KNOWN &&
				            NOW - session.last_input.at >= 30 * MINUTE &&
				            session.state == STATE_ACTIVE);
		}
		if (rule_rematch(&rule, act, &session, &now, NOW) == REFUSAL_NONE)
			assert_true(session_same_identity(&session, &now) && now.own != FLAG_YES &&
			            now.class == CLASS_USER);
	}
}

static void limits_are_exact(void **state)
{
	(void)state;
	assert_int_equal(limit_judge(10, 0, 100, 10, 50), LIMIT_KEPT);
	assert_int_equal(limit_judge(11, 0, 100, 10, 50), LIMIT_ACTS);
	assert_int_equal(limit_judge(5, 6, 100, 10, 50), LIMIT_ACTS);
	assert_int_equal(limit_judge(2, 0, 4, 10, 50), LIMIT_KEPT);
	assert_int_equal(limit_judge(3, 0, 4, 10, 50), LIMIT_PERCENT);
	assert_int_equal(limit_judge(2, 1, 4, 10, 50), LIMIT_PERCENT);
	assert_int_equal(limit_judge(3, 0, 3, 10, 50), LIMIT_KEPT); /* from four sessions on */
	assert_int_equal(limit_judge(0, 99, 4, 10, 50), LIMIT_KEPT);
}

static int release(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* With an index and without one the answer is the same. */
static void an_index_changes_nothing(void **state)
{
	enum { PICKED = 3000 };
	struct session *picked = calloc(PICKED, sizeof *picked), session = alice();
	struct rule rule = {.from_stdin = true, .picked = picked, .picked_count = PICKED, .idle_after = 30 * MINUTE};
	struct rule_index index;

	(void)state;
	for (size_t i = 0; i < PICKED; i++) {
		picked[i] = alice();
		picked[i].id = arena_printf(&arena, "s%zu", i % 1000);
		picked[i].birth = arena_printf(&arena, "b%zu", i);
	}
	for (int indexed = 0; indexed < 2; indexed++) {
		if (indexed)
			rule_index_make(&rule, &index, &arena);
		for (size_t i = 0; i < PICKED; i += 7) {
			session = picked[i];
			session.id = arena_printf(&arena, "S%zu", i % 1000);
			assert_int_equal(judge(&rule, ACT_DISCONNECT, &session),
			                 session_same_identity(&picked[i], &session) ? REFUSAL_NONE : REFUSAL_NO_MATCH);
			session.birth = "another";
			assert_int_equal(judge(&rule, ACT_DISCONNECT, &session), REFUSAL_NO_MATCH);
		}
	}
	rule = (struct rule){.idle_after = 30 * MINUTE};
	string_list_add(&rule.ids, &arena, "s7");
	string_list_add(&rule.ids, &arena, "s9");
	rule_index_make(&rule, &index, &arena);
	assert_int_equal(judge(&rule, ACT_DISCONNECT, &picked[7]), REFUSAL_NONE);
	assert_int_equal(judge(&rule, ACT_DISCONNECT, &picked[8]), REFUSAL_NO_MATCH);
	free(picked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_rule_means_nobody),
	    cmocka_unit_test(a_filter_alone_is_no_rule_unless_asked_for),
	    cmocka_unit_test(times_select),
	    cmocka_unit_test(an_unknown_state_is_not_meant),
	    cmocka_unit_test(names_select),
	    cmocka_unit_test(safety_rules_keep_sessions),
	    cmocka_unit_test(whoever_came_back_is_left_alone),
	    cmocka_unit_test(a_chosen_id_must_be_as_it_was_seen),
	    cmocka_unit_test(picked_sessions_are_compared),
	    cmocka_unit_test(nothing_protected_is_ever_selected),
	    cmocka_unit_test(limits_are_exact),
	    cmocka_unit_test(an_index_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
