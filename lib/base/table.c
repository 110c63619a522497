/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/table.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "lib/base/text.h"

/* The number of terminal columns of the first character of text; *bytes is its length. */
static size_t character_width(const char *text, size_t *bytes)
{
	mbstate_t state = {0};
	wchar_t wide;
	size_t length = mbrtowc(&wide, text, strlen(text), &state);
	int width;

	if (length == (size_t)-1 || length == (size_t)-2 || length == 0) {
		*bytes = 1;
		return 1;
	}
	*bytes = length;
	width = wcwidth(wide);
	return width > 0 ? (size_t)width : 0;
}

static size_t text_width(const char *text)
{
	size_t width = 0, bytes;

	for (; *text != '\0'; text += bytes)
		width += character_width(text, &bytes);
	return width;
}

/* Adds the text, or its beginning and an ellipsis, in at most limit terminal columns. */
static const char *text_fit(struct arena *arena, const char *text, size_t limit)
{
	size_t width = 0, keep = 0, bytes;

	if (limit == 0 || strlen(text) <= limit || text_width(text) <= limit)
		return arena_strdup(arena, text);
	for (; width + character_width(text + keep, &bytes) < limit; keep += bytes)
		width += character_width(text + keep, &bytes);
	return arena_printf(arena, "%.*s…", (int)keep, text);
}

/* wcwidth() depends on the locale, and the user's may not be UTF-8.  Returns the locale to restore. */
static locale_t locale_enter(locale_t *ours)
{
	*ours = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	return uselocale(*ours);
}

static void locale_leave(locale_t before, locale_t ours)
{
	uselocale(before);
	if (ours != (locale_t)0)
		freelocale(ours);
}

void table_cell_shown(struct table *table, const char *shown, size_t limit)
{
	if (table->count == table->allocated) {
		table->allocated = table->allocated > 0 ? table->allocated * 2 : 64;
		table->cells = must_realloc(table->cells, table->allocated * sizeof *table->cells);
	}
	if (limit > 0 && strlen(shown) > limit) {
		locale_t ours, before = locale_enter(&ours);

		table->cells[table->count++] = text_fit(&table->arena, shown, limit);
		locale_leave(before, ours);
	} else {
		table->cells[table->count++] = arena_strdup(&table->arena, shown);
	}
}

void table_cell(struct table *table, const char *text, size_t limit)
{
	struct buffer escaped = {0};

	text_escape(&escaped, text);
	table_cell_shown(table, buffer_text(&escaped), limit);
	buffer_free(&escaped);
}

static void row_write(const struct table *table, const char *const *cells, const size_t *widths, struct buffer *out)
{
	size_t pending = 0;

	for (size_t column = 0; column < table->columns; column++) {
		if (widths[column] == 0)
			continue;
		if (cells[column][0] != '\0') {
			buffer_printf(out, "%*s", (int)pending, "");
			buffer_puts(out, cells[column]);
			pending = 0;
		}
		pending += widths[column] - text_width(cells[column]) + 2;
	}
	buffer_puts(out, "\n");
}

void table_write(const struct table *table, struct buffer *out)
{
	size_t widths[TABLE_COLUMNS] = {0}, rows = table->count / table->columns;
	locale_t ours, before = locale_enter(&ours);

	for (size_t i = table->columns; i < table->count; i++) {
		size_t width = text_width(table->cells[i]), *column = &widths[i % table->columns];

		*column = width > *column ? width : *column;
	}
	for (size_t column = 0; column < table->columns; column++) {
		size_t heading = text_width(table->cells[column]);

		if (widths[column] > 0 && heading > widths[column])
			widths[column] = heading;
	}
	for (size_t row = 0; row < rows; row++)
		row_write(table, table->cells + row * table->columns, widths, out);
	locale_leave(before, ours);
}

void table_free(struct table *table)
{
	free(table->cells);
	arena_free(&table->arena);
	memset(table, 0, sizeof *table);
}
