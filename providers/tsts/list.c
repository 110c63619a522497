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
#include "providers/tsts/pipe.h"
#include "providers/tsts/samba.h"
#include "providers/tsts/status.h"
#include "providers/tsts/whole.h"
#include "providers/tsts/wire.h"

/* Requests on the way at once, where the server lets us. */
enum { WINDOW = 64 };

enum asked {
	ASKED_NOT, /* nobody's session */
	ASKED_TOLD,
	ASKED_GONE, /* it ended meanwhile */
	ASKED_DENIED,
};

struct detail {
	enum asked asked;
	struct wire_session told;
	bool has_client;
	struct wire_client client;
};

/* One pass over the sessions: a request for each that wants one, WINDOW of them at a time. */
struct pass {
	size_t next, waiting;
};

struct listing {
	struct host *host;
	struct snapshot *snapshot;
	struct wire_handle handle;
	struct wire_listed *listed;
	struct detail *details;
	size_t count;
	bool wants_clients;
	bool enumerated;    /* the first pass can begin */
	bool count_settled; /* how many users are logged on has been told, or will not be */
	bool counted_again;
	uint32_t logged_on;  /* 0: nobody, or not told */
	bool client_settled; /* the pipe for the second is there, or will not be */
	struct pass sessions, clients;
	struct tevent_timer *clients_timer; /* with the second pass */
	size_t denied, clients_denied;
	uint32_t denied_with;
};

static size_t window(const struct host *host, enum wire_interface interface)
{
	return host->pipes[interface] != NULL && pipe_many_calls(host, interface) ? WINDOW : 1;
}

static bool wants_client(const struct listing *listing, size_t index)
{
	const struct detail *detail = &listing->details[index];

	return listing->wants_clients && detail->asked == ASKED_TOLD && detail->told.state != STATE_DISCONNECTED &&
	       detail->told.user[0] != '\0';
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
		snapshot_notice(snapshot, "no idle time is known, as the host's clock is not: %s",
		                host->clock_error.text);
	if (listing->denied > 0) {
		snapshot->complete = false;
		snapshot_notice(snapshot, "%zu of the sessions may not be queried by this account (0x%08x)",
		                listing->denied, listing->denied_with);
	}
	if (listing->wants_clients && host->client_error.code != ERROR_NONE)
		snapshot_notice(snapshot, "the clients' names and addresses are not known: %s",
		                host->client_error.text);
	else if (listing->clients_denied > 0)
		snapshot_notice(snapshot, "of %zu session(s) the client's name and address could not be read",
		                listing->clients_denied);
}

/* Not one session may be looked at: that is no empty host. */
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

/* Sessions that may be a user's. */
static size_t shown_count(const struct listing *listing)
{
	size_t shown = 0;

	for (size_t i = 0; i < listing->count; i++)
		shown += session_of_user(listing->listed[i].id);
	return shown;
}

static void list_end(struct listing *listing);

static void read_count(struct listing *listing, uint32_t status, struct wire_bytes reply)
{
	uint32_t users = 0, hresult = 0;

	/* A host that does not tell it is believed in what it lists. */
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

/* Windows leaves out what the account may not query, session by session (MS-TSTS 3.3.4.3.6), and counts all.  Somebody
   may have logged off between the count and the list: it is asked again, after the list. */
static bool count_doubted(struct listing *listing)
{
	const size_t shown = shown_count(listing);

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
	struct snapshot *snapshot = listing->snapshot;

	TALLOC_FREE(listing->clients_timer);
	if (all_denied(listing) || count_doubted(listing))
		return;
	snapshot->provider = arena_strdup(&snapshot->arena, "tsts");
	snapshot->host = arena_strdup(&snapshot->arena, host->access.host);
	snapshot->now = host_now(host);
	snapshot->taken_at = clock_now();
	for (size_t i = 0; i < listing->count; i++)
		add_session(listing, i);
	notice_gaps(listing);
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

/* Names and addresses of clients are worth having, and never a reason to fail. */
static void clients_ask(struct listing *listing)
{
	struct host *host = listing->host;
	struct pass *pass = &listing->clients;

	for (; pass->next < listing->count && pass->waiting < window(host, WIRE_CLIENT); pass->next++) {
		struct call *call;

		if (host->pipes[WIRE_CLIENT] == NULL || !wants_client(listing, pass->next))
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

	for (; pass->next < listing->count && pass->waiting < window(listing->host, WIRE_SESSION); pass->next++) {
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

/* Windows leaves out what the caller has no QUERY right on, without a word; session 0 is always there. */
static bool sees_services(const struct listing *listing)
{
	for (size_t i = 0; i < listing->count; i++)
		if (listing->listed[i].id == 0)
			return true;
	return false;
}

static void closed(struct call *call, uint32_t status, struct wire_bytes reply)
{
	(void)call;
	(void)status;
	(void)reply;
}

/* The handle is let go, and nobody waits for the answer; where that is not possible, it ends with the connection. */
static void close_enumeration(struct listing *listing)
{
	struct call *call;

	if (!pipe_many_calls(listing->host, WIRE_ENUMERATION))
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
	else if (!sees_services(listing))
		rights_error(&error, host->access.host);
	if (error.code != ERROR_NONE) {
		host_fail(host, &error);
		return;
	}
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
	if (pipe_many_calls(host, WIRE_ENUMERATION))
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
	/* Both at once where the host allows that. */
	call_send(call_new(host, WIRE_SESSION, SESSION_COUNT, counted), wire_nothing());
	if (pipe_many_calls(host, WIRE_ENUMERATION))
		enumerate(host);
}
