/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Child processes that misbehave in every way, and a system that gives no more of what one needs. */
#include "t/unit/test.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/child/child.h"
#include "lib/child/pidfd.h"
#include "lib/child/protocol.h"
#include "lib/child/spawn.h"

enum { ALL = CHILD_IN | CHILD_OUT | CHILD_ERR, BOUND = 20000 /* ms: of a condition that comes at once */ };

/* In the place of libc's: the call whose turn it is fails. */
static int turn, fault, no_pidfd;
static const char *faulted;

static bool fails(const char *call)
{
	if (turn == 0 || --turn > 0)
		return false;
	faulted = call;
	errno = fault;
	return true;
}

#define REAL(name) ((__typeof__(&(name)))dlsym(RTLD_NEXT, #name))

int socketpair(int domain, int type, int protocol, int ends[2])
{
	return fails("socketpair") ? -1 : REAL(socketpair)(domain, type, protocol, ends);
}

int pipe2(int ends[2], int flags)
{
	return fails("pipe2") ? -1 : REAL(pipe2)(ends, flags);
}

pid_t fork(void)
{
	return fails("fork") ? -1 : REAL(fork)();
}

long syscall(long number, ...)
{
	long words[4];
	va_list list;

	va_start(list, number);
	for (size_t i = 0; i < COUNT(words); i++)
		words[i] = va_arg(list, long);
	va_end(list);
	if (number == SYS_pidfd_open && no_pidfd != 0)
		errno = no_pidfd;
	if (number == SYS_pidfd_open && (no_pidfd != 0 || fails("pidfd_open")))
		return -1;
	return REAL(syscall)(number, words[0], words[1], words[2], words[3]);
}

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions)
{
	return fails("file_actions_init") ? errno : REAL(posix_spawn_file_actions_init)(actions);
}

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int from, int to)
{
	return fails("file_actions_adddup2") ? errno : REAL(posix_spawn_file_actions_adddup2)(actions, from, to);
}

int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from)
{
	return fails("file_actions_addclosefrom") ? errno
	                                          : REAL(posix_spawn_file_actions_addclosefrom_np)(actions, from);
}

int posix_spawnattr_init(posix_spawnattr_t *attributes)
{
	return fails("spawnattr_init") ? errno : REAL(posix_spawnattr_init)(attributes);
}

int posix_spawn(pid_t *restrict pid, const char *restrict path, const posix_spawn_file_actions_t *restrict actions,
                const posix_spawnattr_t *restrict attributes, char *const *restrict arguments,
                char *const *restrict environment)
{
	return fails("posix_spawn") ? errno : REAL(posix_spawn)(pid, path, actions, attributes, arguments, environment);
}

static size_t descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	size_t count = 0;

	assert_non_null(folder);
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}

static bool childless(void)
{
	return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
}

/* One that could not be watched is killed, and taken away when it has ended. */
static bool left_alone(void)
{
	struct deadline deadline = deadline_in(BOUND);

	for (children_reap(); !childless() && !deadline_passed(&deadline); children_reap())
		poll(NULL, 0, 1);
	return childless();
}

static int start_shell(struct child *child, const char *script, struct error *error)
{
	char *arguments[] = {(char *)"sh", (char *)"-c", (char *)(uintptr_t)script, NULL};
	struct spawn spawn = {.path = "/bin/sh", .arguments = arguments, .environment = environ};

	return child_start(child, "the shell", spawn, ALL, error);
}

/* Moves until there is a line (true), or its output is over (now, or with the line before) or no more is to come within
   so many ms. */
static bool next_line(struct child *child, int64_t patience, char *line, size_t size, struct error *error)
{
	struct deadline deadline = deadline_in(patience);
	struct pollfd polls[CHILD_POLLS];
	const char *text;
	size_t length;
	int moved = 0;

	while ((text = child_line(child, &length)) == NULL && child->out >= 0 && moved == 0 &&
	       !deadline_passed(&deadline)) {
		child_polls(child, polls);
		poll(polls, CHILD_POLLS, (int)deadline_left(&deadline));
		moved = child_move(child, error);
	}
	if (text != NULL)
		snprintf(line, size, "%.*s", (int)length, text);
	return text != NULL;
}

static void lines_go_both_ways(void **state)
{
	struct error error = {0};
	struct child child;
	char line[64];

	(void)state;
	assert_int_equal(start_shell(&child, "while read -r line; do echo \"<$line>\"; done", &error), 0);
	child_send(&child, "one\ntwo\n", 8);
	assert_true(next_line(&child, BOUND, line, sizeof line, &error));
	assert_string_equal(line, "<one>");
	assert_true(next_line(&child, BOUND, line, sizeof line, &error));
	assert_string_equal(line, "<two>");
	child_hang_up(&child);
	assert_false(next_line(&child, BOUND, line, sizeof line, &error));
	assert_false(child.half);
	child_stop(&child, BOUND, &error);
	assert_int_equal(child.status, 0);
	assert_true(childless());
}

