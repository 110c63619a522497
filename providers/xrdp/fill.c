/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/xrdp/fill.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/judge/classify.h"
#include "providers/linux/account.h"
#include "providers/linux/own.h"
#include "providers/xrdp/log.h"
#include "providers/xrdp/task.h"

struct moment last_input(enum presence presence, struct moment input, struct moment connect,
                         struct moment newest_client)
{
	struct moment unknown = {0};

	if (input.is != MOMENT_KNOWN || presence == PRESENCE_UNKNOWN)
		return unknown;
	if (presence == PRESENCE_NO)
		return input;
	if (connect.is == MOMENT_KNOWN)
		return connect.at > input.at ? connect : input;
	/* The client came no later than the newest process that could serve it was started. */
	return newest_client.is == MOMENT_KNOWN && newest_client.at <= input.at ? input : unknown;
}

/* The X server's value, if it is possible.  Two readings of one input differ by a millisecond or two, and the later
 * one would look like new input, so it is cut to whole seconds. */
static struct moment input_time(const struct found *found, const struct idle_question *input)
{
	struct moment unknown = {0};
	int64_t when;

	if (input == NULL || !input->known)
		return unknown;
	when = input->at - input->idle;
	if (when < task_started(&found->server) - CLOCK_TOLERANCE)
		return unknown;
	return moment_at(when / 1000 * 1000);
}

/* When the session's chansrv made that socket, since its X server was started.  If chansrv has crashed, the file is of
 * an earlier time, and nobody listens there. */
static struct moment socket_made(const struct look *look, const struct found *found, const char *name)
{
	struct moment unknown = {0};
	struct stat file;
	char path[256];
	int64_t when;

	if (scene_socket_file(look->scene->folder, name, found, path, sizeof path, &file) < 0 ||
	    !scene_listens(look->scene, &file))
		return unknown;
	when = (int64_t)file.st_mtim.tv_sec * 1000 + file.st_mtim.tv_nsec / 1000000;
	if (when < task_started(&found->server) - CLOCK_TOLERANCE || when > look->now + CLOCK_TOLERANCE)
		return unknown;
	return moment_at(when);
}

/* chansrv makes this socket when the client has left, and removes it when one comes. */
static struct moment disconnect_time(const struct look *look, const struct found *found)
{
	if (found->presence == PRESENCE_YES)
		return (struct moment){.is = MOMENT_NEVER};
	return found->presence == PRESENCE_NO ? socket_made(look, found, "xrdp_chansrv_socket") : (struct moment){0};
}

/* A client's process may wait for its user at the login dialog.  chansrv makes the socket for sound when the client
 * comes to the session, and removes it when it leaves; a client without sound has its process's start alone. */
static struct moment client_came(const struct look *look, const struct found *found)
{
	struct moment started = moment_at(task_started(&found->client->process));
	struct moment sound = socket_made(look, found, "xrdp_chansrv_audio_out_socket");

	return sound.is == MOMENT_KNOWN && sound.at > started.at ? sound : started;
}

/* Only root can see which process serves the client; for others it is known if there is only one. */
static struct moment connect_time(const struct look *look, const struct found *found, struct moment *newest)
{
	struct moment unknown = {0};
	size_t children = 0;

	*newest = unknown;
	if (found->presence != PRESENCE_YES)
		return unknown;
	if (found->client != NULL)
		return client_came(look, found);
	for (size_t i = 0; i < look->scene->xrdp_count; i++) {
		const struct xrdp_process *xrdp = &look->scene->xrdps[i];
		int64_t started = task_started(&xrdp->process);

		if (!xrdp->child)
			continue;
		children++;
		if (newest->is != MOMENT_KNOWN || started > newest->at)
			*newest = moment_at(started);
	}
	return children == 1 ? *newest : unknown;
}

static const char *client_name(const struct look *look, const struct found *found, struct arena *arena)
{
	if (found->client == NULL || look->log[0] == '\0')
		return "";
	/* The start is known to 100 ms, the log's times to a second. */
	return client_log_name(look->log, found->client->process.pid, task_started(&found->client->process) - 1000,
	                       arena);
}

static void fill_state(struct session *session, const struct found *found)
{
	switch (found->presence) {
	case PRESENCE_YES:
		session->state = STATE_ACTIVE;
		break;
	case PRESENCE_NO:
		session->state = STATE_DISCONNECTED;
		break;
	case PRESENCE_UNKNOWN:
		session->state = STATE_OTHER;
		session->state_text = "unclear";
		break;
	}
}

void fill_session(struct session *session, struct arena *arena, const struct look *look, const struct found *found,
                  const struct idle_question *input)
{
	struct moment newest;

	session->id = arena_printf(arena, "%d", (int)found->session.pid);
	session->number = (uint32_t)found->session.pid;
	session->numbered = true;
	account_fill(session, found->user, 0, found->uid, arena);
	/* Without a boot id, a number could come again after a restart; without a name (a directory that doesn't
	   answer) it is unknown whether a rule excludes this user. */
	if (look->boot[0] != '\0' && found->named && !found->lost)
		session->birth = arena_printf(arena, "%d-%llu-%s", (int)found->session.pid,
		                              (unsigned long long)found->session.start, look->boot);
	if (found->display >= 0)
		session->station = arena_printf(arena, ":%d", found->display);
	session->client_name = client_name(look, found, arena);
	session->client_address = arena_strdup(arena, found->address);
	session->application = found->backend == BACKEND_XORG ? "Xorg" : "Xvnc";
	session->class = found->lost ? CLASS_GHOST : CLASS_USER;
	session->kind = KIND_DESKTOP;
	session->own = account_own(found->uid) || scene_contains(look->scene, found, getpid()) ? FLAG_YES : FLAG_NO;
	session->logon_time = moment_at(task_started(&found->session));
	session->connect_time = connect_time(look, found, &newest);
	session->disconnect_time = disconnect_time(look, found);
	session->last_input = last_input(found->presence, input_time(found, input), session->connect_time, newest);
	fill_state(session, found);
	if (found->lost)
		session->state_text = "its session's process has ended";
}
