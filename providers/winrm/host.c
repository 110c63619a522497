/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/winrm/host.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/session.h"
#include "lib/target/target.h"
#include "providers/http/http.h"
#include "providers/winrm/shell.h"
#include "providers/wsman/envelope.h"
#include "providers/wsman/soap.h"
#include "providers/wsman/wire.h"
#include "providers/wsman/xml.h"

/* Time limit for Identify after a refusal, ms. */
enum { IDENTIFY_TIME = 2000 };

int host_prepare(struct host *host, const struct target *target, struct http_loop *loop, struct error *error)
{
	const char *rights = target_option(target, "rights"), *attempt = target_option(target, "disconnect");

	memset(host, 0, sizeof *host);
	host->may_disconnect = attempt != NULL && strcmp(attempt, "attempt") == 0;
	if (attempt != NULL && !host->may_disconnect && strcmp(attempt, "no") != 0)
		return error_set(error, ERROR_CONFIG, STEP_NONE, "%.150s: disconnect is attempt or no, not \"%.40s\"",
		                 target->url, attempt);
	host->own_only = rights != NULL && strcmp(rights, "own") == 0;
	if (rights != NULL && !host->own_only && strcmp(rights, "all") != 0)
		return error_set(error, ERROR_CONFIG, STEP_NONE, "%.150s: rights is all or own, not \"%.40s\"",
		                 target->url, rights);
	if (wsman_access_open(&host->access, target, target->address, error) < 0)
		return -1;
	host->service = wsman_service(&host->access, loop);
	return 0;
}

void host_free(struct host *host)
{
	wsman_access_close(&host->access);
}

static void begin(struct host *host, const struct deadline *deadline, struct trail *trail,
                  void (*done)(struct host *host, void *context), void *context)
{
	error_clear(&host->error);
	host->deadline = *deadline;
	host->trail = trail;
	host->done = done;
	host->context = context;
	host->reached = false;
	host->snapshot = NULL;
	host->wanted = NULL;
}

static void end(struct host *host)
{
	host->done(host, host->context);
}

static void told_steps(struct host *host, const struct http_response *http)
{
	if (host->trail != NULL && http->status != 0)
		http_trail(host->trail, http);
	host->reached = http->status != 0;
}

/* Appends the host's identity to the advice. */
static void identified(struct wsman_reply *reply, void *context)
{
	struct host *host = context;
	const char *identity = reply->error.code == ERROR_NONE ? identity_read(&reply->answer, reply->arena) : NULL;
	char *hint = host->error.hint;
	size_t length = strlen(hint), size = sizeof host->error.hint;
	char more[160] = "no WS-Man service answers (Identify)";

	if (identity != NULL)
		snprintf(more, sizeof more, "it identifies as %s", identity);
	if (length + strlen(more) + 3 < size)
		snprintf(hint + length, size - length, "%s%s", length > 0 ? "; " : "", more);
	end(host);
}

/* The server answered, but not as expected: ask for its identity? */
static bool worth_asking(const struct host *host)
{
	enum error_code code = host->error.code;

	return host->reached && (code == ERROR_AUTH || code == ERROR_ACCESS || code == ERROR_PROTOCOL ||
	                         code == ERROR_UNSUPPORTED || code == ERROR_REFUSED);
}

static void fail(struct host *host, const struct error *error)
{
	struct deadline soon = deadline_earlier(host->deadline, deadline_in(IDENTIFY_TIME));

	host->error = *error;
	if (worth_asking(host) && wire_may_ask_openly(&host->access.wire))
		wsman_identify(&host->service, true, &soon, identified, host);
	else
		end(host);
}

static void opened(struct wsman_reply *reply, void *context)
{
	struct host *host = context;

	told_steps(host, reply->http);
	if (reply->error.code == ERROR_NONE && identity_read(&reply->answer, reply->arena) == NULL)
		error_set(&reply->error, ERROR_PROTOCOL, STEP_LOGIN, "%.100s: its Identify answer has no product name",
		          host->access.shown);
	if (reply->error.code != ERROR_NONE) {
		fail(host, &reply->error);
		return;
	}
	if (host->trail != NULL)
		trail_mark(host->trail, STEP_LOGIN);
	end(host);
}

void host_open(struct host *host, const struct deadline *deadline, struct trail *trail,
               void (*done)(struct host *host, void *context), void *context)
{
	begin(host, deadline, trail, done, context);
	wsman_identify(&host->service, false, &host->deadline, opened, host);
}

static void list_began(const struct http_response *http, void *context)
{
	told_steps(context, http);
}

/* If the list changes between pages a shell may appear twice. */
static bool told_before(const struct snapshot *snapshot, const struct xml_element *item)
{
	const char *id = xml_is(item, NS_SHELL, "Shell") ? shell_id(item) : NULL;

	for (size_t i = 0; id != NULL && i < snapshot->count; i++)
		if (text_same(snapshot->sessions[i].id, id))
			return true;
	return false;
}

