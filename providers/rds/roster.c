/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/rds/roster.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/judge/classify.h"
#include "lib/session/names.h"
#include "lib/session/session.h"
#include "providers/rds/instance.h"

/* A broker's clock that is further off is ignored. */
static const int64_t CLOCK_MOST = INT64_C(366) * 24 * 3600 * 1000;

void roster_add_session(struct roster *roster, const struct xml_element *instance)
{
	struct listed listed;

	if (listed_read(&listed, instance, &roster->arena) < 0) {
		roster->left_out++;
		return;
	}
	roster->extended = roster->extended || instance_is(instance, CLASS_EXTENDED);
	roster->sessions = arena_grow(&roster->arena, roster->sessions, roster->session_count, &roster->session_room,
	                              sizeof *roster->sessions);
	roster->sessions[roster->session_count++] = listed;
}

void roster_add_collection(struct roster *roster, const struct xml_element *instance)
{
	const char *alias = instance_clean(instance, "Alias", &roster->arena);
	const char *name = instance_clean(instance, "Name", &roster->arena);

	const bool virtual = instance_is(instance, CLASS_VIRTUAL);

	if ((!virtual && !instance_is(instance, CLASS_COLLECTION)) || alias[0] == '\0')
		return;
	roster->collections = arena_grow(&roster->arena, roster->collections, roster->collection_count,
	                                 &roster->collection_room, sizeof *roster->collections);
	roster->collections[roster->collection_count++] =
	    (struct collection_name){alias, name[0] != '\0' ? name : alias, virtual};
}

void roster_add_server(struct roster *roster, const struct xml_element *instance)
{
	const char *name = host_name(instance_text(instance, "Name"), &roster->arena);

	if (!instance_is(instance, CLASS_SERVER) || name == NULL)
		return;
	roster->servers = arena_grow(&roster->arena, roster->servers, roster->server_count, &roster->server_room,
	                             sizeof *roster->servers);
	roster->servers[roster->server_count++] =
	    (struct session_server){name, instance_clean(instance, "CollectionAlias", &roster->arena)};
}

void roster_set_clock(struct roster *roster, const struct xml_element *instance, int64_t our_now)
{
	struct moment now = instance_time(instance, "LocalDateTime");

	if (!instance_is(instance, CLASS_CLOCK) || now.is != MOMENT_KNOWN || now.at > our_now + CLOCK_MOST ||
	    now.at < our_now - CLOCK_MOST)
		return;
	roster->now = now;
	roster->clocked_at = our_now;
}

const char *roster_id(const char *host, uint32_t number, struct arena *arena)
{
	return arena_printf(arena, "%s/%" PRIu32, host, number);
}

int roster_id_read(const char *id, const char *host, uint32_t *number)
{
	size_t length = strlen(host);
	unsigned long long value;

	if (strncmp(id, host, length) != 0 || id[length] != '/' ||
	    number_parse(id + length + 1, UINT32_MAX, &value) < 0)
		return -1;
	*number = (uint32_t)value;
	return 0;
}

static const struct collection_name *collection_of(const struct roster *roster, const char *alias)
{
	for (size_t i = 0; i < roster->collection_count; i++)
		if (text_same(roster->collections[i].alias, alias))
			return &roster->collections[i];
	return NULL;
}

/* By alias; the alias itself where no name is known. */
static const char *collection_name(const struct roster *roster, const char *alias)
{
	const struct collection_name *collection = collection_of(roster, alias);

	return collection != NULL ? collection->name : alias;
}

/* "rdsh01" is "rdsh01.corp.example", as one of the two is a NetBIOS name. */
static bool same_host(const char *a, const char *b)
{
	size_t first = strcspn(a, "."), second = strcspn(b, ".");

	if (a[first] == '\0' || b[second] == '\0')
		return first == second && strncmp(a, b, first) == 0;
	return strcmp(a, b) == 0;
}

static bool in_farm(const struct roster *roster, const char *host)
{
	for (size_t i = 0; i < roster->server_count; i++)
		if (same_host(roster->servers[i].name, host))
			return true;
	return false;
}

/* Is it one of ours?  Named by its name or, as some tools show it, by its alias. */
static bool wanted(const struct roster *roster, const struct place *place, const char *alias)
{
	return place->collection[0] == '\0' || text_same(alias, place->collection) ||
	       text_same(collection_name(roster, alias), place->collection);
}

