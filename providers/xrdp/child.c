/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/xrdp/child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "providers/linux/process.h"

enum { REAP_TIME = 200 }; /* ms */

/* Becomes the user for good.  An ordinary user is himself already. */
static int drop_to(const struct child_user *user)
{
	uid_t real, effective, saved;

	if (geteuid() == 0) {
		if (setgroups(1, &user->gid) < 0 || setresgid(user->gid, user->gid, user->gid) < 0 ||
		    setresuid(user->uid, user->uid, user->uid) < 0)
			return -1;
	}
	if (getresuid(&real, &effective, &saved) < 0)
		return -1;
	return real == user->uid && effective == user->uid && saved == user->uid ? 0 : -1;
}

static void own_descriptors(int output)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, STDIN_FILENO) < 0 || dup2(output >= 0 ? output : null, STDOUT_FILENO) < 0 ||
	    dup2(null, STDERR_FILENO) < 0)
		_exit(CHILD_NO_PROGRAM);
	closefrom(STDERR_FILENO + 1);
}

static _Noreturn void run(const struct child_user *user, char *const *environment, char *const *argv, int output,
                          pid_t parent)
{
	sigset_t none;

	setsid();
	own_descriptors(output);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	if (drop_to(user) < 0 || chdir("/") < 0)
		_exit(CHILD_NO_PROGRAM);
	/* Forgotten on a change of user, so only now; and the parent may be gone already. */
	if (parent > 0 && (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent))
		_exit(CHILD_NO_PROGRAM);
	execve(argv[0], argv, environment);
	_exit(CHILD_NO_PROGRAM);
}

int child_start(struct child *child, const struct child_user *user, int display, char *const *argv, int output,
                bool bound, struct error *error)
{
	char display_text[32], home_text[PATH_MAX + 8], authority_text[PATH_MAX + 32];
	char *environment[] = {
	    display_text, home_text, authority_text, (char *)"PATH=/usr/bin:/bin", (char *)"LC_ALL=C.UTF-8", NULL};
	pid_t self = getpid();

	snprintf(display_text, sizeof display_text, "DISPLAY=:%d", display);
	snprintf(home_text, sizeof home_text, "HOME=%s", user->home);
	snprintf(authority_text, sizeof authority_text, "XAUTHORITY=%s/.Xauthority", user->home);
	if ((child->pid = fork()) < 0)
		return error_errno(error, errno, STEP_ACT, "cannot start a process");
	if (child->pid == 0)
		run(user, environment, argv, output, bound ? self : 0);
	child->pidfd = process_hold(child->pid);
	if (child->pidfd < 0) {
		int number = errno;

		child_kill(child);
		child_wait(child);
		return error_errno(error, number, STEP_ACT, "cannot watch a process");
	}
	return 0;
}

/* It has ended, or does in a moment, unless its user keeps it: a tracer of his gets to see its end before we do,
   and one that hangs in a file system of his doesn't end.  We go on without it then. */
int child_wait(struct child *child)
{
	struct deadline patience = deadline_in(REAP_TIME);
	pid_t ended;
	int status;

	while ((ended = waitpid(child->pid, &status, WNOHANG)) == 0 && !deadline_passed(&patience))
		poll(NULL, 0, 1);
	child_forget(child);
	return ended == child->pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

void child_kill(const struct child *child)
{
	kill(child->pid, SIGKILL); /* ours, and not waited for: the number is still its own */
}

void child_forget(struct child *child)
{
	if (child->pidfd >= 0)
		close(child->pidfd);
	child->pidfd = -1;
}
