/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/listing.h"

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/session/session.h"
#include "providers/tsts/fill.h"
#include "providers/tsts/host.h"

bool listing_wants_client(const struct listing *listing, size_t index)
{
	const struct detail *detail = &listing->details[index];

	return listing->wants_clients && detail->asked == ASKED_TOLD && detail->told.state != STATE_DISCONNECTED &&
	       detail->told.user[0] != '\0';
}

size_t listing_shown(const struct listing *listing)
{
	size_t shown = 0;

	for (size_t i = 0; i < listing->count; i++)
		shown += session_of_user(listing->listed[i].id);
	return shown;
}

bool listing_sees_services(const struct listing *listing)
{
	for (size_t i = 0; i < listing->count; i++)
		if (listing->listed[i].id == 0)
			return true;
	return false;
}

static void add_session(struct listing *listing, size_t index)
{
	const struct wire_listed *listed = &listing->listed[index];
	const struct detail *detail = &listing->details[index];
	struct arena *arena = &listing->snapshot->arena;
	struct session *session;

	if (detail->asked == ASKED_GONE || detail->asked == ASKED_DENIED)
		return;
	session = snapshot_add(listing->snapshot);
	if (detail->asked == ASKED_NOT)
		fill_listed(session, listed, arena);
	else
		fill_session(session, listed->id, &detail->told, listing->host->clocked, &listing->host->access.account,
		             arena);
	if (detail->has_client)
		fill_client(session, &detail->client, arena);
}

static void notice_gaps(struct listing *listing)
{
	const struct host *host = listing->host;
	struct snapshot *snapshot = listing->snapshot;

	if (!host->clocked)
		snapshot_notice(snapshot, "idle times are unknown, because the host's clock is unknown: %s",
		                host->clock_error.text);
	if (listing->denied > 0) {
		snapshot->complete = false;
		snapshot_notice(snapshot, "%zu of the sessions may not be queried by this account (0x%08x)",
		                listing->denied, listing->denied_with);
	}
	if (listing->wants_clients && host->client_error.code != ERROR_NONE)
		snapshot_notice(snapshot, "the clients' names and addresses are unknown: %s", host->client_error.text);
	else if (listing->clients_denied > 0)
		snapshot_notice(snapshot, "of %zu session(s) the client's name and address could not be read",
		                listing->clients_denied);
}

void listing_fill(struct listing *listing)
{
	const struct host *host = listing->host;
	struct snapshot *snapshot = listing->snapshot;

	snapshot->provider = arena_strdup(&snapshot->arena, "tsts");
	snapshot->host = arena_strdup(&snapshot->arena, host->access.host);
	snapshot->now = host_now(host);
	snapshot->taken_at = clock_now();
	for (size_t i = 0; i < listing->count; i++)
		add_session(listing, i);
	notice_gaps(listing);
}
