/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A connection to one host in a shared HTTP loop. Every operation calls its callback once, with host->error.
 */
#ifndef CURFEW_PROVIDERS_WINRM_HOST_H
#define CURFEW_PROVIDERS_WINRM_HOST_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/target/provider.h"
#include "providers/wsman/access.h"
#include "providers/wsman/ask.h"

struct host {
	struct wsman_access access;
	struct wsman service;
	bool own_only;       /* rights = own: only the account's own shells are wanted */
	bool may_disconnect; /* disconnect = attempt */
	struct error error;  /* of the last operation */

	/* The operation that is under way. */
	struct deadline deadline;
	struct trail *trail; /* may be NULL */
	bool reached;        /* the server answered HTTP */
	struct snapshot *snapshot;
	const char *wanted; /* pin: an id */
	struct session *now;
	const char **resource; /* pin: gets the shell's resource URI; stays NULL if there is no such shell */
	bool doubtful;         /* pin: an entry could not be read, so a missing shell is not certainly gone */
	int64_t answered;      /* our clock, when the last page came */
	struct arena *arena;
	void (*done)(struct host *host, void *context);
	void *context;
};

/* Reads the target's options and files.  host_free() in every case. */
int host_prepare(struct host *host, const struct target *target, struct http_loop *loop, struct error *error);
void host_free(struct host *host);

/* Identify, logged in: does the host answer, and does it accept the account? */
void host_open(struct host *host, const struct deadline *deadline, struct trail *trail,
               void (*done)(struct host *host, void *context), void *context);

/* All shells into the snapshot. */
void host_list(struct host *host, struct snapshot *snapshot, const struct deadline *deadline, struct trail *trail,
               void (*done)(struct host *host, void *context), void *context);

/* Finds one shell: *now and its resource URI, in the arena. ERROR_GONE if the host's list is complete and lacks it. */
void host_find(struct host *host, const char *id, struct session *now, const char **resource, struct arena *arena,
               const struct deadline *deadline, void (*done)(struct host *host, void *context), void *context);

#endif
