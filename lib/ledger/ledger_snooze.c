/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>

#include <sqlite3.h>

#include "lib/base/error.h"
#include "lib/ledger/ledger.h"
#include "lib/ledger/ledger_file.h"
#include "lib/session/session.h"

int ledger_snoozed(struct ledger *ledger, const char *url, const struct session *session, int64_t until,
                   struct error *error)
{
	if (ledger_do(ledger, QUERY_SESSION_SNOOZED, error, "ssssssi", url, session->provider, session->host,
	              session->id, session->user, session->birth, until) < 0)
		return -1;
	if (sqlite3_changes(ledger->db) == 1)
		return 0;
	return error_set(error, ERROR_SYSTEM, STEP_NONE, "the ledger %s does not know session %s", ledger->path,
	                 session->id);
}
