/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Queries to one connection broker in a shared HTTP loop: sessions, collections, hosts of the deployment, clock. They
 * run one after the other on one connection: a login costs more than the wait, and a wrong password counts once.
 */
#ifndef CURFEW_PROVIDERS_RDS_BROKER_H
#define CURFEW_PROVIDERS_RDS_BROKER_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "providers/rds/place.h"
#include "providers/rds/roster.h"
#include "providers/wsman/access.h"
#include "providers/wsman/ask.h"

struct broker {
	struct arena arena;
	struct place place;
	struct http_loop *loop;
	struct wsman_access accesses[PLACE_BROKERS_MOST]; /* beside the place's brokers */
	size_t opened;
	size_t at;                   /* the one that is asked … */
	struct wsman_access *access; /* … how … */
	struct wsman service;
	bool chosen;        /* … for good */
	size_t answered;    /* a broker that answers, if the selected one does not */
	const char *active; /* the active management server, which the target does not name; NULL: it does */
	void (*then)(struct broker *broker);

	/* The question that is under way. */
	struct error error;
	struct roster roster;
	struct deadline deadline;
	struct trail *trail; /* may be NULL */
	void (*done)(void *context);
	void *context;
};

/* From now on the i-th broker is asked. */
void broker_turn(struct broker *broker, size_t at);

/* Reads the target's options and files.  broker_free() in every case. */
int broker_prepare(struct broker *broker, const struct target *target, struct http_loop *loop, struct error *error);
void broker_free(struct broker *broker);

/* Does the broker answer, and does it accept the account?  done is called once; the result is in broker->error. */
void broker_open(struct broker *broker, const struct deadline *deadline, struct trail *trail,
                 void (*done)(void *context), void *context);
/* Fills the roster, likewise. */
void broker_ask(struct broker *broker, const struct deadline *deadline, struct trail *trail,
                void (*done)(void *context), void *context);

#endif
