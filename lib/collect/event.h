/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Decides whether to act on a service state.  A monitoring server calls its event handler with $SERVICESTATE$ and
 * $SERVICESTATETYPE$ at every change; by default a handler acts on HARD CRITICAL alone.  In a downtime or with an
 * acknowledgement it only plans.  Pure.
 */
#ifndef CURFEW_EVENT_H
#define CURFEW_EVENT_H

#include <stdbool.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"

/* on: words "critical" (always included), "warning", "unknown", "ok", "soft".  *act is the answer.  -1: an unknown
 * word or state. */
int event_judge(const char *state, const char *type, const struct string_list *on, bool *act, struct error *error);

/* True if a downtime or an acknowledgement keeps this run from acting; *why says which.  A value that is no number
 * does so, too, because its meaning is unknown.  acknowledged: NULL if the option is absent. */
bool event_holds(const struct string_list *downtime_depths, const char *acknowledged, struct buffer *why);

#endif
