/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/keytab.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/base/trust.h"

#define KINIT "/usr/bin/kinit"

/* Nobody else is served meanwhile. */
enum { KINIT_TIME = 4000 };

static int tickets_free(struct tickets *tickets)
{
	close(tickets->lifeline);
	while (waitpid(tickets->keeper, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}

/* There may be threads that hold locks, so only what is safe in a signal handler.  Out of the group that is killed
   with us, and holding nothing that somebody waits to see closed. */
static _Noreturn void keep_until(int end, const char *folder, const char *file)
{
	char none;

	setsid();
	dup2(end, STDIN_FILENO);
	close_range(STDERR_FILENO, ~0U, 0);
	close(STDOUT_FILENO);
	while (read(STDIN_FILENO, &none, 1) < 0 && errno == EINTR)
		;
	unlink(file);
	rmdir(folder);
	_exit(0);
}

/* A worker that takes too long is killed; tickets must not stay behind then either. */
static int keeper_start(struct tickets *tickets)
{
	const char *file = tickets->cache + strlen("FILE:");
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	tickets->keeper = fork();
	if (tickets->keeper == 0) {
		close(ends[1]);
		keep_until(ends[0], tickets->folder, file);
	}
	close(ends[0]);
	tickets->lifeline = ends[1];
	if (tickets->keeper < 0)
		close(ends[1]);
	return tickets->keeper < 0 ? -1 : 0;
}

/* A folder that is ours alone, as the tickets are. */
static struct tickets *tickets_new(const char *keytab, const char *principal, TALLOC_CTX *memory, struct error *error)
{
	struct tickets *tickets = talloc_zero(memory, struct tickets);

	tickets->keytab = talloc_strdup(tickets, keytab);
	tickets->principal = talloc_strdup(tickets, principal);
	tickets->folder = talloc_strdup(tickets, "/tmp/curfew-XXXXXX");
	if (mkdtemp(tickets->folder) == NULL) {
		error_errno(error, errno, STEP_LOGIN, "no folder for tickets: %s", tickets->folder);
		talloc_free(tickets);
		return NULL;
	}
	tickets->cache = talloc_asprintf(tickets, "FILE:%s/tickets", tickets->folder);
	if (keeper_start(tickets) < 0) {
		error_errno(error, errno, STEP_LOGIN, "no process that removes %s", tickets->folder);
		rmdir(tickets->folder);
		talloc_free(tickets);
		return NULL;
	}
	talloc_set_destructor(tickets, tickets_free);
	return tickets;
}

static int start(pid_t *child, char *const *arguments, int out)
{
	posix_spawn_file_actions_t actions;
	int failed;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", 0, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out, STDERR_FILENO);
	failed = posix_spawn(child, arguments[0], &actions, NULL, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	return failed;
}

/* What it says until it closes its output: true, or false at the deadline. */
static bool listen_to(int in, char *said, size_t size, const struct deadline *deadline)
{
	struct pollfd ready = {.fd = in, .events = POLLIN};
	char rest[256];
	size_t length = 0;
	ssize_t got = 1;

	while (got > 0) {
		int events = poll(&ready, 1, (int)deadline_left(deadline));

		if (events == 0 || (events < 0 && errno != EINTR))
			break;
		if (events < 0)
			continue;
		got = length < size - 1 ? read(in, said + length, size - 1 - length) : read(in, rest, sizeof rest);
		if (got > 0 && length < size - 1)
			length += (size_t)got;
	}
	said[length] = '\0';
	said[strcspn(said, "\n")] = '\0';
	return got == 0;
}

/* 0, or -1 with the reason in kinit's words. */
static int run_kinit(char *const *arguments, const char *principal, struct error *error)
{
	struct deadline deadline = deadline_in(KINIT_TIME);
	char said[160] = "";
	int ends[2], status = -1, failed;
	pid_t child;
	bool ended;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_errno(error, errno, STEP_LOGIN, "no pipe for kinit");
	failed = start(&child, arguments, ends[1]);
	close(ends[1]);
	ended = failed == 0 && listen_to(ends[0], said, sizeof said, &deadline);
	close(ends[0]);
	if (failed != 0) {
		error_errno(error, failed, STEP_LOGIN, "%s", arguments[0]);
		return error_hint(error, "a keytab needs kinit (Debian's package krb5-user)");
	}
	if (!ended)
		kill(child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	if (!ended) {
		error_set(error, ERROR_TIMEOUT, STEP_LOGIN, "no tickets for %.60s: kinit got no answer in time",
		          principal);
		return error_hint(error, "the domain controller (KDC) does not answer: look at /etc/krb5.conf and DNS");
	}
	if (status == 0)
		return 0;
	error_set(error, ERROR_AUTH, STEP_LOGIN, "no tickets for %.60s: %.150s", principal,
	          utf8_valid(said, strlen(said)) ? said : "kinit failed");
	return error_hint(error, "try it: kinit -k -t KEYTAB PRINCIPAL; klist -k KEYTAB shows whose keys it has");
}

static int ask(const struct tickets *tickets, struct error *error)
{
	char *arguments[] = {(char *)KINIT,
	                     (char *)"-k",
	                     (char *)"-t",
	                     (char *)tickets->keytab,
	                     (char *)"-c",
	                     tickets->cache,
	                     (char *)tickets->principal,
	                     NULL};
	int file = trusted_open(tickets->keytab, true, error);

	if (file < 0)
		return -1;
	close(file);
	return run_kinit(arguments, tickets->principal, error);
}

const char *keytab_cache(struct tickets **list, const char *keytab, const char *principal, TALLOC_CTX *memory,
                         struct error *error)
{
	struct tickets *tickets;

	for (tickets = *list; tickets != NULL; tickets = tickets->next)
		if (strcmp(tickets->keytab, keytab) == 0 && strcmp(tickets->principal, principal) == 0)
			return tickets->cache;
	tickets = tickets_new(keytab, principal, memory, error);
	if (tickets == NULL)
		return NULL;
	if (ask(tickets, error) != 0) {
		talloc_free(tickets);
		return NULL;
	}
	tickets->next = *list;
	*list = tickets;
	return tickets->cache;
}
