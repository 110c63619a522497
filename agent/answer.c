/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/answer.h"

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/name_index.h"
#include "lib/session/session.h"

struct answer_host *answer_host_add(struct answer *answer, uint32_t index, const char *name)
{
	size_t at;

	answer->names.arena = &answer->arena;
	at = name_index_add(&answer->names, name);
	if (at < answer->host_count)
		return &answer->hosts[at];
	answer->hosts =
	    arena_grow(&answer->arena, answer->hosts, answer->host_count, &answer->allocated, sizeof *answer->hosts);
	answer->hosts[answer->host_count] = (struct answer_host){.index = index, .name = name};
	return &answer->hosts[answer->host_count++];
}

size_t answer_host_find(const struct answer *answer, const struct session *session)
{
	size_t at = name_index_find(&answer->names, session->host[0] != '\0' ? session->host : answer->snapshot.host);

	return at != NAME_NONE ? at : answer->host_count;
}

void answer_free(struct answer *answer)
{
	arena_free(&answer->arena);
	answer->names = (struct name_index){0};
	answer->hosts = NULL;
	answer->host_count = answer->allocated = 0;
}
