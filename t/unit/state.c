/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The folder of the acting account: where it is, whose it is, and who else acts. */
#include "t/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/act/state.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "t/unit/folder.h"

/* In the place of libc's: who we are, and what is known about accounts. */
static uid_t effective;
static struct passwd account = {.pw_name = (char[]){"someone"}};
static bool known;
static bool unseen;    /* nothing that is open can be looked at */
static bool mode_kept; /* no mode can be changed */

uid_t geteuid(void)
{
	return effective;
}

/* Nothing is made outside /tmp, whoever runs the test. */
int mkdir(const char *path, mode_t mode)
{
	if (strncmp(path, "/tmp", 4) == 0)
		return mkdirat(AT_FDCWD, path, mode);
	errno = access(path, F_OK) == 0 ? EEXIST : EACCES;
	return -1;
}

int fstat(int fd, struct stat *status)
{
	errno = EIO;
	return unseen ? -1 : fstatat(fd, "", status, AT_EMPTY_PATH);
}

int fchmod(int fd, mode_t mode)
{
	char path[64];

	errno = EROFS;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	return mode_kept ? -1 : fchmodat(AT_FDCWD, path, mode, 0);
}

struct passwd *getpwuid(uid_t uid)
{
	(void)uid;
	return known ? &account : NULL;
}

struct place {
	char path[64];
	char real[PATH_MAX];
};

static int begin(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	snprintf(place->path, sizeof place->path, "/tmp/curfew-unit-XXXXXX");
	assert_non_null(mkdtemp(place->path));
	account.pw_dir = place->path;
	known = true;
	effective = getuid();
	unseen = mode_kept = false;
	unsetenv("SUDO_UID");
	unsetenv("DOAS_USER");
	unsetenv("STATE_DIRECTORY");
	unsetenv("XDG_STATE_HOME");
	unsetenv("HOME");
	*state = place;
	return 0;
}

static int end(void **state)
{
	struct place *place = *state;

	assert_int_equal(test_folder_remove(place->path), 0);
	free(place);
	return 0;
}

/* The folder that an account gets; NULL: none, and error says why. */
static const char *opened(struct place *place, const char *wanted, struct error *error)
{
	static struct state_dir dir;

	error_clear(error);
	if (state_dir_open(&dir, wanted, error) < 0)
		return NULL;
	snprintf(place->real, sizeof place->real, "%s", dir.path);
	state_dir_close(&dir);
	state_dir_close(&dir); /* a second time it does nothing */
	return place->real;
}

/* Which folder the account would get: root makes it for another, so it is an error that names it. */
static void assert_folder(struct place *place, const char *want)
{
	struct error error;
	const char *path;

	effective = getuid() + 4711;
	path = opened(place, NULL, &error);
	assert_null(path);
	assert_memory_equal(error.text, want, strlen(want));
	assert_string_equal(error.text + strlen(want), ": belongs to another account");
}

static void an_account_has_its_own_folder(void **state)
{
	struct place *place = *state;
	char want[PATH_MAX], other[200];

	snprintf(want, sizeof want, "%s/.local/state/curfew", place->path);
	assert_folder(place, want);
	snprintf(other, sizeof other, "%s/state", place->path);
	setenv("XDG_STATE_HOME", other, 1);
	snprintf(want, sizeof want, "%s/curfew", other);
	assert_folder(place, want);
	setenv("XDG_STATE_HOME", "not/absolute", 1);
	setenv("HOME", other, 1);
	snprintf(want, sizeof want, "%s/.local/state/curfew", other);
	assert_folder(place, want);
	effective = getuid();
	assert_string_equal(opened(place, place->path, &(struct error){0}), place->path);
}

