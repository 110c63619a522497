/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Orders of earlier runs: closed where they are done or too late, waited for otherwise, and never given twice. */
#include "t/unit/played.h"

#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lib/act/remedy.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"
#include "lib/session/session_json.h"
#include "lib/target/provider.h"
#include "t/unit/test.h"

enum { MINUTE = 60 * 1000 };

static int bad_reads;

/* In the place of libc's: a disk with a bad sector in the audit, for so many reads of more than one byte. */
ssize_t pread(int fd, void *bytes, size_t length, off_t offset)
{
	struct iovec place = {bytes, length};

	if (length > 1 && bad_reads > 0) {
		bad_reads--;
		errno = EIO;
		return -1;
	}
	return preadv(fd, &place, 1, offset);
}

static FILE *audit_append(void)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof path, "%s/audit.jsonl", play.folder);
	umask(077);
	file = fopen(path, "a");
	assert_non_null(file);
	return file;
}

static void result_add_at(enum act act, const char *target, const char *time, const char *outcome)
{
	FILE *file = audit_append();
	struct session session;
	json_t *line;
	char *text;

	session_played(&session, PIN_SAME);
	line = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "time", time, "event", "result", "run", "earlier",
	                 "action", act_name(act), "target", target, "outcome", outcome, "session",
	                 session_to_json(&session));
	text = json_dumps(line, JSON_COMPACT);
	assert_non_null(text);
	fprintf(file, "%s\n", text);
	assert_int_equal(fclose(file), 0);
	free(text);
	json_decref(line);
}

/* A result of an earlier run, about the session that is listed. */
static void result_add(enum act act, const char *target, int64_t ago, const char *outcome)
{
	char time[TIME_TEXT_SIZE];

	time_format(time, sizeof time, clock_now() - ago);
	result_add_at(act, target, time, outcome);
}

static void list_another_id(struct session *session, size_t number)
{
	(void)number;
	session->id = "9";
}

static void list_another_user(struct session *session, size_t number)
{
	(void)number;
	session_played(session, PIN_OTHER_USER);
	session->own = FLAG_YES; /* the rule does not mean it */
}

static void list_ghost(struct session *session, size_t number)
{
	(void)number;
	session->birth = "";
	session->class = CLASS_GHOST;
}

static void list_disconnected(struct session *session, size_t number)
{
	(void)number;
	session->state = STATE_DISCONNECTED;
}

static void list_another_host(struct session *session, size_t number)
{
	(void)number;
	session->host = "ts02";
}

