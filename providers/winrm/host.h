/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One host being talked to, in an HTTP loop that it shares with the others.
 * Every operation ends in its callback, once, with host->error.
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
	bool own_only;       /* rights = own: whoever asks wants his own shells */
	bool may_disconnect; /* disconnect = attempt */
	struct error error;  /* of the last operation */

	/* The operation that is under way. */
	struct deadline deadline;
	struct trail *trail; /* NULL: nobody wants to know */
	bool reached;        /* somebody there answered HTTP */
	struct snapshot *snapshot;
	const char *wanted; /* pin: an id */
	struct session *now;
	const char **resource; /* pin: where the found one's address goes; stays NULL if it is not found */
	bool doubtful;         /* pin: an entry could not be read, so nothing is gone for certain */
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

/* Looks the one shell up: *now and its address, both in the arena.  ERROR_GONE if the host's list is complete and
   lacks it. */
void host_find(struct host *host, const char *id, struct session *now, const char **resource, struct arena *arena,
               const struct deadline *deadline, void (*done)(struct host *host, void *context), void *context);

#endif