static bool collection_told(const struct roster *roster, const struct place *place)
{
	for (size_t i = 0; i < roster->collection_count; i++)
		if (text_same(roster->collections[i].name, place->collection) ||
		    text_same(roster->collections[i].alias, place->collection))
			return true;
	return false;
}

bool roster_wants_virtual(const struct roster *roster, const struct place *place)
{
	if (roster->base)
		return false;
	for (size_t i = 0; i < roster->session_count; i++)
		if (roster->sessions[i].alias[0] != '\0' && collection_of(roster, roster->sessions[i].alias) == NULL)
			return true;
	return place->collection[0] != '\0' && !collection_told(roster, place);
}

static int collection_check(const struct roster *roster, const struct place *place, const char *broker,
                            struct error *error)
{
	struct buffer names = {0};

	if (place->collection[0] == '\0')
		return 0;
	if (roster->base) {
		error_set(error, ERROR_UNSUPPORTED, STEP_LIST,
		          "%.100s: the broker does not list the collections of sessions", broker);
		return error_hint(error, "rds://%.100s lists the whole deployment", broker);
	}
	if (collection_told(roster, place))
		return 0;
	if (!roster->collections_told)
		return error_set(error,
		                 roster->collections_error.code != ERROR_NONE ? roster->collections_error.code
		                                                              : ERROR_UNSUPPORTED,
		                 STEP_LIST, "the broker's collections (" CLASS_COLLECTION ") cannot be read: %.180s",
		                 roster->collections_error.text);
	for (size_t i = 0; i < roster->collection_count; i++)
		buffer_printf(&names, "%s%s", i > 0 ? ", " : "", roster->collections[i].name);
	error_set(error, ERROR_CONFIG, STEP_LIST, "%.100s: the broker has no collection \"%.80s\"", broker,
	          place->collection);
	error_hint(error, "it has %s", names.length > 0 ? buffer_text(&names) : "none");
	buffer_free(&names);
	return -1;
}

static int64_t broker_now(const struct roster *roster)
{
	return roster->now.is == MOMENT_KNOWN ? roster->now.at + (roster->taken_at - roster->clocked_at)
	                                      : roster->taken_at;
}

/* IdleTime is a duration: no clock is needed. */
static void fill_times(struct session *session, const struct listed *listed, const struct roster *roster)
{
	int64_t now = broker_now(roster);
	bool clocked = roster->now.is == MOMENT_KNOWN;

	session->logon_time = listed->created;
	if (session->state == STATE_ACTIVE)
		session->disconnect_time = (struct moment){.is = MOMENT_NEVER};
	else if (session->state == STATE_DISCONNECTED && clocked)
		session->disconnect_time = listed->disconnected;
	/* No session is idle for longer than it exists. */
	if (session->state == STATE_ACTIVE && listed->idle_known &&
	    (!clocked || listed->created.is != MOMENT_KNOWN ||
	     now - listed->idle >= listed->created.at - CLOCK_TOLERANCE))
		session->last_input = moment_at(now - listed->idle);
}

static void fill_one(struct session *session, const struct listed *listed, const struct roster *roster,
                     const struct place *place, const struct wsman_access *access, bool *virtual, struct arena *arena)
{
	const struct collection_name *collection = collection_of(roster, listed->alias);

	session->host = arena_strdup(arena, listed->host);
	session->id = roster_id(listed->host, listed->id, arena);
	session->numbered = true;
	session->number = listed->id;
	session->user = arena_strdup(arena, listed->user);
	session->domain = arena_strdup(arena, listed->domain);
	names_mark_cut(session);
	place_upn_fill(place, session, arena);
	session->collection = arena_strdup(arena, collection_name(roster, listed->alias));
	session->application = arena_strdup(arena, listed->application);
	session->kind = listed->kind;
	session->state = listed->state;
	session->state_text = arena_strdup(arena, listed->state_text);
	session->class = listed->user[0] != '\0' ? CLASS_USER : CLASS_NONE;
	session->own = wsman_is_own(access, listed->domain, listed->user) ? FLAG_YES : FLAG_NO;
	*virtual = roster->collections_told && listed->alias[0] != '\0' && (collection == NULL || collection->virtual);
	if (session->class == CLASS_USER && !*virtual && roster->servers_told && !in_farm(roster, listed->host)) {
		session->class = CLASS_GHOST;
		session->state_text = "its host is not in the farm";
	}
	fill_times(session, listed, roster);
}

