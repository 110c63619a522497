/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/ledger/ledger_warnings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/ledger/ledger.h"
#include "lib/ledger/ledger_file.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"

/* A session that is there, by its row. */
struct entry {
	int64_t row;
	struct policy_history *history;
};

/* A row of QUERY_WARNINGS. */
struct row {
	int64_t session;
	const char *policy;
	int64_t cause, rung, began, end, end_at, state, at, tries;
};

static int compare_entries(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->row > y->row) - (x->row < y->row);
}

/* True for a row that a version of ours could have written. */
static bool row_is_sound(const struct row *row)
{
	return row->policy != NULL && row->cause >= 0 && row->cause < CAUSE_COUNT && row->rung >= 0 &&
	       row->rung < WARNINGS_MOST && (row->end == POLICY_DISCONNECT || row->end == POLICY_LOGOFF) &&
	       (row->state == WARNING_GIVEN || row->state == WARNING_UNDELIVERED);
}

/* Those that the policy gave for this cause, made if there are none yet. */
static struct policy_warnings *warnings_of(struct ledger *ledger, struct policy_history *history, const struct row *row)
{
	struct policy_warnings *warnings = history->warnings;

	while (warnings != NULL &&
	       ((int64_t)warnings->cause != row->cause || strcmp(warnings->policy, row->policy) != 0))
		warnings = warnings->next;
	if (warnings != NULL)
		return warnings;
	warnings = arena_alloc(&ledger->arena, sizeof *warnings);
	warnings->next = history->warnings;
	warnings->policy = arena_strdup(&ledger->arena, row->policy);
	warnings->cause = (enum policy_cause)row->cause;
	warnings->end = (enum policy_step)row->end;
	history->warnings = warnings;
	return warnings;
}

static void warning_fill(const struct warnings_look *look, const struct entry *entries, size_t count,
                         const struct row *row)
{
	const struct entry *entry =
	    bsearch(&(struct entry){.row = row->session}, entries, count, sizeof *entries, compare_entries);
	struct policy_warnings *warnings;

	if (entry == NULL || !row_is_sound(row))
		return;
	warnings = warnings_of(look->ledger, entry->history, row);
	warnings->began = row->began;
	warnings->rung[row->rung].state = (enum warning_state)row->state;
	warnings->rung[row->rung].at = row->at;
	warnings->rung[row->rung].end_at = row->end_at;
	warnings->rung[row->rung].tries = (unsigned)row->tries;
}

static struct row row_of(sqlite3_stmt *statement)
{
	return (struct row){
	    .session = sqlite3_column_int64(statement, 0),
	    .policy = (const char *)sqlite3_column_text(statement, 1),
	    .cause = sqlite3_column_int64(statement, 2),
	    .rung = sqlite3_column_int64(statement, 3),
	    .began = sqlite3_column_int64(statement, 4),
	    .end = sqlite3_column_int64(statement, 5),
	    .end_at = sqlite3_column_int64(statement, 6),
	    .state = sqlite3_column_int64(statement, 7),
	    .at = sqlite3_column_int64(statement, 8),
	    .tries = sqlite3_column_int64(statement, 9),
	};
}

int warnings_read(const struct warnings_look *look)
{
	struct entry *entries = arena_alloc(look->arena, (look->count + 1) * sizeof *entries);
	sqlite3_stmt *statement = ledger_ask(look->ledger, QUERY_WARNINGS, look->error, "i", look->target);
	size_t count = 0;
	int result;

	if (statement == NULL)
		return -1;
	for (size_t i = 0; i < look->count; i++)
		if (look->rows[i] != 0)
			entries[count++] = (struct entry){look->rows[i], &look->histories[i]};
	qsort(entries, count, sizeof *entries, compare_entries);
	while ((result = ledger_row(look->ledger, statement, look->error)) > 0) {
		const struct row row = row_of(statement);

		warning_fill(look, entries, count, &row);
	}
	return result;
}

static int warning_write(struct ledger *ledger, const struct ledger_warning *warning, struct error *error)
{
	const struct session *session = warning->session;
	const int64_t cause = warning->cause, end = warning->end;
	int result = ledger_do(ledger, QUERY_WARNED_BEFORE, error, "sssssssiiii", warning->url, session->provider,
	                       session->host, session->id, session->user, session->birth, warning->policy, cause,
	                       warning->began - BEGAN_JITTER, warning->began + BEGAN_JITTER, end);

	if (result == 0)
		result = ledger_do(ledger, QUERY_WARNED, error, "sssssssiiiiiii", warning->url, session->provider,
		                   session->host, session->id, session->user, session->birth, warning->policy, cause,
		                   warning->began, end, warning->end_at, (int64_t)warning->rung,
		                   (int64_t)warning->state, warning->at);
	if (result == 0 && sqlite3_changes(ledger->db) != 1)
		result = error_set(error, ERROR_SYSTEM, STEP_NONE, "the ledger %s does not know session %s",
		                   ledger->path, session->id);
	return result;
}

int ledger_warned(struct ledger *ledger, const struct ledger_warning *warning, struct error *error)
{
	if (ledger_do(ledger, QUERY_BEGIN, error, "") < 0)
		return -1;
	if (warning_write(ledger, warning, error) == 0 && ledger_do(ledger, QUERY_COMMIT, error, "") == 0)
		return 0;
	ledger_do(ledger, QUERY_ROLLBACK, &(struct error){0}, "");
	return -1;
}
