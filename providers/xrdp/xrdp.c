/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The provider xrdp: remote desktops of this machine (doc/design/xrdp.md). */
#include "providers/xrdp/xrdp.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/base/trust.h"
#include "lib/child/pidfd.h"
#include "lib/session/session.h"
#include "lib/target/target.h"
#include "providers/linux/memory.h"
#include "providers/linux/process.h"
#include "providers/xrdp/act.h"
#include "providers/xrdp/cpu.h"
#include "providers/xrdp/enumerate.h"
#include "providers/xrdp/fill.h"
#include "providers/xrdp/idle.h"
#include "providers/xrdp/log.h"

struct connection {
	struct arena arena;
	const char *folder, *log;
	char host[256];
	char boot[BOOT_ID_SIZE];
};

struct pin {
	struct arena arena;
	struct held held;
};

static int open_machine(const struct target *target, const struct deadline *deadline, struct trail *trail,
                        struct connection **connection, struct error *error)
{
	const char *folder = target_option(target, "sockdir"), *log = target_option(target, "log");
	struct connection *opened;

	(void)deadline;
	if (target->address[0] != '\0' && strcmp(target->address, "localhost") != 0) {
		error_set(error, ERROR_UNSUPPORTED, STEP_OPEN, "xrdp sessions can only be seen on the machine itself");
		return error_hint(error, "use xrdp: without a host, and run it there (NRPE, an agent)");
	}
	if ((folder != NULL && folder[0] != '/') || (log != NULL && log[0] != '/'))
		return error_set(error, ERROR_CONFIG, STEP_OPEN, "sockdir and log must be absolute paths");
	opened = must_alloc(sizeof *opened);
	opened->folder = arena_strdup(&opened->arena, folder != NULL ? folder : "/run/xrdp/sockdir");
	opened->log = arena_strdup(&opened->arena, log != NULL ? log : "/var/log/xrdp.log");
	if (gethostname(opened->host, sizeof opened->host - 1) < 0 || opened->host[0] == '\0')
		memcpy(opened->host, "localhost", sizeof "localhost");
	boot_id_read(opened->boot, sizeof opened->boot);
	*connection = opened;
	trail_mark(trail, STEP_OPEN);
	return 0;
}

static void close_machine(struct connection *connection)
{
	if (connection == NULL)
		return;
	arena_free(&connection->arena);
	free(connection);
}

/* A client that came or went during the look makes a session unclear; a second look settles it. */
static int look_around(const struct connection *connection, struct scene *scene, struct error *error)
{
	for (int attempt = 0; attempt < 2; attempt++) {
		bool unclear = false;

		if (attempt > 0)
			scene_free(scene);
		if (scene_read(scene, connection->folder, error) < 0)
			return -1;
		for (size_t i = 0; i < scene->count; i++)
			unclear |= scene->items[i].presence == PRESENCE_UNKNOWN && scene->items[i].display >= 0;
		if (!unclear)
			break;
	}
	return 0;
}

static bool may_ask(const struct scene *scene, const struct found *found)
{
	return found->display >= 0 && !found->lost && found->home[0] != '\0' && (scene->all || found->uid == geteuid());
}

static struct idle_question question_for(const struct found *found)
{
	return (struct idle_question){
	    .user = {{found->uid, found->gid}, found->home}, .display = found->display, .server = found->server.pid};
}

static struct look look_at(const struct connection *connection, const struct scene *scene, struct arena *arena)
{
	struct look look = {.scene = scene, .boot = connection->boot, .log = "", .now = clock_now()};

	for (size_t i = 0; i < scene->count; i++) {
		if (scene->items[i].client != NULL) {
			look.log = client_log_read(connection->log, arena);
			break;
		}
	}
	return look;
}