/* What the list shows, and what becomes of the order; then nothing else is due, or the rule decides anew. */
static void what_the_list_shows_decides(void **state)
{
	static const struct {
		const char *name;
		enum act act;
		int64_t ago;
		void (*listed)(struct session *session, size_t number);
		const char *told, *events, *outcome;
		size_t acts;
	} cases[] = {
	    {"still there", ACT_LOGOFF, MINUTE, NULL, "listed planned pending end", "result", "ordered", 0},
	    {"too late", ACT_LOGOFF, 11 * MINUTE, NULL, "listed planned closed begin intent result end",
	     "result result plan intent result end", "done", 1},
	    {"from the future", ACT_LOGOFF, -MINUTE, NULL, "listed planned closed begin intent result end",
	     "result result plan intent result end", "done", 1},
	    {"gone", ACT_LOGOFF, MINUTE, list_another_id, "listed planned closed begin intent result end",
	     "result result plan intent result end", "done", 1},
	    {"gone long ago", ACT_LOGOFF, 40 * MINUTE, list_another_id, "listed planned closed begin intent result end",
	     "result result plan intent result end", "done", 1},
	    {"its id is another's", ACT_LOGOFF, MINUTE, list_another_user, "listed planned refused closed end",
	     "result refused result", "done", 0},
	    {"on another host", ACT_LOGOFF, MINUTE, list_another_host, "listed planned closed begin result end",
	     "result result plan refused end", "refused", 0},
	    {"a ghost", ACT_LOGOFF, MINUTE, list_ghost, "listed planned end", "result", "ordered", 0},
	    {"disconnected", ACT_DISCONNECT, MINUTE, list_disconnected, "listed planned closed end", "result result",
	     "done", 0},
	    {"still active", ACT_DISCONNECT, MINUTE, NULL, "listed planned pending end", "result", "ordered", 0},
	    {"logged off, not disconnected", ACT_LOGOFF, MINUTE, list_disconnected, "listed planned pending end",
	     "result", "ordered", 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct scene *scene;

		scene_end(state);
		scene_begin(state);
		scene = *state;
		play.listed = cases[i].listed;
		scene->order.action.act = cases[i].act;
		result_add(cases[i].act, "play:", cases[i].ago, "ordered");
		scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
		if (strcmp(scene->told, cases[i].told) != 0 || strcmp(scene->outcome, cases[i].outcome) != 0 ||
		    strcmp(scene->events, cases[i].events) != 0 || times("act") != cases[i].acts)
			fail_msg("%s: %s; %s; %s; %s", cases[i].name, scene->told, scene->events, scene->outcome,
			         play.ops);
	}
}

/* What is waited for is no failure, is told apart from what is done, and costs nothing of the limits. */
static void what_is_waited_for_is_not_counted_again(void **state)
{
	struct scene *scene = *state;

	play.sessions = 2;
	scene->settings.max_percent = 100;
	scene->settings.max_acts = 1;
	result_add(ACT_LOGOFF, "play:", MINUTE, "ordered");
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
	assert_string_equal(scene->told, "listed planned pending begin intent result end");
	assert_int_equal(scene->tally.ordered, 1);
	assert_int_equal(scene->tally.done, 1);
	assert_int_equal(scene->status, REMEDY_DONE);
}

/* It may be the second try, of somebody who looks at it. */
static void a_session_that_is_named_is_ordered_again(void **state)
{
	struct scene *scene = *state;
	struct arena arena = {0};

	result_add(ACT_LOGOFF, "play:", MINUTE, "ordered");
	scene->order.rule.all = false;
	string_list_add(&scene->order.rule.ids, &arena, "3");
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
	assert_string_equal(scene->told, "listed planned begin intent result end");
	assert_int_equal(times("act"), 1);
	arena_free(&arena);
}

/* So it is with --stdin. */
static void a_session_that_is_handed_in_is_ordered_again(void **state)
{
	struct scene *scene = *state;
	struct session picked;

	result_add(ACT_LOGOFF, "play:", MINUTE, "ordered");
	session_played(&picked, PIN_SAME);
	scene->order.rule =
	    (struct rule){.from_stdin = true, .picked = &picked, .picked_count = 1, .idle_after = MINUTE};
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
	assert_string_equal(scene->told, "listed planned begin intent result end");
	assert_int_equal(times("act"), 1);
}

/* Lines that say nothing about an order of ours that is open. */
static void what_is_no_open_order_changes_nothing(void **state)
{
	for (int which = 0; which < 6; which++) {
		struct scene *scene;
		FILE *file;

		scene_end(state);
		scene_begin(state);
		scene = *state;
		if (which == 1)
			result_add(ACT_LOGOFF, "play:", MINUTE, "ordered");
		if (which <= 1)
			result_add(ACT_LOGOFF, "play:", MINUTE, "done");
		if (which == 2)
			result_add(ACT_DISCONNECT, "play:", MINUTE, "ordered"); /* another act */
		if (which == 5)
			result_add(ACT_LOGOFF, "play:elsewhere", MINUTE, "ordered"); /* another target's */
		if (which == 3 || which == 4) {
			play.audit_garbled = true;
			if (which == 4)
				result_add(ACT_LOGOFF, "play:", MINUTE, "ordered");
			file = audit_append();
			if (which == 3)
				fputs(
				    "no JSON\n{\"event\":\"result\",\"outcome\":\"ordered\"}\n{\"event\":7}\n{\"event",
				    file);
			if (which == 4) /* so far back nobody looks */
				for (int line = 0; line < 20000; line++)
					fprintf(file, "%063d\n", line);
			fclose(file);
		}
		scene->settings.max_acts = 1000000;
		scene->settings.max_acts_total = 1000000;
		scene->settings.max_percent = 100;
		scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
		if (strcmp(scene->told, "listed planned begin intent result end") != 0 || times("act") != 1)
			fail_msg("%d: %s, %s", which, scene->told, play.ops);
	}
}

/* A target that did not answer whole, or was not asked: the order stays open. */
static void what_was_not_asked_is_not_closed(void **state)
{
	struct scene *scene = *state;

	result_add(ACT_LOGOFF, "play:elsewhere", MINUTE, "ordered");
	play.listed = list_another_id;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
	assert_string_equal(scene->told, "listed planned begin intent result end");
	scene_end(state);
	scene_begin(state);
	scene = *state;
	result_add(ACT_LOGOFF, "play:", MINUTE, "ordered");
	play.listed = list_another_id;
	play.complete_not = true;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_null(strstr(scene->told, "closed"));
	assert_int_equal(times("act"), 0);
	scene_end(state);
	scene_begin(state);
	scene = *state;
	result_add(ACT_LOGOFF, "play:", MINUTE, "ordered");
	play.open_fails_at = 1;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_null(strstr(scene->told, "closed"));
	assert_int_equal(scene->status, REMEDY_UNKNOWN);
}

/* The session is gone, and no other is due: the run has that to do. */
static void a_run_with_nothing_else_to_do_closes_it(void **state)
{
	struct scene *scene = *state;

	result_add(ACT_LOGOFF, "play:", MINUTE, "ordered");
	play.listed = list_another_id;
	scene->order.rule.all = false;
	scene->order.rule.idle_over = (struct span){true, (int64_t)24 * 60 * MINUTE};
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_string_equal(scene->told, "listed planned closed end");
	assert_string_equal(scene->outcome, "done");
	assert_string_equal(scene->reason, "an earlier run had ordered it");
	assert_int_equal(scene->status, REMEDY_DONE);
	scene->told[0] = '\0';
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME)); /* closed is closed */
	assert_string_equal(scene->told, "listed planned end");
}

