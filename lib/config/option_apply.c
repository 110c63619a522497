/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/config/option_apply.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/config/options.h"
#include "lib/config/settings.h"
#include "lib/session/session.h"

/* One value on its way into settings. */
struct assignment {
	const struct option_spec *spec;
	struct settings *settings;
	const char *value;
	const char *where;
	struct error *error;
};

static void *field(const struct assignment *to)
{
	return (char *)to->settings + to->spec->offset;
}

/* "--idle-over 30x: not a duration"; where is "--name" or "file:line: key". */
static int reject(const struct assignment *to, const char *why)
{
	enum error_code code = to->where[0] == '-' ? ERROR_USAGE : ERROR_CONFIG;

	return error_set(to->error, code, STEP_NONE, "%s %.60s: %s", to->where, to->value, why);
}

static int reject_over(const struct assignment *to, unsigned long long most)
{
	char why[64];

	snprintf(why, sizeof why, "more than %llu", most);
	return reject(to, why);
}

/* "30" meant as 30 minutes would disconnect people after half a minute. */
static int reject_bare(const struct assignment *to)
{
	reject(to, "a number without a unit");
	return error_hint(to->error, "write %.40sm for minutes, %.40ss for seconds", to->value, to->value);
}

/* Returns the canonical form of a word among choices, or NULL with *error. */
static const char *choice_find(const struct assignment *to, const char *word, int *index)
{
	struct assignment one = *to;
	struct buffer why = {0};

	for (int i = 0; to->spec->choices[i] != NULL; i++) {
		if (text_same(to->spec->choices[i], word)) {
			*index = i;
			return to->spec->choices[i];
		}
	}
	buffer_puts(&why, "not one of ");
	for (size_t i = 0; to->spec->choices[i] != NULL; i++)
		buffer_printf(&why, "%s%s", i > 0 ? ", " : "", to->spec->choices[i]);
	one.value = word;
	reject(&one, buffer_text(&why));
	buffer_free(&why);
	return NULL;
}

static int flag_apply(const struct assignment *to)
{
	bool *flag = field(to);

	if (to->value == NULL || strcmp(to->value, "yes") == 0)
		*flag = true;
	else if (strcmp(to->value, "no") == 0)
		*flag = false;
	else
		return reject(to, "not yes or no");
	return 0;
}

static int count_apply(const struct assignment *to)
{
	unsigned *count = field(to);
	unsigned long long number;

	if (to->value == NULL) {
		(*count)++;
		return 0;
	}
	if (number_parse(to->value, 9, &number) < 0)
		return reject(to, "not a number from 0 to 9");
	*count = (unsigned)number;
	return 0;
}

static int number_apply(const struct assignment *to)
{
	unsigned long long most = to->spec->most > 0 ? to->spec->most : UINT64_MAX / 2, number;
	uint64_t *field_number = field(to);

	if (to->value[0] == '\0' || strspn(to->value, "0123456789") != strlen(to->value))
		return reject(to, "not a whole number");
	if (number_parse(to->value, most, &number) < 0)
		return reject_over(to, most);
	if (number == 0 && (to->spec->flags & OPTION_POSITIVE) != 0)
		return reject(to, "must be more than 0");
	*field_number = number;
	return 0;
}

static int duration_read(const struct assignment *to, int64_t *milliseconds)
{
	bool bare = duration_lacks_unit(to->value);

	if (bare && (to->spec->flags & OPTION_UNIT) != 0)
		return reject_bare(to);
	if (duration_parse(to->value, milliseconds) < 0)
		return bare ? reject_bare(to) : reject(to, "not a duration (90s, 30m, 4h, 2d)");
	if (*milliseconds == 0 && (to->spec->flags & OPTION_POSITIVE) != 0)
		return reject(to, "must be more than 0");
	return 0;
}

static int duration_apply(const struct assignment *to)
{
	int64_t *milliseconds = field(to);

	return duration_read(to, milliseconds);
}

static int span_apply(const struct assignment *to)
{
	struct span *span = field(to);
	int64_t milliseconds;

	if (duration_read(to, &milliseconds) < 0)
		return -1;
	*span = (struct span){.known = true, .length = milliseconds};
	return 0;
}

static int text_apply(const struct assignment *to)
{
	const char **text = field(to);
	int index;

	if (to->value[0] != '\0' && to->spec->choices != NULL)
		return (*text = choice_find(to, to->value, &index)) != NULL ? 0 : -1;
	*text = arena_strdup(&to->settings->arena, to->value);
	return 0;
}

static int choice_apply(const struct assignment *to)
{
	return choice_find(to, to->value, field(to)) != NULL ? 0 : -1;
}

/* Items between commas, without the blanks around them. */
static int items_apply(const struct assignment *to)
{
	const char *start = to->value;

	for (;;) {
		size_t whole = strcspn(start, ","), blanks = strspn(start, " "), length = whole;
		const char *word;
		int index;

		while (length > blanks && start[length - 1] == ' ')
			length--;
		if (length <= blanks)
			return reject(to, "an empty item in the list");
		word = arena_strndup(&to->settings->arena, start + blanks, length - blanks);
		if (to->spec->choices != NULL && (word = choice_find(to, word, &index)) == NULL)
			return -1;
		string_list_add(field(to), &to->settings->arena, word);
		if (start[whole] == '\0')
			return 0;
		start += whole + 1;
	}
}

/* A value from the configuration is one item: config_read() has split lists. */
static int list_apply(const struct assignment *to)
{
	if (to->where[0] == '-' && (to->spec->flags & OPTION_COMMAS) != 0)
		return items_apply(to);
	string_list_add(field(to), &to->settings->arena, arena_strdup(&to->settings->arena, to->value));
	return 0;
}

/* No default: the compiler then reports a kind without a case. */
static int kind_apply(const struct assignment *to)
{
	switch (to->spec->kind) {
	case OPTION_FLAG:
		return flag_apply(to);
	case OPTION_TEXT:
		return text_apply(to);
	case OPTION_LIST:
		return list_apply(to);
	case OPTION_WORDS:
		return items_apply(to);
	case OPTION_DURATION:
		return duration_apply(to);
	case OPTION_SPAN:
		return span_apply(to);
	case OPTION_NUMBER:
		return number_apply(to);
	case OPTION_COUNT:
		return count_apply(to);
	case OPTION_CHOICE:
		return choice_apply(to);
	}
	return -1;
}

static bool value_plain(const struct option_spec *spec, const char *value)
{
	return (spec->flags & OPTION_LINES) != 0 ? text_plain_lines(value) : text_plain(value);
}

int option_apply(const struct option_spec *spec, struct settings *settings, const char *value, const char *where,
                 struct error *error)
{
	struct assignment to = {.spec = spec, .settings = settings, .value = value, .where = where, .error = error};
	struct error why = {0};

	if (value != NULL && !value_plain(spec, value)) {
		to.value = "(…)";
		return reject(&to, "control characters, or not UTF-8");
	}
	if (value != NULL && value[0] == '\0' && (spec->flags & OPTION_MAY_BE_EMPTY) == 0) {
		to.value = "\"\"";
		return reject(&to, "must not be empty");
	}
	if (value != NULL && spec->check != NULL && spec->check(value, &why) < 0) {
		error_set(error, where[0] == '-' ? ERROR_USAGE : ERROR_CONFIG, STEP_NONE, "%s: %s", where, why.text);
		return error_hint(error, "%s", why.hint);
	}
	return kind_apply(&to);
}
