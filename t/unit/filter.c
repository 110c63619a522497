/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each list of a filter compares, what doubt does to a rule, and what a refusal is called. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/session/names.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "t/unit/alice.h"

static struct arena arena;

static bool matches(const struct filter *filter, const struct session *session)
{
	struct classification classification = classify(session, NOW, 30 * MINUTE, COUNT_USERS);

	return filter_match(filter, session, &classification);
}

/* Each list alone is a rule if it was asked for, and takes its own field only. */
static void each_list_compares_its_field(void **state)
{
	static const struct {
		size_t list;
		const char *yes, *no;
	} table[] = {
	    {offsetof(struct filter, users), "ali*", "bob"},
	    {offsetof(struct filter, domains), "corp", "alice"},
	    {offsetof(struct filter, clients), "pc-*", "pool"},
	    {offsetof(struct filter, clients), "192.0.2.*", "192.0.3.*"},
	    {offsetof(struct filter, collections), "pool", "corp"},
	    {offsetof(struct filter, states), "idle", "disconnected"},
	    {offsetof(struct filter, states), "active", "other"},
	    {offsetof(struct filter, kinds), "desktop", "shell"},
	};
	struct session session = alice();

	(void)state;
	session.domain = "CORP";
	session.client_name = "PC-7";
	session.client_address = "192.0.2.7";
	session.collection = "pool";
	session.kind = KIND_DESKTOP;
	for (size_t i = 0; i < COUNT(table); i++) {
		for (int fits = 0; fits < 2; fits++) {
			struct rule rule = {.idle_after = 30 * MINUTE};

			string_list_add((struct string_list *)((char *)&rule.filter + table[i].list), &arena,
			                fits ? table[i].yes : table[i].no);
			assert_false(rule_given(&rule));
			rule.filter_is_rule = true;
			assert_true(rule_given(&rule));
			assert_int_equal(judge(&rule, ACT_LOGOFF, &session), fits ? REFUSAL_NONE : REFUSAL_NO_MATCH);
		}
	}
	assert_false(rule_given(&(struct rule){.filter_is_rule = true}));
}

/* A state that is not one of the known ones is found by the back end's own word, if it has one. */
static void a_back_ends_word_is_a_state(void **state)
{
	struct filter filter = {0};
	struct session session = alice();

	(void)state;
	string_list_add(&filter.states, &arena, "lingering");
	session.state = STATE_OTHER;
	assert_false(matches(&filter, &session));
	session.state_text = "closing";
	assert_false(matches(&filter, &session));
	session.state_text = "Lingering";
	assert_true(matches(&filter, &session));
}

/* No domain is told: whether CORP\alice is meant is not known.  Who must be meant is not, and who is excluded stays. */
static void doubt_is_named_and_protects(void **state)
{
	struct rule rule = {.all = true, .idle_after = 30 * MINUTE};
	struct filter wanted = {0};
	struct session session = alice();
	struct classification classification = classify(&session, NOW, 30 * MINUTE, COUNT_USERS);
	struct names_answer exclusion;

	(void)state;
	session.domain = session.upn = "";
	assert_null(filter_doubt(&rule.filter, &session));
	string_list_add(&wanted.users, &arena, "CORP\\alice");
	assert_string_equal(filter_doubt(&wanted, &session), "CORP\\alice");
	assert_false(filter_match(&wanted, &session, &classification));
	assert_true(filter_may_match(&wanted, &session, &classification));
	string_list_add(&rule.filter.exclude_users, &arena, "CORP\\al*");
	assert_string_equal(filter_doubt(&rule.filter, &session), "CORP\\al*");
	assert_int_equal(filter_judge(&rule.filter, &session, &classification, &exclusion), MATCH_UNKNOWN);
	assert_string_equal(exclusion.glob, "CORP\\al*");
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_USER_UNKNOWN);
	rule.idle_over = (struct span){true, 60 * MINUTE}; /* too short a time anyway: no word of doubt */
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_NO_MATCH);
	session.last_input.is = MOMENT_UNKNOWN;
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_UNKNOWN);
	session.class = CLASS_SERVICES; /* what a bulk rule passes over is not worth a word */
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_NO_MATCH);
}

/* Neither active nor disconnected, it has neither time. */
static void a_rule_by_time_means_no_third_state(void **state)
{
	struct rule rule = {.idle_over = {true, 0}, .disconnected_over = {true, 0}, .idle_after = 30 * MINUTE};
	struct session session = alice();

	(void)state;
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_NONE);
	session.state = STATE_RESET;
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_NO_MATCH);
	string_list_add(&rule.ids, &arena, "3");
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_NO_MATCH);
}

