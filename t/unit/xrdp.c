/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The xrdp provider's parsers, on what the kernel and xrdp 0.9.21 printed, and on what users might. */
#include "t/unit/test.h"

#include <arpa/inet.h>
#include <errno.h>
#include <grp.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/unix_diag.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/child/child.h"
#include "lib/child/pidfd.h"
#include "lib/child/spawn.h"
#include "lib/session/session.h"
#include "providers/xrdp/as_user.h"
#include "providers/xrdp/connected.h"
#include "providers/xrdp/diag.h"
#include "providers/xrdp/enumerate.h"
#include "providers/xrdp/fill.h"
#include "providers/xrdp/idle.h"
#include "providers/xrdp/log.h"
#include "providers/xrdp/task.h"

/* A line of a real /proc/PID/stat with other names put in. */
#define STAT(pid, name, parent)                                                                                        \
	pid " (" name ") S " parent " 84 84 0 -1 4194624 1163 0 0 0 3 5 0 0 20 0 1 0 335818 12345344 1408 "            \
	    "18446744073709551615 1 1 0 0 0 0 0 0"

static void stat_lines(void **state)
{
	static const struct {
		const char *line, *name;
	} table[] = {
	    {STAT("133", "xrdp-sesman", "84"), "xrdp-sesman"},
	    {STAT("133", "a b", "84"), "a b"},
	    {STAT("133", ") S 1 (x", "84"), ") S 1 (x"},
	    {STAT("133", "((()))", "84"), "((()))"},
	    {STAT("133", "", "84"), ""},
	};
	static const char *const bad[] = {"",        "133",      "133 (x", "133 (x)", "133 (x) S", "133 (x) S 84 1 2",
	                                  ") S 1 (", "x (x) S 1"};
	struct task task;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		assert_int_equal(task_parse(table[i].line, strlen(table[i].line), &task), 0);
		assert_int_equal(task.pid, 133);
		assert_int_equal(task.parent, 84);
		assert_int_equal(task.start, 335818);
		assert_string_equal(task.name, table[i].name);
	}
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(task_parse(bad[i], strlen(bad[i]), &task), -1);
}

static void this_process_is_found(void **state)
{
	struct task_table table = {0};
	struct error error = {0};
	struct task self;
	const struct task *found;

	(void)state;
	assert_int_equal(task_table_read(&table, &error), 0);
	found = task_find(&table, getpid());
	assert_non_null(found);
	assert_int_equal(found->parent, getppid());
	assert_int_equal(task_read(getpid(), &self), 0);
	assert_true(self.start == found->start);
	assert_null(task_find(&table, 0));
	task_table_free(&table);
}

