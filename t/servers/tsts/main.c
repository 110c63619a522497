/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * usage: windows-host SMB.CONF PIPES FARM HOST CONTROL JOURNAL
 *
 * The Remote Desktop Services of a Windows host, for tests: behind a real smbd
 * it answers MS-TSTS with the sessions that sim:FARM#HOST plays.  PIPES is the
 * folder "np" in smbd's ncalrpc folder; CONTROL is read for rights and faults
 * (control.h); each call is a line in JOURNAL.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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

/* A process for each connection: one that hangs, or waits for an answer, holds up no other. */
static void pipe_accept(int listener, const char *name)
{
	int connection = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (connection < 0)
		return;
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		server_serve(connection, name);
		_exit(0);
	}
	close(connection);
}

int main(int argc, char **argv)
{
	struct settings settings;
	struct pollfd listeners[PIPES];

	if (argc != 7) {
		fprintf(stderr, "usage: %s SMB.CONF PIPES FARM HOST CONTROL JOURNAL\n", argv[0]);
		return 3;
	}
	settings = (struct settings){.farm = argv[3], .host = argv[4], .control = argv[5], .journal = argv[6]};
	if (server_init(argv[1], &settings) < 0)
		return 2;
	signal(SIGCHLD, SIG_IGN);
	for (size_t i = 0; i < PIPES; i++)
		listeners[i] = (struct pollfd){.fd = pipe_listen(argv[2], pipes[i]), .events = POLLIN};
	while (poll(listeners, PIPES, -1) > 0)
		for (size_t i = 0; i < PIPES; i++)
			if (listeners[i].revents != 0)
				pipe_accept(listeners[i].fd, pipes[i]);
	return 1;
}
