/* SPDX-License-Identifier: GPL-3.0-or-later */
/* -v and --explain: the sessions as a table, longest idle first. */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/table.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/report/report.h"
#include "lib/report/report_parts.h"
#include "lib/session/session.h"

/* A session with all data of its row. */
struct row {
	const struct report_target *target;
	const struct session *session;
	const struct classification *classification;
	bool shown;
};

/* Active ones, longest idle first, then unknown idle, then disconnected ones, longest first, then the
   rest; within each, those that do not count come after those that do. */
static int rank(const struct row *row)
{
	int rank = 0;

	switch (row->classification->usage) {
	case USAGE_IDLE:
	case USAGE_ACTIVE:
		rank = 0;
		break;
	case USAGE_IDLE_UNKNOWN:
		rank = 1;
		break;
	case USAGE_DISCONNECTED:
		rank = 2;
		break;
	case USAGE_OTHER:
		rank = 3;
		break;
	}
	return row->shown && row->classification->counted ? rank : rank + 4;
}

static struct span lasting(const struct row *row)
{
	return row->classification->usage == USAGE_DISCONNECTED ? row->classification->disconnected
	                                                        : row->classification->idle;
}

static int row_order(const void *a, const void *b)
{
	const struct row *one = a, *other = b;
	int64_t length = lasting(one).length, other_length = lasting(other).length;

	if (rank(one) != rank(other))
		return rank(one) - rank(other);
	if (length != other_length)
		return length > other_length ? -1 : 1;
	/* The order of targets and lists, because qsort() need not keep it. */
	if (one->target != other->target)
		return one->target < other->target ? -1 : 1;
	return one->session < other->session ? -1 : one->session > other->session;
}

static size_t rows_collect(const struct report *report, struct row *rows)
{
	size_t count = 0;

	for (size_t i = 0; i < report->target_count; i++) {
		const struct report_target *target = &report->targets[i];

		for (size_t j = 0; target->reachable && j < target->visit->snapshot.count; j++)
			if (target->shown[j] || report->settings->explain)
				rows[count++] = (struct row){target, &target->visit->snapshot.sessions[j],
				                             &target->classifications[j], target->shown[j]};
	}
	qsort(rows, count, sizeof *rows, row_order);
	return count;
}

static void user_cell(struct table *table, const struct session *session)
{
	struct buffer name = {0};

	session_show_user(&name, session);
	table_cell_shown(table, buffer_text(&name), TABLE_CELL_LIMIT);
	buffer_free(&name);
}

/* "idle", "listen [listener]", "active, locked"; brackets mark a session that is not a user's. */
static void state_cell(struct table *table, const struct row *row)
{
	const struct session *session = row->session;
	const char *word =
	    row->classification->usage == USAGE_IDLE ? usage_name(USAGE_IDLE) : session_state_name(session->state);
	struct buffer text = {0};

	if (session->state_text[0] != '\0' &&
	    (session->state == STATE_OTHER || session->state == STATE_INIT || session->state == STATE_RESET))
		word = session->state_text;
	buffer_puts(&text, word);
	if (session->class != CLASS_USER)
		buffer_printf(&text, " [%s]", session_class_name(session->class));
	if (session->locked == FLAG_YES)
		buffer_puts(&text, ", locked");
	if (session->own == FLAG_YES)
		buffer_puts(&text, ", own");
	table_cell(table, buffer_text(&text), TABLE_CELL_LIMIT);
	buffer_free(&text);
}

static void time_cell(struct table *table, const struct row *row)
{
	char text[DURATION_TEXT_SIZE] = "";
	struct span span = lasting(row);

	if (row->classification->usage != USAGE_OTHER && !span.known)
		snprintf(text, sizeof text, "unknown");
	else if (row->classification->usage != USAGE_OTHER)
		duration_format(text, sizeof text, span.length);
	table_cell(table, text, 0);
}

/* The host, if the target is a broker; else the target's name. */
static void host_cell(struct table *table, const struct report *report, const struct row *row)
{
	if (strcmp(row->session->host, row->target->visit->snapshot.host) != 0)
		table_cell(table, row->session->host, TABLE_CELL_LIMIT);
	else
		table_cell(table, report->target_count > 1 ? row->target->label : "", TABLE_CELL_LIMIT);
}

static void reason_cell(struct table *table, const struct report *report, const struct row *row)
{
	const char *doubt = row->shown ? NULL : filter_doubt(&report->settings->filter, row->session);
	struct buffer text = {0};

	if (row->shown || !row->classification->counted)
		buffer_puts(&text, row->classification->reason);
	else if (doubt != NULL)
		buffer_printf(&text, "not counted: whether '%s' matches this user is unknown", doubt);
	else
		buffer_puts(&text, "not counted: the filters leave it out");
	table_cell(table, buffer_text(&text), 0);
	buffer_free(&text);
}

static void row_add(struct table *table, const struct report *report, const struct row *row)
{
	const struct session *session = row->session;

	host_cell(table, report, row);
	table_cell(table, session->id, 64);
	user_cell(table, session);
	state_cell(table, row);
	time_cell(table, row);
	table_cell(table, session->client_name[0] != '\0' ? session->client_name : session->client_address,
	           TABLE_CELL_LIMIT);
	table_cell(table, session->station, TABLE_CELL_LIMIT);
	if (report->settings->explain)
		reason_cell(table, report, row);
}

void report_sessions(const struct report *report, struct buffer *out)
{
	static const char *const headings[] = {"host", "id", "user", "state", "for", "client", "station", "because"};
	struct table table = {.columns = report->settings->explain ? 8 : 7};
	size_t count = 0;
	struct row *rows;

	for (size_t i = 0; i < report->target_count; i++)
		count += report->targets[i].visit->snapshot.count;
	rows = must_alloc(count * sizeof *rows);
	count = rows_collect(report, rows);
	for (size_t i = 0; i < table.columns; i++)
		table_cell(&table, headings[i], 0);
	for (size_t i = 0; i < count; i++)
		row_add(&table, report, &rows[i]);
	if (count > 0)
		table_write(&table, out);
	table_free(&table);
	free(rows);
}
