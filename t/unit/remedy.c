/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The act path without processes: a played provider says what each pin, act and
 * later look finds, and what was told and done is compared with what should be.
 */
#include "t/unit/test.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lib/clock.h"
#include "lib/error.h"
#include "lib/provider.h"
#include "lib/remedy.h"
#include "lib/session.h"
#include "lib/settings.h"
#include "lib/target.h"

/* What the played host answers, in turn; the last answer is given again and again. */
enum pin_answer { PIN_SAME, PIN_GONE, PIN_LOST, PIN_BUSY, PIN_OTHER_USER, PIN_DISCONNECTED, PIN_INPUT };
enum act_answer { ACT_OBEYS, ACT_LOST, ACT_REFUSES, ACT_CHANGED, ACT_IS_GONE };

static struct {
	enum pin_answer pins[8];
	size_t pin_count, pinned;
	int64_t pin_delays[8]; /* ms */
	enum act_answer act;
	int open_fails_at; /* the number of the open() that fails; 0: none */
	int opens;
	int64_t now;
	int64_t stall_intent; /* ms that the disk takes for the intent */
	char ops[512];        /* what was called: "open pin act unpin …" */
} play;

static void played(const char *op)
{
	size_t used = strlen(play.ops);

	assert_true(used + strlen(op) + 2 < sizeof play.ops);
	snprintf(play.ops + used, sizeof play.ops - used, "%s%s", used > 0 ? " " : "", op);
}

static void pause_for(int64_t milliseconds)
{
	struct timespec pause = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};

	nanosleep(&pause, NULL);
}

/* In the place of libc's: a disk that may be slow. */
int fdatasync(int fd)
{
	(void)fd;
	if (play.pinned == 1)
		pause_for(play.stall_intent);
	return 0;
}

static void session_played(struct session *session, enum pin_answer answer)
{
	session_init(session);
	session->provider = "play";
	session->host = "ts01";
	session->id = "3";
	session->user = answer == PIN_OTHER_USER ? "mallory" : "alice";
	session->birth = answer == PIN_OTHER_USER ? "b2" : "b1";
	session->class = CLASS_USER;
	session->state = answer == PIN_DISCONNECTED ? STATE_DISCONNECTED : STATE_ACTIVE;
	session->connect_time = moment_at(play.now - 7200000);
	session->last_input = moment_at(answer == PIN_INPUT ? play.now : play.now - 3600000);
}

static int play_open(const struct target *target, const struct deadline *deadline, struct trail *trail,
                     struct connection **connection, struct error *error)
{
	(void)target, (void)deadline, (void)trail;
	played("open");
	if (++play.opens == play.open_fails_at)
		return error_set(error, ERROR_REFUSED, STEP_CONNECT, "no way");
	*connection = NULL;
	return 0;
}

static int play_list(struct connection *connection, const struct deadline *deadline, struct trail *trail,
                     struct snapshot *snapshot, struct error *error)
{
	struct session session;

	(void)connection, (void)deadline, (void)trail, (void)error;
	session_played(&session, PIN_SAME);
	snapshot->host = "ts01";
	snapshot->now = play.now;
	snapshot->complete = true;
	*snapshot_add(snapshot) = session;
	return 0;
}

static int play_pin(struct connection *connection, const struct session *wanted, const struct deadline *deadline,
                    struct pin **pin, struct session *now, int64_t *host_now, struct arena *arena, struct error *error)
{
	size_t turn = play.pinned < play.pin_count ? play.pinned : play.pin_count - 1;
	int64_t delay = play.pinned < play.pin_count ? play.pin_delays[turn] : 0;

	(void)connection, (void)wanted, (void)deadline, (void)arena;
	played("pin");
	pause_for(delay);
	play.pinned++;
	switch (play.pins[turn]) {
	case PIN_GONE:
		return error_set(error, ERROR_GONE, STEP_PIN, "no such session");
	case PIN_LOST:
		return error_set(error, ERROR_CRASHED, STEP_PIN, "it died");
	case PIN_BUSY:
		return error_set(error, ERROR_ACCESS, STEP_PIN, "not now");
	default:
		break;
	}
	session_played(now, play.pins[turn]);
	*host_now = play.now;
	*pin = (struct pin *)&play;
	return 0;
}

static int play_act(struct pin *pin, const struct action *action, const struct deadline *deadline,
                    struct outcome *outcome, struct error *error)
{
	(void)pin, (void)action, (void)deadline;
	played("act");
	switch (play.act) {
	case ACT_OBEYS:
		break;
	case ACT_LOST:
		return error_set(error, ERROR_TIMEOUT, STEP_ACT, "no answer");
	case ACT_REFUSES:
		return error_set(error, ERROR_ACCESS, STEP_ACT, "access denied");
	case ACT_CHANGED:
		return error_set(error, ERROR_CHANGED, STEP_ACT, "another one");
	case ACT_IS_GONE:
		outcome->code = OUTCOME_GONE;
	}
	return 0;
}

static void play_unpin(struct pin *pin)
{
	if (pin != NULL)
		played("unpin");
}

static void play_close(struct connection *connection)
{
	(void)connection;
	played("close");
}

static const struct provider play_provider = {
    .scheme = "play",
    .capabilities = CAN_DISCONNECT | CAN_LOGOFF | CAN_MESSAGE,
    .open = play_open,
    .list = play_list,
    .pin = play_pin,
    .act = play_act,
    .unpin = play_unpin,
    .close = play_close,
};
const struct provider *const providers[] = {&play_provider, NULL};

