/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The options that one level sets: [defaults], [section NAME] or the command line.  They are collected first, because a
 * level is applied as a whole: its lists replace those of the levels below.
 */
#ifndef CURFEW_OPTION_LEVEL_H
#define CURFEW_OPTION_LEVEL_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/config/options.h"
#include "lib/config/settings.h"

/* An option that was set at some level. */
struct option_value {
	const struct option_spec *spec;
	const char *value; /* NULL: a flag on the line */
	const char *where;
};

struct level {
	struct option_value *items;
	size_t count, allocated;
	struct arena *arena;
};

void level_add(struct level *level, const struct option_spec *spec, const char *value, const char *where);
/* The last value of that option at this level, or NULL. */
const struct option_value *level_find(const struct level *level, const char *name);
bool level_names_targets(const struct level *level);
bool level_has_filter(const struct level *level);
int level_apply(const struct level *level, struct settings *settings, struct error *error);

#endif
