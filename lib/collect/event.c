/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/collect/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/base/text.h"

static bool word_in(const char *word, const char *const *words)
{
	for (; *words != NULL; words++)
		if (text_same(word, *words))
			return true;
	return false;
}

int event_judge(const char *state, const char *type, const struct string_list *on, bool *act, struct error *error)
{
	static const char *const states[] = {"ok", "warning", "critical", "unknown", NULL};
	static const char *const words[] = {"ok", "warning", "critical", "unknown", "soft", NULL};
	static const char *const types[] = {"soft", "hard", NULL};
	bool wanted = text_same(state, "critical"), soft = false;

	if (!word_in(state, states))
		return error_set(error, ERROR_USAGE, STEP_NONE,
		                 "--service-state \"%s\": not OK, WARNING, CRITICAL or UNKNOWN", state);
	if (type == NULL || !word_in(type, types))
		return error_set(error, ERROR_USAGE, STEP_NONE, "--state-type \"%s\": not SOFT or HARD",
		                 type != NULL ? type : "");
	for (size_t i = 0; i < on->count; i++) {
		if (!word_in(on->items[i], words))
			return error_set(error, ERROR_USAGE, STEP_NONE,
			                 "--on \"%s\": not soft, warning, critical, unknown or ok", on->items[i]);
		wanted = wanted || text_same(state, on->items[i]);
		soft = soft || text_same(on->items[i], "soft");
	}
	*act = wanted && (soft || text_same(type, "hard"));
	return 0;
}

/* "0", "00": no downtime.  A text that is no number may mean anything. */
static bool number_holds(const char *option, const char *value, const char *meaning, struct buffer *why)
{
	if (value[0] != '\0' && strspn(value, "0") == strlen(value))
		return false;
	buffer_printf(why, "--%s \"", option);
	text_escape(why, value);
	if (value[0] != '\0' && strspn(value, "0123456789") == strlen(value))
		buffer_printf(why, "\": %s", meaning);
	else
		buffer_printf(why, "\" is not a number, so it is possible that %s", meaning);
	return true;
}

bool event_holds(const struct string_list *downtime_depths, const char *acknowledged, struct buffer *why)
{
	for (size_t i = 0; i < downtime_depths->count; i++)
		if (number_holds("downtime-depth", downtime_depths->items[i], "there is a downtime", why))
			return true;
	return acknowledged != NULL &&
	       number_holds("acknowledged", acknowledged, "somebody has acknowledged the problem", why);
}
