/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The act path without processes: a played provider says what each pin, act and
 * later look finds, and what was told and done is compared with what should be.
 */
#include "t/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/act/host_lock.h"
#include "lib/act/remedy.h"
#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/config/settings.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"
#include "t/unit/folder.h"

/* What the played host answers, in turn; the last answer is given again and again. */
enum pin_answer {
	PIN_SAME,
	PIN_GONE,
	PIN_LOST,
	PIN_LATE,
	PIN_GARBLED,
	PIN_BUSY,
	PIN_OTHER_USER,
	PIN_DISCONNECTED,
	PIN_INPUT
};
enum act_answer { ACT_OBEYS, ACT_LOST, ACT_REFUSES, ACT_CHANGED, ACT_IS_GONE };

static struct {
	enum pin_answer pins[8];
	size_t pin_count, pinned;
	int64_t pin_delays[8]; /* ms */
	enum act_answer act;
	int open_fails_at; /* the number of the open() that fails; 0: none */
	int opens;
	int64_t now;
	size_t sessions; /* on the host; 0 is 1 */
	bool stop_at_act;
	bool complete_not;
	void (*listed)(struct session *session, size_t number); /* what is different in the list */
	void (*at_act)(void);                                   /* what happens meanwhile */
	char folder[64];
	bool disk_full;       /* from the first act on */
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
	if (play.disk_full && strstr(play.ops, "act") != NULL) {
		errno = ENOSPC;
		return -1;
	}
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
	snapshot->host = "ts01";
	snapshot->now = play.now;
	snapshot->complete = !play.complete_not;
	for (size_t i = 0; i < (play.sessions > 0 ? play.sessions : 1); i++) {
		session_played(&session, PIN_SAME);
		session.id = arena_printf(&snapshot->arena, "%zu", 3 + i);
		if (play.listed != NULL)
			play.listed(&session, i);
		*snapshot_add(snapshot) = session;
	}
	return 0;
}

static int play_pin(struct connection *connection, const struct session *wanted, const struct deadline *deadline,
                    struct pin **pin, struct session *now, int64_t *host_now, struct arena *arena, struct error *error)
{
	size_t turn = play.pinned < play.pin_count ? play.pinned : play.pin_count - 1;
	int64_t delay = play.pinned < play.pin_count ? play.pin_delays[turn] : 0;

	(void)connection, (void)deadline;
	played("pin");
	pause_for(delay);
	play.pinned++;
	switch (play.pins[turn]) {
	case PIN_GONE:
		return error_set(error, ERROR_GONE, STEP_PIN, "no such session");
	case PIN_LOST:
		return error_set(error, ERROR_CRASHED, STEP_PIN, "it died");
	case PIN_LATE:
		return error_set(error, ERROR_TIMEOUT, STEP_PIN, "no answer");
	case PIN_GARBLED:
		return error_set(error, ERROR_PROTOCOL, STEP_PIN, "no sense");
	case PIN_BUSY:
		return error_set(error, ERROR_ACCESS, STEP_PIN, "not now");
	default:
		break;
	}
	session_played(now, play.pins[turn]);
	now->id = arena_strdup(arena, wanted->id);
	*host_now = play.now;
	*pin = (struct pin *)&play;
	return 0;
}

static int play_act(struct pin *pin, const struct action *action, const struct deadline *deadline,
                    struct outcome *outcome, struct error *error)
{
	(void)pin, (void)action, (void)deadline;
	played("act");
	if (play.stop_at_act)
		remedy_stop();
	if (play.at_act != NULL)
		play.at_act();
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
	char told[256];        /* the observer: "listed planned begin intent result end" */
	enum remedy_news veto; /* the observer fails at this; NEWS_LISTED: at nothing */
	bool veto_list;
	struct remedy_tally tally;
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
	memcpy(play.folder, scene->folder, sizeof play.folder);
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

	assert_int_equal(test_folder_remove(scene->folder), 0);
	settings_free(&scene->settings);
	free(scene);
	return 0;
}

