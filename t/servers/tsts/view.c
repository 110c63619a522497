/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "t/servers/tsts/calls.h"
#include "t/servers/tsts/control.h"
#include "t/servers/tsts/host.h"

/* Every user may query their own sessions (MS-TSTS 3.1.1). */
static bool allowed(const struct caller *caller, unsigned right, const char *user)
{
	return (caller->rights & right) != 0 || (*user != '\0' && text_same(user, caller->user));
}

bool may_see(const struct caller *caller, const struct session *session)
{
	return session->numbered && allowed(caller, RIGHT_QUERY, session->user);
}

enum result caller_session(struct caller *caller, uint32_t number, struct session *session)
{
	session_init(session);
	if (!host_session(caller->host, number, session, &caller->arena))
		return RESULT_NO_SESSION;
	if (may_see(caller, session))
		return RESULT_OK;
	session_init(session);
	return RESULT_DENIED;
}

enum result caller_hold(struct caller *caller, uint32_t number, struct hold **hold)
{
	enum result result = host_hold(caller->host, number, hold);

	if (result != RESULT_OK || allowed(caller, RIGHT_ALL, hold_session(*hold)->user))
		return result;
	host_release(*hold);
	*hold = NULL;
	return RESULT_DENIED;
}

enum result caller_name(struct caller *caller, const struct hold *hold, const struct session **session)
{
	*session = hold_session(hold);
	return may_see(caller, *session) ? RESULT_OK : RESULT_DENIED;
}

enum result caller_act(struct caller *caller, struct hold *hold, const struct action *action, struct outcome *outcome)
{
	static const unsigned rights[] = {
	    [ACT_DISCONNECT] = RIGHT_DISCONNECT,
	    [ACT_LOGOFF] = RIGHT_LOGOFF,
	    [ACT_MESSAGE] = RIGHT_MESSAGE,
	};

	if (!allowed(caller, rights[action->act], hold_session(hold)->user))
		return RESULT_DENIED;
	return host_act(hold, action, outcome);
}

uint32_t message_response(const struct outcome *outcome, bool waited)
{
	static const char *const buttons[] = {"", "ok", "cancel", "abort", "retry", "ignore", "yes", "no"};
	enum { TIMED_OUT = 32000, NOT_WAITED = 32001 };

	if (!waited)
		return NOT_WAITED;
	for (uint32_t i = 1; outcome->code == OUTCOME_ANSWERED && i < sizeof buttons / sizeof buttons[0]; i++)
		if (text_same(buttons[i], outcome->answer))
			return i;
	return TIMED_OUT;
}

/* A user's session has a station while it is connected, and no longer. */
const char *station_of(const struct session *session, struct arena *arena)
{
	if (session->class != CLASS_USER)
		return session->station;
	if (session->state == STATE_DISCONNECTED)
		return "";
	return *session->station != '\0' ? session->station : arena_printf(arena, "RDP-Tcp#%u", session->number);
}

uint64_t filetime(struct moment moment)
{
	return moment.is == MOMENT_KNOWN ? (uint64_t)(moment.at + 11644473600000) * 10000 : 0;
}