/* systemd says where a unit's folder is.  Root by sudo or doas does not take it from the caller. */
static void a_unit_has_its_folder_from_systemd(void **state)
{
	static const char *const callers[] = {"SUDO_UID", "DOAS_USER"};
	struct place *place = *state;
	struct error error;
	char want[200], list[300], home[200], endless[2 * PATH_MAX];

	snprintf(want, sizeof want, "%s/unit", place->path);
	snprintf(home, sizeof home, "%s/.local/state/curfew", place->path);
	setenv("STATE_DIRECTORY", want, 1);
	assert_folder(place, want);
	snprintf(list, sizeof list, "%s:/tmp/another", want);
	setenv("STATE_DIRECTORY", list, 1);
	assert_folder(place, want);
	setenv("STATE_DIRECTORY", "relative", 1);
	assert_folder(place, home);
	setenv("STATE_DIRECTORY", "", 1);
	assert_folder(place, home);
	memset(endless, 'x', sizeof endless - 1);
	endless[0] = '/';
	endless[sizeof endless - 1] = '\0';
	setenv("STATE_DIRECTORY", endless, 1);
	assert_folder(place, home);
	setenv("STATE_DIRECTORY", "/dev/null/unit", 1);
	effective = 0;
	assert_null(opened(place, NULL, &error)); /* root's own unit */
	assert_non_null(strstr(error.text, "/dev/null"));
	for (size_t i = 0; i < COUNT(callers); i++) {
		const char *path;

		setenv(callers[i], "4711", 1);
		path = opened(place, NULL, &error); /* it may be there, where Curfew is installed */
		assert_null(path != NULL ? strstr(path, "/dev/null") : strstr(error.text, "/dev/null"));
		unsetenv(callers[i]);
	}
	unsetenv("STATE_DIRECTORY");
}

/* Files that root makes belong to root, so an effective account that is not root's finds them another's. */
static void a_folder_of_another_account_is_not_taken(void **state)
{
	struct place *place = *state;
	struct error error;

	effective = getuid() + 4711;
	assert_null(opened(place, NULL, &error));
	assert_non_null(strstr(error.text, "belongs to another account"));
}

static void an_account_without_a_home_is_told(void **state)
{
	struct place *place = *state;
	struct error error;
	char *deep = malloc(8192);

	effective = 4711;
	known = false;
	assert_null(opened(place, NULL, &error));
	assert_non_null(strstr(error.text, "no home folder"));
	assert_non_null(strstr(error.hint, "--state-dir"));
	setenv("HOME", "relative", 1);
	assert_null(opened(place, NULL, &error));
	assert_non_null(strstr(error.text, "no home folder"));
	known = true;
	account.pw_dir = (char[]){"nowhere"};
	assert_null(opened(place, NULL, &error));
	assert_non_null(strstr(error.text, "no home folder"));
	memset(deep, 'x', 8191);
	deep[0] = '/';
	deep[8191] = '\0';
	setenv("XDG_STATE_HOME", deep, 1);
	assert_null(opened(place, NULL, &error));
	assert_non_null(strstr(error.text, "too long"));
	assert_null(opened(place, deep, &error));
	assert_non_null(strstr(error.text, "too long"));
	free(deep);
}

static void what_stands_in_the_way_is_named(void **state)
{
	struct place *place = *state;
	struct error error;
	char path[PATH_MAX], link[PATH_MAX];

	snprintf(path, sizeof path, "%s/file", place->path);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	snprintf(link, sizeof link, "%s/file/below", place->path);
	assert_null(opened(place, link, &error));
	assert_non_null(strstr(error.text, path));
	assert_null(opened(place, path, &error));
	snprintf(link, sizeof link, "%s/link", place->path);
	assert_int_equal(symlink("/tmp", link), 0);
	assert_null(opened(place, link, &error));
	assert_non_null(strstr(error.text, "is a link"));
	snprintf(link, sizeof link, "%s/link///", place->path);
	assert_null(opened(place, link, &error));
}

static void files_are_looked_at(void **state)
{
	struct place *place = *state;
	struct state_dir dir;
	struct error error = {0};
	char path[PATH_MAX];
	int fd;

	assert_int_equal(state_dir_open(&dir, place->path, &error), 0);
	assert_int_equal(state_file_open_existing(&dir, "none", O_RDONLY, &error), STATE_FILE_MISSING);
	assert_int_equal(error.code, ERROR_NONE);
	fd = state_file_open(&dir, "one", O_RDWR, &error);
	assert_true(fd >= 0);
	close(fd);
	fd = state_file_open_existing(&dir, "one", O_RDONLY, &error);
	assert_true(fd >= 0);
	close(fd);
	snprintf(path, sizeof path, "%s/pipe", place->path);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(state_file_open(&dir, "pipe", O_RDWR, &error), -1);
	assert_non_null(strstr(error.text, "not a regular file"));
	error_clear(&error);
	assert_int_equal(state_file_open(&dir, "none/there", O_RDWR, &error), -1);
	assert_non_null(strstr(error.text, "none/there"));
	error_clear(&error);
	unseen = true;
	assert_int_equal(state_file_open(&dir, "one", O_RDWR | O_TRUNC, &error), -1);
	assert_non_null(strstr(error.text, "/one"));
	assert_int_equal(error.native, EIO);
	state_dir_close(&dir);
	assert_null(opened(place, place->path, &error));
	assert_memory_equal(error.text, place->path, strlen(place->path));
	assert_int_equal(error.native, EIO);
}

