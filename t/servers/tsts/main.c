/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * usage: windows-host SMB.CONF PIPES FARM HOST CONTROL JOURNAL
 *
 * The Remote Desktop Services of a Windows host, for tests: behind a real smbd
 * it answers MS-TSTS with the sessions that sim:FARM#HOST plays.  PIPES is the
 * folder "np" in smbd's ncalrpc folder; CONTROL is read for rights and faults
 * (control.h); each call is a line in JOURNAL.
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "t/servers/tsts/calls.h"
#include "t/servers/tsts/server.h"

enum { PIPES = 4, BACKLOG = 512 };
static const char *const pipes[PIPES] = {"lsm_api_service", "termsrv_api_service", "ctx_winstation_api_service",
                                         "srvsvc"};

static int pipe_listen(const char *folder, const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int size = snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", folder, name), listener;

	if (size < 0 || (size_t)size >= sizeof address.sun_path) {
		fprintf(stderr, "%s: too long a path\n", folder);
		exit(2);
	}
	unlink(address.sun_path);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (const struct sockaddr *)&address, sizeof address) < 0 || listen(listener, BACKLOG) < 0) {
		perror(address.sun_path);
		exit(2);
	}
	return listener;
}

struct door {
	int listener;
	const char *pipe;
};

static void on_visit(struct tevent_context *events, struct tevent_fd *watch, uint16_t flags, void *what)
{
	const struct door *door = what;
	int connection = accept4(door->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)events;
	(void)watch;
	(void)flags;
	if (connection >= 0)
		server_welcome(connection, door->pipe);
}

int main(int argc, char **argv)
{
	struct settings settings;
	static struct door doors[PIPES];

	if (argc != 7) {
		fprintf(stderr, "usage: %s SMB.CONF PIPES FARM HOST CONTROL JOURNAL\n", argv[0]);
		return 3;
	}
	settings = (struct settings){.farm = argv[3], .host = argv[4], .control = argv[5], .journal = argv[6]};
	if (server_init(argv[1], &settings) < 0)
		return 2;
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	for (size_t i = 0; i < PIPES; i++) {
		doors[i] = (struct door){pipe_listen(argv[2], pipes[i]), pipes[i]};
		server_listen(doors[i].listener, on_visit, &doors[i]);
	}
	return server_run();
}
