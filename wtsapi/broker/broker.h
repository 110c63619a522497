/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * curfew-wtsapi-broker: one request of the module curfew-wtsapi.so, answered in a process of its own, where
 * configuration, providers and remedies are available.  Not for use by hand: doc/design/wts.md describes what it reads
 * on stdin.
 */
#ifndef CURFEW_WTSAPI_BROKER_H
#define CURFEW_WTSAPI_BROKER_H

#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/config/settings.h"
#include "lib/target/provider.h"
#include "wtsapi/message.h"

struct question {
	const struct message *request;
	struct arena arguments;   /* the settings were made of these, as of a command line */
	struct settings settings; /* [defaults] and [section wtsapi]; freed by question_free() */
	const struct target *target;
};

/* rules.c: reads the configuration and finds the one target. */
int question_prepare(struct question *question, const struct message *request, struct error *error);
void question_free(struct question *question);

/* The time limits for a list, and for an act with everything that belongs to it: ms. */
int64_t question_list_time(const struct question *question);
int64_t question_act_time(const struct question *question);

/* listing.c, acting.c: fill the reply, or the error. */
int broker_list(struct question *question, struct message *reply, struct error *error);
int broker_act(struct question *question, enum act act, struct message *reply, struct error *error);

/* main.c: from now on, when the caller closes the socket, the remedy stops between two acts, and the process goes
 * on. */
void broker_begins_to_act(void);

#endif
