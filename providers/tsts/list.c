/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/list.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/session/session.h"
#include "providers/tsts/fill.h"
#include "providers/tsts/listing.h"
#include "providers/tsts/pace.h"
#include "providers/tsts/pipe.h"
#include "providers/tsts/samba.h"
#include "providers/tsts/status.h"
#include "providers/tsts/whole.h"
#include "providers/tsts/wire.h"

/* Do other calls go out while one is in progress?  Of many hosts each goes one by one: see pace.h. */
static bool at_once(const struct host *host)
{
	return !host->one_of_many && pipe_many_calls(host, WIRE_ENUMERATION);
}

static bool may_ask(const struct listing *listing, struct pass *pass, enum wire_interface interface)
{
	const struct host *host = listing->host;
	const int64_t now = clock_monotonic();

	if (pass->waiting == 0)
		return true;
	if (host->pipes[interface] == NULL || !pipe_many_calls(host, interface))
		return false;
	return pass->waiting < pace_window(&pass->pace, listing->count - pass->next + pass->waiting, now);
}

static void pass_begin(const struct listing *listing, struct pass *pass)
{
	const struct host *host = listing->host;

	if (pass->pace.begun == 0)
		pass->pace =
		    pace_begin(clock_monotonic(), deadline_left(&host->deadline), listing->latency, host->one_of_many);
}

/* If every query was denied the list is not empty but unknown. */
static bool all_denied(struct listing *listing)
{
	struct error error = {0};

	for (size_t i = 0; i < listing->count; i++)
		if (listing->details[i].asked == ASKED_TOLD)
			return false;
	if (listing->denied == 0)
		return false;
	hresult_error(&error, listing->denied_with, STEP_LIST, listing->host->access.host, "reading the sessions",
	              RIGHT_QUERY);
	host_fail(listing->host, &error);
	return true;
}

static void list_end(struct listing *listing);

static void read_count(struct listing *listing, uint32_t status, struct wire_bytes reply)
{
	uint32_t users = 0, hresult = 0;

	/* Without a count the list is taken as it is. */
	if (status != 0 || wire_read_count(reply, &users, &hresult) != 0 || hresult_failed(hresult))
		users = 0;
	listing->logged_on = users;
}

static void counted_again(struct call *call, uint32_t status, struct wire_bytes reply)
{
	struct listing *listing = call->host->listing;

	read_count(listing, status, reply);
	list_end(listing);
}

/* Windows omits each session that the account may not query (MS-TSTS 3.3.4.3.6), but counts all of them. A user may
   have logged off between count and list, so the count is read again after the list. */
static bool count_doubted(struct listing *listing)
{
	const size_t shown = listing_shown(listing);

	if (listing->logged_on <= shown)
		return false;
	if (!listing->counted_again) {
		listing->counted_again = true;
		call_send(call_new(listing->host, WIRE_SESSION, SESSION_COUNT, counted_again), wire_nothing());
		return true;
	}
	listing->snapshot->complete = false;
	snapshot_notice(listing->snapshot,
	                "%u users are logged on, and %zu sessions are shown to this account: it lacks the right Query "
	                "Information on the others",
	                (unsigned)listing->logged_on, shown);
	return false;
}

static void list_end(struct listing *listing)
{
	struct host *host = listing->host;

	TALLOC_FREE(listing->clients_timer);
	if (all_denied(listing) || count_doubted(listing))
		return;
	listing_fill(listing);
	host_end(host);
}

static void clients_ask(struct listing *listing);

static void client_told(struct call *call, uint32_t status, struct wire_bytes reply)
{
	struct listing *listing = call->host->listing;
	struct detail *detail = &listing->details[call->index];
	uint32_t hresult = 0;

	if (status != 0 || wire_read_client(reply, &listing->snapshot->arena, &detail->client, &hresult) != 0 ||
	    hresult_failed(hresult))
		listing->clients_denied++;
	else
		detail->has_client = true;
	listing->clients.waiting--;
	clients_ask(listing);
}

