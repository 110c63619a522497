/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/config/config_read.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "lib/base/nearest.h"
#include "lib/base/text.h"
#include "lib/base/utf8.h"
#include "lib/config/config_policy.h"
#include "lib/config/option_table.h"
#include "lib/config/options.h"
#include "lib/target/target.h"

enum { NAME_MOST = 64, CONFIGURED_MOST = 5 * TARGETS_MOST };

struct loading {
	struct config *config;
	struct arena *arena;
	struct error *error;
	unsigned line;
	size_t targets; /* the number that the sections so far expand to */
};

static int fail(struct loading *loading, const char *text, const char *detail)
{
	return error_set(loading->error, ERROR_CONFIG, STEP_NONE, "%s:%u: %s%.80s", loading->config->file,
	                 loading->line, text, detail);
}

/* With a ':' a name would look like a URL, with a comma like a list.  Brackets are for ranges, in names of targets
 * only. */
static bool name_good(enum config_kind kind, const char *name)
{
	struct string_list names = {0};
	struct error ignored = {0};
	struct arena arena = {0};
	size_t length = strlen(name);
	const char *first = name;
	bool good;

	if (kind == CONFIG_TARGET && range_expand(&names, name, TARGETS_MOST, &arena, &ignored) == 0)
		first = names.items[0];
	good = length > 0 && length <= NAME_MOST && strcspn(name, " \t:,;=\"'/\\") == length &&
	       strcspn(first, "[]") == strlen(first) && text_visible(name);
	arena_free(&arena);
	return good;
}

/* "[1-10001]" and "[5-1]" are invalid ranges, not brackets in a name.  The number of all names is limited, because a
 * few lines could expand to more targets than fit in memory. */
static int range_check(struct loading *loading, const char *name)
{
	struct string_list names = {0};
	struct error why = {0};
	struct arena arena = {0};
	int result = range_expand(&names, name, TARGETS_MOST, &arena, &why);

	loading->targets += names.count;
	arena_free(&arena);
	if (result < 0)
		return fail(loading, "", why.text);
	if (loading->targets > CONFIGURED_MOST)
		return error_set(loading->error, ERROR_CONFIG, STEP_NONE,
		                 "%s:%u: with this section the file has more than %d targets", loading->config->file,
		                 loading->line, CONFIGURED_MOST);
	return 0;
}

static struct config_part *part_add(struct loading *loading, enum config_kind kind, const char *name)
{
	struct config *config = loading->config;
	struct config_part *part;

	config->parts =
	    arena_grow(loading->arena, config->parts, config->count, &config->allocated, sizeof *config->parts);
	part = &config->parts[config->count++];
	part->kind = kind;
	part->name = arena_strdup(loading->arena, name);
	part->line = loading->line;
	return part;
}

/* "[target rds01]"; the blanks at both ends are gone. */
static int heading_read(struct loading *loading, char *heading)
{
	size_t length = strlen(heading), word;
	struct nearest nearest;
	char *name;

	if (heading[length - 1] != ']')
		return fail(loading, "a heading must end in ']'", "");
	heading[length - 1] = '\0';
	heading++;
	word = strcspn(heading, " \t");
	name = heading + word + strspn(heading + word, " \t");
	for (enum config_kind kind = 0; config_kind_words[kind] != NULL; kind++) {
		if (strlen(config_kind_words[kind]) != word || strncmp(config_kind_words[kind], heading, word) != 0)
			continue;
		if (kind == CONFIG_DEFAULTS && *name != '\0')
			return fail(loading, "[defaults] has no name", "");
		if (kind == CONFIG_TARGET && range_check(loading, name) < 0)
			return -1;
		if (kind != CONFIG_DEFAULTS && !name_good(kind, name))
			return fail(loading,
			            "not a name (1 to 64 characters, no blanks, none of :,;=[]\"'/\\): ", name);
		part_add(loading, kind, name);
		return 0;
	}
	if (heading[0] == '\0')
		return fail(loading, "an empty heading", "");
	fail(loading, "unknown section: ", heading);
	nearest = nearest_to(heading, word);
	for (size_t i = 0; config_kind_words[i] != NULL; i++)
		nearest_offer(&nearest, config_kind_words[i]);
	if (nearest.best != NULL)
		return error_hint(loading->error, "did you mean [%s%s]?", nearest.best,
		                  strcmp(nearest.best, "defaults") == 0 ? "" : " NAME");
	return error_hint(loading->error, "there are [defaults], [target NAME], [group NAME], [credentials NAME], "
	                                  "[section NAME], [policy NAME]");
}

