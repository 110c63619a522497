/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/rds/join.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/names.h"
#include "lib/session/session.h"

/* One notice per host, for so many hosts. */
enum { NOTICES_MOST = 20 };

bool host_silent(const struct error *error)
{
	return error->code == ERROR_NO_SUCH_HOST || error->code == ERROR_REFUSED || error->code == ERROR_UNREACHABLE ||
	       error->code == ERROR_TIMEOUT;
}

/* Names have no case, and the host may have cut them; a domain that is not known, or a DNS name beside a NetBIOS name,
 * says nothing. */
static bool same_user(const char *domain, const char *user, const struct session *session)
{
	return account_match(domain, user, session) != MATCH_NO;
}

static const struct session *session_numbered(const struct snapshot *snapshot, uint32_t number)
{
	for (size_t i = 0; i < snapshot->count; i++)
		if (snapshot->sessions[i].numbered && snapshot->sessions[i].number == number)
			return &snapshot->sessions[i];
	return NULL;
}

static void become_ghost(struct session *session, const char *why)
{
	session->class = CLASS_GHOST;
	session->state_text = why;
	session->birth = "";
}

/* The broker's name may be whole where the host's is cut. */
static void take_names(struct session *session, const char *domain, const char *user, struct arena *arena)
{
	if (user[0] != '\0' && (!text_same(user, session->user) || !text_same(domain, session->domain)))
		string_list_add(&session->names, arena,
		                domain[0] != '\0' ? arena_printf(arena, "%s\\%s", domain, user)
		                                  : arena_strdup(arena, user));
}

/* Host and collection are the broker's; everything else is the session host's. */
static void take_over(struct session *session, const struct session *real, int64_t clock_ahead,
                      const struct place *place, struct arena *arena)
{
	struct session broker = *session;

	session_copy(session, real, arena);
	session->provider = broker.provider;
	session->host = broker.host;
	session->id = broker.id;
	session->collection = broker.collection;
	session->application = broker.application;
	session->kind = broker.kind;
	take_names(session, broker.domain, broker.user, arena);
	place_upn_fill(place, session, arena);
	session->own = broker.own == FLAG_YES || real->own == FLAG_YES ? FLAG_YES : real->own;
	session->clock_ahead = clock_ahead;
}

static void join_one(struct session *session, const struct visit *host, int64_t clock_ahead, const struct place *place,
                     struct arena *arena)
{
	const struct session *real = NULL;

	if (host->error.code == ERROR_NONE)
		real = session_numbered(&host->snapshot, session->number);
	if (host->error.code != ERROR_NONE && host_silent(&host->error))
		become_ghost(session, "its host does not answer");
	else if (host->error.code != ERROR_NONE || (real == NULL && !host->snapshot.complete))
		session->birth = "";
	else if (real == NULL)
		become_ghost(session, "its host does not have it");
	else if (real->class != CLASS_USER || !same_user(session->domain, session->user, real))
		become_ghost(session, "on its host it belongs to another user");
	else
		take_over(session, real, clock_ahead, place, arena);
}

void join_host(struct snapshot *snapshot, const bool *virtual, const struct visit *host, const char *name,
               const struct place *place)
{
	int64_t ahead = (host->snapshot.now - host->snapshot.taken_at) - (snapshot->now - snapshot->taken_at);

	if (snapshot->notices.count >= NOTICES_MOST)
		; /* join_notices() reports the totals */
	else if (host->error.code == ERROR_NONE && !host->snapshot.complete)
		snapshot_notice(snapshot, "%.100s: its own list was cut short", name);
	else if (host->error.code != ERROR_NONE)
		snapshot_notice(snapshot, "%.400s", host->error.text);
	for (size_t i = 0; i < snapshot->count; i++) {
		struct session *session = &snapshot->sessions[i];

		if (session->class == CLASS_USER && !virtual[i] && strcmp(session->host, name) == 0)
			join_one(session, host, ahead, place, &snapshot->arena);
	}
}

void join_notices(struct snapshot *snapshot, const bool *virtual, bool asked)
{
	size_t ghosts = 0, unverified = 0;

	for (size_t i = 0; i < snapshot->count; i++) {
		ghosts += snapshot->sessions[i].class == CLASS_GHOST;
		unverified += asked && snapshot->sessions[i].class == CLASS_USER && !virtual[i] &&
		              snapshot->sessions[i].birth[0] == '\0';
	}
	if (ghosts > 0)
		snapshot_notice(snapshot, "%zu ghosts: listed by the broker, and not there (--class ghost shows them)",
		                ghosts);
	if (unverified > 0)
		snapshot_notice(snapshot, "%zu sessions could not be verified on their hosts: they are not acted on",
		                unverified);
}
