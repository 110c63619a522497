/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/xrdp/enumerate.h"

#include <errno.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "providers/xrdp/connected.h"

/* A process of root's that runs that program.  Without root the program file cannot be read, but if all four uids
 * are 0, no ordinary user can have started it (su under another name). */
static bool is_roots(struct scene *scene, const struct task *process, const char *program)
{
	uid_t uid;

	if (task_owner(process->pid, &uid) < 0 || uid != 0)
		return false;
	errno = 0;
	if (!scene->all || task_runs_program(process->pid, program))
		return true;
	scene->barred |= errno == EACCES || errno == EPERM;
	return false;
}

/* The session's parent process: 0.9 forks sesman, 0.10 starts xrdp-sesexec.  It outlives its sesman, and a restarted
 * sesman does not know it. */
static bool is_session(struct scene *scene, const struct task *process, bool *orphan)
{
	const struct task *parent = task_find(&scene->table, process->parent);

	if (strcmp(process->name, "xrdp-sesman") != 0 && strcmp(process->name, "xrdp-sesexec") != 0)
		return false;
	*orphan = parent == NULL || strcmp(parent->name, "xrdp-sesman") != 0;
	return is_roots(scene, process, process->name) && (*orphan || is_roots(scene, parent, "xrdp-sesman"));
}

/* An X server that was started with xrdp's own configuration, and whose session process has ended. */
static bool is_lost(const struct task *server, enum backend backend)
{
	return backend == BACKEND_XORG && task_has_argument(server->pid, "xrdp/xorg.conf");
}

/* The sesman that accepts logins: root's, and not a session's process of 0.9, which has the same name. */
static void find_sesman(struct scene *scene)
{
	for (size_t i = 0; i < scene->table.count && !scene->sesman; i++) {
		const struct task *process = &scene->table.items[i];
		bool session = false;

		if (strcmp(process->name, "xrdp-sesman") != 0 || !is_roots(scene, process, "xrdp-sesman"))
			continue;
		for (size_t k = 0; k < scene->count && !session; k++)
			session = scene->items[k].session.pid == process->pid;
		scene->sesman = !session;
	}
}

static bool is_server(const struct task *process, enum backend *backend)
{
	*backend = strcmp(process->name, "Xorg") == 0 ? BACKEND_XORG : BACKEND_XVNC;
	return *backend == BACKEND_XORG || strcmp(process->name, "Xvnc") == 0 ||
	       strcmp(process->name, "Xtigervnc") == 0;
}

static void name_owner(struct scene *scene, struct found *found)
{
	struct passwd entry, *result;
	char buffer[4096];

	if (getpwuid_r(found->uid, &entry, buffer, sizeof buffer, &result) == 0 && result != NULL) {
		found->named = true;
		found->user = arena_strdup(&scene->arena, entry.pw_name);
		found->home = arena_strdup(&scene->arena, entry.pw_dir);
		found->gid = entry.pw_gid;
	} else {
		found->user = arena_printf(&scene->arena, "%u", (unsigned)found->uid);
		found->home = "";
		found->gid = (gid_t)-1;
	}
}

/* A user who starts another program with the name of an X server makes that session unclear: it stays in the list,
 * without a display. */
static bool is_second_server(struct scene *scene, const struct task *session)
{
	struct found *found = (struct found *)scene_find(scene, session->pid);

	if (found == NULL)
		return false;
	found->display = -1;
	return true;
}

static void find_sessions(struct scene *scene)
{
	size_t allocated = 0;

	for (size_t i = 0; i < scene->table.count; i++) {
		const struct task *server = &scene->table.items[i], *session;
		struct found found = {.presence = PRESENCE_UNKNOWN};

		if (!is_server(server, &found.backend))
			continue;
		session = task_find(&scene->table, server->parent);
		if (session == NULL || !is_session(scene, session, &found.orphan)) {
			if (!is_lost(server, found.backend))
				continue;
			found.orphan = found.lost = true;
			session = server;
		}
		if ((!found.lost && is_second_server(scene, session)) || task_owner(server->pid, &found.uid) < 0)
			continue;
		found.session = *session;
		found.server = *server;
		found.display = task_display(server->pid);
		name_owner(scene, &found);
		scene->items = arena_grow(&scene->arena, scene->items, scene->count, &allocated, sizeof found);
		scene->items[scene->count++] = found;
	}
}

/* xrdp runs as root or, on Debian, as the account xrdp.  A session's user could start the same program, but with
 * another uid. */
