/* SPDX-License-Identifier: GPL-3.0-or-later */
/* [policy NAME] of the configuration: who may stay and who has to go (curfew.conf(5)). */
#ifndef CURFEW_CONFIG_POLICY_H
#define CURFEW_CONFIG_POLICY_H

#include <stdbool.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/config/config.h"
#include "lib/policy/policy.h"

/* A policy as it is written.  What is outside of the file is not looked at yet: the zone is not open, the holidays are
   not read, and the targets are names. */
struct policy_config {
	struct policy policy;
	struct string_list targets; /* URLs, names of targets and groups */
	const char *holidays_file;  /* NULL: none */
	struct string_list text;    /* the lines of the warning; none: the built-in one */
	const struct config_part *part;
};

/* Checks and fills everything; texts belong to the configuration, lists to the arena.  -1 with ERROR_CONFIG
   "file:line: …". */
int policy_config_read(struct policy_config *policy, const struct config *config, const struct config_part *part,
                       struct arena *arena, struct error *error);

/* Is it a list, whose items stand between commas? */
bool policy_key_is_list(const char *key);

#endif