/* A path that is not readable may exist. */
static bool may_exist(const char *path)
{
	return access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* Where packages and "make install" put the service.  Its folder of sockets shows that one has run from another
 * place. */
static bool is_installed(const char *folder)
{
	return may_exist("/usr/sbin/xrdp-sesman") || may_exist("/usr/local/sbin/xrdp-sesman") ||
	       may_exist("/opt/xrdp/sbin/xrdp-sesman") || may_exist(folder);
}

/* Fails if xrdp does not run or cannot be seen: "no sessions" would be wrong. */
static int check_service(const struct scene *scene, struct error *error)
{
	if (scene->count > 0 || (scene->sesman && !scene->hidden))
		return 0;
	if (scene->hidden) {
		error_set(error, ERROR_ACCESS, STEP_LIST,
		          "other accounts' processes are hidden here (/proc has hidepid), so the logged-in users are "
		          "unknown");
		return error_hint(error, "run it as root through sudo, or put the account into the group that /proc's "
		                         "option gid= names");
	}
	if (!is_installed(scene->folder)) {
		error_set(error, ERROR_UNSUPPORTED, STEP_LIST, "xrdp is not installed here");
		return error_hint(error,
		                  "install xrdp, or take the target out; an xrdp in a folder of its own is found "
		                  "once it runs");
	}
	error_set(error, ERROR_REFUSED, STEP_LIST, "xrdp-sesman does not run here, so no user can log in");
	return error_hint(error,
	                  "start it (systemctl start xrdp-sesman); where no xrdp is wanted, remove it, or ask logind:");
}

static void add_doubts(struct snapshot *snapshot, const struct scene *scene)
{
	size_t orphans = 0, lost = 0;

	for (size_t i = 0; i < scene->count; i++) {
		orphans += scene->items[i].orphan && !scene->items[i].lost;
		lost += scene->items[i].lost;
	}
	if (scene->hidden)
		snapshot_notice(snapshot, "other accounts' processes are hidden here (/proc has hidepid)");
	if (!scene->sesman)
		snapshot_notice(snapshot, "xrdp-sesman does not run any more: start it (systemctl start xrdp-sesman)");
	if (orphans > 0)
		snapshot_notice(
		    snapshot,
		    "%zu session(s) are of an xrdp-sesman that has ended: their users cannot connect to them again, "
		    "log them off",
		    orphans);
	if (lost > 0)
		snapshot_notice(snapshot,
		                "%zu X server(s) of xrdp run without a session's process: look at their programs, and "
		                "end them by hand",
		                lost);
	if (scene->hidden || !scene->sesman || lost > 0)
		snapshot->complete = false;
}

static void add_notices(struct snapshot *snapshot, const struct scene *scene, bool helper_runs)
{
	size_t others = 0;

	add_doubts(snapshot, scene);
	for (size_t i = 0; i < scene->count; i++) {
		others += scene->items[i].uid != geteuid();
		if (!scene->items[i].named)
			snapshot_notice(snapshot, "session %d: uid %u has no name here, so it is only shown",
			                (int)scene->items[i].session.pid, (unsigned)scene->items[i].uid);
		if (scene->items[i].display < 0)
			snapshot_notice(
			    snapshot,
			    "session %d: its X server cannot be distinguished from other programs of its user",
			    (int)scene->items[i].session.pid);
	}
	if (others > 0 && !scene->all)
		snapshot_notice(snapshot,
		                "without root: the idle time, client and connect time of %zu session(s) of other "
		                "users cannot be read",
		                others);
	if (scene->count > 0 && !scene->sockets_known)
		snapshot_notice(snapshot,
		                "the kernel does not list sockets (sock_diag), so the connected sessions are unknown");
	if (scene->count > 0 && !scene->ports_known)
		snapshot_notice(snapshot, "the kernel does not list TCP sockets (tcp_diag), so the clients of Xvnc and "
		                          "the addresses of all are unknown");
	if (!helper_runs)
		snapshot_notice(snapshot,
		                "idle times are unknown: %s/curfew-xidle cannot be run (is it installed, and the "
		                "folder open to all?)",
		                libexec_dir());
}

static int list_sessions(struct connection *connection, const struct deadline *deadline, struct trail *trail,
                         struct snapshot *snapshot, struct error *error)
{
	struct idle_question *questions;
	struct arena arena = {0};
	struct scene scene;
	struct look look;
	bool helper_runs;
	size_t asked = 0;

	if (look_around(connection, &scene, error) < 0)
		return -1;
	if (check_service(&scene, error) < 0) {
		scene_free(&scene);
		return -1;
	}
	questions = arena_alloc(&arena, (scene.count + 1) * sizeof *questions);
	for (size_t i = 0; i < scene.count; i++)
		if (may_ask(&scene, &scene.items[i]))
			questions[asked++] = question_for(&scene.items[i]);
	helper_runs = idle_ask(questions, asked, deadline);
	snapshot->provider = "xrdp";
	snapshot->host = arena_strdup(&snapshot->arena, connection->host);
	look = look_at(connection, &scene, &arena);
	asked = 0;
	for (size_t i = 0; i < scene.count; i++)
		fill_session(snapshot_add(snapshot), &snapshot->arena, &look, &scene.items[i],
		             may_ask(&scene, &scene.items[i]) ? &questions[asked++] : NULL);
	snapshot->now = snapshot->taken_at = clock_now();
	cpu_fill(&scene, snapshot->sessions, &snapshot->arena);
	memory_fill(snapshot);
	add_notices(snapshot, &scene, helper_runs);
	arena_free(&arena);
	scene_free(&scene);
	trail_mark(trail, STEP_LIST);
	return 0;
}

/* A copy that outlives the scene. */
static struct pin *pin_make(const struct connection *connection, const struct found *found, int pidfd)
{
	struct pin *pin = must_alloc(sizeof *pin);

	pin->held.found = *found;
	pin->held.found.user = arena_strdup(&pin->arena, found->user);
	pin->held.found.home = arena_strdup(&pin->arena, found->home);
	if (found->client != NULL) {
		pin->held.client = *found->client;
		pin->held.found.client = &pin->held.client;
	}
	pin->held.folder = arena_strdup(&pin->arena, connection->folder);
	pin->held.pidfd = pidfd;
	return pin;
}

static void unpin(struct pin *pin)
{
	if (pin == NULL)
		return;
	close(pin->held.pidfd);
	arena_free(&pin->arena);
	free(pin);
}

/* Said before the comparison: without root a session's connect time changes when another user's client leaves. */
static int check_right(const struct found *found, struct error *error)
{
	if (geteuid() == 0 || geteuid() == found->uid)
		return 0;
	error_set(error, ERROR_ACCESS, STEP_PIN, "only root may act on another user's session");
	return error_hint(error, "run it as root through sudo; contrib/sudoers shows how to allow exactly that");
}

/* The session in what was read; NULL with the error.  The process of pidfd still runs, so that is the session. */
static const struct found *find_held(const struct scene *scene, pid_t id, int pidfd, struct error *error)
{
	const struct found *found = scene_find(scene, id);

	if (found == NULL && scene->hidden) {
		error_set(error, ERROR_ACCESS, STEP_PIN,
		          "process %d is hidden here (/proc has hidepid): whether it is a session is unknown", (int)id);
		return NULL;
	}
	if (found == NULL || found->lost || poll(&(struct pollfd){.fd = pidfd, .events = POLLIN}, 1, 0) != 0) {
		error_set(error, ERROR_GONE, STEP_PIN, "there is no session %d", (int)id);
		return NULL;
	}
	return check_right(found, error) < 0 ? NULL : found;
}

/* The process is held first and read then: if it still runs afterwards, what was read belongs to it. */
static int pin_found(struct connection *connection, pid_t id, const struct deadline *deadline, struct pin **pin,
                     struct session *now, int64_t *host_now, struct arena *arena, struct error *error)
{
	int pidfd = pidfd_of(id);
	const struct found *found;
	struct idle_question question;
	struct arena temporary = {0};
	struct scene scene;
	struct look look;
	bool asked;

	if (pidfd < 0)
		return errno == ESRCH || errno == EINVAL
		           ? error_set(error, ERROR_GONE, STEP_PIN, "there is no session %d", (int)id)
		           : error_errno(error, errno, STEP_PIN, "cannot hold session %d", (int)id);
	if (look_around(connection, &scene, error) < 0) {
		close(pidfd);
		return -1;
	}
	found = find_held(&scene, id, pidfd, error);
	if (found == NULL) {
		scene_free(&scene);
		close(pidfd);
		return -1;
	}
	question = question_for(found);
	asked = may_ask(&scene, found) && idle_ask(&question, 1, deadline);
	look = look_at(connection, &scene, &temporary);
	now->provider = "xrdp";
	now->host = arena_strdup(arena, connection->host);
	fill_session(now, arena, &look, found, asked ? &question : NULL);
	*host_now = clock_now();
	*pin = pin_make(connection, found, pidfd);
	(*pin)->held.display_opened = asked && question.known;
	arena_free(&temporary);
	scene_free(&scene);
	return 0;
}

static int pin_session(struct connection *connection, const struct session *wanted, const struct deadline *deadline,
                       struct pin **pin, struct session *now, int64_t *host_now, struct arena *arena,
                       struct error *error)
{
	unsigned long long id;
	struct snapshot blank;

	if (number_parse(wanted->id, INT32_MAX, &id) < 0 || id == 0)
		return error_set(error, ERROR_GONE, STEP_PIN, "there is no session %.40s", wanted->id);
	/* Every text of a session is "" before it is known. */
	snapshot_init(&blank);
	*now = *snapshot_add(&blank);
	snapshot_free(&blank);
	return pin_found(connection, (pid_t)id, deadline, pin, now, host_now, arena, error);
}

static int act(struct pin *pin, const struct action *action, const struct deadline *deadline, struct outcome *outcome,
               struct error *error)
{
	struct held *held = &pin->held;

	memset(outcome, 0, sizeof *outcome);
	if (held_ended(held)) {
		outcome->code = OUTCOME_GONE;
		return 0;
	}
	switch (action->act) {
	case ACT_DISCONNECT:
		return act_disconnect(held, outcome, error);
	case ACT_LOGOFF:
		return act_logoff(held, action, deadline, outcome, error);
	case ACT_MESSAGE:
		return act_message(held, action, deadline, outcome, error);
	}
	return error_set(error, ERROR_UNSUPPORTED, STEP_ACT, "xrdp cannot do that");
}

static const struct provider_option options[] = {
    {"sockdir", "FOLDER", "where xrdp has its sockets, default /run/xrdp/sockdir", false},
    {"log", "FILE", "xrdp's log, for client names, default /var/log/xrdp.log", false},
    {NULL, NULL, NULL, false},
};

const struct provider xrdp_provider = {
    .scheme = "xrdp",
    .summary = "xrdp's remote desktops on this machine",
    .status = PROVIDER_STABLE,
    .capabilities = CAN_DISCONNECT | CAN_LOGOFF | CAN_MESSAGE | HAS_IDLE | HAS_DISCONNECT_TIME | HAS_BIRTH,
    .options = options,
    .open = open_machine,
    .list = list_sessions,
    .pin = pin_session,
    .act = act,
    .unpin = unpin,
    .close = close_machine,
};