/* Root by sudo looks for the folder of the caller.  An old one is of no interest, nor is root's own. */
static void a_rival_is_noticed(void **state)
{
	struct place *place = *state;
	char want[PATH_MAX], path[PATH_MAX];
	int64_t now = clock_now();

	effective = 0;
	assert_false(getuid() == 0 && state_dir_rival(0, path, sizeof path));
	setenv("SUDO_UID", "4711", 1);
	assert_false(state_dir_rival(0, path, sizeof path));
	snprintf(want, sizeof want, "%s/.local/state/curfew", place->path);
	assert_int_equal(test_folder_make(want), 0);
	assert_true(state_dir_rival(now - 3600000, path, sizeof path));
	assert_string_equal(path, want);
	assert_false(state_dir_rival(clock_now() + 5000, path, sizeof path));
	assert_int_equal(test_folder_remove(want), 0);
	close(open(want, O_CREAT | O_WRONLY, 0600)); /* a file is nobody's state folder */
	assert_false(state_dir_rival(0, path, sizeof path));
	known = false;
	assert_false(state_dir_rival(0, path, sizeof path));
	effective = 4711;
	state_dir_rival(0, path, sizeof path);
	assert_string_equal(path, CURFEW_STATEDIR);
}

static int open_shared(struct place *place, struct state_dir *dir, struct error *error)
{
	error_clear(error);
	return state_dir_open_as(dir, place->path, true, error);
}

/* Two real accounts: t/e2e-state.t. */
static void a_shared_folder_is_roots_and_its_groups(void **state)
{
	enum { GROUP = 54321 };
	static const struct {
		uid_t owner;
		mode_t mode;
		const char *why;
	} bad[] = {{1, 02770, "belongs to root"},
	           {0, 0770, "mode 2770 and not 0770"},
	           {0, 03770, "2770 and not 3770"},
	           {0, 02777, "everybody can write"}};
	struct place *place = *state;
	struct state_dir dir;
	struct error error = {0};
	struct stat status;
	int fd;

	if (getuid() != 0)
		skip();
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(chown(place->path, bad[i].owner, GROUP) | chmod(place->path, bad[i].mode), 0);
		assert_int_equal(open_shared(place, &dir, &error), -1);
		assert_non_null(strstr(error.text, bad[i].why));
	}
	assert_int_equal(chown(place->path, 0, GROUP) | chmod(place->path, 02770), 0);
	assert_int_equal(state_dir_open(&dir, place->path, &error), -1); /* nobody said that it may be shared */
	effective = 4711;
	assert_int_equal(open_shared(place, &dir, &error), 0);
	fd = state_file_open(&dir, "file", O_RDWR, &error);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(status.st_gid, GROUP);
	close(fd);
	assert_int_equal(fchmodat(dir.fd, "file", 0662, 0), 0);
	error_clear(&error);
	assert_int_equal(state_file_open(&dir, "file", O_RDWR, &error), -1);
	assert_int_equal(fchmodat(dir.fd, "file", 0640, 0) | fchownat(dir.fd, "file", 0, 0, 0), 0);
	error_clear(&error);
	assert_int_equal(state_file_open(&dir, "file", O_RDWR, &error), -1);
	assert_non_null(strstr(error.text, "does not have its folder's group"));
	assert_int_equal(fchownat(dir.fd, "file", 0, GROUP, 0) | linkat(dir.fd, "file", dir.fd, "other", 0), 0);
	error_clear(&error);
	assert_int_equal(state_file_open(&dir, "file", O_RDWR | O_TRUNC, &error), -1);
	assert_non_null(strstr(error.text, "a second hard link"));
	assert_int_equal(unlinkat(dir.fd, "other", 0), 0);
	effective = 0;
	error_clear(&error);
	fd = state_file_open(&dir, "file", O_RDWR, &error);
	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0660);
	close(fd);
	state_dir_close(&dir);
}

