/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/rds/broker.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/target/provider.h"
#include "providers/http/http.h"
#include "providers/rds/active.h"
#include "providers/rds/decode.h"
#include "providers/rds/place.h"
#include "providers/wsman/access.h"
#include "providers/wsman/envelope.h"
#include "providers/wsman/soap.h"
#include "providers/wsman/xml.h"

#define WMI          "http://schemas.microsoft.com/wbem/wsman/1/wmi/"
#define CIMV2        WMI "root/cimv2/*"
#define RDMS         WMI "root/cimv2/rdms/*"
#define ALL_OF(name) "SELECT * FROM " name

/* WBEM_E_INVALID_CLASS (wbemcli.h). */
#define WBEM_INVALID_CLASS 0x80041010L

int broker_prepare(struct broker *broker, const struct target *target, struct http_loop *loop, struct error *error)
{
	memset(broker, 0, sizeof *broker);
	broker->loop = loop;
	broker->access = &broker->accesses[0];
	if (place_read(&broker->place, target, &broker->arena, error) < 0)
		return -1;
	while (broker->opened < broker->place.broker_count) {
		const size_t i = broker->opened++;

		if (wsman_access_open(&broker->accesses[i], target, broker->place.brokers[i], error) < 0)
			return -1;
	}
	broker_turn(broker, 0);
	broker->chosen = broker->place.broker_count == 1;
	return 0;
}

void broker_turn(struct broker *broker, size_t at)
{
	broker->at = at;
	broker->access = &broker->accesses[at];
	broker->service = wsman_service(broker->access, broker->loop);
}

void broker_free(struct broker *broker)
{
	arena_free(&broker->roster.arena);
	for (size_t i = 0; i < broker->opened; i++)
		wsman_access_close(&broker->accesses[i]);
	arena_free(&broker->arena);
}

static void begin(struct broker *broker, const struct deadline *deadline, struct trail *trail,
                  void (*done)(void *context), void *context)
{
	error_clear(&broker->error);
	broker->deadline = *deadline;
	broker->trail = trail;
	broker->done = done;
	broker->context = context;
}

static void mark(struct broker *broker, enum step step)
{
	if (broker->trail != NULL)
		trail_mark(broker->trail, step);
}

static void told_steps(const struct http_response *http, void *context)
{
	struct broker *broker = context;

	if (broker->trail != NULL && http->status != 0)
		http_trail(broker->trail, http);
}

static void opened(struct wsman_reply *reply, void *context)
{
	struct broker *broker = context;

	told_steps(reply->http, broker);
	broker->error = reply->error;
	if (reply->error.code == ERROR_NONE && identity_read(&reply->answer, reply->arena) == NULL)
		error_set(&broker->error, ERROR_PROTOCOL, STEP_LOGIN, "%.100s: its Identify answer has no product name",
		          broker->access->shown);
	if (broker->error.code == ERROR_NONE)
		mark(broker, STEP_LOGIN);
	broker->done(broker->context);
}

static void identify(struct broker *broker)
{
	if (broker->error.code != ERROR_NONE)
		broker->done(broker->context);
	else
		wsman_identify(&broker->service, false, &broker->deadline, opened, broker);
}

void broker_open(struct broker *broker, const struct deadline *deadline, struct trail *trail,
                 void (*done)(void *context), void *context)
{
	begin(broker, deadline, trail, done, context);
	active_find(broker, identify);
}

static void ask(struct broker *broker, const char *resource, const char *wql,
                int (*items)(const struct xml_element *items, void *context, struct error *error),
                void (*done)(const struct error *error, void *context))
{
	wsman_enumerate(&broker->service, &(struct enumeration){
	                                      .resource = resource,
	                                      .wql = wql,
	                                      .deadline = broker->deadline,
	                                      .step = STEP_LIST,
	                                      .items = items,
	                                      .began = broker->roster.taken_at == 0 ? told_steps : NULL,
	                                      .done = done,
	                                      .context = broker,
	                                  });
}

static int take_clock(const struct xml_element *items, void *context, struct error *error)
{
	struct broker *broker = context;

	(void)error;
	if (items->first != NULL)
		roster_set_clock(&broker->roster, items->first, clock_now());
	return 0;
}

