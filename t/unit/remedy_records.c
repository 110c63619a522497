/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands on the disk: locks, audit, allowance; without them nothing is done. */
#include "t/unit/played.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/act/host_lock.h"
#include "lib/act/remedy.h"
#include "lib/act/state.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/session/session.h"
#include "t/unit/test.h"

/* No intent on the disk, no act; and what is done is counted. */
static void without_a_disk_it_stops(void **state)
{
	struct scene *scene = *state;

	play.sessions = 4;
	play.disk_full = true;
	scene->settings.max_percent = 100;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_SAME, PIN_GONE));
	assert_int_equal(times("act"), 1);
	assert_int_equal(scene->tally.done, 1);
	assert_int_equal(scene->tally.failed, 1);
	assert_int_equal(scene->tally.left, 2);
	assert_true(scene->tally.audit_lost);
	assert_int_equal(scene->status, REMEDY_FAILED);
}

/* Another handler has the host. */
static void a_locked_host_is_left_out(void **state)
{
	struct scene *scene = *state;
	struct error error = {0};
	struct state_dir dir;
	struct host_lock lock;
	struct lock_holder holder;

	assert_int_equal(state_dir_open(&dir, scene->folder, &error), 0);
	assert_int_equal(host_lock_take(&lock, &dir, "ts01", clock_now() + 60000, &holder, &error), 0);
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_string_equal(scene->told, "listed planned left-out end");
	assert_int_equal(scene->tally.left_out, 1);
	assert_int_equal(times("act"), 0);
	assert_int_equal(scene->status, REMEDY_DONE);
	scene->told[0] = '\0';
	scene->veto = NEWS_LEFT_OUT; /* nobody reads it: nothing is done anywhere */
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_string_equal(scene->told, "listed planned left-out problem end");
	assert_int_equal(times("act"), 0);
	assert_int_equal(scene->status, REMEDY_FAILED);
	host_lock_release(&lock);
	state_dir_close(&dir);
}

/* Without its audit, a host's lock or the hour's allowance nothing is done, and that is a failure. */
static void without_its_records_nothing_is_begun(void **state)
{
	static const char *const files[] = {"audit.jsonl", "lock-ts01", "allowance.lock", "allowance"};

	for (size_t i = 0; i < COUNT(files); i++) {
		struct scene *scene;

		scene_end(state);
		scene_begin(state);
		scene = *state;
		put_pipe(files[i]);
		play.act = ACT_OBEYS;
		play.pin_count = 1;
		scene->status = remedy_run(&scene->order, &(struct remedy_observer){scene_tell, scene});
		if (strcmp(scene->told, "listed planned problem end") != 0)
			fail_msg("%s: %s", files[i], scene->told);
		assert_int_equal(times("act"), 0);
		assert_int_equal(scene->status, REMEDY_FAILED);
	}
}

static void damage_allowance(void)
{
	char path[128];
	FILE *file;

	snprintf(path, sizeof path, "%s/allowance", play.folder);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("nonsense", file);
	fclose(file);
}

static void block_allowance(void)
{
	put_pipe("allowance.lock");
}

/* What was reserved cannot be given back: the act is done, and the run says that its records are not whole. */
static void records_lost_meanwhile_are_told(void **state)
{
	static void (*const losses[])(void) = {damage_allowance, block_allowance};

	for (size_t i = 0; i < COUNT(losses); i++) {
		struct scene *scene;

		scene_end(state);
		scene_begin(state);
		scene = *state;
		play.at_act = losses[i];
		scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
		assert_string_equal(scene->outcome, "done");
		assert_int_equal(scene->tally.done, 1);
		assert_true(scene->tally.audit_lost);
		assert_int_equal(scene->status, REMEDY_FAILED);
	}
}

/* systemd's folder of the unit; and what the monitoring server did not say is empty in the audit. */
static void a_unit_acts_for_a_service(void **state)
{
	struct scene *scene = *state;
	char path[128], line[2048];
	FILE *file;

	unsetenv("SUDO_UID");
	unsetenv("DOAS_USER");
	setenv("STATE_DIRECTORY", scene->folder, 1);
	scene->settings.state_dir = NULL;
	scene->settings.service_state = "CRITICAL";
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
	unsetenv("STATE_DIRECTORY");
	assert_string_equal(scene->events, "plan intent result end");
	assert_int_equal(scene->status, REMEDY_DONE);
	snprintf(path, sizeof path, "%s/audit.jsonl", scene->folder);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof line, file));
	fclose(file);
	assert_non_null(strstr(line, "{\"state\":\"CRITICAL\",\"type\":\"\",\"attempt\":\"\"}"));
}

static const char *because_of(void *context, const struct session *session)
{
	(void)context;
	return strcmp(session->id, "3") == 0 ? "policy nightly: idle since 19:00" : NULL;
}

/* Each line about a session says why, and by which name its host is counted where that is another. */
static void the_audit_says_why_and_on_which_host(void **state)
{
	struct scene *scene = *state;
	char path[128], line[2048];
	size_t lines = 0;
	FILE *file;

	play.host = "TS01.";
	scene->order.words.because = because_of;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
	assert_string_equal(scene->events, "plan intent result end");
	snprintf(path, sizeof path, "%s/audit.jsonl", scene->folder);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof line, file) != NULL) {
		if (strstr(line, "\"intent\"") == NULL && strstr(line, "\"result\"") == NULL)
			continue;
		lines++;
		assert_non_null(strstr(line, "\"because\":\"policy nightly: idle since 19:00\""));
		assert_non_null(strstr(line, "\"acting_host\":\"ts01\""));
		assert_non_null(strstr(line, "\"host\":\"TS01.\""));
	}
	fclose(file);
	assert_int_equal(lines, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(without_a_disk_it_stops, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(a_locked_host_is_left_out, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(without_its_records_nothing_is_begun, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(records_lost_meanwhile_are_told, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(a_unit_acts_for_a_service, scene_begin, scene_end),
	    cmocka_unit_test_setup_teardown(the_audit_says_why_and_on_which_host, scene_begin, scene_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
