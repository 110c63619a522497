/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/local/merge.h"

#include <stdio.h>
#include <string.h>

void station_display(const char *station, char *display, size_t size)
{
	const char *colon = strrchr(station, ':');
	size_t digits = colon != NULL ? strspn(colon + 1, "0123456789") : 0;

	display[0] = '\0';
	if (digits > 0 && digits < size - 1 && (colon[1 + digits] == '\0' || colon[1 + digits] == '.'))
		snprintf(display, size, ":%.*s", (int)digits, colon + 1);
}

static struct session *find(struct snapshot *whole, size_t count, const struct session *session, merge_same *same,
                            const void *context)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(whole->sessions[i].provider, session->provider) != 0 &&
		    same(&whole->sessions[i], session, context))
			return &whole->sessions[i];
	return NULL;
}

size_t merge_part(struct snapshot *whole, const struct snapshot *part, merge_same *same, const void *context)
{
	size_t before = whole->count, merged = 0;

	for (size_t i = 0; i < part->count; i++) {
		const struct session *session = &part->sessions[i];
		struct session *kept = find(whole, before, session, same, context);

		if (kept == NULL) {
			session_copy(snapshot_add(whole), session, &whole->arena);
			continue;
		}
		merged++;
		if (session->own == FLAG_YES || kept->own == FLAG_UNKNOWN)
			kept->own = session->own;
		if (kept->locked == FLAG_UNKNOWN)
			kept->locked = session->locked;
		kept->inhibited |= session->inhibited;
		if (!kept->cpu_time.known)
			kept->cpu_time = session->cpu_time;
	}
	for (size_t i = 0; i < part->notices.count; i++)
		snapshot_notice(whole, "%s: %s", part->provider, part->notices.items[i]);
	if (!part->complete)
		whole->complete = false;
	return merged;
}