static void clock_ended(const struct error *error, void *context)
{
	struct broker *broker = context;

	(void)error; /* without an answer the clock is unknown */
	mark(broker, STEP_LIST);
	broker->done(broker->context);
}

static int take_servers(const struct xml_element *items, void *context, struct error *error)
{
	(void)error;
	for (const struct xml_element *item = items->first; item != NULL; item = item->next)
		roster_add_server(&((struct broker *)context)->roster, item);
	return 0;
}

/* Sessions but no session hosts cannot be right: treat the host list as missing. */
static void servers_ended(const struct error *error, void *context)
{
	struct broker *broker = context;

	broker->roster.servers_told = error->code == ERROR_NONE && broker->roster.server_count > 0;
	ask(broker, CIMV2, ALL_OF(CLASS_CLOCK), take_clock, clock_ended);
}

static int take_collections(const struct xml_element *items, void *context, struct error *error)
{
	(void)error;
	for (const struct xml_element *item = items->first; item != NULL; item = item->next)
		roster_add_collection(&((struct broker *)context)->roster, item);
	return 0;
}

/* Without their names virtual desktops go by their aliases. */
static void virtual_ended(const struct error *error, void *context)
{
	(void)error;
	ask(context, RDMS, ALL_OF(CLASS_SERVER), take_servers, servers_ended);
}

static void collections_ended(const struct error *error, void *context)
{
	struct broker *broker = context;

	broker->roster.collections_told = error->code == ERROR_NONE;
	broker->roster.collections_error = *error;
	if (broker->roster.collections_told && roster_wants_virtual(&broker->roster, &broker->place))
		ask(broker, RDMS, ALL_OF(CLASS_VIRTUAL), take_collections, virtual_ended);
	else
		ask(broker, RDMS, ALL_OF(CLASS_SERVER), take_servers, servers_ended);
}

/* The remaining queries may fail: that is a notice in the snapshot and no error. */
static void sessions_told(struct broker *broker)
{
	broker->roster.taken_at = clock_now();
	ask(broker, RDMS, ALL_OF(CLASS_COLLECTION), take_collections, collections_ended);
}

static int take_sessions(const struct xml_element *items, void *context, struct error *error)
{
	(void)error;
	for (const struct xml_element *item = items->first; item != NULL; item = item->next)
		roster_add_session(&((struct broker *)context)->roster, item);
	return 0;
}

/* Is the class missing? By WMI's code, or by one of WinRM's (fault.c). */
static bool class_missing(const struct error *error)
{
	return error->code == ERROR_UNSUPPORTED ||
	       (error->code == ERROR_PROTOCOL && error->native == WBEM_INVALID_CLASS);
}

static void base_ended(const struct error *error, void *context)
{
	struct broker *broker = context;

	if (error->code != ERROR_NONE) {
		broker->error = *error;
		if (class_missing(error))
			error_hint(&broker->error, "is it a connection broker (RD Connection Broker)?");
		broker->done(broker->context);
		return;
	}
	/* A query of the base class may return instances of the extended one. */
	broker->roster.base = !broker->roster.extended;
	sessions_told(broker);
}

static void list(struct broker *broker);

static void extended_ended(const struct error *error, void *context)
{
	struct broker *broker = context;

	if (error->code == ERROR_NONE) {
		sessions_told(broker);
	} else if (active_lost(broker, error)) {
		list(broker);
	} else if (class_missing(error)) {
		broker->roster.session_count = broker->roster.left_out = 0;
		ask(broker, CIMV2, ALL_OF(CLASS_BASE), take_sessions, base_ended);
	} else {
		broker->error = *error;
		broker->done(broker->context);
	}
}

static void list(struct broker *broker)
{
	arena_free(&broker->roster.arena);
	broker->roster = (struct roster){.active = broker->active};
	if (broker->error.code != ERROR_NONE)
		broker->done(broker->context);
	else
		ask(broker, CIMV2, ALL_OF(CLASS_EXTENDED), take_sessions, extended_ended);
}

void broker_ask(struct broker *broker, const struct deadline *deadline, struct trail *trail,
                void (*done)(void *context), void *context)
{
	begin(broker, deadline, trail, done, context);
	active_find(broker, list);
}
