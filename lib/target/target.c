/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/target/target.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"

const char *target_option(const struct target *target, const char *name)
{
	for (size_t i = 0; i < target->option_count; i++)
		if (strcmp(target->options[i].name, name) == 0)
			return target->options[i].value;
	return NULL;
}

/* "[08-11]" inside a text. */
struct range_found {
	const char *open, *end; /* the bracket, and what follows the closing one */
	unsigned long long first, last;
	int width; /* 0: numbers are not padded */
};

static bool range_find(const char *text, struct range_found *found)
{
	for (const char *open = strchr(text, '['); open != NULL; open = strchr(open + 1, '[')) {
		size_t first = strspn(open + 1, "0123456789"), last;
		char digits[2][16];

		if (first == 0 || first > 9 || open[1 + first] != '-')
			continue;
		last = strspn(open + 2 + first, "0123456789");
		if (last == 0 || last > 9 || open[2 + first + last] != ']')
			continue;
		snprintf(digits[0], sizeof digits[0], "%.*s", (int)first, open + 1);
		snprintf(digits[1], sizeof digits[1], "%.*s", (int)last, open + 2 + first);
		number_parse(digits[0], 999999999, &found->first);
		number_parse(digits[1], 999999999, &found->last);
		found->width = open[1] == '0' ? (int)first : 0;
		found->open = open;
		found->end = open + 3 + first + last;
		return true;
	}
	return false;
}

static int expand_from(struct string_list *list, const char *done, const char *rest, size_t most, struct arena *arena,
                       struct error *error)
{
	struct range_found range;

	if (!range_find(rest, &range)) {
		if (list->count >= most)
			return error_set(error, ERROR_USAGE, STEP_NONE, "more than %zu targets", most);
		string_list_add(list, arena, arena_printf(arena, "%s%s", done, rest));
		return 0;
	}
	if (range.first > range.last)
		return error_set(error, ERROR_USAGE, STEP_NONE, "%.*s: the range runs backwards",
		                 (int)(range.end - range.open), range.open);
	for (unsigned long long number = range.first; number <= range.last; number++) {
		const char *next =
		    arena_printf(arena, "%s%.*s%0*llu", done, (int)(range.open - rest), rest, range.width, number);

		if (expand_from(list, next, range.end, most, arena, error) < 0)
			return -1;
	}
	return 0;
}

int range_expand(struct string_list *list, const char *text, size_t most, struct arena *arena, struct error *error)
{
	return expand_from(list, "", text, most, arena, error);
}
