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

#endif
