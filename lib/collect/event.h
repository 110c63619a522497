/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Is this service state one to act on?  A handler run by a monitoring server is
 * passed $SERVICESTATE$ and $SERVICESTATETYPE$ on every change; by default it acts on
 * HARD CRITICAL alone.  Pure.
 *
 * It may be told of downtimes and acknowledgements, too: then it only plans.
 */
#ifndef CURFEW_EVENT_H
#define CURFEW_EVENT_H

#include <stdbool.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"

/* on: words "critical" (always meant), "warning", "unknown", "ok", "soft".  *act is the answer.
   -1: a word or a state that there is not. */
int event_judge(const char *state, const char *type, const struct string_list *on, bool *act, struct error *error);

/* Does a downtime or an acknowledgement keep this run from acting?  *why says which.  A value that is no number keeps
   it, too: nobody knows what the server meant.  acknowledged: NULL if it was not given. */
bool event_holds(const struct string_list *downtime_depths, const char *acknowledged, struct buffer *why);

#endif
