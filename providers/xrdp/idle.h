/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The time since a session's last input, as the X server reports it to curfew-xidle, a program that runs as the
 * session's user.
 */
#ifndef CURFEW_XRDP_IDLE_H
#define CURFEW_XRDP_IDLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "lib/base/clock.h"
#include "providers/xrdp/as_user.h"

struct idle_question {
	struct session_user user;
	int display;
	pid_t server; /* the X server that must answer */

	bool known;
	int64_t idle; /* ms */
	int64_t at;   /* wall clock when it was answered, ms */
};

/* Asks all X servers, several at a time; those that do not answer in time stay unknown.  Returns false if the
 * program cannot be run. */
bool idle_ask(struct idle_question *questions, size_t count, const struct deadline *deadline);

/* Parses the output of curfew-xidle: milliseconds, a blank, the wall clock, a newline.  The user could forge it,
 * because the program runs as the user, so the clock must be between earliest and latest.  0 or -1. */
int idle_parse(const char *text, size_t length, int64_t earliest, int64_t latest, int64_t *idle, int64_t *at);

#endif
