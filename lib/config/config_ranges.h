/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * [target ts[01-20]] stands for twenty targets, each with its own name and
 * url and with everything else in common: a fleet with one login is one section.
 */
#ifndef CURFEW_CONFIG_RANGES_H
#define CURFEW_CONFIG_RANGES_H

#include "lib/config/config.h"

/* Puts a part for each name in the place of one whose name has a range.  Names and urls have to be as many:
   ERROR_CONFIG "file:line: …". */
int config_expand_ranges(struct config *config, struct arena *arena, struct error *error);

#endif
