/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/act/state.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/base/trust.h"

static int too_long(struct error *error)
{
	return error_set(error, ERROR_SYSTEM, STEP_NONE, "the path of the state folder is too long");
}

/* The folder that systemd made for the unit (StateDirectory=); the first of several.  Not a variable that came
 * through sudo or doas: who chooses the folder chooses the allowance of the hour. */
static const char *unit_folder(char *folder, size_t size)
{
	const char *folders = getenv("STATE_DIRECTORY");
	size_t length = folders != NULL ? strcspn(folders, ":") : 0;

	if (length == 0 || length >= size || folders[0] != '/' ||
	    (privileged() && (getenv("SUDO_UID") != NULL || getenv("DOAS_USER") != NULL)))
		return NULL;
	memcpy(folder, folders, length);
	folder[length] = '\0';
	return folder;
}

/* The account's default folder. */
static int default_path(char *path, size_t size, struct error *error)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	const struct passwd *account;
	int length;

	if (unit_folder(path, size) != NULL)
		return 0;
	if (privileged()) {
		length = snprintf(path, size, "%s", CURFEW_STATEDIR);
	} else if (state != NULL && state[0] == '/') {
		length = snprintf(path, size, "%s/curfew", state);
	} else {
		if ((home == NULL || home[0] != '/') && (account = getpwuid(geteuid())) != NULL)
			home = account->pw_dir;
		if (home == NULL || home[0] != '/')
			return error_set(error, ERROR_SYSTEM, STEP_NONE,
			                 "this account has no home folder for its state");
		length = snprintf(path, size, "%s/.local/state/curfew", home);
	}
	return (size_t)length >= size ? too_long(error) : 0; /* a negative length becomes large, too */
}

/* O_NOFOLLOW does not stop "link/". */
static void cut_slashes(char *path)
{
	for (size_t length = strlen(path); length > 1 && path[length - 1] == '/'; length--)
		path[length - 1] = '\0';
}

static int make_folder(const char *path, mode_t mode)
{
	mode_t mask = umask(0);
	int result = mkdir(path, mode);
	int why = errno;

	umask(mask);
	errno = why;
	return result < 0 && why != EEXIST ? -1 : 0;
}

/* mkdir -p: an existing folder is not changed.  The last one gets the account's mode, those above it do not. */
static int make_folders(char *path, struct error *error)
{
	for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
		if (slash != NULL)
			*slash = '\0';
		if (make_folder(path, slash != NULL ? 0755 : 0700) < 0)
			return error_errno(error, errno, STEP_NONE, "cannot make the state folder %s", path);
		if (slash == NULL)
			return 0;
		*slash = '/';
	}
}

/* Checks that the folder belongs to this account (or root, for a reader), and that no other can write to it. */
static int check_owner(const struct state_dir *dir, const struct stat *status, const char *path, struct error *error)
{
	if (status->st_uid != geteuid() && (!dir->reading || status->st_uid != 0))
		return error_set(error, ERROR_SYSTEM, STEP_NONE, "%s: belongs to another account", path);
	if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return error_set(error, ERROR_SYSTEM, STEP_NONE, "%s: others can write to it", path);
	return 0;
}

/* A shared folder: the error says what is wrong, and the hint what to do. */
static int check_shared(const struct stat *status, const char *path, struct error *error)
{
	if (status->st_uid != 0) {
		error_set(error, ERROR_SYSTEM, STEP_NONE, "%s: a folder that accounts share belongs to root", path);
		return error_hint(error, "chown root %s", path);
	}
	if ((status->st_mode & S_IWOTH) != 0) {
		error_set(error, ERROR_SYSTEM, STEP_NONE, "%s: everybody can write to it", path);
		return error_hint(error, "chmod 2770 %s, and look at what is in it", path);
	}
	if ((status->st_mode & (S_ISGID | S_ISVTX)) != S_ISGID) {
		error_set(error, ERROR_SYSTEM, STEP_NONE, "%s: a folder that accounts share has mode 2770 and not %04o",
		          path, (unsigned)status->st_mode & 07777);
		return error_hint(error, "chmod 2770 %s", path);
	}
	return root_alone_writes_above(path, error);
}

/* The account's own folder, or a shared one: its group can write to it. */
static int check_folder(struct state_dir *dir, bool may_share, struct error *error)
{
	struct stat status;

	if (fstat(dir->fd, &status) < 0)
		return error_errno(error, errno, STEP_NONE, "%s", dir->path);
	if ((status.st_mode & S_IWGRP) == 0)
		return check_owner(dir, &status, dir->path, error);
	if (!may_share) {
		error_set(error, ERROR_SYSTEM, STEP_NONE, "%s: others can write to it", dir->path);
		return error_hint(error,
		                  "only state-dir in a configuration that root alone can write to names a folder "
		                  "that accounts share; else chmod go-w");
	}
	dir->shared = true;
	dir->group = status.st_gid;
	return check_shared(&status, dir->path, error);
}

/* With O_NOFOLLOW a link fails as "Not a directory". */
static int folder_not_opened(const char *path, int number, struct error *error)
{
	struct stat status;

	if (lstat(path, &status) < 0 || !S_ISLNK(status.st_mode))
		return error_errno(error, number, STEP_NONE, "cannot open the state folder %s", path);
	error_set(error, ERROR_SYSTEM, STEP_NONE, "the state folder %s is a link", path);
	return error_hint(error, "name the folder that it leads to");
}

