/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/trust.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/root_owned.h"
#include "lib/base/text.h"

bool privileged(void)
{
	return geteuid() == 0;
}

/* Removes every variable of the environment that is not in this list. */
static void clear_environment(void)
{
	static const char *const names[] = {"TERM", "SUDO_UID", "DOAS_USER", "STATE_DIRECTORY"};
	enum { COUNT = sizeof names / sizeof *names };
	char *values[COUNT];

	for (size_t i = 0; i < COUNT; i++) {
		const char *value = getenv(names[i]);

		values[i] = value != NULL ? must_strdup(value) : NULL;
	}
	clearenv();
	setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
	for (size_t i = 0; i < COUNT; i++) {
		if (values[i] != NULL)
			setenv(names[i], values[i], 1);
		free(values[i]);
	}
}

/* Nothing was opened yet: what is not closed of 1 and 2 is the caller's. */
static _Noreturn void end_unable(const char *why)
{
	enum { UNKNOWN = 3 }; /* to a monitoring server, and of no program of ours a success */
	const char *reason = strerror(errno);

	if (dprintf(STDOUT_FILENO, "%s: %s\n", why, reason) < 0)
		dprintf(STDERR_FILENO, "%s: %s\n", why, reason);
	_exit(UNKNOWN);
}

/* Monitoring servers leave descriptors open in their children (nagios4: 7, 10, 251).  A program that starts without
 * 0, 1 or 2 would write its output into the next file it opens.  Our stand-in for standard input cannot be read, and
 * that for standard output cannot be written: lost output is an error. */
static void close_inherited(void)
{
	static const int modes[] = {O_WRONLY, O_RDONLY, O_RDWR};

	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", modes[fd]) < 0)
			end_unable("cannot open /dev/null");
	closefrom(3);
}

/* The parent may ignore SIGCHLD, which would hide the exit of our children, or block signals, which would disable
 * our time limit. */
