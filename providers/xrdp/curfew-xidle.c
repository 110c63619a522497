/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curfew-xidle :N PID
 *
 * Prints how many milliseconds X display :N has been without input, as
 * MIT-SCREEN-SAVER counts them, and the wall clock (ms since the epoch) at
 * that moment, if the X server there is process PID.  Run by
 * the xrdp provider as the session's user, whose ~/.Xauthority lets it in; a
 * program of its own, so that no check needs to load X libraries.
 */
#include <X11/Xlib.h>
#include <X11/extensions/scrnsaver.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* Is the server at the other end that process, of this user? */
static int is_server(int fd, pid_t server)
{
	struct ucred peer;
	socklen_t size = sizeof peer;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == getuid() && peer.pid == server;
}

/* Connects as Xlib is about to: first to the abstract name, then to the file.  Somebody else
   could have taken the name, and Xlib hands the user's cookie to whoever answers. */
static int check_server(const char *display, pid_t server)
{
	for (int abstract = 1; abstract >= 0; abstract--) {
		struct sockaddr_un address = {.sun_family = AF_UNIX};
		int length = snprintf(address.sun_path + abstract, sizeof address.sun_path - 1, "/tmp/.X11-unix/X%s",
		                      display + 1);
		socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)(length + 1));
		int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), ours;

		if (fd < 0)
			return 0;
		if (connect(fd, (struct sockaddr *)&address, size) == 0) {
			ours = is_server(fd, server);
			close(fd);
			return ours;
		}
		close(fd);
	}
	return 0;
}

static long long wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* On a busy machine time passes between the server's look at its clock and ours; the quickest of a few
   answers is the best one. */
static int print_idle(Display *display)
{
	enum { ENOUGH = 1, QUERIES = 5 }; /* ms; how often */
	XScreenSaverInfo *info = XScreenSaverAllocInfo();
	unsigned long idle = 0;
	long long at = 0, quickest = -1;

	if (info == NULL)
		return -1;
	for (int i = 0; i < QUERIES && (quickest < 0 || quickest > ENOUGH); i++) {
		long long before = wall_clock(), took;

		if (!XScreenSaverQueryInfo(display, DefaultRootWindow(display), info))
			return -1;
		took = wall_clock() - before;
		if (quickest < 0 || took < quickest) {
			quickest = took;
			idle = info->idle;
			at = before + took / 2;
		}
	}
	return printf("%lu %lld\n", idle, at) > 0 && fflush(stdout) == 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
	int event, error;
	Display *display;
	pid_t server;

	if (argc != 3 || argv[1][0] != ':' || strspn(argv[1] + 1, "0123456789") != strlen(argv[1] + 1) ||
	    strlen(argv[1]) > 8) {
		fputs("usage: curfew-xidle :N PID\n", stderr);
		return 3;
	}
	alarm(10);
	server = (pid_t)strtol(argv[2], NULL, 10);
	if (!check_server(argv[1], server) || (display = XOpenDisplay(argv[1])) == NULL)
		return 1;
	if (!is_server(ConnectionNumber(display), server) || !XScreenSaverQueryExtension(display, &event, &error))
		return 1;
	return print_idle(display) == 0 ? 0 : 1;
}
