/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/ledger/history.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/judge/classify.h"
#include "lib/ledger/ledger_file.h"
#include "lib/session/session.h"

/* Each row is an episode; those of one life follow each other. */
struct reading {
	sqlite3_stmt *statement;
	int64_t row; /* 0: none yet */
	struct arena arena;
	struct session session;
	struct life life;
	struct episode *episodes;
	size_t count, allocated;
};

static const char *column(struct reading *reading, int number)
{
	const char *text = (const char *)sqlite3_column_text(reading->statement, number);

	return arena_strdup(&reading->arena, text != NULL ? text : "");
}

static void life_take(struct reading *reading, int64_t row)
{
	struct session *session = &reading->session;
	sqlite3_stmt *statement = reading->statement;
	int64_t logon = sqlite3_column_int64(statement, 13), memory = sqlite3_column_int64(statement, 14);

	arena_free(&reading->arena);
	reading->row = row;
	reading->episodes = NULL;
	reading->count = reading->allocated = 0;
	session_init(session);
	session->provider = column(reading, 4);
	session->host = column(reading, 5);
	session->id = column(reading, 6);
	session->user = column(reading, 7);
	session->birth = column(reading, 8);
	session->domain = column(reading, 9);
	session->client_name = column(reading, 10);
	session->client_address = column(reading, 11);
	session->collection = column(reading, 12);
	session->class = CLASS_USER;
	session->kind = (enum session_kind)sqlite3_column_int64(statement, 17);
	if (logon >= 0)
		session->logon_time = moment_at(logon);
	reading->life = (struct life){
	    .url = column(reading, 3),
	    .session = session,
	    .until = sqlite3_column_int64(statement, 15),
	    .ended = sqlite3_column_int64(statement, 16) != 0,
	    .memory = {memory >= 0, memory >= 0 ? memory : 0},
	};
}

static void episode_take(struct reading *reading)
{
	reading->episodes = arena_grow(&reading->arena, reading->episodes, reading->count, &reading->allocated,
	                               sizeof *reading->episodes);
	reading->episodes[reading->count++] = (struct episode){(enum usage)sqlite3_column_int64(reading->statement, 2),
	                                                       sqlite3_column_int64(reading->statement, 1)};
}

static int life_tell(struct reading *reading, life_teller *tell, void *context, struct error *error)
{
	if (reading->row == 0)
		return 0;
	reading->life.episodes = reading->episodes;
	reading->life.count = reading->count;
	return tell(context, &reading->life, error);
}

int ledger_history(struct ledger *ledger, int64_t since, life_teller *tell, void *context, struct error *error)
{
	struct reading reading = {0};
	int result = 0;

	if (ledger->db == NULL)
		return 0;
	reading.statement = ledger_ask(ledger, QUERY_HISTORY, error, "i", since);
	if (reading.statement == NULL)
		return -1;
	while ((result = ledger_row(ledger, reading.statement, error)) > 0) {
		int64_t row = sqlite3_column_int64(reading.statement, 0);

		if (row != reading.row) {
			if (life_tell(&reading, tell, context, error) < 0) {
				result = -1;
				break;
			}
			life_take(&reading, row);
		}
		episode_take(&reading);
	}
	sqlite3_reset(reading.statement);
	if (result == 0)
		result = life_tell(&reading, tell, context, error);
	arena_free(&reading.arena);
	return result;
}

void ledger_keep(struct ledger *ledger, int64_t length)
{
	ledger->keep = length;
}