static void reset_signals(void)
{
	struct sigaction by_default = {.sa_handler = SIG_DFL};
	sigset_t none;

	sigaction(SIGPIPE, &by_default, NULL);
	sigaction(SIGCHLD, &by_default, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Raises the limit as far as this account may: root removes it. */
static void raise_limit(int resource)
{
	struct rlimit limit;

	if (getrlimit((__rlimit_resource_t)resource, &limit) < 0)
		return;
	if (privileged())
		limit.rlim_max = RLIM_INFINITY;
	limit.rlim_cur = limit.rlim_max;
	setrlimit((__rlimit_resource_t)resource, &limit);
}

/* sudo passes on the limits of its caller: a small RLIMIT_FSIZE would end a handler between an act and its result.
 * There is no core dump, because it would hold credentials. */
static void reset_limits(void)
{
	const struct sigaction ignore = {.sa_handler = SIG_IGN};
	const struct rlimit no_core = {0, 0};

	raise_limit(RLIMIT_FSIZE);
	raise_limit(RLIMIT_CPU);
	raise_limit(RLIMIT_AS);
	raise_limit(RLIMIT_DATA);
	setrlimit(RLIMIT_CORE, &no_core);
	sigaction(SIGXFSZ, &ignore, NULL); /* write() fails with EFBIG instead */
}

void process_harden(void)
{
	if (privileged())
		clear_environment();
	close_inherited();
	umask(077);
	reset_signals();
	reset_limits();
}

unsigned caller_uid(void)
{
	const char *sudo_uid = getenv("SUDO_UID");
	unsigned long long uid;

	if (privileged() && sudo_uid != NULL && number_parse(sudo_uid, UINT_MAX - 1, &uid) == 0)
		return (unsigned)uid;
	return getuid();
}

const char *libexec_dir(void)
{
	const char *override = privileged() ? NULL : getenv("CURFEW_LIBEXECDIR");

	return override != NULL && override[0] == '/' ? override : CURFEW_LIBEXECDIR;
}

/* ../providers/xrdp/curfew-xidle, seen from a program or a worker in the build tree. */
static bool in_build_tree(char *path, size_t size, const char *folder, const char *name)
{
	static const char *const above[] = {"../providers", ".."};
	char self[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);

	if (length <= 0)
		return false;
	self[length] = '\0';
	*strrchr(self, '/') = '\0';
	for (size_t i = 0; i < sizeof above / sizeof *above; i++) {
		int written = snprintf(path, size, "%s/%s/%s/%s", self, above[i], folder, name);

		if ((size_t)written < size && access(path, X_OK) == 0)
			return true;
	}
	return false;
}

int helper_path(char *path, size_t size, const char *folder, const char *name, struct error *error)
{
	const char *override = getenv("CURFEW_LIBEXECDIR");
	int length;

	if (!privileged() && (override == NULL || override[0] != '/') && in_build_tree(path, size, folder, name))
		return 0;
	length = snprintf(path, size, "%s/%s", libexec_dir(), name);
	if ((size_t)length >= size) /* a negative length becomes large, too */
		return error_set(error, ERROR_SYSTEM, STEP_OPEN, "the path of %s is too long", name);
	return 0;
}

static int distrust(struct error *error, const char *path, const char *what, enum root_owned why)
{
	if (why == ROOT_OWNED_UNKNOWN)
		return error_errno(error, errno, STEP_NONE, "%s", what);
	error_set(error, ERROR_CONFIG, STEP_NONE, "%s: %s %s", path, what,
	          why == ROOT_OWNED_NOT ? "does not belong to root" : "can be written by others");
	return error_hint(error, "root trusts only files that belong to root and that only root can write to");
}

/* Checks every folder from / down to the file's own. */
static int folders_trusted(const char *resolved, const char *path, struct error *error)
{
	char folder[PATH_MAX];
	enum root_owned found = root_owned_folders(resolved, folder);

	return found == ROOT_OWNED ? 0 : distrust(error, path, folder, found);
}

static int status_trusted(const struct stat *status, const char *path, struct error *error)
{
	enum root_owned found = root_owned_status(status);

	return found == ROOT_OWNED ? 0 : distrust(error, path, "it", found);
}

int root_alone_writes_above(const char *path, struct error *error)
{
	char resolved[PATH_MAX];

	if (realpath(path, resolved) == NULL)
		return error_errno(error, errno, STEP_NONE, "%s", path);
	return folders_trusted(resolved, path, error);
}

int root_alone_writes(const char *path, struct error *error)
{
	struct stat status;

	if (root_alone_writes_above(path, error) < 0)
		return -1;
	return stat(path, &status) < 0 ? error_errno(error, errno, STEP_NONE, "%s", path)
	                               : status_trusted(&status, path, error);
}

static int file_trusted(int fd, const char *path, bool secret, struct error *error)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return error_errno(error, errno, STEP_NONE, "%s", path);
	if (!S_ISREG(status.st_mode))
		return error_set(error, ERROR_CONFIG, STEP_NONE, "%s: not a regular file", path);
	if (privileged() && status_trusted(&status, path, error) < 0)
		return -1;
	if (secret && status.st_uid != geteuid())
		return error_set(error, ERROR_CONFIG, STEP_NONE, "%s: belongs to another account", path);
	if (secret && (status.st_mode & 077) != 0) {
		error_set(error, ERROR_CONFIG, STEP_NONE, "%s: others can read or write it (mode %04o)", path,
		          (unsigned)status.st_mode & 07777);
		return error_hint(error, "chmod 600 %s", path);
	}
	return 0;
}

int trusted_open(const char *path, bool secret, struct error *error)
{
	char resolved[PATH_MAX];
	int fd;

	if (privileged() && (realpath(path, resolved) == NULL))
		return error_errno(error, errno, STEP_NONE, "%s", path);
	if (privileged() && folders_trusted(resolved, path, error) < 0)
		return -1;
	/* O_NONBLOCK: open() of a FIFO would block. */
	fd = open(privileged() ? resolved : path,
	          O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | (privileged() ? O_NOFOLLOW : 0));
	if (fd < 0)
		return error_errno(error, errno, STEP_NONE, "%s", path);
	if (file_trusted(fd, path, secret, error) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* In a build tree the helpers are in other folders, which root does not trust. */
static int explain_missing(const char *name, struct error *error)
{
	return error_hint(error,
	                  privileged() ? "install the program %s (make install, or the package that brings it); "
	                                 "root does not run it from a build tree, other accounts do"
	                               : "install the program %s, or the package that brings it",
	                  name);
}

int helper_find(char path[PATH_MAX], const char *folder, const char *name, struct error *error)
{
	char wanted[PATH_MAX], where[PATH_MAX];
	enum root_owned found;

	if (helper_path(wanted, sizeof wanted, folder, name, error) < 0)
		return -1;
	if (!privileged() && access(wanted, X_OK) == 0) {
		memcpy(path, wanted, strlen(wanted) + 1);
		return 0;
	}
	found = privileged() ? root_owned_program(wanted, path, where) : ROOT_OWNED_UNKNOWN;
	if (found == ROOT_OWNED)
		return 0;
	if (found != ROOT_OWNED_UNKNOWN)
		return distrust(error, wanted, where, found);
	error_errno(error, errno, STEP_OPEN, "%s", wanted);
	return explain_missing(name, error);
}