static bool is_xrdp(const struct scene *scene, const struct task *process, uid_t account)
{
	uid_t uid;

	return strcmp(process->name, "xrdp") == 0 && task_owner(process->pid, &uid) == 0 &&
	       (uid == 0 || uid == account) && (!scene->all || task_runs_program(process->pid, "xrdp"));
}

static void find_xrdps(struct scene *scene)
{
	struct passwd entry, *result = NULL;
	char buffer[4096];
	uid_t account = 0;
	size_t named = 0;
	int failure;

	for (size_t i = 0; i < scene->table.count; i++)
		named += strcmp(scene->table.items[i].name, "xrdp") == 0;
	scene->xrdps = arena_alloc(&scene->arena, (named + 1) * sizeof *scene->xrdps);
	failure = getpwnam_r("xrdp", &entry, buffer, sizeof buffer, &result);
	scene->account_unknown = failure != 0 && failure != ENOENT && failure != ESRCH;
	if (result != NULL)
		account = entry.pw_uid;
	for (size_t i = 0; i < scene->table.count; i++) {
		struct xrdp_process *xrdp = &scene->xrdps[scene->xrdp_count];
		const struct task *process = &scene->table.items[i], *parent;
		int count;

		if (!is_xrdp(scene, process, account))
			continue;
		xrdp->process = *process;
		parent = task_find(&scene->table, process->parent);
		xrdp->child = parent != NULL && strcmp(parent->name, "xrdp") == 0;
		count = task_sockets(process->pid, xrdp->inodes, sizeof xrdp->inodes / sizeof *xrdp->inodes);
		xrdp->readable = count >= 0;
		xrdp->count = count > 0 ? (size_t)count : 0;
		scene->xrdp_count++;
	}
}

int scene_read(struct scene *scene, const char *folder, struct error *error)
{
	struct error unknown = {0};

	memset(scene, 0, sizeof *scene);
	scene->folder = folder;
	scene->all = geteuid() == 0;
	/* The socket lists are read first: a process in them that has ended since is not found below. */
	scene->sockets_known = sockets_read_unix(&scene->sockets, "xrdp_", &unknown) == 0;
	scene->ports_known = sockets_read_tcp(&scene->sockets, &unknown) == 0;
	if (task_table_read(&scene->table, error) < 0) {
		scene_free(scene);
		return -1;
	}
	/* Every system has a process 1; if it is not visible, /proc hides processes. */
	scene->hidden = task_find(&scene->table, 1) == NULL;
	find_sessions(scene);
	find_sesman(scene);
	if (scene->barred) {
		scene_free(scene);
		error_set(error, ERROR_ACCESS, STEP_LIST,
		          "root may not see here what program xrdp-sesman's processes run");
		return error_hint(error,
		                  "let it keep CAP_SYS_PTRACE (a service's CapabilityBoundingSet, a container's)");
	}
	if (scene->count == 0)
		return 0;
	find_xrdps(scene);
	if (scene->sockets_known)
		for (size_t i = 0; i < scene->count; i++)
			find_client(scene, &scene->items[i]);
	return 0;
}

void scene_free(struct scene *scene)
{
	task_table_free(&scene->table);
	sockets_free(&scene->sockets);
	arena_free(&scene->arena);
}

const struct found *scene_find(const struct scene *scene, pid_t session)
{
	for (size_t i = 0; i < scene->count; i++)
		if (scene->items[i].session.pid == session)
			return &scene->items[i];
	return NULL;
}

bool scene_contains(const struct scene *scene, const struct found *found, pid_t pid)
{
	const struct task *process = task_find(&scene->table, pid);

	/* A bound, in case parents ended and numbers were used again while the table was read. */
	for (size_t depth = 0; process != NULL && depth < scene->table.count; depth++) {
		if (process->pid == found->session.pid)
			return true;
		process = task_find(&scene->table, process->parent);
	}
	return false;
}

/* Both 0.9 (window manager, X, chansrv) and 0.10 (X, window manager, chansrv, later reconnect scripts) start it as
 * the first child but the X server; its name is the user's choice. */
int scene_window_manager(const struct scene *scene, const struct found *found, struct task *manager)
{
	const struct task *first = NULL;
	uid_t uid;

	for (size_t i = 0; i < scene->table.count; i++) {
		const struct task *process = &scene->table.items[i];

		if (process->parent == found->session.pid && process->pid != found->server.pid &&
		    (first == NULL || process->start < first->start) &&
		    !(scene->all && task_runs_program(process->pid, "xrdp-chansrv")))
			first = process;
	}
	/* While the session starts, it is a copy of sesman and still root's. */
	if (first == NULL || task_owner(first->pid, &uid) < 0 || uid != found->uid)
		return -1;
	*manager = *first;
	return 0;
}