/* Entries that cannot be read get a notice and make the list incomplete, so that nothing is selected from it. */
static int list_items(const struct xml_element *items, void *context, struct error *error)
{
	struct host *host = context;
	struct snapshot *snapshot = host->snapshot;
	size_t left_out = 0;

	(void)error;
	host->answered = clock_now();
	for (const struct xml_element *item = items->first; item != NULL; item = item->next) {
		if (told_before(snapshot, item))
			continue;
		if (xml_is(item, NS_SHELL, "Shell") && shell_id(item) != NULL)
			shell_fill(snapshot_add(snapshot), item, host->answered, &host->access, &snapshot->arena);
		else
			left_out++;
	}
	if (left_out > 0) {
		snapshot->complete = false;
		snapshot_notice(snapshot, "%zu of the host's entries are not shells with an id and are left out",
		                left_out);
	}
	return 0;
}

static void list_end(struct host *host)
{
	if (host->trail != NULL)
		trail_mark(host->trail, STEP_LIST);
	end(host);
}

/* Only administrators may read the service's configuration; other accounts see their own shells only. */
static void rights_told(struct wsman_reply *reply, void *context)
{
	struct host *host = context;
	struct snapshot *snapshot = host->snapshot;

	if (reply->error.code != ERROR_NONE)
		snapshot->complete = false;
	if (reply->error.code == ERROR_ACCESS)
		snapshot_notice(snapshot, "the account is not an administrator of the host, so Windows lists only its "
		                          "own shells: use an administrator, or set rights = own if that is intended");
	else if (reply->error.code != ERROR_NONE)
		snapshot_notice(snapshot, "whether the account sees all shells is unknown (Get of winrm/config): %s",
		                reply->error.text);
	list_end(host);
}

static void ask_rights(struct host *host)
{
	wsman_ask(&host->service,
	          &(struct wsman_question){
	              .action = ACTION_GET,
	              .resource = RESOURCE_CONFIG,
	              .body = "",
	              .deadline = host->deadline,
	              .step = STEP_LIST,
	          },
	          rights_told, host);
}

static void listed(const struct error *error, void *context)
{
	struct host *host = context;

	if (error->code != ERROR_NONE) {
		fail(host, error);
		return;
	}
	/* The host sends durations, so times are relative to our clock when the answer came. */
	host->snapshot->now = host->snapshot->taken_at = host->answered != 0 ? host->answered : clock_now();
	if (host->own_only)
		list_end(host);
	else
		ask_rights(host);
}

void host_list(struct host *host, struct snapshot *snapshot, const struct deadline *deadline, struct trail *trail,
               void (*done)(struct host *host, void *context), void *context)
{
	begin(host, deadline, trail, done, context);
	host->snapshot = snapshot;
	host->answered = 0;
	snapshot->provider = "winrm";
	snapshot->host = arena_strdup(&snapshot->arena, host->access.host);
	wsman_enumerate(&host->service, &(struct enumeration){
	                                    .resource = NS_SHELL,
	                                    .wql = "",
	                                    .deadline = host->deadline,
	                                    .step = STEP_LIST,
	                                    .items = list_items,
	                                    .began = list_began,
	                                    .done = listed,
	                                    .context = host,
	                                });
}

static int find_items(const struct xml_element *items, void *context, struct error *error)
{
	struct host *host = context;

	(void)error;
	host->answered = clock_now();
	for (const struct xml_element *item = items->first; item != NULL; item = item->next) {
		const char *id = xml_is(item, NS_SHELL, "Shell") ? shell_id(item) : NULL;

		host->doubtful = host->doubtful || id == NULL;
		if (id == NULL || *host->resource != NULL || !text_same(id, host->wanted))
			continue;
		session_init(host->now);
		host->now->provider = "winrm";
		host->now->host = arena_strdup(host->arena, host->access.host);
		shell_fill(host->now, item, host->answered, &host->access, host->arena);
		*host->resource = arena_strdup(host->arena, shell_resource(item) != NULL ? shell_resource(item) : "");
	}
	return 0;
}

static void found(const struct error *error, void *context)
{
	struct host *host = context;
	struct error missing = {0};

	if (error->code != ERROR_NONE) {
		fail(host, error);
		return;
	}
	if (*host->resource != NULL) {
		end(host);
		return;
	}
	if (host->doubtful)
		error_set(&missing, ERROR_PROTOCOL, STEP_PIN,
		          "%.100s: the host lists an entry that is not a shell with an id, and lacks shell %.60s",
		          host->access.shown, host->wanted);
	else
		error_set(&missing, ERROR_GONE, STEP_PIN, "%.100s has no shell %.60s", host->access.shown,
		          host->wanted);
	host->error = missing;
	end(host);
}

void host_find(struct host *host, const char *id, struct session *now, const char **resource, struct arena *arena,
               const struct deadline *deadline, void (*done)(struct host *host, void *context), void *context)
{
	begin(host, deadline, NULL, done, context);
	host->wanted = id;
	host->now = now;
	host->resource = resource;
	host->arena = arena;
	host->doubtful = false;
	host->answered = clock_now();
	*resource = NULL;
	wsman_enumerate(&host->service, &(struct enumeration){
	                                    .resource = NS_SHELL,
	                                    .wql = "",
	                                    .deadline = host->deadline,
	                                    .step = STEP_PIN,
	                                    .items = find_items,
	                                    .began = list_began,
	                                    .done = found,
	                                    .context = host,
	                                });
}
