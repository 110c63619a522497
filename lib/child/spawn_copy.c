/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "lib/child/spawn.h"

int spawn_bind(pid_t parent)
{
	/* If the parent exited before prctl(), we have another parent by now. */
	return prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent ? -1 : 0;
}

/* Gives up the rights for good, and checks all three ids afterwards.  An account that is not root must be the user
 * already. */
static int become_user(const struct spawn_user *user)
{
	uid_t real, effective, saved;

	if (geteuid() == 0 && (setgroups(1, &user->gid) < 0 || setresgid(user->gid, user->gid, user->gid) < 0 ||
	                       setresuid(user->uid, user->uid, user->uid) < 0))
		return -1;
	if (getresuid(&real, &effective, &saved) < 0)
		return -1;
	return real == user->uid && effective == user->uid && saved == user->uid ? 0 : -1;
}

static int take_descriptors(const struct spawn *spawn)
{
	const int from[] = {spawn->in, spawn->out, spawn->err};
	int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (nothing < 0)
		return -1;
	for (int to = STDIN_FILENO; to <= STDERR_FILENO; to++)
		if (dup2(from[to] >= 0 ? from[to] : nothing, to) < 0)
			return -1;
	if (spawn->kept > 0 && spawn->kept != SPAWN_KEPT && dup2(spawn->kept, SPAWN_KEPT) < 0)
		return -1;
	closefrom(spawn->kept > 0 ? SPAWN_KEPT + 1 : SPAWN_KEPT);
	return 0;
}

/* Removes the parent's signal handlers. */
static void reset_signals(void)
{
	const struct sigaction by_default = {.sa_handler = SIG_DFL};
	struct sigaction action;
	sigset_t none;

	for (int number = 1; number < NSIG; number++)
		if (sigaction(number, NULL, &action) == 0 &&
		    (action.sa_handler != SIG_IGN || number == SIGPIPE || number == SIGCHLD))
			sigaction(number, &by_default, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Until the program or the function begins, only async-signal-safe calls: other threads may hold locks. */
static _Noreturn void begin(const struct spawn *spawn, pid_t parent)
{
	if (spawn->session)
		setsid();
	else
		setpgid(0, 0);
	reset_signals();
	if (take_descriptors(spawn) < 0)
		_exit(SPAWN_NO_PROGRAM);
	if (spawn->user != NULL && (become_user(spawn->user) < 0 || chdir("/") < 0))
		_exit(SPAWN_NO_PROGRAM);
	/* The kernel clears PDEATHSIG at a change of user, so it is set only now. */
	if (!spawn->unbound && spawn_bind(parent) < 0)
		_exit(SPAWN_NO_PROGRAM);
	if (spawn->function != NULL)
		_exit(spawn->function(spawn->context));
	execve(spawn->path, spawn->arguments, spawn->environment);
	_exit(SPAWN_NO_PROGRAM);
}

int spawn_copy(const struct spawn *spawn, pid_t *pid)
{
	pid_t parent = getpid();

	if ((*pid = fork()) < 0)
		return errno;
	if (*pid == 0)
		begin(spawn, parent);
	if (!spawn->session)
		setpgid(*pid, *pid); /* the child does so, too; either may be first */
	return 0;
}
