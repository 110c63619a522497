/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/played.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "lib/act/remedy.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"
#include "t/unit/folder.h"

struct play play;

static void played(const char *op)
{
	size_t used = strlen(play.ops);

	assert_true(used + strlen(op) + 2 < sizeof play.ops);
	snprintf(play.ops + used, sizeof play.ops - used, "%s%s", used > 0 ? " " : "", op);
}

/* What CLOCK_BOOTTIME shows, in ms: it tells how old a pin is, and only pause_for() makes one older. */
static int64_t paused = 1000;

static void pause_for(int64_t milliseconds)
{
	struct timespec pause = {.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000};

	nanosleep(&pause, NULL);
	paused += milliseconds;
}

/* The call that fills in a struct timespec of this width. */
#ifdef SYS_clock_gettime64
#define SYS_CLOCK (sizeof(time_t) == 8 ? SYS_clock_gettime64 : SYS_clock_gettime)
#else
#define SYS_CLOCK SYS_clock_gettime
#endif

/* In the place of libc's: a machine that stalls ages no pin. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
	if (clock != CLOCK_BOOTTIME)
		return (int)syscall(SYS_CLOCK, clock, now);
	*now = (struct timespec){.tv_sec = paused / 1000, .tv_nsec = paused % 1000 * 1000000};
	return 0;
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

/* And this one is fast: a run has a second for its host. */
int fsync(int fd)
{
	(void)fd;
	return 0;
}

void session_played(struct session *session, enum pin_answer answer)
{
	session_init(session);
	session->provider = "play";
	session->host = play.host != NULL ? play.host : "ts01";
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
	(void)pin, (void)action;
	if (play.acted < COUNT(play.act_times))
		play.act_times[play.acted++] = deadline_left(deadline);
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
/* A system among those of the target that can do none of the acts. */
static const struct provider mute_provider = {.scheme = "mute"};
static const struct provider *const providers[] = {&play_provider, &mute_provider, NULL};

int scene_begin(void **state)
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
	                                .provider = &play_provider,
	                                .providers = providers};
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

int scene_end(void **state)
{
	struct scene *scene = *state;

	assert_int_equal(test_folder_remove(scene->folder), 0);
	settings_free(&scene->settings);
	free(scene);
	return 0;
}

int scene_tell(void *context, const struct remedy_event *event, struct error *error)
{
	static const char *const words[] = {
	    [NEWS_LISTED] = "listed",   [NEWS_PLANNED] = "planned", [NEWS_DECLINED] = "declined",
	    [NEWS_REFUSED] = "refused", [NEWS_LIMIT] = "limit",     [NEWS_LEFT_OUT] = "left-out",
	    [NEWS_BEGIN] = "begin",     [NEWS_INTENT] = "intent",   [NEWS_RESULT] = "result",
	    [NEWS_PROBLEM] = "problem", [NEWS_CLOSED] = "closed",   [NEWS_END] = "end",
	    [NEWS_NOTE] = "note",       [NEWS_PENDING] = "pending",
	};
	struct scene *scene = context;
	size_t used = strlen(scene->told);

	snprintf(scene->told + used, sizeof scene->told - used, "%s%s", used > 0 ? " " : "", words[event->news]);
	if (play.heard != NULL)
		play.heard(event);
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

	assert_true(json != NULL || play.audit_garbled);
	if (json == NULL)
		return;
	snprintf(scene->events + used, sizeof scene->events - used, "%s%s", used > 0 ? " " : "",
	         json_string_value(json_object_get(json, "event")));
	if (outcome != NULL) {
		snprintf(scene->outcome, sizeof scene->outcome, "%s", outcome);
		snprintf(scene->reason, sizeof scene->reason, "%s", reason != NULL ? reason : "");
	}
	json_decref(json);
}

void scene_read(struct scene *scene)
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

void scene_run(struct scene *scene, enum act_answer act, size_t count, const enum pin_answer *pins)
{
	play.act = act;
	play.pin_count = count;
	memcpy(play.pins, pins, count * sizeof *pins);
	scene->status = remedy_run(&scene->order, &(struct remedy_observer){scene_tell, scene});
	scene_read(scene);
}

size_t times(const char *op)
{
	size_t count = 0, length = strlen(op);

	for (const char *at = play.ops; (at = strstr(at, op)) != NULL; at += length)
		count += (at == play.ops || at[-1] == ' ') && (at[length] == ' ' || at[length] == '\0');
	return count;
}

void put_pipe(const char *name)
{
	char path[128];

	snprintf(path, sizeof path, "%s/%s", play.folder, name);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
}