static int tell(void *context, const struct remedy_event *event, struct error *error)
{
	static const char *const words[] = {
	    [NEWS_LISTED] = "listed",   [NEWS_PLANNED] = "planned", [NEWS_DECLINED] = "declined",
	    [NEWS_REFUSED] = "refused", [NEWS_LIMIT] = "limit",     [NEWS_LEFT_OUT] = "left-out",
	    [NEWS_BEGIN] = "begin",     [NEWS_INTENT] = "intent",   [NEWS_RESULT] = "result",
	    [NEWS_PROBLEM] = "problem", [NEWS_CLOSED] = "closed",   [NEWS_END] = "end",
	    [NEWS_NOTE] = "note",
	};
	struct scene *scene = context;
	size_t used = strlen(scene->told);

	snprintf(scene->told + used, sizeof scene->told - used, "%s%s", used > 0 ? " " : "", words[event->news]);
	if (event->news == NEWS_END)
		scene->tally = *event->tally;
	if (scene->veto_list ? event->news == NEWS_LISTED : scene->veto != NEWS_LISTED && event->news == scene->veto)
		return error_set(error, ERROR_SYSTEM, STEP_NONE, "nobody reads it");
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

	scene->events[0] = scene->outcome[0] = scene->reason[0] = '\0';
	snprintf(path, sizeof path, "%s/audit.jsonl", scene->folder);
	if ((file = fopen(path, "r")) == NULL)
		return;
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
	scene->status = remedy_run(&scene->order, &(struct remedy_observer){tell, scene});
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

/* Each branch of pin and compare: what the audit says, how often it acts, how the run ends. */
static void what_is_found_decides(void **state)
{
	static const struct {
		const char *name;
		enum act act;
		enum act_answer answer;
		size_t count;
		enum pin_answer pins[4];
		const char *events, *outcome;
		int status;
		size_t acts;
	} cases[] = {
	    {"gone before", ACT_LOGOFF, ACT_OBEYS, 1, {PIN_GONE}, "plan result end", "already gone", REMEDY_DONE, 0},
	    {"not read", ACT_LOGOFF, ACT_OBEYS, 1, {PIN_BUSY}, "plan result end", "failed", REMEDY_FAILED, 0},
	    {"lost before", ACT_LOGOFF, ACT_OBEYS, 1, {PIN_LOST}, "plan result end", "failed", REMEDY_FAILED, 0},
	    {"another user",
	     ACT_LOGOFF,
	     ACT_OBEYS,
	     1,
	     {PIN_OTHER_USER},
	     "plan refused end",
	     "refused",
	     REMEDY_REFUSED,
	     0},
	    {"other state",
	     ACT_LOGOFF,
	     ACT_OBEYS,
	     1,
	     {PIN_DISCONNECTED},
	     "plan refused end",
	     "refused",
	     REMEDY_REFUSED,
	     0},
	    {"refused", ACT_LOGOFF, ACT_REFUSES, 1, {PIN_SAME}, "plan intent result end", "failed", REMEDY_FAILED, 1},
	    {"changed",
	     ACT_LOGOFF,
	     ACT_CHANGED,
	     1,
	     {PIN_SAME},
	     "plan intent refused end",
	     "refused",
	     REMEDY_REFUSED,
	     1},
	    {"gone at act",
	     ACT_LOGOFF,
	     ACT_IS_GONE,
	     1,
	     {PIN_SAME},
	     "plan intent result end",
	     "already gone",
	     REMEDY_DONE,
	     1},
	    {"lost, not done",
	     ACT_LOGOFF,
	     ACT_LOST,
	     2,
	     {PIN_SAME, PIN_SAME},
	     "plan intent result end",
	     "failed",
	     REMEDY_FAILED,
	     1},
	    {"lost, not seen",
	     ACT_LOGOFF,
	     ACT_LOST,
	     2,
	     {PIN_SAME, PIN_LOST},
	     "plan intent result end",
	     "failed",
	     REMEDY_FAILED,
	     1},
	    {"its place is another's",
	     ACT_LOGOFF,
	     ACT_OBEYS,
	     2,
	     {PIN_SAME, PIN_OTHER_USER},
	     "plan intent result end",
	     "done",
	     REMEDY_DONE,
	     1},
	    {"disconnected",
	     ACT_DISCONNECT,
	     ACT_OBEYS,
	     2,
	     {PIN_SAME, PIN_DISCONNECTED},
	     "plan intent result end",
	     "done",
	     REMEDY_DONE,
	     1},
	    {"late",
	     ACT_LOGOFF,
	     ACT_OBEYS,
	     4,
	     {PIN_SAME, PIN_SAME, PIN_LOST, PIN_GONE},
	     "plan intent result end",
	     "done",
	     REMEDY_DONE,
	     1},
	    {"message", ACT_MESSAGE, ACT_OBEYS, 1, {PIN_SAME}, "plan intent result end", "done", REMEDY_DONE, 1},
	    {"message lost",
	     ACT_MESSAGE,
	     ACT_LOST,
	     1,
	     {PIN_SAME},
	     "plan intent result end",
	     "failed",
	     REMEDY_FAILED,
	     1},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct scene *scene;

		end(state);
		begin(state);
		scene = *state;
		scene->order.action.act = cases[i].act;
		scene_run(scene, cases[i].answer, cases[i].count, cases[i].pins);
		if (strcmp(scene->events, cases[i].events) != 0 || strcmp(scene->outcome, cases[i].outcome) != 0 ||
		    scene->status != cases[i].status || times("act") != cases[i].acts)
			fail_msg("%s: %s, %s, %d, %s", cases[i].name, scene->events, scene->outcome, scene->status,
			         play.ops);
	}
}

/* The host says yes and does not do it in our time: that is not done, and no failure of ours. */
static void an_order_not_seen_to_be_done_is_ordered(void **state)
{
	struct scene *scene = *state;

	scene->settings.timeout = 1500;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_string_equal(scene->events, "plan intent result end");
	assert_string_equal(scene->outcome, "ordered");
	assert_int_equal(scene->tally.ordered, 1);
	assert_int_equal(scene->tally.done, 0);
	assert_int_equal(scene->status, REMEDY_DONE);
}

static void an_answer_that_became_old_is_read_again(void **state)
{
	static const struct {
		enum pin_answer second;
		const char *events;
		size_t acts;
	} cases[] = {
	    {PIN_SAME, "plan intent result end", 1},        {PIN_GONE, "plan intent result end", 0},
	    {PIN_OTHER_USER, "plan intent refused end", 0}, {PIN_DISCONNECTED, "plan intent refused end", 0},
	    {PIN_BUSY, "plan intent result end", 0},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct scene *scene;

		end(state);
		begin(state);
		scene = *state;
		play.stall_intent = 300;
		scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, cases[i].second, PIN_GONE));
		assert_string_equal(scene->events, cases[i].events);
		assert_int_equal(times("act"), cases[i].acts);
	}
}

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

		end(state);
		begin(state);
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