/* One run and what it left behind. */
struct scene {
	char folder[64];
	struct settings settings;
	struct target target;
	struct remedy_order order;
	int status;
	char events[256]; /* of the audit: "plan intent result end" */
	char outcome[32]; /* of the last audit line that has one */
	char reason[160]; /* the same line's */
};

static int begin(void **state)
{
	struct scene *scene = calloc(1, sizeof *scene);

	memset(&play, 0, sizeof play);
	play.now = clock_now();
	snprintf(scene->folder, sizeof scene->folder, "/tmp/curfew-unit-XXXXXX");
	assert_non_null(mkdtemp(scene->folder));
	settings_init(&scene->settings);
	scene->settings.state_dir = scene->folder;
	scene->settings.timeout = 3000;
	scene->settings.target_timeout = 1000;
	scene->target = (struct target){.name = "play:",
	                                .url = "play:",
	                                .label = "play",
	                                .scheme = "play",
	                                .address = "",
	                                .credentials_file = "",
	                                .provider = &play_provider};
	scene->order = (struct remedy_order){
	    .settings = &scene->settings,
	    .program = "test",
	    .action = {.act = ACT_LOGOFF},
	    .rule = {.all = true, .idle_after = 60000},
	    .targets = &scene->target,
	    .target_count = 1,
	    .execute = true,
	};
	*state = scene;
	return 0;
}

static int end(void **state)
{
	struct scene *scene = *state;
	char path[128];
	static const char *const files[] = {"audit.jsonl", "lock-ts01"};

	for (size_t i = 0; i < COUNT(files); i++) {
		snprintf(path, sizeof path, "%s/%s", scene->folder, files[i]);
		unlink(path);
	}
	rmdir(scene->folder);
	settings_free(&scene->settings);
	free(scene);
	return 0;
}

static void audit_line(struct scene *scene, const char *line)
{
	json_t *json = json_loads(line, 0, NULL);
	const char *outcome = json_string_value(json_object_get(json, "outcome"));
	const char *reason = json_string_value(json_object_get(json, "reason"));
	size_t used = strlen(scene->events);

	assert_non_null(json);
	snprintf(scene->events + used, sizeof scene->events - used, "%s%s", used > 0 ? " " : "",
	         json_string_value(json_object_get(json, "event")));
	if (outcome != NULL) {
		snprintf(scene->outcome, sizeof scene->outcome, "%s", outcome);
		snprintf(scene->reason, sizeof scene->reason, "%s", reason != NULL ? reason : "");
	}
	json_decref(json);
}

static void audit_read(struct scene *scene)
{
	char path[128], *line = NULL;
	size_t size = 0;
	FILE *file;

	snprintf(path, sizeof path, "%s/audit.jsonl", scene->folder);
	file = fopen(path, "r");
	assert_non_null(file);
	while (getline(&line, &size, file) > 0)
		audit_line(scene, line);
	free(line);
	fclose(file);
}

static void scene_run(struct scene *scene, enum act_answer act, size_t count, const enum pin_answer *pins)
{
	play.act = act;
	play.pin_count = count;
	memcpy(play.pins, pins, count * sizeof *pins);
	scene->status = remedy_run(&scene->order);
	audit_read(scene);
}
#define PINS(...)                                                                                                      \
	COUNT(((enum pin_answer[]){__VA_ARGS__})), (enum pin_answer[])                                                 \
	{                                                                                                              \
		__VA_ARGS__                                                                                            \
	}

static size_t times(const char *op)
{
	size_t count = 0, length = strlen(op);

	for (const char *at = play.ops; (at = strstr(at, op)) != NULL; at += length)
		count += (at == play.ops || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0');
	return count;
}

static void an_act_is_pinned_intended_done_and_seen(void **state)
{
	struct scene *scene = *state;

	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
	assert_string_equal(scene->events, "plan intent result end");
	assert_string_equal(scene->outcome, "done");
	assert_int_equal(scene->status, REMEDY_DONE);
	assert_int_equal(times("act"), 1);
}

/* The first answer has become old, and the second pin fails: nothing was ordered, so nothing is done. */
static void nothing_is_done_where_the_second_pin_fails(void **state)
{
	struct scene *scene = *state;

	play.stall_intent = 300;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_LOST, PIN_GONE));
	assert_int_equal(times("act"), 0);
	assert_string_equal(scene->events, "plan intent result end");
	assert_string_equal(scene->outcome, "failed");
	assert_int_equal(scene->status, REMEDY_FAILED);
}

/* What counts is when the answer came: a host that takes its time is not asked twice for each act. */
static void a_slow_host_is_pinned_once(void **state)
{
	struct scene *scene = *state;

	play.pin_delays[0] = 300;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
	assert_int_equal(times("act"), 1);
	assert_int_equal(times("pin"), 2);
	assert_string_equal(scene->outcome, "done");
}

/* A lost answer to the order itself: the session is looked at. */
static void a_lost_answer_is_looked_up(void **state)
{
	struct scene *scene = *state;

	scene_run(scene, ACT_LOST, PINS(PIN_SAME, PIN_GONE));
	assert_int_equal(times("act"), 1);
	assert_string_equal(scene->outcome, "done");
	assert_int_equal(scene->status, REMEDY_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(an_act_is_pinned_intended_done_and_seen, begin, end),
	    cmocka_unit_test_setup_teardown(nothing_is_done_where_the_second_pin_fails, begin, end),
	    cmocka_unit_test_setup_teardown(a_slow_host_is_pinned_once, begin, end),
	    cmocka_unit_test_setup_teardown(a_lost_answer_is_looked_up, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