static void owners(void **state)
{
	static const char head[] = "Name:\txrdp\nUmask:\t0022\nTgid:\t85\n";
	static const struct {
		const char *rest;
		int result;
		uid_t uid;
	} table[] = {
	    {"Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nNSpid:\t85\n", 0, 0},
	    {"Uid:\t1001\t1001\t1001\t1001\nNSpid:\t85\n", 0, 1001},
	    {"Uid:\t1001\t0\t0\t0\nNSpid:\t85\n", -1, 0},                   /* su, started by somebody */
	    {"Uid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nNSpid:\t85\t7\n", -1, 0}, /* root in a container */
	    {"Gid:\t0\t0\t0\t0\n", -1, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		char text[256];
		uid_t uid = 0;

		snprintf(text, sizeof text, "%s%s", head, table[i].rest);
		assert_int_equal(task_owner_parse(text, &uid), table[i].result);
		if (table[i].result == 0)
			assert_int_equal(uid, table[i].uid);
	}
}

/* Root of a container can put any number of groups before the line that shows the container. */
static void a_container_with_groups(void **state)
{
	gid_t groups[4096];
	uid_t uid = 0;
	pid_t outer;
	int status;

	(void)state;
	for (size_t i = 0; i < COUNT(groups); i++)
		groups[i] = (gid_t)(100000 + i);
	if ((outer = fork()) == 0) {
		pid_t inner;

		if (setgroups(COUNT(groups), groups) < 0 || unshare(CLONE_NEWPID) < 0 || (inner = fork()) < 0)
			_exit(2);
		if (inner == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				pause();
		}
		status = task_owner(inner, &uid);
		kill(inner, SIGKILL);
		_exit(status == -1 ? 0 : 1);
	}
	assert_int_equal(waitpid(outer, &status, 0), outer);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
		skip();
	assert_int_equal(status, 0);
}

/* What the kernel sends for an accepted connection, as linux/unix_diag.h lays it out. */
static size_t unix_message(unsigned char *bytes, size_t size, const char *name, size_t name_size)
{
	struct unix_diag_msg head = {.udiag_family = 1, .udiag_type = 1, .udiag_state = 1, .udiag_ino = 4711};
	struct {
		struct rtattr attribute;
		unsigned value;
	} peer = {{sizeof peer, UNIX_DIAG_PEER}, 4712}, uid = {{sizeof uid, UNIX_DIAG_UID}, 1001};
	struct {
		struct rtattr attribute;
		struct unix_diag_vfs value;
	} vfs = {{sizeof vfs, UNIX_DIAG_VFS}, {99, 25}};
	struct rtattr named = {(unsigned short)(sizeof named + name_size), UNIX_DIAG_NAME};
	size_t at = 0;

	memset(bytes, 0, size);
	memcpy(bytes, &head, sizeof head);
	at = NLMSG_ALIGN(sizeof head);
	memcpy(bytes + at, &named, sizeof named);
	memcpy(bytes + at + sizeof named, name, name_size);
	at += RTA_ALIGN(sizeof named + name_size);
	memcpy(bytes + at, &vfs, sizeof vfs);
	at += RTA_ALIGN(sizeof vfs);
	memcpy(bytes + at, &peer, sizeof peer);
	at += RTA_ALIGN(sizeof peer);
	memcpy(bytes + at, &uid, sizeof uid);
	return at + sizeof uid;
}

static void unix_sockets(void **state)
{
	static const char name[] = "/run/xrdp/sockdir/xrdp_display_10";
	_Alignas(8) unsigned char bytes[512];
	struct unix_socket socket;
	size_t length = unix_message(bytes, sizeof bytes, name, sizeof name); /* with its NUL */

	(void)state;
	assert_int_equal(unix_socket_parse(bytes, length, &socket), 0);
	assert_string_equal(socket.name, name);
	assert_int_equal(socket.inode, 4711);
	assert_int_equal(socket.peer, 4712);
	assert_int_equal(socket.file, 99);
	assert_true(socket.owned);
	assert_int_equal(socket.uid, 1001);
	assert_true(socket.connected);
	/* Cut anywhere it is never read beyond its end (valgrind, ASan) and never taken for more. */
	for (size_t cut = 0; cut < length; cut++)
		if (unix_socket_parse(bytes, cut, &socket) == 0)
			assert_true(cut >= sizeof(struct unix_diag_msg) + sizeof name);
	/* An abstract name begins with a NUL and names no file; one too long is none. */
	length = unix_message(bytes, sizeof bytes, "\0/run/xrdp", 10);
	assert_int_equal(unix_socket_parse(bytes, length, &socket), 1);
	memset(bytes, 'x', sizeof bytes);
	assert_true(unix_socket_parse(bytes, 8, &socket) < 0);
}

static void tcp_sockets(void **state)
{
	struct inet_diag_msg message = {.idiag_family = 10, .idiag_state = 1, .idiag_inode = 5, .idiag_uid = 7};
	struct tcp_socket socket;

	(void)state;
	message.id.idiag_sport = htons(3389);
	message.id.idiag_dport = htons(55212);
	assert_int_equal(inet_pton(AF_INET6, "::ffff:192.0.2.7", message.id.idiag_dst), 1);
	assert_int_equal(tcp_socket_parse(&message, sizeof message, &socket), 0);
	assert_string_equal(socket.remote, "192.0.2.7");
	assert_int_equal(socket.local_port, 3389);
	assert_int_equal(socket.remote_port, 55212);
	assert_false(socket.remote_loopback);
	assert_int_equal(inet_pton(AF_INET6, "::ffff:127.0.0.1", message.id.idiag_dst), 1);
	assert_int_equal(tcp_socket_parse(&message, sizeof message, &socket), 0);
	assert_true(socket.remote_loopback);
	assert_int_equal(inet_pton(AF_INET6, "2001:db8::1", message.id.idiag_dst), 1);
	assert_int_equal(tcp_socket_parse(&message, sizeof message, &socket), 0);
	assert_string_equal(socket.remote, "2001:db8::1");
	assert_int_equal(tcp_socket_parse(&message, sizeof message - 1, &socket), -1);
}

/* Lines of xrdp 0.9.21's log, and of 0.10.1's. */
#define LINE(when, pid, text)      "[20261121-" when "] [INFO ] [pid:" pid " tid:140290870150976] " text "\n"
#define NAME(when, pid, name)      LINE(when, pid, "Connected client computer name: " name)
#define NEW_LINE(stamp, pid, text) "[2026-11-21T" stamp "] [INFO ] [pid:" pid " tid:139948281734976] " text "\n"
#define NEW_NAME(stamp, pid, name) NEW_LINE(stamp, pid, "Connected client computer name: " name)

static void client_names(void **state)
{
	static const struct {
		const char *log, *name;
	} table[] = {
	    {"", ""},
	    {NAME("03:58:01", "129", "desk-alice"), "desk-alice"},
	    {LINE("03:58:00", "85", "starting xrdp with pid 85") NAME("03:58:01", "129", "desk-alice")
	         NAME("03:58:02", "130", "other"),
	     "desk-alice"},
	    {NAME("03:57:59", "129", "who had that pid before"), ""},
	    {NAME("03:58:01", "1290", "another process"), ""},
	    {NAME("03:58:01", "129", "desk-alice") NAME("03:58:03", "129", "desk-alice"), "desk-alice"},
	    /* A name that holds a whole line for somebody else: two names are none. */
	    {NAME("03:58:01", "129", "desk-alice") NAME("03:58:02", "130", "x\n" NAME("03:58:02", "129", "forged")),
	     ""},
	    {NAME("03:58:01", "129", "caf\xe9"), "caf\xef\xbf\xbd"},
	    {"[20261121-03:58:01] [INFO ] Connected client computer name: without a pid\n", ""},
	    {"[20261121-03:58:01] [INFO ] [pid:129 tid:-148801728] Connected client computer name: on i386\n",
	     "on i386"},
	    {"[20261121-03:58:01] [INFO ] [pid:129 tid:1] Connected client computer name: ", ""},
	    {"[20261131-03:58:01] [INFO ] [pid:129 tid:1] Connected client computer name: no such day\n", ""},
	    {NEW_LINE("03:58:00.120+0200", "85", "starting xrdp with pid 85")
	         NEW_NAME("03:58:01.975+0200", "129", "desk-alice") NEW_NAME("03:58:02.001+0200", "130", "other"),
	     "desk-alice"},
	    {NEW_NAME("01:58:01.975+0000", "129", "desk-alice"), "desk-alice"},
	    {NEW_NAME("03:57:59.999+0200", "129", "who had that pid before"), ""},
	    {NEW_NAME("03:58:01.975+0230", "129", "likewise, half an hour before"), ""},
	    {NEW_NAME("03:58:01.975", "129", "without a zone"), ""},
	    {NEW_NAME("03:58:01.975+02", "129", "with half a zone"), ""},
	    {NEW_NAME("03:58:01.975+0200", "129", "desk-alice") NAME("03:58:01", "129", "of before the update"), ""},
	    {"[2026-11-21T03:58:01.975+0200] [INFO ] Connected client computer name: without a pid\n", ""},
	    {"[2026-11-21T03:58:01.975+0200] [INFO ] [pid:129 tid:1] Connected", ""},
	    {"[20261121-03:58:01]\n [INFO] [pid:129 tid:1] Connected client computer name: on a line of its own\n", ""},
	    {"[2026-11-21T03:58", ""},
	    {"[20261121", ""},
	};
	int64_t since;
	char *zone = getenv("TZ");

	if (zone != NULL)
		zone = strdup(zone);
	setenv("TZ", "TST-2", 1);
	tzset();
	assert_int_equal(time_parse("2026-11-21T03:58:00+02:00", &since), 0);

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct arena arena = {0};

		assert_string_equal(client_log_name(table[i].log, 129, since, &arena), table[i].name);
		arena_free(&arena);
	}
	if (zone != NULL)
		setenv("TZ", zone, 1);
	else
		unsetenv("TZ");
	tzset();
	free(zone);
}

