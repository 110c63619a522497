/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a privileged run believes, and what it takes over from whoever starts it. */
#include "t/unit/test.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/error.h"
#include "lib/base/root_owned.h"
#include "lib/base/trust.h"
#include "t/unit/folder.h"

/* In the place of libc's: whether we are root, and whose a file or folder is.  By default everything is root's. */
static struct {
	uid_t us, file;
	const char *folder; /* of this one: */
	uid_t folder_owner;
	mode_t folder_mode; /* added */
	mode_t file_mode;   /* added */
	bool unseen;        /* nothing can be looked at */
	const char *lost;   /* this file is gone when it is looked at */
	const char *self;   /* the program that runs; "": nobody can tell; NULL: this one */
	const char *helper; /* the file that "installed-helper" in CURFEW_LIBEXECDIR leads to */
} scene;

uid_t geteuid(void)
{
	return scene.us;
}

int stat(const char *path, struct stat *status)
{
	if (scene.unseen || fstatat(AT_FDCWD, path, status, 0) < 0)
		return -1;
	if (scene.lost != NULL && strcmp(path, scene.lost) == 0) {
		errno = ENOENT;
		return -1;
	}
	status->st_uid = 0;
	if (S_ISDIR(status->st_mode) && strcmp(path, "/tmp") != 0)
		status->st_mode &= (mode_t) ~(S_IWGRP | S_IWOTH);
	if (scene.folder != NULL && strcmp(path, scene.folder) == 0) {
		status->st_uid = scene.folder_owner;
		status->st_mode |= scene.folder_mode;
	}
	return 0;
}

int fstat(int fd, struct stat *status)
{
	if (scene.unseen || fstatat(fd, "", status, AT_EMPTY_PATH) < 0)
		return -1;
	status->st_uid = scene.file;
	status->st_mode |= scene.file_mode;
	return 0;
}

ssize_t readlink(const char *path, char *text, size_t size)
{
	size_t length;

	if (scene.self == NULL || strcmp(path, "/proc/self/exe") != 0)
		return readlinkat(AT_FDCWD, path, text, size);
	length = strlen(scene.self);
	memcpy(text, scene.self, length < size ? length : size);
	return length == 0 ? -1 : (ssize_t)(length < size ? length : size);
}

char *realpath(const char *path, char *resolved)
{
	bool helper = scene.helper != NULL && strcmp(path, CURFEW_LIBEXECDIR "/installed-helper") == 0;
	char *found = canonicalize_file_name(helper ? scene.helper : path);

	if (found == NULL)
		return NULL;
	memcpy(resolved, found, strlen(found) + 1);
	free(found);
	return resolved;
}

struct place {
	char folder[64], file[80];
};

