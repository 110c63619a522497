/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a configuration may say.  Everything is checked when it is loaded, also
 * what this run does not use: a slip is found by the first program that reads
 * the file and not by the event handler in the night.
 */
#ifndef CURFEW_CONFIG_CHECK_H
#define CURFEW_CONFIG_CHECK_H

#include "lib/config/config.h"

/* Keys known and used once, values good, references present: ERROR_CONFIG "file:line: …". */
int config_check(const struct config *config, struct error *error);

/* Sets *error to "file:line: " and the text of why, with its hint. */
int config_blame(const struct config *config, unsigned line, const struct error *why, struct error *error);

/* The next item of a list "a, b ,c" at *list, or NULL at its end; blanks around it are left out. */
const char *list_item(const char **list, struct arena *arena);

#endif