static void idle_answers(void **state)
{
	static const char *const bad[] = {
	    "",          "\n",       "1500\n",       "1500 1000",    "-1 1000\n",        "1500 999\n",
	    "15 2001\n", "x 1000\n", "1500 1000 \n", "1500  1000\n", "4294967296 1000\n"};
	int64_t idle, at;

	(void)state;
	assert_int_equal(idle_parse("1500 1000\n", 10, 1000, 2000, &idle, &at), 0);
	assert_int_equal(idle, 1500);
	assert_int_equal(at, 1000);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(idle_parse(bad[i], strlen(bad[i]), 1000, 2000, &idle, &at), -1);
	assert_int_equal(idle_parse("1500\0 1000\n", 11, 1000, 2000, &idle, &at), -1);
}

/* A socket of ours in a folder, as an X server makes it. */
static int bind_socket(const char *folder, const char *name, struct stat *file)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", folder, name);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(lstat(address.sun_path, file), 0);
	return fd;
}

/* "Nobody is connected" is said only of a server that somebody could connect to. */
static void disconnected_or_unclear(void **state)
{
	struct unix_socket items[] = {{.owned = true, .uid = getuid(), .listening = true},
	                              {.owned = true, .uid = getuid(), .connected = true, .peer = 5}};
	struct tcp_socket port = {.uid = getuid(), .local_port = 5910, .listening = true};
	char folder[] = "/tmp/curfew-xrdp-XXXXXX", path[64], later[64];
	struct scene scene = {.folder = folder, .ports_known = true};
	struct found found = {.display = 10, .uid = getuid()};
	struct stat file;
	int fds[2];

	(void)state;
	assert_non_null(mkdtemp(folder));
	find_client(&scene, &found);
	assert_int_equal(found.presence, PRESENCE_UNKNOWN);
	/* A file that an earlier X server left behind. */
	fds[0] = bind_socket(folder, "xrdp_display_10", &file);
	find_client(&scene, &found);
	assert_int_equal(found.presence, PRESENCE_UNKNOWN);
	scene.sockets = (struct sockets){.unix_items = items, .unix_count = 1};
	items[0].file = (unsigned)file.st_ino;
	find_client(&scene, &found);
	assert_int_equal(found.presence, PRESENCE_NO);
	/* The same, and xrdp 0.10's socket behind it. */
	snprintf(later, sizeof later, "%s/%u", folder, (unsigned)getuid());
	assert_int_equal(mkdir(later, 0700), 0);
	fds[1] = bind_socket(later, "xrdp_display_10", &file);
	items[0].file = items[1].file = (unsigned)file.st_ino;
	find_client(&scene, &found);
	assert_int_equal(found.presence, PRESENCE_NO);
	scene.sockets.unix_count = 2;
	find_client(&scene, &found);
	assert_int_equal(found.presence, PRESENCE_YES);
	/* Xvnc, on such a socket or on a port. */
	found = (struct found){.backend = BACKEND_XVNC, .display = 10, .uid = getuid()};
	find_client(&scene, &found);
	assert_int_equal(found.presence, PRESENCE_YES);
	scene.sockets = (struct sockets){.tcp_items = &port, .tcp_count = 1};
	found.client_socket = 0;
	found.presence = PRESENCE_UNKNOWN;
	find_client(&scene, &found);
	assert_int_equal(found.presence, PRESENCE_NO);
	scene.ports_known = false;
	found.presence = PRESENCE_UNKNOWN;
	find_client(&scene, &found);
	assert_int_equal(found.presence, PRESENCE_UNKNOWN);
	scene.ports_known = true;
	port.uid++;
	find_client(&scene, &found);
	assert_int_equal(found.presence, PRESENCE_UNKNOWN);
	for (size_t i = 0; i < COUNT(fds); i++) {
		snprintf(path, sizeof path, "%.40s/xrdp_display_10", i == 0 ? folder : later);
		close(fds[i]);
		unlink(path);
	}
	rmdir(later);
	rmdir(folder);
}