static void a_dry_run_does_nothing(void **state)
{
	struct scene *scene = *state;

	scene->order.execute = false;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_string_equal(scene->told, "listed planned end");
	assert_string_equal(play.ops, "open close");
	assert_string_equal(scene->events, "");
	assert_int_equal(scene->status, REMEDY_DONE);
}

static void over_a_limit_nothing_is_done(void **state)
{
	struct scene *scene = *state;

	play.sessions = 11;
	scene->settings.max_percent = 100;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_string_equal(scene->told, "listed planned limit end");
	assert_string_equal(scene->events, "limit");
	assert_int_equal(times("act"), 0);
	assert_int_equal(scene->status, REMEDY_FAILED);
}

static void an_incomplete_list_selects_nothing(void **state)
{
	struct scene *scene = *state;

	play.complete_not = true;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_int_equal(times("act"), 0);
	assert_int_equal(scene->status, REMEDY_REFUSED);
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

/* In the place of a file that the run needs stands something that is none. */
static void put_pipe(const char *name)
{
	char path[128];

	snprintf(path, sizeof path, "%s/%s", play.folder, name);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
}

/* Without its audit, a host's lock or the hour's allowance nothing is done, and that is a failure. */
static void without_its_records_nothing_is_begun(void **state)
{
	static const char *const files[] = {"audit.jsonl", "lock-ts01", "allowance.lock", "allowance"};

	for (size_t i = 0; i < COUNT(files); i++) {
		struct scene *scene;

		end(state);
		begin(state);
		scene = *state;
		put_pipe(files[i]);
		play.act = ACT_OBEYS;
		play.pin_count = 1;
		scene->status = remedy_run(&scene->order, &(struct remedy_observer){tell, scene});
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

		end(state);
		begin(state);
		scene = *state;
		play.at_act = losses[i];
		scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
		assert_string_equal(scene->outcome, "done");
		assert_int_equal(scene->tally.done, 1);
		assert_true(scene->tally.audit_lost);
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

/* A message ends nothing, so no limit stands against it. */
static void a_message_has_no_limit(void **state)
{
	struct scene *scene = *state;

	play.sessions = 11;
	scene->order.execute = false;
	scene->order.action.act = ACT_MESSAGE;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_string_equal(scene->told, "listed planned end");
	assert_int_equal(scene->status, REMEDY_DONE);
}

/* The host has said yes.  Why the look cannot tell more is said, unless our own time was too short. */
static void what_cannot_be_seen_is_ordered(void **state)
{
	static const struct {
		enum pin_answer look;
		const char *reason;
	} cases[] = {
	    {PIN_BUSY, "the host has accepted it; it cannot be seen now: not now"},
	    {PIN_GARBLED, "the host has accepted it; it cannot be seen now: no sense"},
	    {PIN_LATE, "the host has accepted it; not seen to be done yet"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct scene *scene;

		end(state);
		begin(state);
		scene = *state;
		scene->settings.timeout = 1500;
		scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, cases[i].look));
		assert_string_equal(scene->outcome, "ordered");
		assert_string_equal(scene->reason, cases[i].reason);
		assert_int_equal(scene->status, REMEDY_DONE);
	}
}

/* It could be listed, and cannot be reached again. */
static void a_host_that_left_meanwhile_is_a_failure(void **state)
{
	struct scene *scene = *state;

	play.open_fails_at = 2;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_int_equal(times("pin"), 0);
	assert_string_equal(scene->events, "plan result end");
	assert_string_equal(scene->reason, "no way");
	assert_int_equal(scene->status, REMEDY_FAILED);
}

/* No act is begun that may not be over before the run's time is. */
static void the_time_ends_it_between_two_acts(void **state)
{
	struct scene *scene = *state;

	play.sessions = 2;
	play.pin_delays[0] = 2600;
	scene->settings.timeout = 3000;
	scene->settings.max_percent = 100;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME, PIN_GONE));
	assert_int_equal(times("act"), 1);
	assert_int_equal(scene->tally.left, 1);
	assert_int_equal(scene->status, REMEDY_FAILED);
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

/* The last test, as nothing takes the wish to stop back.  What was ordered is watched for a second more. */
static void a_stop_ends_it_between_two_acts(void **state)
{
	struct scene *scene = *state;

	play.sessions = 3;
	play.stop_at_act = true;
	scene->settings.max_percent = 100;
	scene->settings.timeout = 60000;
	scene_run(scene, ACT_OBEYS, PINS(PIN_SAME));
	assert_true(clock_now() - play.now < 30000);
	assert_string_equal(scene->outcome, "ordered");
	assert_string_equal(scene->events, "plan intent result end");
	assert_int_equal(times("act"), 1);
	assert_int_equal(scene->tally.left, 2);
	assert_int_equal(scene->status, REMEDY_FAILED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(an_act_is_pinned_intended_done_and_seen, begin, end),
	    cmocka_unit_test_setup_teardown(nothing_is_done_where_the_second_pin_fails, begin, end),
	    cmocka_unit_test_setup_teardown(a_slow_host_is_pinned_once, begin, end),
	    cmocka_unit_test_setup_teardown(a_lost_answer_is_looked_up, begin, end),
	    cmocka_unit_test_setup_teardown(what_is_found_decides, begin, end),
	    cmocka_unit_test_setup_teardown(an_order_not_seen_to_be_done_is_ordered, begin, end),
	    cmocka_unit_test_setup_teardown(an_answer_that_became_old_is_read_again, begin, end),
	    cmocka_unit_test_setup_teardown(the_observer_hears_everything, begin, end),
	    cmocka_unit_test_setup_teardown(an_observer_may_veto, begin, end),
	    cmocka_unit_test_setup_teardown(without_a_disk_it_stops, begin, end),
	    cmocka_unit_test_setup_teardown(a_dry_run_does_nothing, begin, end),
	    cmocka_unit_test_setup_teardown(over_a_limit_nothing_is_done, begin, end),
	    cmocka_unit_test_setup_teardown(an_incomplete_list_selects_nothing, begin, end),
	    cmocka_unit_test_setup_teardown(a_locked_host_is_left_out, begin, end),
	    cmocka_unit_test_setup_teardown(without_its_records_nothing_is_begun, begin, end),
	    cmocka_unit_test_setup_teardown(records_lost_meanwhile_are_told, begin, end),
	    cmocka_unit_test_setup_teardown(refusals_are_told_before_the_acts, begin, end),
	    cmocka_unit_test_setup_teardown(nobody_reads_the_list, begin, end),
	    cmocka_unit_test_setup_teardown(a_message_has_no_limit, begin, end),
	    cmocka_unit_test_setup_teardown(what_cannot_be_seen_is_ordered, begin, end),
	    cmocka_unit_test_setup_teardown(a_host_that_left_meanwhile_is_a_failure, begin, end),
	    cmocka_unit_test_setup_teardown(the_time_ends_it_between_two_acts, begin, end),
	    cmocka_unit_test_setup_teardown(a_unit_acts_for_a_service, begin, end),
	    cmocka_unit_test(results_have_words_and_a_status),
	    cmocka_unit_test_setup_teardown(a_stop_ends_it_between_two_acts, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