static void its_end_is_told(void **state)
{
	static const struct {
		const char *script, *says;
		int status;
		bool half;
	} table[] = {
	    {"exit 7", "the shell ended with status 7", 7, false},
	    {"echo why >&2; exit 9", "the shell ended with status 9: why", 9, false},
	    {"kill -SEGV $$", "the shell died of signal 11", -1, false},
	    {"printf 'half a line'; exit 1", "the shell ended with status 1", 1, true},
	    {"printf 'whole\\nhalf'; kill -KILL $$", "the shell died of signal 9", -1, true},
	};
	char line[64];

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct error error = {0};
		struct child child;

		assert_int_equal(start_shell(&child, table[i].script, &error), 0);
		while (next_line(&child, BOUND, line, sizeof line, &error))
			assert_string_equal(line, "whole");
		assert_int_equal(child.half, table[i].half);
		child_stop(&child, BOUND, &error);
		assert_string_equal(error.text, table[i].says);
		assert_int_equal(child.status, table[i].status);
		assert_true(childless());
	}
}

/* It may hang with its output open or closed, and ignore what asks it to end. */
static void a_hung_child_is_killed(void **state)
{
	static const char *const scripts[] = {
	    "echo there; exec sleep 600",
	    "echo there; exec >&- 2>&-; exec sleep 600",
	    "trap '' TERM HUP INT; echo there; sleep 600 & sleep 600",
	};
	char line[64];

	(void)state;
	for (size_t i = 0; i < COUNT(scripts); i++) {
		struct error error = {0};
		struct child child;
		pid_t pid;

		assert_int_equal(start_shell(&child, scripts[i], &error), 0);
		assert_true(next_line(&child, BOUND, line, sizeof line, &error));
		assert_false(next_line(&child, 20, line, sizeof line, &error));
		assert_false(child.ended);
		pid = child.pid;
		child_stop(&child, 10, &error);
		assert_int_equal(error.code, ERROR_NONE);
		assert_int_equal(child.status, -1);
		assert_true(childless());
		assert_int_equal(kill(pid, 0), -1);
	}
}

/* Its end is its end, though a process that it has left behind holds its output. */
static void a_grandchild_keeps_the_pipes(void **state)
{
	struct error error = {0};
	struct child child;
	char line[64];
	int pidfd;

	(void)state;
	assert_int_equal(start_shell(&child, "sleep 600 & echo $!; exit 3", &error), 0);
	assert_true(next_line(&child, BOUND, line, sizeof line, &error));
	assert_true((pidfd = pidfd_of((pid_t)strtol(line, NULL, 10))) >= 0);
	assert_false(next_line(&child, BOUND, line, sizeof line, &error));
	assert_true(child.ended);
	assert_false(pidfd_ended(pidfd, 0));
	child_stop(&child, BOUND, &error);
	assert_string_equal(error.text, "the shell ended with status 3");
	assert_true(pidfd_ended(pidfd, BOUND)); /* killed with its group */
	close(pidfd);
}

static void floods_are_bounded(void **state)
{
	struct error error = {0};
	struct child child;
	char line[64];

	(void)state;
	assert_int_equal(start_shell(&child, "exec tr '\\0' x </dev/zero", &error), 0);
	child.line_limit = 1000;
	assert_false(next_line(&child, BOUND, line, sizeof line, &error));
	assert_string_equal(error.text, "the shell: a line is too long");
	assert_true(child.from.length < 200000);
	child_stop(&child, 0, &error);
	/* What it complains of is read and forgotten. */
	error_clear(&error);
	assert_int_equal(
	    start_shell(&child, "i=0; while [ $i -lt 20000 ]; do echo complaint $i; i=$((i+1)); done >&2", &error), 0);
	assert_false(next_line(&child, BOUND, line, sizeof line, &error));
	child_stop(&child, BOUND, &error);
	assert_string_equal(error.text, "the shell ended with status 0: complaint 19999");
	assert_true(childless());
}

