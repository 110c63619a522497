/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Checks a configuration.  Everything is checked when the file is loaded, also the parts that this run does not use:
 * the first program that reads a file finds its mistakes, not an event handler during the night.
 */
#ifndef CURFEW_CONFIG_CHECK_H
#define CURFEW_CONFIG_CHECK_H

#include "lib/config/config.h"

/* Checks that keys are known and used once, values are valid, and references exist: ERROR_CONFIG "file:line: …". */
int config_check(const struct config *config, struct error *error);

/* Sets *error to "file:line: " and the text of why, and copies its hint. */
int config_blame(const struct config *config, unsigned line, const struct error *why, struct error *error);

/* Returns the next item of a list "a, b ,c" at *list, without blanks around it; NULL at the end. */
const char *list_item(const char **list, struct arena *arena);

#endif
