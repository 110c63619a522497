/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run says, as text and as JSON lines. */
#include "t/unit/played.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/act/host_lock.h"
#include "lib/act/remedy.h"
#include "lib/act/remedy_writer.h"
#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "t/unit/test.h"

static struct buffer text, json;

static int add_to(void *context, const char *words, size_t length, struct error *error)
{
	(void)error;
	buffer_add(context, words, length);
	return 0;
}

/* Both writers hear the same run. */
static int tell_both(void *context, const struct remedy_event *event, struct error *error)
{
	struct remedy_writer as_text = {add_to, &text}, as_json = {add_to, &json};

	(void)context;
	return remedy_text_tell(&as_text, event, error) + remedy_json_tell(&as_json, event, error);
}

static void say(struct scene *scene, enum act_answer act, size_t count, const enum pin_answer *pins)
{
	buffer_free(&text);
	buffer_free(&json);
	play.act = act;
	play.pin_count = count;
	memcpy(play.pins, pins, count * sizeof *pins);
	scene->status = remedy_run(&scene->order, &(struct remedy_observer){tell_both, scene});
}

static int words_end(void **state)
{
	buffer_free(&text);
	buffer_free(&json);
	return scene_end(state);
}

static void said(const char *part)
{
	if (strstr(buffer_text(&text), part) == NULL)
		fail_msg("\"%s\" is not in:\n%s", part, buffer_text(&text));
}

/* Some line has this value; every line is JSON. */
static void said_json(const char *key, const char *value)
{
	bool found = false;

	for (const char *line = buffer_text(&json); *line != '\0';) {
		const char *end = strchr(line, '\n');
		json_t *object;

		assert_non_null(end);
		object = json_loadb(line, (size_t)(end - line), 0, NULL);
		assert_non_null(object);
		found = found || (json_string_value(json_object_get(object, key)) != NULL &&
		                  strstr(json_string_value(json_object_get(object, key)), value) != NULL);
		json_decref(object);
		line = end + 1;
	}
	if (!found)
		fail_msg("no \"%s\": \"%s\" in:\n%s", key, value, buffer_text(&json));
}