/* Nobody reads what we send: that is no SIGPIPE, and no wait. */
static void it_does_not_listen(void **state)
{
	static char much[8 << 20];
	struct error error = {0};
	struct child child;
	char line[64];

	(void)state;
	memset(much, 'x', sizeof much);
	assert_int_equal(start_shell(&child, "exec <&-; echo deaf; exec sleep 600", &error), 0);
	assert_true(next_line(&child, BOUND, line, sizeof line, &error));
	child_send(&child, much, sizeof much);
	assert_int_equal(child_move(&child, &error), 0);
	child_stop(&child, 0, &error);
	assert_int_equal(start_shell(&child, "echo slow; exec sleep 600", &error), 0);
	assert_true(next_line(&child, BOUND, line, sizeof line, &error));
	child_send(&child, much, sizeof much);
	assert_int_equal(child_move(&child, &error), 0);
	assert_true(child.sent < sizeof much);
	child_stop(&child, 0, &error);
	assert_true(childless());
}

static void first_lines(void **state)
{
	static const struct {
		const char *script, *says;
	} table[] = {
	    {"echo '{\"id\":null,\"protocol\":2,\"version\":\"x\"}'; echo next", NULL},
	    {"echo '{\"id\":null,\"protocol\":3,\"version\":\"9.9\"}'; echo next",
	     "the shell (9.9) speaks version 3 of the worker protocol, and this program version 2"},
	    {"echo next; echo next", "the shell did not name its version of the worker protocol"},
	    {"echo '{\"protocol\":\"2\"}'; echo next", "the shell did not name its version of the worker protocol"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct deadline deadline = deadline_in(BOUND);
		struct error error = {0}, ignored = {0};
		struct pollfd polls[CHILD_POLLS];
		const char *line = NULL;
		struct child child;
		size_t length;

		assert_int_equal(start_shell(&child, table[i].script, &error), 0);
		for (int moved = 0; moved == 0 && line == NULL && !deadline_passed(&deadline);) {
			child_polls(&child, polls);
			poll(polls, CHILD_POLLS, BOUND);
			moved = line_move(&child, &error);
			line = child_line(&child, &length);
		}
		if (table[i].says != NULL) {
			assert_string_equal(error.text, table[i].says);
			assert_null(line);
		} else {
			assert_int_equal(error.code, ERROR_NONE);
			assert_memory_equal(line, "next\n", 5);
		}
		child_stop(&child, 0, &ignored);
	}
	assert_true(childless());
}

/* A function of ours: what it inherits, and whom it dies with. */
static int look_around(void *context)
{
	struct sigaction action;
	sigset_t blocked;
	int signals = 0;

	sigprocmask(SIG_SETMASK, NULL, &blocked);
	for (int number = 1; number < SIGRTMIN; number++) {
		if (sigaction(number, NULL, &action) == 0 && action.sa_handler != SIG_DFL && number != SIGXFSZ)
			signals++;
		if (sigismember(&blocked, number))
			signals++;
	}
	prctl(PR_GET_PDEATHSIG, &action.sa_flags);
	dprintf(STDOUT_FILENO, "%s %d %zu %d %d\n", (const char *)context, signals, descriptors(), action.sa_flags,
	        getpgrp() == getpid());
	return 5;
}

static void on_signal(int number)
{
	(void)number;
}

static void a_function_starts_clean(void **state)
{
	char word[] = "word";
	const struct spawn spawn = {.function = look_around, .context = word};
	struct error error = {0};
	struct child child;
	char line[64], wanted[64];
	int leaked = open("/dev/null", O_RDONLY);

	(void)state;
	/* What was started in the background, or by nohup(1), ignores these, and so would the function. */
	for (const int *number = (const int[]){SIGHUP, SIGINT, SIGQUIT, 0}; *number != 0; number++)
		signal(*number, SIG_DFL);
	signal(SIGTERM, on_signal);
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(child_start(&child, "the function", spawn, CHILD_OUT, &error), 0);
	signal(SIGTERM, SIG_DFL);
	signal(SIGPIPE, SIG_DFL);
	assert_true(next_line(&child, BOUND, line, sizeof line, &error));
	/* ".", "..", 0, 1, 2 and the folder that is being read */
	snprintf(wanted, sizeof wanted, "word 0 6 %d 1", SIGKILL);
	assert_string_equal(line, wanted);
	child_stop(&child, BOUND, &error);
	assert_int_equal(child.status, 5);
	close(leaked);
}

static int starts_another(void *context)
{
	const struct spawn spawn = {.function = (int (*)(void *))(uintptr_t)context, .context = NULL};
	struct error error = {0};
	struct child child;

	if (child_start(&child, "another", spawn, 0, &error) < 0)
		return 1;
	dprintf(STDOUT_FILENO, "%ld\n", (long)child.pid);
	pause();
	return 0;
}

static int sleeps(void *context)
{
	(void)context;
	pause();
	return 0;
}

static void it_dies_with_its_parent(void **state)
{
	const struct spawn spawn = {.function = starts_another, .context = (void *)(uintptr_t)sleeps};
	struct error error = {0};
	struct child child;
	char line[64];
	int pidfd;

	(void)state;
	assert_int_equal(child_start(&child, "the parent", spawn, CHILD_OUT, &error), 0);
	assert_true(next_line(&child, BOUND, line, sizeof line, &error));
	assert_true((pidfd = pidfd_of((pid_t)strtol(line, NULL, 10))) >= 0);
	assert_false(pidfd_ended(pidfd, 0));
	child_stop(&child, 0, &error);
	assert_true(pidfd_ended(pidfd, BOUND));
	close(pidfd);
}

static void what_cannot_be_run(void **state)
{
	char *arguments[] = {(char *)"x", NULL};
	struct spawn spawn = {.path = "/nonexistent/x", .arguments = arguments, .environment = environ};
	struct error error = {0};
	struct child child;
	size_t before = descriptors();

	(void)state;
	assert_int_equal(child_start(&child, "x", spawn, ALL, &error), -1);
	assert_int_equal(error.native, ENOENT);
	assert_non_null(strstr(error.text, "/nonexistent/x"));
	error_clear(&error);
	spawn.path = "/etc/passwd";
	assert_int_equal(child_start(&child, "x", spawn, ALL, &error), -1);
	assert_int_equal(error.native, EACCES);
	assert_int_equal(descriptors(), before);
	assert_true(childless());
}

/* One resource less each time: told, and nothing is left. */
static void each_step_can_fail(void **state)
{
	const struct spawn function = {.function = sleeps};
	const int numbers[] = {ENOMEM, EMFILE, EAGAIN};
	size_t before = descriptors(), steps[2] = {0};
	struct child child;

	(void)state;
	for (size_t copy = 0; copy < 2; copy++) {
		for (size_t i = 0; i < COUNT(numbers); i++) {
			for (int at = 1;; at++) {
				struct error error = {0};
				int started;

				turn = at;
				fault = numbers[i];
				started = copy ? child_start(&child, "it", function, ALL, &error)
				               : start_shell(&child, "exec sleep 600", &error);
				if (turn > 0) { /* it was nobody's turn: all of them have had theirs */
					turn = 0;
					assert_int_equal(started, 0);
					child_stop(&child, 0, &error);
					steps[copy] = (size_t)at - 1;
					break;
				}
				if (started != -1 || error.native != numbers[i] || descriptors() != before)
					fail_msg("%s with %d: %s", faulted, numbers[i], error.text);
				assert_int_equal(child.pid, 0);
				assert_true(left_alone());
			}
		}
	}
	/* Three pairs; five calls for its descriptors, one for the rest, the process; to watch it. */
	assert_int_equal(steps[0], 11);
	assert_int_equal(steps[1], 5);
}

/* As under a filter of system calls, or valgrind. */
static void without_pidfds(void **state)
{
	const int numbers[] = {ENOSYS, EPERM};

	for (size_t i = 0; i < COUNT(numbers); i++) {
		no_pidfd = numbers[i];
		lines_go_both_ways(state);
		its_end_is_told(state);
		a_hung_child_is_killed(state);
		floods_are_bounded(state);
		no_pidfd = 0;
	}
}

/* The same from the kernel: so many descriptors and no more. */
static void few_descriptors(void **state)
{
	struct rlimit before, limit;
	bool started = false;
	int lowest = open("/dev/null", O_RDONLY), short_of = 0;

	(void)state;
	close(lowest);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	limit = before;
	for (int more = 0; !started && more < 20; more++) {
		struct error error = {0};
		struct child child;

		limit.rlim_cur = (rlim_t)(lowest + more);
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
		started = start_shell(&child, "exit 0", &error) == 0;
		assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
		if (started) {
			child_stop(&child, 0, &error);
		} else {
			assert_int_equal(error.native, EMFILE);
			short_of++;
		}
	}
	assert_true(started);
	assert_true(short_of >= 6);
	assert_true(left_alone());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lines_go_both_ways),
	    cmocka_unit_test(its_end_is_told),
	    cmocka_unit_test(a_hung_child_is_killed),
	    cmocka_unit_test(a_grandchild_keeps_the_pipes),
	    cmocka_unit_test(floods_are_bounded),
	    cmocka_unit_test(it_does_not_listen),
	    cmocka_unit_test(first_lines),
	    cmocka_unit_test(a_function_starts_clean),
	    cmocka_unit_test(it_dies_with_its_parent),
	    cmocka_unit_test(what_cannot_be_run),
	    cmocka_unit_test(each_step_can_fail),
	    cmocka_unit_test(without_pidfds),
	    cmocka_unit_test(few_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
