/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/trap_act.h"

#include <stdint.h>
#include <string.h>

#include "agent/columns.h"
#include "agent/trap.h"
#include "agent/value.h"
#include "lib/base/clock.h"
#include "lib/base/hash.h"

enum { REPEAT_AFTER = 60 * 60 * 1000 }; /* ms */

static const char *text_of(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));

	return text != NULL ? text : "";
}

enum act_number act_number_of(const char *action)
{
	if (strcmp(action, "message") == 0)
		return ACT_MESSAGED;
	if (strcmp(action, "disconnect") == 0)
		return ACT_DISCONNECTED;
	return strcmp(action, "log off") == 0 ? ACT_LOGGED_OFF : ACT_NONE;
}

/* Of a result; 0: none. */
static enum trap_kind kind_of_result(const json_t *line)
{
	const char *outcome = text_of(line, "outcome");

	if (strcmp(outcome, "failed") == 0)
		return TRAP_ACT_FAILED;
	if (strcmp(outcome, "ordered") == 0)
		return 0; /* a later run's result closes it */
	switch (act_number_of(text_of(line, "action"))) {
	case ACT_MESSAGED:
		return TRAP_SESSION_WARNED;
	case ACT_DISCONNECTED:
		return TRAP_SESSION_DISCONNECTED;
	case ACT_LOGGED_OFF:
		return TRAP_SESSION_LOGGED_OFF;
	case ACT_NONE:
		break;
	}
	return 0;
}

static enum trap_kind kind_of(const json_t *line)
{
	const char *event = text_of(line, "event");

	if (strcmp(event, "result") == 0)
		return kind_of_result(line);
	if (strcmp(event, "refused") == 0)
		return TRAP_SESSION_REFUSED;
	return strcmp(event, "limit") == 0 ? TRAP_LIMIT_TRIPPED : 0;
}

/* Of how many sessions the line tells. */
static uint64_t count_of(const json_t *line)
{
	const json_t *count = json_object_get(line, "count"), *planned = json_object_get(line, "planned");
	json_int_t number = json_integer_value(count != NULL ? count : planned);

	return count == NULL && planned == NULL ? 1 : number > 0 ? (uint64_t)number : 0;
}

bool trap_of_audit(struct trap *trap, const json_t *line)
{
	enum trap_kind kind = kind_of(line);
	const json_t *session = json_object_get(line, "session");
	int64_t when;

	if (kind == 0)
		return false;
	trap_begin(trap, kind);
	if (time_parse(text_of(line, "time"), &when) == 0)
		trap_add_time(trap, ACT_TIME, when);
	trap_add_text(trap, ACT_HOST, text_of(session, "host"));
	trap_add_text(trap, ACT_SESSION, text_of(session, "id"));
	trap_add_text(trap, ACT_USER, text_of(session, "user"));
	trap_add_number(trap, ACT_ACTION, VALUE_INTEGER, act_number_of(text_of(line, "action")));
	trap_add_text(trap, ACT_OUTCOME, kind == TRAP_SESSION_REFUSED ? "refused" : text_of(line, "outcome"));
	trap_add_text(trap, ACT_REASON, text_of(line, "reason"));
	trap_add_text(trap, ACT_PROGRAM, text_of(line, "program"));
	trap_add_number(trap, ACT_COUNT, VALUE_GAUGE32, count_of(line));
	return true;
}

bool repeats_sent(struct repeats *repeats, const json_t *line, int64_t monotonic)
{
	static const char *const of_line[] = {"event", "action", "reason", "program"};
	static const char *const of_session[] = {"host", "id", "user", "birth"};
	const json_t *session = json_object_get(line, "session");
	uint64_t what = HASH_START;

	for (size_t i = 0; i < sizeof of_line / sizeof *of_line; i++)
		what = hash_text(what, text_of(line, of_line[i]));
	for (size_t i = 0; i < sizeof of_session / sizeof *of_session; i++)
		what = hash_text(what, text_of(session, of_session[i]));
	for (size_t i = 0; i < REPEATS; i++)
		if (repeats->sent[i].what == what && repeats->sent[i].until > monotonic)
			return true;
	repeats->sent[repeats->next] = (struct repeat){what, monotonic + REPEAT_AFTER};
	repeats->next = (repeats->next + 1) % REPEATS;
	return false;
}
