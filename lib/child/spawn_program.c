/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Needs nothing but libc, and must not exit, lock or allocate: it is part of the WTS module, too. */
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <unistd.h>

#include "lib/child/spawn.h"

static int place(posix_spawn_file_actions_t *actions, int from, int to)
{
	if (from < 0)
		return posix_spawn_file_actions_addopen(actions, to, "/dev/null", O_RDWR, 0);
	return posix_spawn_file_actions_adddup2(actions, from, to);
}

static int place_all(posix_spawn_file_actions_t *actions, const struct spawn *spawn)
{
	int failed = place(actions, spawn->in, STDIN_FILENO);

	if (failed == 0)
		failed = place(actions, spawn->out, STDOUT_FILENO);
	if (failed == 0)
		failed = place(actions, spawn->err, STDERR_FILENO);
	if (failed == 0)
		failed = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
	return failed;
}

static int run(const struct spawn *spawn, const posix_spawn_file_actions_t *actions, pid_t *pid)
{
	posix_spawnattr_t attributes;
	sigset_t none, all;
	int failed = posix_spawnattr_init(&attributes);

	if (failed != 0)
		return failed;
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setpgroup(&attributes, 0);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	failed = posix_spawn(pid, spawn->path, actions, &attributes, spawn->arguments, spawn->environment);
	posix_spawnattr_destroy(&attributes);
	return failed;
}

int spawn_program(const struct spawn *spawn, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	int failed = posix_spawn_file_actions_init(&actions);

	if (failed != 0)
		return failed;
	failed = place_all(&actions, spawn);
	if (failed == 0)
		failed = run(spawn, &actions, pid);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}
