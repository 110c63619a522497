/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/judge/exclusions.h"

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/names.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"

static bool all_is_seen(const struct visit *visits, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (visits[i].error.code != ERROR_NONE || !visits[i].snapshot.complete)
			return false;
	return true;
}

static bool may_mean_somebody(const char *glob, const struct visit *visits, size_t count)
{
	const struct string_list globs = {.items = &glob, .count = 1};

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < visits[i].snapshot.count; j++)
			if (names_match(&globs, &visits[i].snapshot.sessions[j]).match != MATCH_NO)
				return true;
	return false;
}

const char *exclusion_in_vain(const struct string_list *globs, const struct visit *visits, size_t count,
                              size_t *position)
{
	if (!all_is_seen(visits, count))
		return NULL;
	while (*position < globs->count) {
		const char *glob = globs->items[(*position)++];

		if (!may_mean_somebody(glob, visits, count))
			return glob;
	}
	return NULL;
}