static int line_check(struct loading *loading, const char *line, size_t raw_length)
{
	if (loading->line == 1 && (strncmp(line, "\xff\xfe", 2) == 0 || strncmp(line, "\xfe\xff", 2) == 0))
		return fail(loading, "the file is in UTF-16; save it as UTF-8", "");
	if (strlen(line) != raw_length)
		return fail(loading, "a NUL byte; save the file as UTF-8", "");
	if (!utf8_valid(line, raw_length))
		return fail(loading, "not valid UTF-8", "");
	for (const char *at = line; *at != '\0'; at++)
		if (((unsigned char)*at < 0x20 && *at != '\t' && !(*at == '\r' && at[1] == '\0')) || *at == 0x7f)
			return fail(loading, "a control character", "");
	return 0;
}

/* Values are taken literally.  So a comment behind a value, and quotes around a part of it, are errors: people
 * expect them to have a meaning. */
static int value_check(struct loading *loading, const char *value)
{
	for (const char *at = value; *at != '\0'; at++) {
		if ((*at != '#' && *at != ';') || at == value || (at[-1] != ' ' && at[-1] != '\t'))
			continue;
		fail(loading, "a comment behind a value; comments stand on lines of their own: ", at);
		return error_hint(loading->error, "if it belongs to the value, put quotes around the whole value");
	}
	if (value[0] == '#' || value[0] == ';')
		return fail(loading, "a comment in the place of a value: ", value);
	return 0;
}

/* Removes the quotes.  1: there were some; 0: there were none; -1: error. */
static int quotes_take(struct loading *loading, char **value)
{
	size_t length = strlen(*value);
	char quote = **value;

	if (quote != '"' && quote != '\'')
		return 0;
	if (length < 2 || (*value)[length - 1] != quote || strchr(*value + 1, quote) != *value + length - 1) {
		fail(loading, "quotes must be around the whole value: ", *value);
		return error_hint(loading->error,
		                  "of a list, each item may stand on a line of its own: key = \"item\"");
	}
	(*value)[length - 1] = '\0';
	(*value)++;
	return 1;
}

static void entry_add(struct loading *loading, const char *key, const char *value)
{
	struct config_part *part = &loading->config->parts[loading->config->count - 1];

	part->entries = arena_grow(loading->arena, part->entries, part->count, &part->allocated, sizeof *part->entries);
	part->entries[part->count].key = key;
	part->entries[part->count].value = value;
	part->entries[part->count++].line = loading->line;
}

/* "a, b": adds an entry for each item. */
static int items_add(struct loading *loading, const char *key, char *value)
{
	for (char *next = value; next != NULL;) {
		char *item = next, *comma = strchr(item, ',');

		next = comma != NULL ? comma + 1 : NULL;
		if (comma != NULL)
			*comma = '\0';
		item = text_strip(item);
		if (item[0] == '\0' && (comma != NULL || item != value))
			return fail(loading, "an empty item in the list: ", key);
		entry_add(loading, key, arena_strdup(loading->arena, item));
	}
	return 0;
}

static bool is_list(enum config_kind kind, const char *key)
{
	const struct option_spec *spec = option_find(key, PROGRAM_ALL);

	if (kind == CONFIG_POLICY)
		return policy_key_is_list(key);
	return (kind == CONFIG_DEFAULTS || kind == CONFIG_SECTION) && spec != NULL && option_is_list(spec);
}

/* "key = value"; the blanks at both ends are gone. */
static int entry_read(struct loading *loading, char *line)
{
	char *equals = strchr(line, '='), *value;
	const char *key;
	int quoted;

	if (equals == NULL)
		return fail(loading, "neither a [section], nor key = value, nor a # comment", "");
	*equals = '\0';
	key = arena_strdup(loading->arena, text_strip(line));
	value = text_strip(equals + 1);
	if (loading->config->count == 0)
		return fail(loading, "this key is in no [section]: ", *key != '\0' ? key : "=");
	if (key[0] == '\0')
		return fail(loading, "no key before the '='", "");
	if ((quoted = quotes_take(loading, &value)) < 0 || (quoted == 0 && value_check(loading, value) < 0))
		return -1;
	if (quoted == 0 && is_list(loading->config->parts[loading->config->count - 1].kind, key))
		return items_add(loading, key, value);
	entry_add(loading, key, arena_strdup(loading->arena, value));
	return 0;
}

static int line_read(struct loading *loading, char *line)
{
	char *text = text_strip(line);

	if (text[0] == '\0' || text[0] == '#' || text[0] == ';')
		return 0;
	return text[0] == '[' ? heading_read(loading, text) : entry_read(loading, text);
}

int config_read(struct config *config, char *text, size_t length, struct arena *arena, struct error *error)
{
	struct loading loading = {.config = config, .arena = arena, .error = error};
	char *const end = text + length;

	for (char *line = text, *next; line < end; line = next) {
		char *stop = memchr(line, '\n', (size_t)(end - line));

		if (stop == NULL)
			stop = end;
		next = stop + 1;
		*stop = '\0';
		loading.line++;
		if (line_check(&loading, line, (size_t)(stop - line)) < 0 ||
		    line_read(&loading, loading.line == 1 && strncmp(line, "\xef\xbb\xbf", 3) == 0 ? line + 3 : line) <
		        0)
			return -1;
	}
	return 0;
}
