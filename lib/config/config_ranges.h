/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * [target ts[01-20]] is short for twenty targets, each with its own name and url, and with everything else in common: a
 * section for hosts that share one login.
 */
#ifndef CURFEW_CONFIG_RANGES_H
#define CURFEW_CONFIG_RANGES_H

#include "lib/config/config.h"

/* Replaces a part whose name has a range by one part for each name.  The url must expand to the same number:
 * ERROR_CONFIG "file:line: …". */
int config_expand_ranges(struct config *config, struct arena *arena, struct error *error);

#endif
