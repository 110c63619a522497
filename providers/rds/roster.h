/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A broker's answers: sessions, names of collections, hosts of the deployment; and the snapshot made of them. Pure.
 */
#ifndef CURFEW_PROVIDERS_RDS_ROSTER_H
#define CURFEW_PROVIDERS_RDS_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/session/session.h"
#include "providers/rds/decode.h"
#include "providers/rds/place.h"
#include "providers/wsman/access.h"

#define CLASS_COLLECTION "Win32_RDSHCollection"
#define CLASS_VIRTUAL    "Win32_RDMSVirtualDesktopCollection"
#define CLASS_SERVER     "Win32_RDSHServer"
#define CLASS_CLOCK      "Win32_OperatingSystem"

struct collection_name {
	const char *alias, *name;
	bool virtual; /* of virtual desktops */
};

struct session_server {
	const char *name;  /* as host_name() */
	const char *alias; /* of its collection; "": not told */
};

struct roster {
	struct arena arena;
	struct listed *sessions;
	size_t session_count, session_room;
	struct collection_name *collections;
	size_t collection_count, collection_room;
	bool collections_told;
	struct error collections_error; /* why they are unknown */
	struct session_server *servers; /* session hosts of the deployment */
	size_t server_count, server_room;
	bool servers_told;
	bool extended;      /* an instance of the extended class was among them */
	const char *active; /* the active management server, if it is another than the one that told this; or NULL */
	bool base;          /* all told by the base class: no collections, no idle times */
	size_t left_out;    /* entries that cannot be read */
	struct moment now;  /* the broker's clock … */
	int64_t clocked_at; /* … and ours at that moment */
	int64_t taken_at;   /* our clock, when the sessions came */
};

/* An instance of whatever was asked for. */
void roster_add_session(struct roster *roster, const struct xml_element *instance);
void roster_add_collection(struct roster *roster, const struct xml_element *instance);
void roster_add_server(struct roster *roster, const struct xml_element *instance);
void roster_set_clock(struct roster *roster, const struct xml_element *instance, int64_t our_now);

/* Is there an alias or wanted name that only the collections of virtual desktops can have? */
bool roster_wants_virtual(const struct roster *roster, const struct place *place);

/* Fills the snapshot, sorted by host and id.  *virtual is an array beside its sessions, in its arena: those are
   on virtual desktops, which MS-TSTS on that host does not know.  ERROR_CONFIG if there is no such collection,
   ERROR_UNSUPPORTED if the broker tells no collections. */
int roster_fill(const struct roster *roster, const struct place *place, const struct wsman_access *access,
                struct snapshot *snapshot, bool **virtual, struct error *error);

/* A session's id: "host/3".  What is behind the slash, or -1. */
const char *roster_id(const char *host, uint32_t number, struct arena *arena);
int roster_id_read(const char *id, const char *host, uint32_t *number);

#endif