static int compare(const void *a, const void *b)
{
	const struct listed *one = *(const struct listed *const *)a, *other = *(const struct listed *const *)b;
	int hosts = strcmp(one->host, other->host);

	if (hosts != 0)
		return hosts;
	if (one->id != other->id)
		return one->id < other->id ? -1 : 1;
	return strcmp(one->user, other->user);
}

/* Removes duplicates: a session may appear on two pages. */
static bool told_before(const struct listed *const *sorted, size_t at)
{
	return at > 0 && compare(&sorted[at - 1], &sorted[at]) == 0;
}

static void fill_notices(const struct roster *roster, struct snapshot *snapshot, size_t virtuals)
{
	if (roster->left_out > 0) {
		snapshot->complete = false;
		snapshot_notice(snapshot, "%zu of the broker's entries name no session and are left out",
		                roster->left_out);
	}
	if (roster->active != NULL)
		snapshot_notice(snapshot, "the deployment's active management server is %.200s, which was not asked",
		                roster->active);
	if (roster->base)
		snapshot_notice(snapshot,
		                "the broker has no " CLASS_EXTENDED ": collections and idle times are unknown");
	if (roster->now.is != MOMENT_KNOWN)
		snapshot_notice(snapshot,
		                "the broker's clock cannot be read: how long sessions are disconnected is unknown");
	if (!roster->collections_told && !roster->base)
		snapshot_notice(snapshot, "the names of the collections cannot be read, aliases are shown: %.300s",
		                roster->collections_error.text);
	if (virtuals > 0)
		snapshot_notice(snapshot, "%zu sessions are on virtual desktops: they are shown and cannot be acted on",
		                virtuals);
}

/* A server's name as its sessions have it, if it has any. */
static const char *name_in_sessions(const struct snapshot *snapshot, const char *server)
{
	for (size_t i = 0; i < snapshot->count; i++)
		if (same_host(snapshot->sessions[i].host, server))
			return snapshot->sessions[i].host;
	return server;
}

static void fill_hosts(const struct roster *roster, const struct place *place, struct snapshot *snapshot)
{
	for (size_t i = 0; i < roster->server_count; i++)
		if (wanted(roster, place, roster->servers[i].alias))
			string_list_add(
			    &snapshot->hosts, &snapshot->arena,
			    arena_strdup(&snapshot->arena, name_in_sessions(snapshot, roster->servers[i].name)));
}

int roster_fill(const struct roster *roster, const struct place *place, const struct wsman_access *access,
                struct snapshot *snapshot, bool **virtual, struct error *error)
{
	struct arena *arena = &snapshot->arena;
	const struct listed **sorted;
	size_t virtuals = 0, strangers = 0, users = 0;

	if (collection_check(roster, place, access->shown, error) < 0)
		return -1;
	sorted = arena_alloc(arena, (roster->session_count + 1) * sizeof *sorted);
	*virtual = arena_alloc(arena, (roster->session_count + 1) * sizeof **virtual);
	for (size_t i = 0; i < roster->session_count; i++)
		sorted[i] = &roster->sessions[i];
	if (roster->session_count > 0)
		qsort(sorted, roster->session_count, sizeof *sorted, compare);
	snapshot->provider = "rds";
	snapshot->host = arena_strdup(arena, access->host);
	snapshot->now = broker_now(roster);
	snapshot->taken_at = roster->taken_at;
	for (size_t i = 0; i < roster->session_count; i++) {
		struct session *session;

		if (!wanted(roster, place, sorted[i]->alias) || told_before(sorted, i))
			continue;
		session = snapshot_add(snapshot);
		fill_one(session, sorted[i], roster, place, access, &(*virtual)[snapshot->count - 1], arena);
		virtuals += (*virtual)[snapshot->count - 1];
		strangers += session->class == CLASS_GHOST;
		users += session->class == CLASS_USER;
	}
	/* If no host matches, the two lists probably use different names. */
	if (strangers > 0 && users == 0) {
		snapshot->complete = false;
		snapshot_notice(snapshot,
		                "not one of the %zu sessions is on a host of the farm (" CLASS_SERVER
		                "): nothing is known",
		                strangers);
	}
	fill_hosts(roster, place, snapshot);
	fill_notices(roster, snapshot, virtuals);
	return 0;
}
