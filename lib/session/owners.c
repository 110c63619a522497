/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/session/owners.h"

#include <stdlib.h>
#include <strings.h>

#include "lib/base/arena.h"

static int by_owner(const void *a, const void *b)
{
	const struct session *const *one = a, *const *other = b;
	int order = strcasecmp((*one)->user, (*other)->user);

	return order != 0 ? order : strcasecmp((*one)->domain, (*other)->domain);
}

uint64_t owners_most(const struct session *sessions, const bool *counted, size_t count)
{
	const struct session **shells = must_alloc((count + 1) * sizeof *shells);
	uint64_t most = 0, run = 0;
	size_t found = 0;

	for (size_t i = 0; i < count; i++)
		if (counted[i] && sessions[i].kind == KIND_SHELL)
			shells[found++] = &sessions[i];
	qsort(shells, found, sizeof *shells, by_owner);
	for (size_t i = 0; i < found; i++) {
		run = i > 0 && by_owner(&shells[i - 1], &shells[i]) == 0 ? run + 1 : 1;
		if (run > most)
			most = run;
	}
	free(shells);
	return most;
}
