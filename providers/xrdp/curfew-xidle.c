/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curfew-xidle :N PID
 *
 * Prints how many milliseconds X display :N has been without input, as
 * MIT-SCREEN-SAVER counts them, and the wall clock (ms since the epoch) at
 * that moment, if the X server there is process PID.  Run by
 * the xrdp provider as the session's user, whose ~/.Xauthority has the cookie; a
 * program of its own, so that no check needs to load X libraries.  It starts once
 * per session and check, so it uses XCB: three round trips where Xlib takes ten.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>
#include <xcb/screensaver.h>
#include <xcb/xcb.h>

/* Checks that the server at the other end is that process, of this user. */
static int is_server(int fd, pid_t server)
{
	struct ucred peer;
	socklen_t size = sizeof peer;

	return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == getuid() && peer.pid == server;
}

/* Connects as XCB is about to: first to the abstract name, then to the file.  Another user
   could have taken the name, and XCB hands the user's cookie to any listener. */
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

static int64_t wall_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Milliseconds without input, or -1. */
static int64_t query(xcb_connection_t *connection, xcb_window_t root)
{
	xcb_screensaver_query_info_cookie_t asked = xcb_screensaver_query_info(connection, root);
	xcb_screensaver_query_info_reply_t *reply = xcb_screensaver_query_info_reply(connection, asked, NULL);
	int64_t idle = reply != NULL ? (int64_t)reply->ms_since_user_input : -1;

	free(reply);
	return idle;
}

/* On a busy machine time passes between the server's clock and ours; the fastest of a few answers is the best one. */
static int print_idle(xcb_connection_t *connection)
{
	enum { ENOUGH = 1, QUERIES = 5 }; /* ms; how often */
	const xcb_query_extension_reply_t *extension = xcb_get_extension_data(connection, &xcb_screensaver_id);
	xcb_screen_t *screen = xcb_setup_roots_iterator(xcb_get_setup(connection)).data;
	int64_t idle = 0, at = 0, quickest = -1;

	if (extension == NULL || !extension->present || screen == NULL)
		return -1;
	for (int i = 0; i < QUERIES && (quickest < 0 || quickest > ENOUGH); i++) {
		int64_t before = wall_clock(), now = query(connection, screen->root), took = wall_clock() - before;

		if (now < 0)
			return -1;
		if (quickest < 0 || took < quickest) {
			quickest = took;
			idle = now;
			at = before + took / 2;
		}
	}
	return printf("%" PRId64 " %" PRId64 "\n", idle, at) > 0 && fflush(stdout) == 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
	xcb_connection_t *connection;
	pid_t server;
	int result;

	if (argc != 3 || argv[1][0] != ':' || strspn(argv[1] + 1, "0123456789") != strlen(argv[1] + 1) ||
	    strlen(argv[1]) > 8) {
		fputs("usage: curfew-xidle :N PID\n", stderr);
		return 3;
	}
	alarm(10);
	server = (pid_t)strtol(argv[2], NULL, 10);
	if (!check_server(argv[1], server))
		return 1;
	connection = xcb_connect(argv[1], NULL); /* never NULL */
	result = xcb_connection_has_error(connection) || !is_server(xcb_get_file_descriptor(connection), server) ||
	         print_idle(connection) < 0;
	xcb_disconnect(connection);
	return result;
}
