/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where in Azure: the address of a target, the ids of its sessions, and their URLs.  Pure. */
#ifndef CURFEW_PROVIDERS_AVD_PLACE_H
#define CURFEW_PROVIDERS_AVD_PLACE_H

#include "lib/base/arena.h"
#include "lib/base/error.h"

/* SUBSCRIPTION/RESOURCE-GROUP/HOSTPOOL[/SESSIONHOST]; the pool may be "*". */
struct place {
	const char *subscription, *group;
	const char *pool; /* NULL: every pool of the group */
	const char *host; /* NULL: the whole pool */
};
int place_parse(struct place *place, const char *address, struct arena *arena, struct error *error);
/* The snapshot's host: the session host, the pool or the group. */
const char *place_name(const struct place *place);

/* One session, in the casing that Azure used. */
struct session_name {
	const char *pool, *host, *id;
};
/* "POOL/HOST/ID", as resources are named.  -1: it is not of that form, or could leave its path. */
/* The same from ".../hostPools/POOL/sessionHosts/HOST/userSessions/ID", the resource's id. */
int name_from_resource(struct session_name *name, const char *resource, struct arena *arena);
int name_parse(struct session_name *name, const char *text, struct arena *arena);
/* The id of a session below a place: as much of "POOL/HOST/ID" as the place leaves open; and back. */
const char *name_to_id(const struct session_name *name, const struct place *place, struct arena *arena);
int name_from_id(struct session_name *name, const char *id, const struct place *place, struct arena *arena);

/* Names may become segments of a path: not empty, no "/", not "." or "..". */
int segment_valid(const char *text);

/* Each below endpoint, for this version of the interface. */
struct resource {
	const char *endpoint, *version;
	const struct place *place;
};
const char *url_pools(const struct resource *resource, struct arena *arena);
const char *url_sessions(const struct resource *resource, const char *pool, const char *host, struct arena *arena);
/* verb "": the session itself; query: "" or "&name=value". */
const char *url_session(const struct resource *resource, const struct session_name *name, const char *verb,
                        const char *query, struct arena *arena);

#endif
