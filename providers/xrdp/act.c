/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/xrdp/act.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/child/pidfd.h"
#include "providers/xrdp/diag.h"
#include "providers/xrdp/task.h"

enum { LOGOFF_TIME = 5000 }; /* ms that programs have before a forced log off kills the window manager */

static bool ended(int pidfd)
{
	return poll(&(struct pollfd){.fd = pidfd, .events = POLLIN}, 1, 0) != 0;
}

bool held_ended(const struct held *held)
{
	return ended(held->pidfd);
}

/* Holds exactly that process, because its number may be used again.  Returns a pidfd or -1. */
static int hold(const struct task *process)
{
	int pidfd = pidfd_of(process->pid);
	struct task now;

	if (pidfd < 0)
		return -1;
	if (task_read(process->pid, &now) == 0 && now.start == process->start && !ended(pidfd))
		return pidfd;
	close(pidfd);
	return -1;
}

static bool has_socket(pid_t pid, unsigned inode)
{
	unsigned inodes[256];
	int count = task_sockets(pid, inodes, sizeof inodes / sizeof *inodes);

	for (int i = 0; i < count; i++)
		if (inodes[i] == inode)
			return true;
	return false;
}

/* Is the socket file's socket held by the session's own X server? */
static bool is_servers_socket(const struct held *held, const struct stat *file)
{
	struct sockets sockets = {0};
	const struct unix_socket *socket;
	struct error error = {0};
	struct task server;
	bool is = false;
	size_t from = 0;

	if (sockets_read_unix(&sockets, "xrdp_disconnect_", &error) == 0)
		while (!is && (socket = sockets_find_file(&sockets, file, false, &from)) != NULL)
			is = has_socket(held->found.server.pid, socket->inode);
	sockets_free(&sockets);
	return is && task_read(held->found.server.pid, &server) == 0 && server.start == held->found.server.start;
}

/* xorgxrdp drops its client when it gets a datagram at xrdp_disconnect_display_N.  The user can put anything there
 * at any time, also a link to another socket.  So the file is opened first, then checked, and the datagram goes to
 * the opened file. */
static int ask_server(const struct held *held)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct stat file;
	char path[256];
	int place, fd, sent = -1;

	if (scene_socket_file(held->folder, "xrdp_disconnect_display", &held->found, path, sizeof path, &file) < 0 ||
	    (place = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC)) < 0)
		return -1;
	if ((fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) >= 0) {
		snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d", place);
		if (fstat(place, &file) == 0 && S_ISSOCK(file.st_mode) && file.st_uid == held->found.uid &&
		    is_servers_socket(held, &file) &&
		    sendto(fd, "sig", 4, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address, sizeof address) == 4)
			sent = 0;
		close(fd);
	}
	close(place);
	return sent;
}

/* Ends the xrdp process that serves the client, which closes its connection. */
static int end_client(const struct held *held)
{
	int pidfd = held->found.client != NULL ? hold(&held->client.process) : -1, result = -1;

	if (pidfd < 0)
		return -1;
	if (has_socket(held->client.process.pid, held->found.client_socket) && !ended(pidfd))
		result = pidfd_signal(pidfd, SIGTERM);
	close(pidfd);
	return result;
}

int act_disconnect(struct held *held, struct outcome *outcome, struct error *error)
{
	if (held->found.presence == PRESENCE_NO) {
		snprintf(outcome->detail, sizeof outcome->detail, "no client was connected");
		return 0;
	}
	if (held->found.backend == BACKEND_XORG && ask_server(held) == 0)
		return 0;
	if (end_client(held) == 0) {
		snprintf(outcome->detail, sizeof outcome->detail, "ended xrdp process %d, which served the client",
		         (int)held->client.process.pid);
		return 0;
	}
	error_set(error, held->found.client == NULL ? ERROR_ACCESS : ERROR_CHANGED, STEP_ACT,
	          "nothing trustworthy to send the disconnect to: no socket of the X server and no xrdp process");
	return error_hint(error, "run as root; if that is so, list again: the client may have gone or come back");
}

/* Reads again: the window manager must be the session's child and belong to its user. */
static int hold_manager(const struct held *held, struct task *manager, struct error *error)
{
	const struct found *found;
	struct scene scene;
	int pidfd = -1, known = -1;

	if (scene_read(&scene, held->folder, error) < 0)
		return -1;
	found = scene_find(&scene, held->found.session.pid);
	if (found != NULL && found->session.start == held->found.session.start)
		known = scene_window_manager(&scene, found, manager);
	scene_free(&scene);
	if (known < 0 || (pidfd = hold(manager)) < 0) {
		error_set(error, ERROR_CHANGED, STEP_ACT, "the session has no window manager that could be ended");
		return error_hint(error, "it is starting or ending; try again in a moment");
	}
	return pidfd;
}

int act_logoff(struct held *held, const struct action *action, const struct deadline *deadline, struct outcome *outcome,
               struct error *error)
{
	struct task manager;
	int pidfd = hold_manager(held, &manager, error), result = 0;
	int64_t grace = deadline_left(deadline) / 2;

	if (pidfd < 0)
		return -1;
	if (pidfd_signal(pidfd, SIGTERM) < 0 && errno != ESRCH)
		result = error_errno(error, errno, STEP_ACT, "cannot signal the window manager (%d)", (int)manager.pid);
	if (result == 0 && action->force) {
		struct pollfd gone = {.fd = pidfd, .events = POLLIN};

		if (poll(&gone, 1, (int)(grace < LOGOFF_TIME ? grace : LOGOFF_TIME)) == 0 &&
		    pidfd_signal(pidfd, SIGKILL) == 0)
			snprintf(outcome->detail, sizeof outcome->detail,
			         "the window manager (%d) did not end when asked and was killed", (int)manager.pid);
	}
	close(pidfd);
	return result;
}
