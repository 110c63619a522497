/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a run notes besides its acts: an exclusion in vain, another account at work, an id that is missing. */
#include "t/unit/played.h"

#include <fcntl.h>
#include <pwd.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/act/remedy.h"
#include "lib/base/arena.h"
#include "lib/session/session.h"
#include "t/unit/test.h"

/* In the place of libc's: another account has just acted from its own folder, be we root or not. */
static bool rival;

uid_t getuid(void)
{
	return rival ? 4711 : geteuid();
}

struct passwd *getpwuid(uid_t uid)
{
	static char name[] = "someone", home[] = "/nowhere";
	static struct passwd account = {.pw_name = name, .pw_dir = home};

	(void)uid;
	return &account;
}

int stat(const char *path, struct stat *status)
{
	bool theirs = strcmp(path, CURFEW_STATEDIR) == 0 || strcmp(path, "/nowhere/.local/state/curfew") == 0;

	return fstatat(AT_FDCWD, rival && theirs ? play.folder : path, status, 0);
}

static char noted[512];

static void keep_note(const struct remedy_event *event)
{
	if (event->news == NEWS_NOTE)
		snprintf(noted, sizeof noted, "%s", event->note);
}

static void again(void **state)
{
	scene_end(state);
	scene_begin(state);
	noted[0] = '\0';
	play.heard = keep_note;
}

/* Whoever wrote two names with a space between them has excluded nobody.  A name of nobody's is no mistake. */
static void two_names_in_one_exclusion_are_told(void **state)
{
	struct arena arena = {0};

	for (int read = 0; read <= 1; read++) {
		struct scene *scene;

		again(state);
		scene = *state;
		scene->veto = read ? NEWS_LISTED : NEWS_NOTE;
		string_list_add(&scene->order.rule.filter.exclude_users, &arena, "nobody");
		string_list_add(&scene->order.rule.filter.exclude_users, &arena, "bob carol");
		scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
		assert_string_equal(noted, "exclude-user 'bob carol' matched no user; write a comma between two names");
		assert_string_equal(scene->told,
		                    read ? "listed planned note begin intent result end" : "listed planned note");
		assert_int_equal(times("act"), read);
		assert_int_equal(scene->status, read ? REMEDY_DONE : REMEDY_FAILED);
	}
	arena_free(&arena);
}

/* Neither locks nor limits are shared with it, so somebody should read it.  Where nobody does, nothing is done. */
static void another_account_at_work_is_told(void **state)
{
	unsetenv("SUDO_UID");
	unsetenv("DOAS_USER");
	for (int read = 0; read <= 1; read++) {
		struct scene *scene;

		again(state);
		scene = *state;
		scene->veto = read ? NEWS_LISTED : NEWS_NOTE;
		scene->settings.state_dir = NULL;
		setenv("STATE_DIRECTORY", scene->folder, 1);
		rival = true;
		scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
		rival = false;
		unsetenv("STATE_DIRECTORY");
		assert_memory_equal(noted, "within the last hour another account acted", 42);
		assert_string_equal(scene->told, read ? "listed planned note begin intent result end"
		                                      : "listed planned note problem end");
		assert_int_equal(times("act"), read);
		assert_int_equal(scene->status, read ? REMEDY_DONE : REMEDY_FAILED);
	}
}

/* An id that is not there is one session less to act on, and nothing that a safety rule refused. */
static void a_missing_id_is_no_refusal(void **state)
{
	struct arena arena = {0};
	struct scene *scene = *state;

	scene->order.rule.all = false;
	string_list_add(&scene->order.rule.ids, &arena, "3");
	string_list_add(&scene->order.rule.ids, &arena, "99");
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
	assert_string_equal(scene->told, "listed planned begin intent result end");
	assert_int_equal(times("act"), 1);
	assert_int_equal(scene->status, REMEDY_DONE);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(two_names_in_one_exclusion_are_told, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(another_account_at_work_is_told, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(a_missing_id_is_no_refusal, scene_begin, scene_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