/* A client that cannot be read is no error of the list. */
static void clients_ask(struct listing *listing)
{
	struct host *host = listing->host;
	struct pass *pass = &listing->clients;

	pass_begin(listing, pass);
	for (; pass->next < listing->count && may_ask(listing, pass, WIRE_CLIENT); pass->next++) {
		struct call *call;

		if (host->pipes[WIRE_CLIENT] == NULL || !listing_wants_client(listing, pass->next))
			continue;
		pass->waiting++;
		call = call_new(host, WIRE_CLIENT, CLIENT_DATA, client_told);
		call->index = pass->next;
		call_send(call, wire_number(&call->arena, listing->listed[pass->next].id));
	}
	if (pass->next == listing->count && pass->waiting == 0 && host->busy)
		list_end(listing);
}

static void clients_late(struct tevent_context *events, struct tevent_timer *timer, struct timeval now, void *data)
{
	struct listing *listing = data;

	(void)events;
	(void)timer;
	(void)now;
	listing->clients_timer = NULL; /* freed by who called us */
	error_set(&listing->host->client_error, ERROR_TIMEOUT, STEP_LIST, "no answer in time");
	list_end(listing);
}

/* Half of the time that is left when all else is known. */
static void clients_hurry(struct listing *listing)
{
	struct host *host = listing->host;

	if (listing->wants_clients && listing->clients_timer == NULL)
		listing->clients_timer = tevent_add_timer(
		    host->engine->events, listing,
		    timeval_current_ofs_msec((uint32_t)deadline_left(&host->deadline) / 2), clients_late, listing);
}

/* The second pass begins when the first is over and the pipe for it is there, or is known not to be. */
static void clients_begin(struct listing *listing)
{
	if (!listing->enumerated || !listing->count_settled || listing->sessions.waiting > 0 ||
	    listing->sessions.next < listing->count)
		return;
	clients_hurry(listing);
	if (listing->client_settled)
		clients_ask(listing);
}

static void client_opened(struct host *host, const struct error *error)
{
	host->client_error = *error;
	host->listing->client_settled = true;
	clients_begin(host->listing);
}

static void sessions_ask(struct listing *listing);

static void session_done(struct listing *listing)
{
	listing->sessions.waiting--;
	sessions_ask(listing);
}

static void name_told(struct whole *whole)
{
	session_done(whole->host->listing);
}

static void ask_whole(struct listing *listing, size_t index)
{
	struct whole *whole = talloc_zero(listing, struct whole);

	whole->host = listing->host;
	whole->id = listing->listed[index].id;
	whole->told = &listing->details[index].told;
	whole->arena = &listing->snapshot->arena;
	whole->done = name_told;
	whole_begin(whole);
}

static void session_told(struct call *call, uint32_t status, struct wire_bytes reply)
{
	struct listing *listing = call->host->listing;
	struct detail *detail = &listing->details[call->index];
	uint32_t hresult = 0;

	if (status != 0) {
		host_fail_status(call->host, status);
		return;
	}
	if (wire_read_session(reply, &listing->snapshot->arena, &detail->told, &hresult) != 0) {
		host_malformed(call->host, "the information about a session");
		return;
	}
	detail->asked = ASKED_TOLD;
	if (hresult == HRESULT_NOT_FOUND) {
		detail->asked = ASKED_GONE;
	} else if (hresult_failed(hresult)) {
		detail->asked = ASKED_DENIED;
		listing->denied++;
		listing->denied_with = hresult;
	}
	if (detail->asked == ASKED_TOLD && told_may_be_cut(&detail->told))
		ask_whole(listing, call->index);
	else
		session_done(listing);
}

static void sessions_ask(struct listing *listing)
{
	struct pass *pass = &listing->sessions;

	pass_begin(listing, pass);
	for (; pass->next < listing->count && may_ask(listing, pass, WIRE_SESSION); pass->next++) {
		uint32_t id = listing->listed[pass->next].id;
		struct call *call;

		if (!session_of_user(id))
			continue;
		pass->waiting++;
		call = call_new(listing->host, WIRE_SESSION, SESSION_INFORMATION, session_told);
		call->index = pass->next;
		call_send(call, wire_information(&call->arena, id));
	}
	clients_begin(listing);
}

