/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/config.h"

#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/config_check.h"
#include "lib/config_ranges.h"
#include "lib/nearest.h"
#include "lib/text.h"
#include "lib/trust.h"

/* Far more than anybody writes, and little enough to read at once. */
enum { FILE_MOST = 16 * 1024 * 1024, NAME_MOST = 64 };

/* What is going on while inih reads.  It gets one line at a time from next_line(), which also does
   what inih does not: it names the line, sees section headings without keys, and refuses what
   inih would cut or pass over in silence. */
struct loading {
	struct config *config;
	struct arena *arena;
	struct error *error;
	char *next; /* the rest of the file */
	char *end;
	unsigned line;       /* of the line handed out last */
	unsigned error_line; /* where *error was set; 0: it was not */
};

static int fail(struct loading *loading, const char *text, const char *detail)
{
	loading->error_line = loading->line;
	return error_set(loading->error, ERROR_CONFIG, STEP_NONE, "%s:%u: %s%.80s", loading->config->file,
	                 loading->line, text, detail);
}

static const struct {
	const char *word;
	enum config_kind kind;
} kinds[] = {
    {"defaults", CONFIG_DEFAULTS},       {"target", CONFIG_TARGET},   {"group", CONFIG_GROUP},
    {"credentials", CONFIG_CREDENTIALS}, {"section", CONFIG_SECTION},
};

/* A ':' would make a name look like a URL, a comma like a list; brackets are for a range, of targets only. */
static bool name_good(enum config_kind kind, const char *name, struct arena *arena)
{
	struct string_list names = {0};
	struct error ignored = {0};
	size_t length = strlen(name);
	const char *first = name;

	if (kind == CONFIG_TARGET && range_expand(&names, name, TARGETS_MOST, arena, &ignored) == 0)
		first = names.items[0];
	return length > 0 && length <= NAME_MOST && strcspn(name, " \t:,;=\"'/\\") == length &&
	       strcspn(first, "[]") == strlen(first);
}

/* "[1-10001]" and "[5-1]" are ranges of a kind that is refused, and not brackets in a name. */
static bool range_good(const char *name, struct arena *arena, struct error *why)
{
	struct string_list names = {0};

	return range_expand(&names, name, TARGETS_MOST, arena, why) == 0;
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

/* "[target rds01]", whole line, blanks at both ends gone. */
static int heading_read(struct loading *loading, char *heading)
{
	size_t length = strlen(heading), word;
	struct nearest nearest;
	struct error why = {0};
	char *name;

	if (heading[length - 1] != ']')
		return fail(loading, "a heading ends in ']'", "");
	heading[length - 1] = '\0';
	heading++;
	word = strcspn(heading, " \t");
	name = heading + word + strspn(heading + word, " \t");
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		if (strlen(kinds[i].word) != word || strncmp(kinds[i].word, heading, word) != 0)
			continue;
		if (kinds[i].kind == CONFIG_DEFAULTS && *name != '\0')
			return fail(loading, "[defaults] has no name", "");
		if (kinds[i].kind == CONFIG_TARGET && !range_good(name, loading->arena, &why))
			return fail(loading, "", why.text);
		if (kinds[i].kind != CONFIG_DEFAULTS && !name_good(kinds[i].kind, name, loading->arena))
			return fail(loading,
			            "not a name (1 to 64 characters, no blanks, none of :,;=[]\"'/\\): ", name);
		part_add(loading, kinds[i].kind, name);
		return 0;
	}
	if (heading[0] == '\0')
		return fail(loading, "an empty heading", "");
	fail(loading, "unknown section: ", heading);
	nearest = nearest_to(heading, word);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		nearest_offer(&nearest, kinds[i].word);
	if (nearest.best != NULL)
		return error_hint(loading->error, "did you mean [%s%s]?", nearest.best,
		                  strcmp(nearest.best, "defaults") == 0 ? "" : " NAME");
	return error_hint(loading->error, "there are [defaults], [target NAME], [group NAME], [credentials NAME], "
	                                  "[section NAME]");
}

