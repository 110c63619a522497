/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The values of a farm file: offsets, events, faults, texts.  All return 0 or -1. */
#ifndef CURFEW_SIM_VALUE_H
#define CURFEW_SIM_VALUE_H

#include "providers/sim/farm.h"

#include <stdint.h>

#include "lib/session/session.h"

/* "+90s", "-1h30m", "0" */
int span_parse(const char *text, int64_t *milliseconds);
/* a span, "unknown" or "never" */
int offset_parse(const char *text, struct offset *offset);
int fault_parse(const char *text, enum fault *fault);
int flag_parse(const char *text, enum flag *flag);
int obedience_parse(const char *text, enum obedience *obedience, int64_t *span);
/* The event of "at … =".  Fills all but trigger and at. */
int event_parse(const char *text, struct event *event, struct arena *arena);
/* "+10s", "pin" or "act" */
int trigger_parse(const char *text, enum trigger *trigger, int64_t *at);
/* A text as it is written; in double quotes with JSON's escapes.  What is not UTF-8 becomes U+FFFD. */
int text_parse(const char *text, struct arena *arena, const char **clean);

void event_add(struct event_list *list, const struct event *event, struct arena *arena);

#endif
