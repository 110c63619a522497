/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/keytab.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/trust.h"
#include "lib/child/child.h"
#include "lib/child/spawn.h"

#define KINIT "/usr/bin/kinit"

/* kinit blocks the event loop for so long at most. */
enum {
	KINIT_TIME = 4000,
	STATUS_WAIT = 50,    /* ms for the exit status of one that has ended */
	REMOVAL_TIME = 1000, /* ms for the keeper to remove them */
};

static int tickets_free(struct tickets *tickets)
{
	struct error ignored = {0};

	child_stop(&tickets->keeper, REMOVAL_TIME, &ignored);
	return 0;
}

/* Other threads may hold locks, so only async-signal-safe functions. */
static int keep(void *context)
{
	const struct tickets *tickets = context;
	char none;

	while (read(STDIN_FILENO, &none, 1) < 0 && errno == EINTR)
		;
	unlink(tickets->cache + strlen("FILE:"));
	rmdir(tickets->folder);
	return 0;
}

/* Tickets must be removed also if this worker is killed. So the keeper does not die with its parent and is not in
   our process group. */
static int keeper_start(struct tickets *tickets, struct error *error)
{
	const struct spawn spawn = {.function = keep, .context = tickets, .session = true, .unbound = true};

	if (child_start(&tickets->keeper, "the keeper of tickets", spawn, CHILD_IN, error) == 0)
		return 0;
	error->step = STEP_LOGIN;
	return -1;
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
	if (keeper_start(tickets, error) < 0) {
		rmdir(tickets->folder);
		talloc_free(tickets);
		return NULL;
	}
	talloc_set_destructor(tickets, tickets_free);
	return tickets;
}

/* 0, or -1 with the reason in kinit's words. */
static int run_kinit(char *const *arguments, const char *principal, struct error *error)
{
	const struct spawn spawn = {.path = arguments[0], .arguments = arguments, .environment = environ};
	struct error ignored = {0};
	struct child child;
	bool ended;

	if (child_start(&child, "kinit", spawn, CHILD_ERR, error) < 0) {
		error->step = STEP_LOGIN;
		return error_hint(error, "a keytab needs kinit (Debian's package krb5-user)");
	}
	ended = child_ended(&child, KINIT_TIME);
	child_stop(&child, ended ? STATUS_WAIT : 0, &ignored);
	if (!ended) {
		error_set(error, ERROR_TIMEOUT, STEP_LOGIN, "no tickets for %.60s: kinit got no answer in time",
		          principal);
		return error_hint(error, "the domain controller (KDC) does not answer: look at /etc/krb5.conf and DNS");
	}
	if (child.status == 0)
		return 0;
	error_set(error, ERROR_AUTH, STEP_LOGIN, "no tickets for %.60s: %.150s", principal,
	          child.complaint[0] != '\0' ? child.complaint : "kinit failed");
	return error_hint(error, "try kinit -k -t KEYTAB PRINCIPAL; klist -k KEYTAB lists its principals");
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
