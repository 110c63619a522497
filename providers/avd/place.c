/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/avd/place.h"

#include <string.h>
#include <strings.h>

#include "lib/base/text.h"
#include "providers/http/http.h"

enum { SEGMENTS_MOST = 4, SEGMENT_LENGTH = 260 };

int segment_valid(const char *text)
{
	size_t length = strlen(text);

	return length > 0 && length <= SEGMENT_LENGTH && strchr(text, '/') == NULL && strcmp(text, ".") != 0 &&
	       strcmp(text, "..") != 0;
}

/* The parts between slashes; more than there is room for, or one that is no segment: 0. */
static size_t split(const char *text, const char *parts[], size_t most, struct arena *arena)
{
	size_t count = 0;

	for (const char *end;; text = end + 1) {
		end = text + strcspn(text, "/");
		if (count == most)
			return 0;
		parts[count] = arena_strndup(arena, text, (size_t)(end - text));
		if (!segment_valid(parts[count++]))
			return 0;
		if (*end == '\0')
			return count;
	}
}

int place_parse(struct place *place, const char *address, struct arena *arena, struct error *error)
{
	const char *parts[SEGMENTS_MOST] = {NULL};
	size_t count = split(address, parts, SEGMENTS_MOST, arena);

	*place = (struct place){.subscription = parts[0], .group = parts[1], .pool = parts[2], .host = parts[3]};
	if (count >= 3 && strcmp(parts[2], "*") == 0) {
		place->pool = NULL;
		if (count == 3)
			return 0;
	} else if (count >= 3) {
		return 0;
	}
	error_set(error, ERROR_USAGE, STEP_NONE, "avd://%.120s: not SUBSCRIPTION/RESOURCE-GROUP/HOSTPOOL[/SESSIONHOST]",
	          address);
	return error_hint(error, "all pools of a group are avd://SUBSCRIPTION/RESOURCE-GROUP/*");
}

const char *place_name(const struct place *place)
{
	return place->host != NULL ? place->host : place->pool != NULL ? place->pool : place->group;
}

int name_parse(struct session_name *name, const char *text, struct arena *arena)
{
	const char *parts[3];

	if (split(text, parts, 3, arena) != 3)
		return -1;
	*name = (struct session_name){.pool = parts[0], .host = parts[1], .id = parts[2]};
	return 0;
}

int name_from_resource(struct session_name *name, const char *resource, struct arena *arena)
{
	static const char *const kinds[] = {"hostPools", "sessionHosts", "userSessions"};
	const char *parts[6], *pools = strcasestr(resource, "/hostPools/");

	if (pools == NULL || split(pools + 1, parts, 6, arena) != 6)
		return -1;
	for (size_t i = 0; i < 3; i++)
		if (strcasecmp(parts[2 * i], kinds[i]) != 0)
			return -1;
	*name = (struct session_name){.pool = parts[1], .host = parts[3], .id = parts[5]};
	return 0;
}

const char *name_to_id(const struct session_name *name, const struct place *place, struct arena *arena)
{
	if (place->host != NULL)
		return arena_strdup(arena, name->id);
	if (place->pool != NULL)
		return arena_printf(arena, "%s/%s", name->host, name->id);
	return arena_printf(arena, "%s/%s/%s", name->pool, name->host, name->id);
}

int name_from_id(struct session_name *name, const char *id, const struct place *place, struct arena *arena)
{
	const char *parts[3];
	size_t wanted = place->host != NULL ? 1 : place->pool != NULL ? 2 : 3;

	if (split(id, parts, 3, arena) != wanted)
		return -1;
	name->id = parts[wanted - 1];
	name->host = wanted > 1 ? parts[wanted - 2] : place->host;
	name->pool = wanted > 2 ? parts[0] : place->pool;
	return 0;
}

/* ".../hostPools", and then "/POOL" and "/sessionHosts/HOST" as far as they are given. */
static const char *path_to(const struct resource *resource, const char *pool, const char *host, struct arena *arena)
{
	const struct place *place = resource->place;

	return arena_printf(
	    arena, "%s/subscriptions/%s/resourceGroups/%s/providers/Microsoft.DesktopVirtualization/hostPools%s%s%s%s",
	    resource->endpoint, http_escape(arena, place->subscription), http_escape(arena, place->group),
	    pool != NULL ? "/" : "", pool != NULL ? http_escape(arena, pool) : "", host != NULL ? "/sessionHosts/" : "",
	    host != NULL ? http_escape(arena, host) : "");
}

const char *url_pools(const struct resource *resource, struct arena *arena)
{
	return arena_printf(arena, "%s?api-version=%s", path_to(resource, NULL, NULL, arena),
	                    http_escape(arena, resource->version));
}

const char *url_sessions(const struct resource *resource, const char *pool, const char *host, struct arena *arena)
{
	return arena_printf(arena, "%s/userSessions?api-version=%s", path_to(resource, pool, host, arena),
	                    http_escape(arena, resource->version));
}

const char *url_session(const struct resource *resource, const struct session_name *name, const char *verb,
                        const char *query, struct arena *arena)
{
	return arena_printf(arena, "%s/userSessions/%s%s%s?api-version=%s%s",
	                    path_to(resource, name->pool, name->host, arena), http_escape(arena, name->id),
	                    verb[0] != '\0' ? "/" : "", verb, http_escape(arena, resource->version), query);
}
