/* SPDX-License-Identifier: GPL-3.0-or-later */
/* [policy NAME] of the configuration: which sessions may stay and which have to end (curfew.conf(5)). */
#ifndef CURFEW_CONFIG_POLICY_H
#define CURFEW_CONFIG_POLICY_H

#include <stdbool.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/config/config.h"
#include "lib/policy/policy.h"

/* A policy as it is written in the file.  Nothing outside of the file is read yet: the zone is not open, holidays
 * are not read, and targets are names. */
struct policy_config {
	struct policy policy;
	struct string_list targets; /* URLs, names of targets and groups */
	const char *holidays_file;  /* NULL: none */
	struct string_list text;    /* the lines of the warning; empty: the built-in one */
	const struct config_part *part;
};

/* Checks and fills everything.  Texts belong to the configuration, lists to the arena.  -1 with ERROR_CONFIG
 * "file:line: …". */
int policy_config_read(struct policy_config *policy, const struct config *config, const struct config_part *part,
                       struct arena *arena, struct error *error);

/* True if the value is a list with commas. */
bool policy_key_is_list(const char *key);

#endif