static int find_folder(struct state_dir *dir, const char *wanted, bool reading, struct error *error)
{
	dir->fd = -1;
	dir->shared = false;
	dir->reading = reading;
	if (wanted != NULL) {
		if (snprintf(dir->path, sizeof dir->path, "%s", wanted) >= (int)sizeof dir->path)
			return too_long(error);
	} else if (default_path(dir->path, sizeof dir->path, error) < 0) {
		return error_hint(error, "name one with --state-dir");
	}
	cut_slashes(dir->path);
	return 0;
}

static int open_folder(struct state_dir *dir, bool may_share, struct error *error)
{
	dir->fd = open(dir->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir->fd < 0 && errno == ENOENT && dir->reading)
		return 1;
	if (dir->fd < 0)
		return folder_not_opened(dir->path, errno, error);
	if (check_folder(dir, may_share, error) < 0) {
		state_dir_close(dir);
		return -1;
	}
	return 0;
}

int state_dir_open_as(struct state_dir *dir, const char *wanted, bool may_share, struct error *error)
{
	if (find_folder(dir, wanted, false, error) < 0)
		return -1;
	if (make_folders(dir->path, error) < 0)
		return error_hint(error, "name a folder that this account can write to with --state-dir");
	return open_folder(dir, may_share, error);
}

int state_dir_open_reading(struct state_dir *dir, const char *wanted, bool may_share, struct error *error)
{
	return find_folder(dir, wanted, true, error) < 0 ? -1 : open_folder(dir, may_share, error);
}

int state_dir_open(struct state_dir *dir, const char *wanted, struct error *error)
{
	return state_dir_open_as(dir, wanted, false, error);
}

bool state_dir_rival(int64_t since, char *path, size_t size)
{
	const struct passwd *account;
	struct stat status;

	if (!privileged()) {
		snprintf(path, size, "%s", CURFEW_STATEDIR);
	} else {
		if (caller_uid() == 0 || (account = getpwuid(caller_uid())) == NULL)
			return false;
		snprintf(path, size, "%s/.local/state/curfew", account->pw_dir);
	}
	/* Each run that acts replaces a file in the folder, and so changes the folder's time. */
	return stat(path, &status) == 0 && S_ISDIR(status.st_mode) &&
	       (int64_t)status.st_mtim.tv_sec * 1000 + 999 >= since;
}

void state_dir_close(struct state_dir *dir)
{
	if (dir->fd >= 0)
		close(dir->fd);
	dir->fd = -1;
}

/* A file of a shared folder has its group and one name: a hard link could lead to a file of root's. */
static int check_shared_file(int fd, const struct stat *status, const struct state_dir *dir, const char *path,
                             struct error *error)
{
	if (status->st_nlink > 1)
		return error_set(error, ERROR_SYSTEM, STEP_NONE, "%s: has a second hard link", path);
	if (status->st_gid != dir->group) {
		error_set(error, ERROR_SYSTEM, STEP_NONE, "%s: does not have its folder's group", path);
		return error_hint(error, "chgrp it, chmod 660");
	}
	if ((status->st_mode & S_IWOTH) != 0)
		return error_set(error, ERROR_SYSTEM, STEP_NONE, "%s: everybody can write to it", path);
	/* umask is 077. */
	if (!dir->reading && (status->st_mode & 0777) != 0660 && (status->st_uid == geteuid() || privileged()) &&
	    fchmod(fd, 0660) < 0)
		return error_errno(error, errno, STEP_NONE, "%s", path);
	return 0;
}

static int check_file(int fd, const struct state_dir *dir, const char *path, struct error *error)
{
	struct stat status;

	if (fstat(fd, &status) < 0)
		return error_errno(error, errno, STEP_NONE, "%s", path);
	if (!S_ISREG(status.st_mode))
		return error_set(error, ERROR_SYSTEM, STEP_NONE, "%s: not a regular file", path);
	return dir->shared ? check_shared_file(fd, &status, dir, path, error) : check_owner(dir, &status, path, error);
}

/* It is truncated after the checks. */
static int open_file(const struct state_dir *dir, const char *name, int flags, struct error *error)
{
	char path[PATH_MAX + NAME_MAX];
	int fd = openat(dir->fd, name, (flags & ~O_TRUNC) | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);

	snprintf(path, sizeof path, "%s/%s", dir->path, name);
	if (fd < 0 && errno == ENOENT && (flags & O_CREAT) == 0)
		return STATE_FILE_MISSING;
	if (fd < 0)
		return error_errno(error, errno, STEP_NONE, "cannot open %s", path);
	if (check_file(fd, dir, path, error) == 0 && ((flags & O_TRUNC) == 0 || ftruncate(fd, 0) == 0))
		return fd;
	if (error->code == ERROR_NONE)
		error_errno(error, errno, STEP_NONE, "cannot empty %s", path);
	close(fd);
	return -1;
}

int state_file_open(const struct state_dir *dir, const char *name, int flags, struct error *error)
{
	return open_file(dir, name, flags | O_CREAT, error);
}

int state_file_open_existing(const struct state_dir *dir, const char *name, int flags, struct error *error)
{
	return open_file(dir, name, flags & ~O_CREAT, error);
}