static char *strip(char *text)
{
	size_t length;

	text += strspn(text, " \t");
	length = strlen(text);
	while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t' || text[length - 1] == '\r'))
		text[--length] = '\0';
	return text;
}

static bool blank_before_semicolon(const char *text)
{
	for (const char *at = strchr(text, ';'); at != NULL; at = strchr(at + 1, ';'))
		if (at > text && (at[-1] == ' ' || at[-1] == '\t'))
			return true;
	return false;
}

static int line_check(struct loading *loading, const char *line, size_t raw_length)
{
	if (loading->line == 1 && (strncmp(line, "\xff\xfe", 2) == 0 || strncmp(line, "\xfe\xff", 2) == 0))
		return fail(loading, "the file is in UTF-16; save it as UTF-8", "");
	if (strlen(line) != raw_length)
		return fail(loading, "a NUL byte", "");
	if (!utf8_valid(line, raw_length))
		return fail(loading, "not valid UTF-8", "");
	for (const char *at = line; *at != '\0'; at++)
		if (((unsigned char)*at < 0x20 && *at != '\t' && !(*at == '\r' && at[1] == '\0')) || *at == 0x7f)
			return fail(loading, "a control character", "");
	return 0;
}

/* inih's reader: one line into buffer.  Blank lines stand for those that are dealt with here. */
static char *next_line(char *buffer, int size, void *context)
{
	struct loading *loading = context;
	char *line = loading->next, *end, *text;

	if (loading->error_line > 0 || line >= loading->end)
		return NULL;
	loading->line++;
	if ((end = memchr(line, '\n', (size_t)(loading->end - line))) == NULL)
		end = loading->end;
	loading->next = end + 1;
	*end = '\0';
	if (line_check(loading, line, (size_t)(end - line)) < 0)
		return NULL;
	if (loading->line == 1 && strncmp(line, "\xef\xbb\xbf", 3) == 0)
		line += 3;
	/* Without the blanks in front, as inih takes an indented line for more of the value before. */
	text = strip(line);
	if (text[0] == '#' || text[0] == ';') {
		text[0] = '\0';
	} else if (text[0] == '[') {
		if (heading_read(loading, text) < 0)
			return NULL;
		text[0] = '\0';
	} else if (blank_before_semicolon(text)) {
		fail(loading, "a ';' behind a blank; comments stand on lines of their own", "");
		return NULL;
	} else if (strlen(text) + 3 > (size_t)size) {
		fail(loading, "the line is too long", "");
		error_hint(loading->error, "at most %d characters; lists may be written as several lines", size - 3);
		return NULL;
	}
	snprintf(buffer, (size_t)size, "%s\n", text);
	return buffer;
}

/* inih's handler: one "key = value".  0 is failure here. */
static int entry_read(void *context, const char *section, const char *key, const char *value)
{
	struct loading *loading = context;
	struct config_part *part;

	(void)section; /* cut at 50 characters; heading_read() knows it whole */
	if (loading->error_line > 0)
		return 0;
	if (loading->config->count == 0) {
		fail(loading, "stands before the first [section]: ", key);
		return 0;
	}
	part = &loading->config->parts[loading->config->count - 1];
	part->entries = arena_grow(loading->arena, part->entries, part->count, &part->allocated, sizeof *part->entries);
	part->entries[part->count].key = arena_strdup(loading->arena, key);
	part->entries[part->count].value = arena_strdup(loading->arena, value);
	part->entries[part->count++].line = loading->line;
	return 1;
}

