/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an observer is told, and what it may stop. */
#include "t/unit/played.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/act/remedy.h"
#include "lib/base/arena.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "t/unit/test.h"

static void the_observer_hears_everything(void **state)
{
	struct scene *scene = *state;

	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
	assert_string_equal(scene->told, "listed planned begin intent result end");
	assert_int_equal(scene->tally.done, 1);
}

/* An observer that fails ends it: before the intent nothing is done, after it nothing more. */
static void an_observer_may_veto(void **state)
{
	static const struct {
		enum remedy_news veto;
		const char *events;
		size_t acts;
	} cases[] = {
	    {NEWS_PLANNED, "", 0},
	    {NEWS_BEGIN, "plan end", 0},
	    {NEWS_INTENT, "plan intent result end", 0},
	    {NEWS_RESULT, "plan intent intent result result end", 2},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct scene *scene;

		scene_end(state);
		scene_begin(state);
		scene = *state;
		play.sessions = 2;
		scene->settings.max_percent = 100;
		scene->veto = cases[i].veto;
		scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_SAME, PIN_GONE));
		if (strcmp(scene->events, cases[i].events) != 0 || times("act") != cases[i].acts)
			fail_msg("veto %d: %s, %s", cases[i].veto, scene->events, play.ops);
		assert_int_equal(scene->status, REMEDY_FAILED);
	}
}

/* One is the caller's own, two have an unknown state, of two an exclusion cannot be told, one has no client. */
static void list_of_reasons(struct session *session, size_t number)
{
	switch (number) {
	case 1:
		session->own = FLAG_YES;
		break;
	case 2:
	case 3:
		session->state = STATE_OTHER;
		break;
	case 4:
	case 5:
		session->user = "bob";
		break;
	case 6:
		session->state = STATE_DISCONNECTED;
		break;
	default:
		break;
	}
}

/* A safety rule's refusal is told of each session, what is not known once for all, and "nothing to do" never. */
static void refusals_are_told_before_the_acts(void **state)
{
	struct scene *scene = *state;
	struct arena arena = {0};

	play.listed = list_of_reasons;
	play.sessions = 7;
	scene->settings.max_percent = 100;
	scene->order.action.act = ACT_DISCONNECT;
	string_list_add(&scene->order.rule.filter.exclude_users, &arena, "CORP\\bob");
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_DISCONNECTED));
	assert_string_equal(scene->told, "listed planned refused refused refused begin intent result end");
	assert_int_equal(times("act"), 1);
	assert_int_equal(scene->status, REMEDY_REFUSED);
	scene->told[0] = play.ops[0] = '\0';
	play.pinned = 0;
	scene->veto = NEWS_REFUSED; /* nobody reads it: nothing is done */
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_DISCONNECTED));
	assert_string_equal(scene->told, "listed planned refused problem end");
	assert_int_equal(times("act"), 0);
	assert_int_equal(scene->status, REMEDY_FAILED);
	arena_free(&arena);
}

static void nobody_reads_the_list(void **state)
{
	struct scene *scene = *state;

	scene->veto_list = true;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_string_equal(scene->told, "listed");
	assert_int_equal(times("act"), 0);
	assert_int_equal(scene->status, REMEDY_FAILED);
}

/* What a monitoring server and a person are told, one fact at a time; the gravest fact is the exit status. */
static void results_have_words_and_a_status(void **state)
{
	const struct {
		struct remedy_tally tally;
		int status;
	} cases[] = {
	    {{.done = 1, .ordered = 1, .gone = 1, .left_out = 1}, REMEDY_DONE},
	    {{.refused = 1}, REMEDY_REFUSED},
	    {{.refused = 1, .unreachable = 1}, REMEDY_UNKNOWN},
	    {{.failed = 1, .unreachable = 1}, REMEDY_FAILED},
	    {{.left = 1}, REMEDY_FAILED},
	    {{.unsupported = 1}, REMEDY_FAILED},
	    {{.audit_lost = true}, REMEDY_FAILED},
	    {{.observer_gone = true}, REMEDY_FAILED},
	    {{.overdue = true}, REMEDY_FAILED},
	    {{.stopped_by_limit = true}, REMEDY_FAILED},
	    {{.failed_to_begin = true}, REMEDY_FAILED},
	};
	struct remedy_result result = {.kind = RESULT_DONE, .outcome = {.code = OUTCOME_DONE}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(remedy_exit_status(&cases[i].tally), cases[i].status);
	assert_null(remedy_result_reason(&result));
	snprintf(result.outcome.detail, sizeof result.outcome.detail, "seen");
	assert_string_equal(remedy_result_reason(&result), "seen");
	result.outcome.code = OUTCOME_ANSWERED;
	snprintf(result.outcome.answer, sizeof result.outcome.answer, "yes");
	assert_string_equal(remedy_result_reason(&result), "yes");
	result.outcome.code = OUTCOME_DONE;
	result.kind = RESULT_ORDERED;
	assert_string_equal(remedy_result_name(&result), "ordered");
	assert_string_equal(remedy_result_reason(&result), "seen");
	result.kind = (enum result_kind)(RESULT_FAILED + 1);
	assert_string_equal(remedy_result_name(&result), "?");
	assert_null(remedy_result_reason(&result));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(the_observer_hears_everything, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(an_observer_may_veto, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(refusals_are_told_before_the_acts, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(nobody_reads_the_list, scene_begin, scene_end),
	    cmocka_unit_test(results_have_words_and_a_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