/* As root: a connection to Xvnc that no process holds which is seen to be an xrdp. */
static void whose_connection(void **state)
{
	struct tcp_socket ports[] = {
	    {.uid = 1000, .local_port = 5910, .listening = true},
	    {.uid = 1000, .local_port = 5910, .remote_port = 40000, .remote_loopback = true},
	    {.uid = 1001, .local_port = 40000, .remote_port = 5910, .remote_loopback = true, .inode = 7}};
	struct xrdp_process xrdp = {.count = 1, .inodes = {7}};
	struct scene scene = {.folder = "/nonexistent",
	                      .all = true,
	                      .ports_known = true,
	                      .sockets = {.tcp_items = ports, .tcp_count = 3}};
	const struct found fresh = {.backend = BACKEND_XVNC, .display = 10, .uid = 1000};
	struct found found = fresh;

	(void)state;
	find_client(&scene, &found);
	assert_int_equal(found.presence, PRESENCE_NO); /* of somebody else */
	scene.account_unknown = true;
	find_client(&scene, &found);
	assert_int_equal(found.presence, PRESENCE_UNKNOWN);
	scene.account_unknown = false;
	ports[2].uid = 0;
	found = fresh;
	find_client(&scene, &found);
	assert_int_equal(found.presence, PRESENCE_UNKNOWN);
	scene.xrdps = &xrdp;
	scene.xrdp_count = 1;
	find_client(&scene, &found);
	assert_int_equal(found.presence, PRESENCE_YES);
}