/* The group must be able to write to it, also after a run of another account: a mode that cannot be given is told. */
static void a_shared_file_is_writable_by_its_group(void **state)
{
	struct place *place = *state;
	struct state_dir dir;
	struct error error = {0};
	char path[PATH_MAX];
	int fd;

	if (getuid() != 0)
		skip();
	assert_int_equal(chown(place->path, 0, 54321) | chmod(place->path, 02770), 0);
	assert_int_equal(open_shared(place, &dir, &error), 0);
	mode_kept = true; /* umask is not Curfew's here, and a new file asks for 0600 */
	assert_int_equal(state_file_open(&dir, "file", O_RDWR, &error), -1);
	assert_non_null(strstr(error.text, "/file"));
	assert_int_equal(error.native, EROFS);
	assert_int_equal(fchmodat(dir.fd, "file", 0660, 0), 0);
	error_clear(&error);
	fd = state_file_open(&dir, "file", O_RDWR, &error); /* it has its mode: nothing is to be changed */
	assert_true(fd >= 0);
	close(fd);
	snprintf(path, sizeof path, "%s/pipe", place->path);
	assert_int_equal(mkfifo(path, 0660), 0);
	assert_int_equal(state_file_open(&dir, "pipe", O_RDWR, &error), -1);
	assert_non_null(strstr(error.text, "not a regular file"));
	state_dir_close(&dir);
}

/* The check and the rehearsal: they make nothing, and change nothing. */
static void a_reader_believes_root_and_makes_nothing(void **state)
{
	struct place *place = *state;
	struct state_dir dir;
	struct error error = {0};
	struct stat status;
	char path[PATH_MAX], deep[PATH_MAX + 8];
	int fd;

	snprintf(path, sizeof path, "%s/none", place->path);
	assert_int_equal(state_dir_open_reading(&dir, path, false, &error), 1);
	assert_int_equal(error.code, ERROR_NONE);
	assert_int_equal(access(path, F_OK), -1);
	memset(deep, 'x', sizeof deep - 1);
	deep[sizeof deep - 1] = '\0';
	assert_int_equal(state_dir_open_reading(&dir, deep, false, &error), -1);
	assert_non_null(strstr(error.text, "too long"));
	snprintf(path, sizeof path, "%s/file", place->path);
	close(open(path, O_CREAT | O_WRONLY, 0600));
	error_clear(&error);
	assert_int_equal(state_dir_open_reading(&dir, path, false, &error), -1); /* a file is no folder */
	effective = 4711;
	error_clear(&error);
	if (getuid() != 0) {
		assert_int_equal(state_dir_open_reading(&dir, place->path, false, &error), -1);
		assert_non_null(strstr(error.text, "another account"));
		return;
	}
	assert_int_equal(state_dir_open(&dir, place->path, &error), -1);
	error_clear(&error);
	assert_int_equal(state_dir_open_reading(&dir, place->path, false, &error), 0);
	fd = state_file_open_existing(&dir, "file", O_RDONLY, &error);
	assert_true(fd >= 0);
	close(fd);
	state_dir_close(&dir);
	assert_int_equal(chown(place->path, 1, 1), 0); /* neither its own nor root's */
	assert_int_equal(state_dir_open_reading(&dir, place->path, false, &error), -1);
	assert_non_null(strstr(error.text, "another account"));
	assert_int_equal(chown(place->path, 0, 54321) | chmod(place->path, 02770) | chown(path, 0, 54321), 0);
	error_clear(&error);
	assert_int_equal(state_dir_open_reading(&dir, place->path, true, &error), 0);
	fd = state_file_open_existing(&dir, "file", O_RDONLY, &error);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	close(fd);
	state_dir_close(&dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(an_account_has_its_own_folder, begin, end),
	    cmocka_unit_test_setup_teardown(a_unit_has_its_folder_from_systemd, begin, end),
	    cmocka_unit_test_setup_teardown(a_folder_of_another_account_is_not_taken, begin, end),
	    cmocka_unit_test_setup_teardown(an_account_without_a_home_is_told, begin, end),
	    cmocka_unit_test_setup_teardown(what_stands_in_the_way_is_named, begin, end),
	    cmocka_unit_test_setup_teardown(files_are_looked_at, begin, end),
	    cmocka_unit_test_setup_teardown(a_rival_is_noticed, begin, end),
	    cmocka_unit_test_setup_teardown(a_shared_folder_is_roots_and_its_groups, begin, end),
	    cmocka_unit_test_setup_teardown(a_shared_file_is_writable_by_its_group, begin, end),
	    cmocka_unit_test_setup_teardown(a_reader_believes_root_and_makes_nothing, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
