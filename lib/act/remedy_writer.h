/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The output of a handler, as observers of the remedy engine.  Text: the plan (the same in a dry run and with
 * --execute), a line per result and a summary.  --pass-thru: one JSON object per line.
 */
#ifndef CURFEW_REMEDY_WRITER_H
#define CURFEW_REMEDY_WRITER_H

#include <stddef.h>

#include "lib/act/remedy.h"
#include "lib/base/error.h"

/* Writes the text.  One call per event, so that lines of two handlers in one log do not mix. */
struct remedy_writer {
	int (*write)(void *context, const char *text, size_t length, struct error *error);
	void *context;
};

/* struct remedy_observer.tell; the context is a struct remedy_writer. */
int remedy_text_tell(void *writer, const struct remedy_event *event, struct error *error);
int remedy_json_tell(void *writer, const struct remedy_event *event, struct error *error);

/* For both: a note about a list that may be incomplete. */
#define REMEDY_CUT_SHORT "its list was cut short, so nothing is selected from it"

#endif