static void a_session_of_nobody_is_none_of_a_user(void **state)
{
	struct rule all = {.all = true, .idle_after = 30 * MINUTE}, by_id = {.idle_after = 30 * MINUTE};
	struct session session = alice();

	(void)state;
	session.user = "";
	string_list_add(&by_id.ids, &arena, "3");
	assert_int_equal(judge(&all, ACT_LOGOFF, &session), REFUSAL_NO_MATCH);
	assert_int_equal(judge(&by_id, ACT_LOGOFF, &session), REFUSAL_CLASS);
}

/* A session that was picked from a list is ended only if it is as it was in that list. */
static void a_picked_session_must_not_have_changed(void **state)
{
	struct session picked = alice(), session = alice();
	struct rule rule = {.from_stdin = true, .picked = &picked, .picked_count = 1, .idle_after = 30 * MINUTE};

	(void)state;
	session.state = STATE_DISCONNECTED;
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_CHANGED);
	session = alice();
	session.connect_time = moment_at(NOW - 5 * MINUTE);
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_CHANGED);
	assert_int_equal(judge(&rule, ACT_MESSAGE, &session), REFUSAL_NONE); /* it ends nothing */
	session = alice();
	session.last_input.is = MOMENT_UNKNOWN;
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_CHANGED);
	picked.last_input.is = MOMENT_UNKNOWN; /* nobody knows it, then and now */
	assert_int_equal(judge(&rule, ACT_LOGOFF, &session), REFUSAL_NONE);
}

/* Directly before the act: whatever the rule no longer means has changed. */
static void what_is_no_longer_meant_has_changed(void **state)
{
	struct rule rule = {.all = true, .idle_after = 30 * MINUTE}, excluding = rule, idle = rule, by_id = rule;
	struct session then = alice(), now;

	(void)state;
	assert_int_equal(rule_rematch(&rule, ACT_DISCONNECT, &then, &then, NOW), REFUSAL_NONE);
	string_list_add(&excluding.filter.exclude_users, &arena, "CORP\\alice");
	assert_int_equal(rule_rematch(&excluding, ACT_LOGOFF, &then, &then, NOW), REFUSAL_CHANGED);
	idle.idle_over = (struct span){true, 30 * MINUTE};
	now = alice();
	now.last_input.is = MOMENT_UNKNOWN;
	assert_int_equal(rule_rematch(&idle, ACT_LOGOFF, &then, &now, NOW), REFUSAL_CHANGED);
	now = then = alice();
	now.connect_time = moment_at(NOW - 5 * MINUTE);
	assert_int_equal(rule_rematch(&rule, ACT_LOGOFF, &then, &now, NOW), REFUSAL_CHANGED);
	then.state = STATE_DISCONNECTED;
	assert_int_equal(rule_rematch(&rule, ACT_DISCONNECT, &then, &then, NOW), REFUSAL_CHANGED);
	then.state = STATE_OTHER;
	assert_int_equal(rule_rematch(&rule, ACT_LOGOFF, &then, &then, NOW), REFUSAL_CHANGED);
	string_list_add(&by_id.ids, &arena, "3");
	assert_int_equal(rule_rematch(&by_id, ACT_LOGOFF, &then, &then, NOW), REFUSAL_NONE);
}

/* Each refusal has a sentence of its own; a number that is none has no sentence, and is no reason to be heard. */
static void refusals_have_words(void **state)
{
	static const enum refusal safety[] = {REFUSAL_CLASS,      REFUSAL_OWN,       REFUSAL_NO_BIRTH,
	                                      REFUSAL_INCOMPLETE, REFUSAL_AMBIGUOUS, REFUSAL_CHANGED};
	const enum refusal none = (enum refusal)(REFUSAL_CHANGED + 1);
	size_t heard = 0;

	(void)state;
	for (int i = REFUSAL_NONE; i <= REFUSAL_CHANGED; i++) {
		assert_true(strlen(refusal_text((enum refusal)i)) > 1);
		for (int j = REFUSAL_NONE; j < i; j++)
			assert_string_not_equal(refusal_text((enum refusal)i), refusal_text((enum refusal)j));
		heard += refusal_is_safety((enum refusal)i);
	}
	assert_int_equal(heard, COUNT(safety));
	for (size_t i = 0; i < COUNT(safety); i++)
		assert_true(refusal_is_safety(safety[i]));
	assert_string_equal(refusal_text(none), "?");
	assert_false(refusal_is_safety(none));
}

static int release(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_list_compares_its_field),
	    cmocka_unit_test(a_back_ends_word_is_a_state),
	    cmocka_unit_test(doubt_is_named_and_protects),
	    cmocka_unit_test(a_rule_by_time_means_no_third_state),
	    cmocka_unit_test(a_session_of_nobody_is_none_of_a_user),
	    cmocka_unit_test(a_picked_session_must_not_have_changed),
	    cmocka_unit_test(what_is_no_longer_meant_has_changed),
	    cmocka_unit_test(refusals_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
