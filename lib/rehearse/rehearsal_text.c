/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/table.h"
#include "lib/base/text.h"
#include "lib/rehearse/held.h"
#include "lib/rehearse/rehearsal.h"
#include "lib/rehearse/tally.h"

/* The most hosts and users that are shown; JSON has all. */
enum { MOST_LINES = 10 };

void rehearsal_sort(struct rehearsal *rehearsal)
{
	for (size_t i = 0; i < rehearsal->set_count; i++) {
		struct rehearsed *set = &rehearsal->sets[i];

		const struct held_limits limits = {rehearsal->max_acts, rehearsal->max_acts_night, set->zone,
		                                   rehearsal->to};

		set->busiest_hour = tally_busiest_hour(&set->tally);
		set->held = held_back(set->tally.ends, set->tally.end_count, &limits);
		tally_sort_names(&set->tally.days);
		tally_sort_ends(&set->tally.hosts);
		tally_sort_ends(&set->tally.users);
	}
}

static void count_cell(struct table *table, size_t count)
{
	table_cell(table, arena_printf(&table->arena, "%zu", count), 0);
}

static void hours_cell(struct table *table, double hours)
{
	table_cell(table, arena_printf(&table->arena, "%.1f", hours), 0);
}

static void sums_row(struct table *table, const struct sums *sums)
{
	count_cell(table, sums->warned);
	count_cell(table, sums->disconnected);
	count_cell(table, sums->logged_off);
	count_cell(table, sums->regretted);
	count_cell(table, sums->came_back);
	hours_cell(table, sums->freed);
	if (sums->memory > 0)
		hours_cell(table, sums->memory);
	else
		table_cell(table, "", 0);
}

static void table_begin(struct table *table, const char *first)
{
	static const char *const columns[] = {"warned",         "disconnected",  "logged off",     "regret",
	                                      "returned later", "session-hours", "GiB-hours freed"};

	*table = (struct table){.columns = 1 + sizeof columns / sizeof *columns};
	table_cell(table, first, 0);
	for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
		table_cell(table, columns[i], 0);
}

static void table_end(struct table *table, struct buffer *out)
{
	table_write(table, out);
	table_free(table);
	buffer_puts(out, "\n");
}

/* In "DOMAIN\user" the backslash is a separator and is not escaped. */
static void name_cell(struct table *table, const char *name)
{
	const char *slash = strchr(name, '\\');
	struct buffer shown = {0};

	if (slash != NULL) {
		text_escape(&shown, arena_strndup(&table->arena, name, (size_t)(slash - name)));
		buffer_puts(&shown, "\\");
	}
	text_escape(&shown, slash != NULL ? slash + 1 : name);
	table_cell_shown(table, buffer_text(&shown), TABLE_CELL_LIMIT);
	buffer_free(&shown);
}

static void add_list(const char *what, const struct tally_list *list, size_t most, struct buffer *out)
{
	size_t count = list->index.count < most ? list->index.count : most;
	struct table table;

	if (list->index.count == 0)
		return;
	table_begin(&table, what);
	for (size_t i = 0; i < count; i++) {
		name_cell(&table, list->sums[i].name);
		sums_row(&table, &list->sums[i]);
	}
	table_write(&table, out);
	table_free(&table);
	if (count < list->index.count)
		buffer_printf(out, "and %zu more\n", list->index.count - count);
	buffer_puts(out, "\n");
}

static void add_regret(const struct rehearsed *set, struct buffer *out)
{
	const struct sums *total = &set->tally.total;
	size_t ends = total->disconnected + total->logged_off;

	if (ends == 0) {
		buffer_puts(out, "  it would have ended nobody\n");
		return;
	}
	buffer_printf(out,
	              "  regret: of %zu that it would have ended, %zu (%.1f%%) were used again within 10 minutes\n",
	              ends, total->regretted, 100.0 * (double)total->regretted / (double)ends);
	if (total->logged_off > 0)
		buffer_printf(out,
		              "  of %zu logged off, %zu were used again at some later time: their programs would have "
		              "been gone\n",
		              total->logged_off, total->came_back);
}

static void add_held(const struct rehearsal *rehearsal, const struct rehearsed *set, struct buffer *out)
{
	const struct held *held = &set->held;
	char longest[DURATION_TEXT_SIZE];

	if (held->later + held->never == 0)
		return;
	duration_format(longest, sizeof longest, held->longest);
	buffer_printf(out, "  the busiest hour has %zu ends; max-acts %zu", set->busiest_hour, rehearsal->max_acts);
	if (rehearsal->max_acts_night > 0)
		buffer_printf(out, " and max-acts-night %zu", rehearsal->max_acts_night);
	buffer_printf(out,
	              " would have held back %zu (by up to %s) and prevented %zu: %zu run%s would have ended nobody\n",
	              held->later, longest, held->never, held->refused, plural(held->refused));
}

static void add_set(const struct rehearsal *rehearsal, const struct rehearsed *set, struct buffer *out)
{
	text_escape(out, set->name);
	buffer_puts(out, ":\n");
	add_regret(set, out);
	add_held(rehearsal, set, out);
	if (set->tally.total.memory > 0 && set->tally.total.memoryless > 0)
		buffer_printf(out, "  the memory of %zu of those logged off is unknown\n", set->tally.total.memoryless);
	for (size_t i = 0; i < set->notes.count; i++) {
		buffer_puts(out, "  ");
		text_escape(out, set->notes.items[i]);
		buffer_puts(out, "\n");
	}
	buffer_puts(out, "\n");
	add_list("day", &set->tally.days, SIZE_MAX, out);
	add_list("host", &set->tally.hosts, MOST_LINES, out);
	add_list("user", &set->tally.users, MOST_LINES, out);
}

/* "2026-11-22 01:15Z" */
static void add_moment(struct buffer *out, int64_t at)
{
	struct calendar_time time;

	if (time_split(&time, at) == 0)
		buffer_printf(out, "%04d-%02d-%02d %02d:%02dZ", time.year, time.month, time.day, time.hour,
		              time.minute);
}

void rehearsal_text(const struct rehearsal *rehearsal, struct buffer *out)
{
	struct table table;

	buffer_puts(out, "REHEARSAL ");
	add_moment(out, rehearsal->from);
	buffer_puts(out, " to ");
	add_moment(out, rehearsal->to);
	buffer_printf(out, ": %zu session%s of %zu user%s on %zu host%s\n\n", rehearsal->sessions,
	              plural(rehearsal->sessions), rehearsal->users, plural(rehearsal->users), rehearsal->hosts,
	              plural(rehearsal->hosts));
	table_begin(&table, "policy");
	for (size_t i = 0; i < rehearsal->set_count; i++) {
		table_cell(&table, rehearsal->sets[i].name, TABLE_CELL_LIMIT);
		sums_row(&table, &rehearsal->sets[i].tally.total);
	}
	table_end(&table, out);
	for (size_t i = 0; i < rehearsal->set_count; i++)
		add_set(rehearsal, &rehearsal->sets[i], out);
}