static int begin(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	memset(&scene, 0, sizeof scene);
	snprintf(place->folder, sizeof place->folder, "/tmp/curfew-unit-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	snprintf(place->file, sizeof place->file, "%s/file", place->folder);
	close(open(place->file, O_CREAT | O_WRONLY, 0600));
	*state = place;
	return 0;
}

static int end(void **state)
{
	struct place *place = *state;

	memset(&scene, 0, sizeof scene);
	assert_int_equal(test_folder_remove(place->folder), 0);
	free(place);
	return 0;
}

/* "" if it is opened, else what is said. */
static const char *opened(const char *path, bool secret)
{
	static struct error error;
	int fd;

	error_clear(&error);
	fd = trusted_open(path, secret, &error);
	if (fd < 0)
		return error.text;
	close(fd);
	return "";
}

static void assert_said(const char *said, const char *part)
{
	if (strstr(said, part) == NULL)
		fail_msg("\"%s\" lacks \"%s\"", said, part);
}

static void root_believes_what_is_roots(void **state)
{
	struct place *place = *state;

	assert_string_equal(opened(place->file, false), "");
	assert_string_equal(opened(place->file, true), "");
	scene.folder = place->folder;
	scene.folder_owner = 4711;
	assert_said(opened(place->file, false), "does not belong to root");
	scene.folder_owner = 0;
	scene.folder_mode = S_IWGRP;
	assert_said(opened(place->file, false), "can be written by others");
	scene.folder_mode = S_IWOTH;
	assert_said(opened(place->file, false), place->folder);
	scene.folder_mode = S_IWOTH | S_ISVTX; /* like /tmp */
	assert_string_equal(opened(place->file, false), "");
	scene.folder = "/";
	scene.folder_mode = S_IWOTH;
	assert_said(opened(place->file, false), "can be written by others");
	scene.folder = NULL;
	scene.file = 4711;
	assert_said(opened(place->file, false), "it does not belong to root");
	scene.file = 0;
	scene.file_mode = S_IWGRP;
	assert_said(opened(place->file, false), "it can be written by others");
	scene.file_mode = 0;
	scene.unseen = true;
	assert_said(opened(place->file, false), "/");
}

/* A configuration: what it may decide depends on who can write to it and to the folders above it. */
static void only_root_writes_a_file(void **state)
{
	struct place *place = *state;
	struct error error = {0};

	assert_int_equal(root_alone_writes(place->file, &error), 0);
	scene.folder = place->file;
	scene.folder_mode = S_IWOTH;
	assert_int_equal(root_alone_writes(place->file, &error), -1);
	assert_said(error.text, "it can be written by others");
	scene.folder = place->folder;
	error_clear(&error);
	assert_int_equal(root_alone_writes(place->file, &error), -1);
	assert_said(error.text, "can be written by others");
	scene.folder = NULL;
	scene.lost = place->file; /* between the two looks */
	error_clear(&error);
	assert_int_equal(root_alone_writes(place->file, &error), -1);
	assert_int_equal(error.native, ENOENT);
	error_clear(&error);
	assert_int_equal(root_alone_writes("/nowhere/at/all", &error), -1);
	assert_said(error.text, "/nowhere/at/all");
	assert_int_equal(error.native, ENOENT);
}

/* A link is followed to where it leads, and that is what is looked at. */
static void a_link_is_judged_by_its_end(void **state)
{
	struct place *place = *state;
	char link[96];

	snprintf(link, sizeof link, "%s/link", place->folder);
	assert_int_equal(symlink("/etc/hostname", link), 0);
	scene.folder = place->folder;
	scene.folder_owner = 4711;
	assert_string_equal(opened(link, false), "");
	scene.folder = "/etc";
	assert_said(opened(link, false), "/etc does not belong to root");
	assert_said(opened("/nowhere/at/all", false), "No such file");
}

/* An account believes its own eyes; but a secret is one for it, too. */
static void an_account_keeps_its_secrets(void **state)
{
	struct place *place = *state;
	char pipe[96];

	scene.us = scene.file = 4711;
	scene.folder = place->folder;
	scene.folder_mode = S_IWOTH;
	assert_string_equal(opened(place->file, false), "");
	assert_string_equal(opened(place->file, true), "");
	scene.file_mode = 0040;
	assert_string_equal(opened(place->file, false), "");
	assert_said(opened(place->file, true), "others can read or write it (mode 0640)");
	scene.file_mode = 0;
	scene.file = 4712;
	assert_said(opened(place->file, true), "belongs to another account");
	assert_said(opened("/nowhere/at/all", false), "No such file");
	snprintf(pipe, sizeof pipe, "%s/pipe", place->folder);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_said(opened(pipe, false), "not a regular file");
	scene.unseen = true;
	assert_said(opened(place->file, false), place->file);
}

static void the_caller_is_who_called_sudo(void **state)
{
	(void)state;
	setenv("SUDO_UID", "4711", 1);
	assert_int_equal(caller_uid(), 4711);
	setenv("SUDO_UID", "4294967295", 1); /* no account has it */
	assert_int_equal(caller_uid(), getuid());
	setenv("SUDO_UID", "-1", 1);
	assert_int_equal(caller_uid(), getuid());
	setenv("SUDO_UID", "4711", 1);
	scene.us = 1000; /* anybody can set a variable */
	assert_int_equal(caller_uid(), getuid());
	unsetenv("SUDO_UID");
	scene.us = 0;
	assert_int_equal(caller_uid(), getuid());
}

static void only_an_account_says_where_programs_are(void **state)
{
	struct place *place = *state;
	struct error error = {0};
	char path[PATH_MAX], small[8];

	setenv("CURFEW_LIBEXECDIR", place->folder, 1);
	assert_string_equal(libexec_dir(), CURFEW_LIBEXECDIR);
	scene.us = 4711;
	assert_string_equal(libexec_dir(), place->folder);
	assert_int_equal(helper_path(path, sizeof path, "sim", "no-such-program", &error), 0);
	assert_memory_equal(path, place->folder, strlen(place->folder));
	assert_int_equal(helper_path(small, sizeof small, "sim", "no-such-program", &error), -1);
	assert_said(error.text, "too long");
	setenv("CURFEW_LIBEXECDIR", "relative", 1);
	assert_string_equal(libexec_dir(), CURFEW_LIBEXECDIR);
	unsetenv("CURFEW_LIBEXECDIR");
	assert_int_equal(helper_path(path, sizeof path, "sim", "no-such-program", &error), 0);
	assert_string_equal(path, CURFEW_LIBEXECDIR "/no-such-program");
	scene.us = 0;
	assert_int_equal(helper_path(path, sizeof path, "sim", "no-such-program", &error), 0);
	assert_string_equal(path, CURFEW_LIBEXECDIR "/no-such-program");
}

/* What is looked at is what is run: the file itself, and not a link that may be somebody else's. */
static void a_program_is_found_for_good(void **state)
{
	struct place *place = *state;
	char link[128], resolved[PATH_MAX], where[PATH_MAX];

	snprintf(link, sizeof link, "%s/link", place->folder);
	assert_int_equal(symlink("file", link), 0);
	assert_int_equal(root_owned_program(link, resolved, where), ROOT_OWNED);
	assert_string_equal(resolved, place->file);
	scene.folder = place->folder;
	scene.folder_owner = 4711;
	assert_int_equal(root_owned_program(link, resolved, where), ROOT_OWNED_NOT);
	assert_string_equal(where, place->folder);
	scene.folder_owner = 0;
	scene.folder_mode = S_IWGRP;
	assert_int_equal(root_owned_program(link, resolved, where), ROOT_OWNED_WRITABLE);
	assert_string_equal(where, place->folder);
	scene.folder_mode = S_IWOTH | S_ISVTX; /* as /tmp: what is root's there stays as it is */
	assert_int_equal(root_owned_program(link, resolved, where), ROOT_OWNED);
	scene.folder = place->file;
	assert_int_equal(root_owned_program(link, resolved, where), ROOT_OWNED_WRITABLE);
	assert_string_equal(where, place->file);
	scene.folder_mode = 0;
	scene.folder_owner = 4711;
	assert_int_equal(root_owned_program(link, resolved, where), ROOT_OWNED_NOT);
	scene.folder = NULL;
	assert_int_equal(root_owned_program(place->folder, resolved, where), ROOT_OWNED_UNKNOWN);
	assert_int_equal(unlink(place->file), 0);
	assert_int_equal(root_owned_program(link, resolved, where), ROOT_OWNED_UNKNOWN);
	assert_int_equal(errno, ENOENT);
	scene.unseen = true;
	assert_int_equal(root_owned_program("/bin/sh", resolved, where), ROOT_OWNED_UNKNOWN);
}

/* An account gets what is there and can be run; whoever misses it is told what to do. */
static void a_helper_that_is_missing(void **state)
{
	struct place *place = *state;
	struct error error = {0};
	char path[PATH_MAX];

	scene.us = 4711;
	setenv("CURFEW_LIBEXECDIR", place->folder, 1);
	assert_int_equal(helper_find(path, "sim", "file", &error), -1); /* not executable */
	assert_int_equal(error.native, EACCES);
	error_clear(&error);
	assert_int_equal(helper_find(path, "sim", "other", &error), -1);
	assert_said(error.hint, "install the program other");
	assert_int_equal(chmod(place->file, 0700), 0);
	assert_int_equal(helper_find(path, "sim", "file", &error), 0);
	assert_string_equal(path, place->file);
	scene.us = 0; /* the installed one alone */
	error_clear(&error);
	assert_int_equal(helper_find(path, "sim", "no-such-program", &error), -1);
	assert_said(error.text, CURFEW_LIBEXECDIR);
	assert_said(error.hint, "root does not run it from a build tree");
	unsetenv("CURFEW_LIBEXECDIR");
}

/* Root runs the installed helper, by the name of the file itself, if nobody else can change it. */
static void root_runs_what_is_installed(void **state)
{
	struct place *place = *state;
	struct error error = {0};
	char path[PATH_MAX], endless[PATH_MAX];

	scene.helper = place->file;
	assert_int_equal(helper_find(path, "sim", "installed-helper", &error), 0);
	assert_string_equal(path, place->file);
	scene.folder = place->folder;
	scene.folder_owner = 4711;
	assert_int_equal(helper_find(path, "sim", "installed-helper", &error), -1);
	assert_said(error.text, "does not belong to root");
	assert_said(error.text, place->folder);
	scene.folder = place->file;
	scene.folder_owner = 0;
	scene.folder_mode = S_IWGRP;
	error_clear(&error);
	assert_int_equal(helper_find(path, "sim", "installed-helper", &error), -1);
	assert_said(error.text, "can be written by others");
	memset(endless, 'x', sizeof endless - 1);
	endless[sizeof endless - 1] = '\0';
	error_clear(&error);
	assert_int_equal(helper_find(path, "sim", endless, &error), -1);
	assert_said(error.text, "the path of xxxx");
}

/* An account that runs a program in the build tree gets the helpers of that tree.  Root gets the installed ones. */
static void a_build_tree_has_its_own_helpers(void **state)
{
	struct place *place = *state;
	struct error error = {0};
	char self[PATH_MAX], helper[128], path[PATH_MAX], endless[PATH_MAX];

	snprintf(self, sizeof self, "%s/plugins/check", place->folder);
	snprintf(helper, sizeof helper, "%s/plugins", place->folder);
	assert_int_equal(test_folder_make(helper), 0);
	snprintf(helper, sizeof helper, "%s/providers/sim", place->folder);
	assert_int_equal(test_folder_make(helper), 0);
	snprintf(helper, sizeof helper, "%s/providers/sim/helper", place->folder);
	close(open(helper, O_CREAT | O_WRONLY, 0700));
	unsetenv("CURFEW_LIBEXECDIR");
	scene.self = self;
	scene.us = 4711;
	assert_int_equal(helper_path(path, sizeof path, "sim", "helper", &error), 0);
	assert_non_null(strstr(path, "/../providers/sim/helper"));
	assert_int_equal(access(path, X_OK), 0);
	assert_int_equal(helper_path(path, sizeof path, "sim", "another", &error), 0);
	assert_string_equal(path, CURFEW_LIBEXECDIR "/another");
	scene.self = ""; /* /proc is not there */
	assert_int_equal(helper_path(path, sizeof path, "sim", "helper", &error), 0);
	assert_string_equal(path, CURFEW_LIBEXECDIR "/helper");
	scene.self = memset(endless, '/', sizeof endless); /* a path that would be cut is not used */
	endless[sizeof endless - 1] = '\0';
	assert_int_equal(helper_path(path, sizeof path, "sim", "helper", &error), 0);
	assert_string_equal(path, CURFEW_LIBEXECDIR "/helper");
	scene.self = self;
	scene.us = 0;
	assert_int_equal(helper_path(path, sizeof path, "sim", "helper", &error), 0);
	assert_string_equal(path, CURFEW_LIBEXECDIR "/helper");
}

/* What the process looks like after process_harden(): a letter for each thing that is not as it should be. */
static void look(char *wrong)
{
	struct sigaction action;
	struct rlimit limit;
	sigset_t blocked;

	if (getenv("LD_PRELOAD") != NULL || getenv("HOME") != NULL || getenv("SUDO_UID") == NULL ||
	    strcmp(getenv("PATH"), "/usr/sbin:/usr/bin:/sbin:/bin") != 0)
		*wrong++ = 'E';
	if (fcntl(0, F_GETFD) < 0 || fcntl(7, F_GETFD) >= 0)
		*wrong++ = 'F';
	if (sigaction(SIGXFSZ, NULL, &action) < 0 || action.sa_handler != SIG_IGN)
		*wrong++ = 'X';
	if (sigaction(SIGCHLD, NULL, &action) < 0 || action.sa_handler != SIG_DFL)
		*wrong++ = 'C';
	if (sigprocmask(SIG_SETMASK, NULL, &blocked) < 0 || sigismember(&blocked, SIGALRM))
		*wrong++ = 'B';
	if (getrlimit(RLIMIT_FSIZE, &limit) < 0 || limit.rlim_cur != limit.rlim_max || limit.rlim_cur <= 4096)
		*wrong++ = 'L';
	if (getrlimit(RLIMIT_CORE, &limit) < 0 || limit.rlim_max != 0)
		*wrong++ = 'D';
	if (umask(0) != 077)
		*wrong++ = 'U';
	*wrong = '\0';
}

/* The child of a caller who means ill. */
static void be_started_badly(int answer)
{
	const struct rlimit small = {4096, RLIM_INFINITY};
	sigset_t all;
	char wrong[16];

	setenv("LD_PRELOAD", "evil.so", 1);
	setenv("HOME", "/evil", 1);
	setenv("SUDO_UID", "4711", 1);
	dup2(1, 7);
	setrlimit(RLIMIT_FSIZE, &small);
	signal(SIGCHLD, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	umask(0);
	dup2(answer, 1); /* process_harden() leaves 0 to 2 open */
	close(0);
	process_harden();
	look(wrong);
	(void)!write(1, wrong, strlen(wrong) + 1);
	exit(0); /* and not _exit(): coverage is written at the end */
}

static void nothing_bad_is_taken_over(void **state)
{
	int ends[2], status;
	char wrong[16] = "silence";
	pid_t child;

	(void)state;
	assert_int_equal(pipe(ends), 0);
	child = fork();
	if (child == 0)
		be_started_badly(ends[1]);
	close(ends[1]);
	assert_true(read(ends[0], wrong, sizeof wrong) > 0);
	close(ends[0]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_string_equal(wrong, "");
}

/* A program without 0, 1 or 2 would write its text into the file that takes the number: it ends before it opens one. */
static void without_a_stand_in_it_ends(void **state)
{
	(void)state;
	for (int fd = 0; fd <= 2; fd++) {
		const struct rlimit none = {0, 0};
		char said[64] = "";
		int ends[2], status;
		pid_t child;

		assert_int_equal(pipe(ends), 0);
		child = fork();
		if (child == 0) {
			dup2(ends[1], 1);
			dup2(ends[1], 2);
			close(fd);
			setrlimit(RLIMIT_NOFILE, &none); /* open() fails */
			process_harden();
			exit(0);
		}
		close(ends[1]);
		assert_true(read(ends[0], said, sizeof said - 1) >= 0);
		close(ends[0]);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFEXITED(status));
		assert_int_equal(WEXITSTATUS(status), 3);
		assert_non_null(strstr(said, "cannot open /dev/null"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(root_believes_what_is_roots, begin, end),
	    cmocka_unit_test_setup_teardown(only_root_writes_a_file, begin, end),
	    cmocka_unit_test_setup_teardown(a_link_is_judged_by_its_end, begin, end),
	    cmocka_unit_test_setup_teardown(an_account_keeps_its_secrets, begin, end),
	    cmocka_unit_test_setup_teardown(the_caller_is_who_called_sudo, begin, end),
	    cmocka_unit_test_setup_teardown(only_an_account_says_where_programs_are, begin, end),
	    cmocka_unit_test_setup_teardown(a_program_is_found_for_good, begin, end),
	    cmocka_unit_test_setup_teardown(a_helper_that_is_missing, begin, end),
	    cmocka_unit_test_setup_teardown(root_runs_what_is_installed, begin, end),
	    cmocka_unit_test_setup_teardown(a_build_tree_has_its_own_helpers, begin, end),
	    cmocka_unit_test_setup_teardown(nothing_bad_is_taken_over, begin, end),
	    cmocka_unit_test(without_a_stand_in_it_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