/* A dump that the kernel gives up half way ends with NLMSG_DONE as well. */
static void half_a_dump(void **state)
{
	struct {
		struct nlmsghdr header;
		int number;
	} message = {{.nlmsg_len = sizeof message, .nlmsg_type = NLMSG_DONE}, 0};

	(void)state;
	assert_int_equal(dump_place(&message.header), 1);
	message.number = -ENOENT;
	assert_int_equal(dump_place(&message.header), -1);
	assert_int_equal(errno, ENOENT);
	message.header.nlmsg_type = NLMSG_ERROR;
	assert_int_equal(dump_place(&message.header), -1);
	message.header.nlmsg_len = sizeof message.header;
	assert_int_equal(dump_place(&message.header), -1);
	message.header.nlmsg_type = NLMSG_DONE;
	assert_int_equal(dump_place(&message.header), -1);
	message.header.nlmsg_type = 20;
	assert_int_equal(dump_place(&message.header), 0);
	message.header.nlmsg_flags = NLM_F_DUMP_INTR;
	assert_int_equal(dump_place(&message.header), -1);
}

/* With no descriptor left for the files of a process it is not known who is there. */
static void half_a_table(void **state)
{
	struct task_table table = {0};
	struct error error = {0};
	struct rlimit before, few;
	int lowest = dup(0);

	(void)state;
	close(lowest);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	few.rlim_cur = (rlim_t)lowest + 1; /* one, which the folder takes */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(task_table_read(&table, &error), -1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_int_equal(error.native, EMFILE);
	task_table_free(&table);
}

/* A reconnect is input; without root the process that serves the client may not be known. */
static void last_inputs(void **state)
{
	const struct moment unknown = {0}, early = moment_at(1000), late = moment_at(9000);

	(void)state;
	assert_true(moment_equal(last_input(PRESENCE_YES, early, late, unknown), late));
	assert_true(moment_equal(last_input(PRESENCE_YES, late, early, unknown), late));
	assert_true(moment_equal(last_input(PRESENCE_YES, late, unknown, early), late));
	assert_true(moment_equal(last_input(PRESENCE_YES, early, unknown, late), unknown));
	assert_true(moment_equal(last_input(PRESENCE_YES, early, unknown, unknown), unknown));
	assert_true(moment_equal(last_input(PRESENCE_YES, unknown, late, late), unknown));
	assert_true(moment_equal(last_input(PRESENCE_NO, early, unknown, late), early));
	assert_true(moment_equal(last_input(PRESENCE_UNKNOWN, early, early, early), unknown));
}

/* Another process that traces pid, and does nothing else.  Returns its pid, or -1 if it may not. */
static pid_t trace(pid_t pid)
{
	int ends[2];
	pid_t tracer;
	char said = 0;

	assert_int_equal(pipe(ends), 0);
	if ((tracer = fork()) == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (ptrace(PTRACE_SEIZE, pid, NULL, NULL) < 0)
			_exit(1);
		(void)!write(ends[1], "t", 1);
		for (;;)
			pause();
	}
	close(ends[1]);
	if (read(ends[0], &said, 1) != 1) {
		waitpid(tracer, NULL, 0);
		tracer = -1;
	}
	close(ends[0]);
	return tracer;
}

/* A user may trace the processes of their account, and so hide their exit from us: a wait then depends on the user. */
static void a_traced_child(void **state)
{
	const struct session_user self = {{getuid(), getgid()}, "/"};
	char *const argv[] = {(char *)"/bin/sleep", (char *)"60", NULL};
	struct error error = {0};
	struct child child;
	pid_t tracer, pid;

	(void)state;
	assert_int_equal(as_user_start(&child, &self, 0, argv, 0, false, &error), 0);
	if ((tracer = trace(child.pid)) < 0) {
		child_stop(&child, 0, &error);
		skip();
	}
	pid = child.pid;
	alarm(60);
	child_stop(&child, 0, &error);
	assert_int_equal(child.status, -1);
	alarm(0);
	kill(tracer, SIGKILL);
	assert_int_equal(waitpid(tracer, NULL, 0), tracer);
	waitpid(pid, NULL, 0);
}

static void a_child(void **state)
{
	const struct session_user self = {{getuid(), getgid()}, "/"};
	char *const runs[] = {(char *)"/bin/sh", (char *)"-c", (char *)"exit 7", NULL};
	char *const missing[] = {(char *)"/nonexistent", NULL};
	struct error error = {0};
	struct child child;

	(void)state;
	assert_int_equal(as_user_start(&child, &self, 0, runs, 0, false, &error), 0);
	assert_true(pidfd_ended(child.pidfd, 10000));
	child_stop(&child, 0, &error);
	assert_int_equal(child.status, 7);
	assert_int_equal(as_user_start(&child, &self, 0, missing, 0, false, &error), 0);
	assert_true(pidfd_ended(child.pidfd, 10000));
	child_stop(&child, 0, &error);
	assert_int_equal(child.status, SPAWN_NO_PROGRAM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(stat_lines),       cmocka_unit_test(this_process_is_found),
	    cmocka_unit_test(owners),           cmocka_unit_test(a_container_with_groups),
	    cmocka_unit_test(unix_sockets),     cmocka_unit_test(tcp_sockets),
	    cmocka_unit_test(client_names),     cmocka_unit_test(idle_answers),
	    cmocka_unit_test(last_inputs),      cmocka_unit_test(disconnected_or_unclear),
	    cmocka_unit_test(whose_connection), cmocka_unit_test(half_a_dump),
	    cmocka_unit_test(half_a_table),     cmocka_unit_test(a_child),
	    cmocka_unit_test(a_traced_child),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