/* The whole file, NUL behind it. */
static int file_read(int fd, const char *path, char **text, size_t *length, struct error *error)
{
	size_t allocated = 64 * 1024;
	ssize_t got;

	*text = must_alloc(allocated);
	*length = 0;
	while ((got = read(fd, *text + *length, allocated - *length - 1)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(error, errno, STEP_NONE, "%s", path);
		if ((*length += (size_t)got) > FILE_MOST)
			return error_set(error, ERROR_CONFIG, STEP_NONE, "%s: larger than %d bytes", path, FILE_MOST);
		if (allocated - *length < 2)
			*text = must_realloc(*text, allocated *= 2);
	}
	(*text)[*length] = '\0';
	return 0;
}

/* Targets and groups share their names: -T takes both. */
static int space_of(enum config_kind kind)
{
	return kind == CONFIG_GROUP ? CONFIG_TARGET : (int)kind;
}

static int part_compare(const void *a, const void *b)
{
	const struct config_part *x = *(const struct config_part *const *)a, *y = *(const struct config_part *const *)b;
	int order = space_of(x->kind) - space_of(y->kind);

	if (order == 0)
		order = strcmp(x->name, y->name);
	return order;
}

static int index_make(struct config *config, struct arena *arena, struct error *error)
{
	config->index = arena_alloc(arena, config->count * sizeof(const struct config_part *));
	for (size_t i = 0; i < config->count; i++)
		config->index[i] = &config->parts[i];
	if (config->count > 0)
		qsort(config->index, config->count, sizeof *config->index, part_compare);
	for (size_t i = 1; i < config->count; i++) {
		const struct config_part *a = config->index[i - 1], *b = config->index[i];
		const struct config_part *first = a->line < b->line ? a : b, *second = first == a ? b : a;

		if (part_compare(&a, &b) == 0)
			return error_set(error, ERROR_CONFIG, STEP_NONE, "%s:%u: [%s%s%s] was used in line %u already",
			                 config->file, second->line, config_kind_name(second->kind),
			                 second->name[0] != '\0' ? " " : "", second->name, first->line);
	}
	return 0;
}

const char *config_kind_name(enum config_kind kind)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].kind == kind)
			return kinds[i].word;
	return "?";
}

int config_load(struct config *config, const char *path, struct arena *arena, struct error *error)
{
	struct loading loading = {.config = config, .arena = arena, .error = error};
	struct error why = {0};
	char *text = NULL;
	size_t length;
	int fd, failed;

	memset(config, 0, sizeof *config);
	config->file = arena_strdup(arena, path);
	if ((fd = trusted_open(path, false, &why)) < 0) {
		error_set(error, why.code, STEP_NONE, "cannot read the configuration %s", why.text);
		return error_hint(error, "%s", why.hint);
	}
	if ((failed = file_read(fd, path, &text, &length, error)) == 0) {
		loading.next = text;
		loading.end = text + length;
		failed = ini_parse_stream(next_line, &loading, entry_read, &loading);
		/* inih goes on after a line that it cannot read, and returns the first one's number. */
		if (failed > 0 && (loading.error_line == 0 || (unsigned)failed < loading.error_line)) {
			error_clear(error);
			loading.line = (unsigned)failed;
			fail(&loading, "neither a [section], nor key = value, nor a # comment", "");
		}
		failed = loading.error_line > 0 ? -1 : 0;
	}
	close(fd);
	free(text);
	if (failed != 0 || config_expand_ranges(config, arena, error) < 0 || index_make(config, arena, error) < 0)
		return -1;
	return config_check(config, error);
}

const struct config_part *config_find(const struct config *config, enum config_kind kind, const char *name)
{
	struct config_part wanted = {.kind = kind, .name = name};
	const struct config_part *key = &wanted, **found;

	if (config->count == 0)
		return NULL;
	found = bsearch(&key, config->index, config->count, sizeof *config->index, part_compare);
	return found != NULL && (*found)->kind == kind ? *found : NULL;
}

const struct config_entry *config_entry_find(const struct config_part *part, const char *key)
{
	for (size_t i = 0; i < part->count; i++)
		if (strcmp(part->entries[i].key, key) == 0)
			return &part->entries[i];
	return NULL;
}