static void results_are_said(void **state)
{
	struct scene *scene = *state;

	say(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
	said("LOG OFF plan: 1 of 1 user session on 1 host\n  ts01 id 3 alice, idle 1h 00m: log off\n");
	said("ts01 id 3 alice: log off done\nLOG OFF OK: 1 of 1 done\n");
	said_json("outcome", "done");
	words_end(state);
	scene_begin(state);
	scene = *state;
	say(scene, ACT_REFUSES, PINS(PIN_SAME));
	said("log off failed: access denied\nLOG OFF CRITICAL: 0 of 1 done, 1 failed\n");
	said_json("outcome", "failed");
	said_json("reason", "access denied");
}

static void a_dry_run_says_what_it_would_do(void **state)
{
	struct scene *scene = *state;

	scene->order.execute = false;
	say(scene, ACT_OBEYS, PINS(PIN_SAME));
	said("LOG OFF OK: dry run, nothing done; --execute would log off 1 session\n");
	said_json("outcome", "planned");
	play.sessions = 11;
	say(scene, ACT_OBEYS, PINS(PIN_SAME));
	said("LOG OFF CRITICAL: ");
	said("--max-acts 10");
	said_json("problem", "--max-acts 10");
}

/* The host has accepted it, and still shows the session: the next run waits for it. */
static void what_is_waited_for_is_said(void **state)
{
	struct scene *scene = *state;

	say(scene, ACT_OBEYS, PINS(PIN_SAME));
	said("ts01 id 3 alice: log off ordered");
	said("LOG OFF OK: 0 of 1 done, 1 ordered and not yet seen to end\n");
	say(scene, ACT_OBEYS, PINS(PIN_SAME));
	said("ts01 id 3 alice: log off ordered: 2");
	said(", by an earlier run; not yet seen to end\n");
	said_json("outcome", "ordered");
	said_json("reason", "by an earlier run; not yet seen to end");
}

static void list_mute(struct session *session, size_t number)
{
	(void)number;
	session->provider = "mute";
}

static void what_its_system_cannot_do_is_said(void **state)
{
	struct scene *scene = *state;

	play.listed = list_mute;
	say(scene, ACT_OBEYS, PINS(PIN_SAME));
	said("ts01 id 3 alice, idle 1h 00m: kept, mute cannot log off\n");
	said("LOG OFF CRITICAL: nothing to do, 1 not supported\n");
	said_json("outcome", "failed");
	said_json("reason", "mute cannot log off");
	assert_int_equal(times("act"), 0);
}

/* Picked from a list of before: the id is another's by now. */
static void a_picked_session_that_is_another_is_kept(void **state)
{
	struct scene *scene = *state;
	struct session picked;

	session_played(&picked, PIN_OTHER_USER);
	scene->order.rule =
	    (struct rule){.from_stdin = true, .picked = &picked, .picked_count = 1, .idle_after = 60000};
	say(scene, ACT_OBEYS, PINS(PIN_SAME));
	said("ts01 id 3: kept, another session has this id now\n");
	said_json("outcome", "refused");
	said_json("id", "3");
	assert_int_equal(times("act"), 0);
}

static void list_of_ghosts(struct session *session, size_t number)
{
	(void)number;
	session->class = CLASS_GHOST;
	session->birth = "";
}

static void several_ghosts_are_said_once(void **state)
{
	struct scene *scene = *state;

	play.listed = list_of_ghosts;
	play.sessions = 2;
	say(scene, ACT_OBEYS, PINS(PIN_SAME));
	said("play: 2 ghosts: listed by the broker, not on the host; not acted on\n");
	assert_int_equal(times("act"), 0);
}

static void list_of_all(struct session *session, size_t number)
{
	switch (number) {
	case 0:
		session->own = FLAG_YES;
		break;
	case 1:
		session->state = STATE_DISCONNECTED; /* for an unknown time */
		break;
	case 2:
		session->state = STATE_DISCONNECTED;
		session->disconnect_time = moment_at(play.now - 60000);
		break;
	case 3:
		session->class = CLASS_GHOST;
		session->birth = "";
		break;
	case 4:
		session->last_input = (struct moment){MOMENT_UNKNOWN, 0};
		break;
	default:
		break;
	}
}

static void each_session_of_the_plan_has_its_line(void **state)
{
	struct scene *scene = *state;

	play.listed = list_of_all;
	play.sessions = 6;
	scene->order.execute = false;
	scene->settings.max_percent = 100;
	say(scene, ACT_OBEYS, PINS(PIN_SAME));
	said("play: 1 ghost: listed by the broker, not on the host; not acted on\n");
	said("ts01 id 3 alice, idle 1h 00m: kept, ");
	said("ts01 id 4 alice, disconnected for an unknown time: log off\n");
	said("ts01 id 5 alice, disconnected 1m: log off\n");
	said("LOG OFF WARNING: dry run");
	said(", 1 refused");
	said_json("outcome", "refused");
}

static void what_was_named_and_is_not_there(void **state)
{
	struct scene *scene = *state;
	struct arena arena = {0};

	scene->order.rule.all = false;
	scene->order.execute = false;
	string_list_add(&scene->order.rule.ids, &arena, "77");
	string_list_add(&scene->order.rule.ids, &arena, "alice");
	say(scene, ACT_OBEYS, PINS(PIN_SAME));
	said("id 77: not there (gone)\n");
	said("id alice: not there (gone); did you mean --user alice?\n");
	said_json("outcome", "gone");
	arena_free(&arena);
}

static void a_target_that_cannot_be_read(void **state)
{
	struct scene *scene = *state;

	play.open_fails_at = 1;
	say(scene, ACT_OBEYS, PINS(PIN_SAME));
	said("play: cannot be read (connect): no way\n");
	said("LOG OFF UNKNOWN: nothing to do, 1 unreachable\n");
	assert_non_null(strstr(buffer_text(&json), "\"error\""));
	play.open_fails_at = 0;
	play.complete_not = true;
	say(scene, ACT_OBEYS, PINS(PIN_SAME));
	said("play: its list was cut short, so nothing is selected from it\n");
	said_json("problem", "cut short");
}

static void problems_are_said(void **state)
{
	struct scene *scene = *state;
	struct error error = {0};
	struct state_dir dir;
	struct host_lock lock;
	struct lock_holder holder;

	assert_int_equal(state_dir_open(&dir, scene->folder, &error), 0);
	assert_int_equal(host_lock_take(&lock, &dir, "ts01", clock_now() + 60000, &holder, &error), 0);
	say(scene, ACT_OBEYS, PINS(PIN_SAME));
	said("left out: ts01, another handler is at work on it, pid ");
	said_json("locked", "another handler");
	host_lock_release(&lock);
	state_dir_close(&dir);
	put_pipe("audit.jsonl");
	say(scene, ACT_OBEYS, PINS(PIN_SAME));
	said("LOG OFF CRITICAL: ");
	said("audit.jsonl");
	said_json("problem", "audit.jsonl");
}

/* Events of their own, as only an administrator or another account brings them about. */
static void other_news_has_its_words(void **state)
{
	struct scene *scene = *state;
	struct error error = {0};
	struct remedy_tally tally = {
	    .selected = 4, .done = 1, .gone = 1, .left = 2, .left_out = 1, .overdue = true, .unsupported = 1};
	struct session session;
	const struct remedy_result done = {.kind = RESULT_DONE, .outcome = {.code = OUTCOME_DONE, .detail = "seen"}};
	struct error lost = {0};

	error_set(&lost, ERROR_SYSTEM, STEP_NONE, "the disk is full");
	error_hint(&lost, "make room");
	session_played(&session, PIN_SAME);
	const struct remedy_event events[] = {
	    {.news = NEWS_DECLINED, .order = &scene->order},
	    {.news = NEWS_NOTE, .order = &scene->order, .note = "a note"},
	    {.news = NEWS_CLOSED, .order = &scene->order, .session = &session, .result = &done, .action = "disconnect"},
	    {.news = NEWS_INTENT, .order = &scene->order, .session = &session},
	    {.news = NEWS_END, .order = &scene->order, .tally = &tally, .error = &lost},
	};

	for (size_t i = 0; i < COUNT(events); i++)
		assert_int_equal(tell_both(NULL, &events[i], &error), 0);
	said("LOG OFF OK: not confirmed, nothing done\n");
	said("note: a note\n");
	said("ts01 id 3 alice: disconnect done: seen\n");
	said("LOG OFF CRITICAL: 1 of 4 done, 1 already gone, 1 not supported, 2 not attempted, 1 left out (a handler "
	     "hangs, see "
	     "above); the disk is full; make room\n");
	said_json("declined", "not confirmed");
	said_json("problem", "the disk is full; make room");
}

/* As two targets of one host answer, and one that cannot be read. */
static void targets_have_their_words(void **state)
{
	struct scene *scene = *state;
	struct error error = {0};
	struct visit visits[] = {
	    {.target = &scene->target, .snapshot.complete = true, .shared = 2, .shared_with = "first"},
	    {.target = &scene->target},
	};
	const struct remedy_event event = {
	    .news = NEWS_LISTED, .order = &scene->order, .visits = visits, .visit_count = COUNT(visits)};

	error_set(&visits[1].error, ERROR_ACCESS, STEP_NONE, "access denied");
	error_hint(&visits[1].error, "ask for it");
	assert_int_equal(tell_both(NULL, &event, &error), 0);
	said("play: 2 of its sessions are listed by first too, and are planned there\n");
	said("play: cannot be read: access denied; ask for it\n");
	assert_non_null(strstr(buffer_text(&json), "\"ask for it\""));
}

/* Whoever reads the lines gets one for each event, and never one that is no JSON. */
static void what_is_no_utf8_is_no_broken_line(void **state)
{
	struct scene *scene = *state;
	struct error error = {0}, odd = {.code = ERROR_SYSTEM, .text = "\xff"};
	const struct remedy_event event = {.news = NEWS_PROBLEM, .order = &scene->order, .error = &odd};

	assert_int_equal(tell_both(NULL, &event, &error), 0);
	assert_string_equal(buffer_text(&json), "{}\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(results_are_said, scene_begin, words_end),
	    cmocka_unit_test_setup_teardown(a_dry_run_says_what_it_would_do, scene_begin, words_end),
	    cmocka_unit_test_setup_teardown(what_is_waited_for_is_said, scene_begin, words_end),
	    cmocka_unit_test_setup_teardown(what_its_system_cannot_do_is_said, scene_begin, words_end),
	    cmocka_unit_test_setup_teardown(a_picked_session_that_is_another_is_kept, scene_begin, words_end),
	    cmocka_unit_test_setup_teardown(several_ghosts_are_said_once, scene_begin, words_end),
	    cmocka_unit_test_setup_teardown(targets_have_their_words, scene_begin, words_end),
	    cmocka_unit_test_setup_teardown(what_is_no_utf8_is_no_broken_line, scene_begin, words_end),
	    cmocka_unit_test_setup_teardown(each_session_of_the_plan_has_its_line, scene_begin, words_end),
	    cmocka_unit_test_setup_teardown(what_was_named_and_is_not_there, scene_begin, words_end),
	    cmocka_unit_test_setup_teardown(a_target_that_cannot_be_read, scene_begin, words_end),
	    cmocka_unit_test_setup_teardown(problems_are_said, scene_begin, words_end),
	    cmocka_unit_test_setup_teardown(other_news_has_its_words, scene_begin, words_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