static void closed(struct call *call, uint32_t status, struct wire_bytes reply)
{
	(void)call;
	(void)status;
	(void)reply;
}

/* Closes the handle without waiting for the reply. Without concurrent calls it is left to the end of the
   connection. */
static void close_enumeration(struct listing *listing)
{
	struct call *call;

	if (!at_once(listing->host))
		return;
	call = call_new(listing->host, WIRE_ENUMERATION, ENUMERATION_CLOSE, closed);
	call_send(call, wire_handle(&call->arena, &listing->handle));
}

static void enumerated(struct call *call, uint32_t status, struct wire_bytes reply)
{
	struct host *host = call->host;
	struct listing *listing = host->listing;
	struct error error = {0};
	uint32_t hresult = 0;

	if (status != 0) {
		host_fail_status(host, status);
		return;
	}
	if (wire_read_listed(reply, &listing->snapshot->arena, &listing->listed, &listing->count, &hresult) != 0) {
		host_malformed(host, "the list of sessions");
		return;
	}
	if (hresult_failed(hresult))
		hresult_error(&error, hresult, STEP_LIST, host->access.host, "listing the sessions", RIGHT_QUERY);
	else if (!listing_sees_services(listing))
		rights_error(&error, host->access.host);
	if (error.code != ERROR_NONE) {
		host_fail(host, &error);
		return;
	}
	listing->latency = clock_monotonic() - listing->asked;
	close_enumeration(listing);
	listing->details = arena_alloc(&listing->snapshot->arena, (listing->count + 1) * sizeof *listing->details);
	listing->enumerated = true;
	sessions_ask(listing);
}

static void enumeration_opened(struct call *call, uint32_t status, struct wire_bytes reply)
{
	struct host *host = call->host;
	struct error error = {0};
	uint32_t hresult = 0;
	struct call *result;

	if (status != 0) {
		host_fail_status(host, status);
		return;
	}
	if (wire_read_handle(reply, &host->listing->handle, &hresult) != 0) {
		host_malformed(host, "the handle of the list");
		return;
	}
	if (hresult_failed(hresult)) {
		hresult_error(&error, hresult, STEP_LIST, host->access.host, "listing the sessions", RIGHT_QUERY);
		host_fail(host, &error);
		return;
	}
	host->listing->asked = clock_monotonic();
	result = call_new(host, WIRE_ENUMERATION, ENUMERATION_RESULT, enumerated);
	call_send(result, wire_result(&result->arena, &host->listing->handle));
}

static void enumerate(struct host *host)
{
	struct call *call = call_new(host, WIRE_ENUMERATION, ENUMERATION_OPEN, enumeration_opened);

	call_send(call, wire_nothing());
}

static void counted(struct call *call, uint32_t status, struct wire_bytes reply)
{
	struct host *host = call->host;
	struct listing *listing = host->listing;

	read_count(listing, status, reply);
	listing->count_settled = true;
	if (at_once(host))
		clients_begin(listing);
	else
		enumerate(host);
}

void list_begin(struct host *host, struct snapshot *snapshot, bool clients, const struct deadline *deadline,
                struct trail *trail)
{
	TALLOC_FREE(host->listing);
	host->listing = talloc_zero(host, struct listing);
	host->listing->host = host;
	host->listing->snapshot = snapshot;
	error_clear(&host->client_error);
	host_begin(host, STEP_LIST, deadline, trail);
	host->listing->wants_clients = clients;
	host->listing->client_settled = !clients || host->pipes[WIRE_CLIENT] != NULL;
	if (!host->listing->client_settled)
		host_open_pipe(host, WIRE_CLIENT, client_opened);
	call_send(call_new(host, WIRE_SESSION, SESSION_COUNT, counted), wire_nothing());
	if (at_once(host))
		enumerate(host);
}