/* Who has ordered it at no known time is not waited for. */
static void a_time_that_cannot_be_read_is_too_late(void **state)
{
	struct scene *scene = *state;

	result_add_at(ACT_LOGOFF, "play:", "yesterday", "ordered");
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
	assert_string_equal(scene->told, "listed planned closed begin intent result end");
	assert_int_equal(times("act"), 1);
}

/* What is under way is not known then: nothing is ordered, and the next run finds the order still open. */
static void an_audit_that_cannot_be_read_stops_it(void **state)
{
	struct scene *scene = *state;

	result_add(ACT_LOGOFF, "play:", MINUTE, "ordered");
	bad_reads = 1;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
	assert_int_equal(bad_reads, 0);
	assert_string_equal(scene->told, "listed planned problem end");
	assert_string_equal(scene->events, "result");
	assert_int_equal(times("act"), 0);
	assert_int_equal(scene->status, REMEDY_FAILED);
	scene->told[0] = '\0';
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
	assert_string_equal(scene->told, "listed planned pending end");
}

/* Nothing is due, and whether an order is open cannot be seen: the run says so, and not "nothing to do". */
static void an_idle_run_tells_an_audit_that_cannot_be_read(void **state)
{
	struct scene *scene = *state;

	result_add(ACT_LOGOFF, "play:", MINUTE, "ordered");
	play.listed = list_another_id;
	scene->order.rule.all = false;
	scene->order.rule.idle_over = (struct span){true, (int64_t)24 * 60 * MINUTE};
	bad_reads = 2;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_int_equal(bad_reads, 0);
	assert_string_equal(scene->told, "listed planned problem end");
	assert_int_equal(scene->status, REMEDY_FAILED);
}

/* No folder, no orders: a run that has nothing to do needs none, and ends well. */
static void without_a_folder_there_are_no_orders(void **state)
{
	struct scene *scene = *state;

	scene->settings.state_dir = "/dev/null/none";
	scene->order.rule.all = false;
	scene->order.rule.idle_over = (struct span){true, (int64_t)24 * 60 * MINUTE};
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_string_equal(scene->told, "listed planned end");
	assert_int_equal(scene->status, REMEDY_DONE);
}

/* Nobody hears it: nothing is done after it. */
static void an_observer_that_fails_ends_it(void **state)
{
	static const struct {
		enum remedy_news veto;
		int64_t ago;
	} cases[] = {{NEWS_PENDING, MINUTE}, {NEWS_CLOSED, 11 * MINUTE}};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct scene *scene;

		scene_end(state);
		scene_begin(state);
		scene = *state;
		play.sessions = 2;
		scene->veto = cases[i].veto;
		result_add(ACT_LOGOFF, "play:", cases[i].ago, "ordered");
		scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
		assert_int_equal(times("act"), 0);
		assert_int_equal(scene->status, REMEDY_FAILED);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(what_the_list_shows_decides, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(what_is_waited_for_is_not_counted_again, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(a_session_that_is_named_is_ordered_again, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(a_session_that_is_handed_in_is_ordered_again, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(what_is_no_open_order_changes_nothing, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(what_was_not_asked_is_not_closed, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(a_run_with_nothing_else_to_do_closes_it, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(a_time_that_cannot_be_read_is_too_late, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(an_audit_that_cannot_be_read_stops_it, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(an_idle_run_tells_an_audit_that_cannot_be_read, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(without_a_folder_there_are_no_orders, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(an_observer_that_fails_ends_it, scene_begin, scene_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
