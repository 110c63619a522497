/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/wts/fill.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/session/filetime.h"
#include "lib/session/names.h"

enum { SERVICES = 0, FIRST_LISTENER = 65536 };
enum { LOCKED = 0, UNLOCKED = 1 }; /* WTS_SESSIONSTATE_… (MS-TSTS 2.2.2.11) */
enum { PROTOCOL_CONSOLE = 0 };

#define SYNTHETIC UINT32_C(0x80000000)
#define SECOND    UINT64_C(10000000)

/* A session that is not surely a person's remote one is none: it would be acted on. */
static enum session_class class_of(const struct reported *reported)
{
	if (text_same(reported->station, "Services"))
		return CLASS_SERVICES;
	if (reported->state == STATE_LISTEN ||
	    (reported->id >= FIRST_LISTENER && reported->id < SYNTHETIC && reported->user[0] == '\0'))
		return CLASS_LISTENER;
	if (text_same(reported->station, "Console"))
		return CLASS_CONSOLE;
	if (reported->protocol == PROTOCOL_CONSOLE && reported->state != STATE_DISCONNECTED)
		return reported->id == SERVICES ? CLASS_SERVICES : CLASS_CONSOLE;
	return reported->user[0] == '\0' ? CLASS_NONE : CLASS_USER;
}

static void fill_times(struct session *session, const struct reported *reported)
{
	session->logon_time = filetime_moment(reported->logon);
	session->connect_time = filetime_moment(reported->connect);
	session->last_input = filetime_moment(reported->last_input);
	if (session->state != STATE_DISCONNECTED)
		session->disconnect_time = (struct moment){.is = MOMENT_NEVER};
	else
		session->disconnect_time = filetime_moment(reported->disconnect);
	session_count_reconnect(session);
}

void fill_reported(struct session *session, const struct reported *reported, const char *host, const char *account,
                   struct arena *arena)
{
	session->provider = "wts";
	session->host = reported->host[0] != '\0' ? reported->host : host;
	session->id = arena_printf(arena, "%" PRIu32, reported->id);
	session->numbered = true;
	session->number = reported->id;
	session->user = reported->user;
	session->domain = reported->domain;
	session->station = reported->station;
	session->collection = reported->farm;
	session->client_name = reported->client_name;
	session->client_address = reported->client_address;
	session->application = reported->program;
	session->facts = reported->facts;
	session->state = reported->state <= STATE_INIT ? (enum session_state)reported->state : STATE_OTHER;
	if (session->state == STATE_OTHER)
		session->state_text = arena_printf(arena, "state %" PRIu32, reported->state);
	session->class = class_of(reported);
	names_mark_cut(session);
	session->own = account_match("", account, session) != MATCH_NO ? FLAG_YES : FLAG_NO;
	if (reported->flags_known && session->class != CLASS_NONE)
		session->locked = reported->flags == LOCKED     ? FLAG_YES
		                  : reported->flags == UNLOCKED ? FLAG_NO
		                                                : FLAG_UNKNOWN;
	fill_times(session, reported);
	/* A module that counts in seconds has no token of the very session. */
	if (session->logon_time.is == MOMENT_KNOWN && reported->logon % SECOND != 0)
		session->birth = arena_printf(arena, "%016" PRIx64, reported->logon);
}
