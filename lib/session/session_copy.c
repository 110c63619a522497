/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What goes through all fields of a session. */
#include <stddef.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/session/fields.h"
#include "lib/session/session.h"

void session_init(struct session *session)
{
	memset(session, 0, sizeof *session);
	session->state = STATE_OTHER;
	for (enum session_field field = 0; field < SESSION_FIELDS; field++)
		if (session_fields[field].type == FIELD_TEXT)
			*(const char **)field_of(session, field) = "";
}

static void list_copy(struct string_list *to, const struct string_list *from, struct arena *arena)
{
	*to = (struct string_list){0};
	for (size_t i = 0; i < from->count; i++)
		string_list_add(to, arena, arena_strdup(arena, from->items[i]));
}

void session_copy(struct session *to, const struct session *from, struct arena *arena)
{
	*to = *from;
	for (enum session_field field = 0; field < SESSION_FIELDS; field++) {
		enum field_type type = session_fields[field].type;

		if (type == FIELD_TEXT)
			*(const char **)field_of(to, field) = arena_strdup(arena, field_text(from, field));
		else if (type == FIELD_TEXTS || type == FIELD_FACTS)
			list_copy(field_of(to, field), field_at(from, field), arena);
	}
}
