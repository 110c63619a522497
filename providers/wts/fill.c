/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/wts/fill.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/session/filetime.h"
#include "lib/session/names.h"

enum { SERVICES = 0, FIRST_LISTENER = 65536, SYNTHETIC = 0x80000000u };
enum { LOCKED = 0, UNLOCKED = 1 }; /* WTS_SESSIONSTATE_… (MS-TSTS 2.2.2.11) */
enum { PROTOCOL_CONSOLE = 0 };

#define SECOND UINT64_C(10000000)

/* A session that is not surely a person's remote one is none: it would be acted on. */
static enum session_class class_of(const struct told *told)
{
	if (text_same(told->station, "Services"))
		return CLASS_SERVICES;
	if (told->state == STATE_LISTEN ||
	    (told->id >= FIRST_LISTENER && told->id < SYNTHETIC && told->user[0] == '\0'))
		return CLASS_LISTENER;
	if (text_same(told->station, "Console"))
		return CLASS_CONSOLE;
	if (told->protocol == PROTOCOL_CONSOLE && told->state != STATE_DISCONNECTED)
		return told->id == SERVICES ? CLASS_SERVICES : CLASS_CONSOLE;
	return told->user[0] == '\0' ? CLASS_NONE : CLASS_USER;
}

static void fill_times(struct session *session, const struct told *told)
{
	session->logon_time = filetime_moment(told->logon);
	session->connect_time = filetime_moment(told->connect);
	session->last_input = filetime_moment(told->last_input);
	if (session->state != STATE_DISCONNECTED)
		session->disconnect_time = (struct moment){.is = MOMENT_NEVER};
	else
		session->disconnect_time = filetime_moment(told->disconnect);
	session_count_reconnect(session);
}

void fill_told(struct session *session, const struct told *told, const char *host, const char *account,
               struct arena *arena)
{
	session->provider = "wts";
	session->host = told->host[0] != '\0' ? told->host : host;
	session->id = arena_printf(arena, "%" PRIu32, told->id);
	session->numbered = true;
	session->number = told->id;
	session->user = told->user;
	session->domain = told->domain;
	session->station = told->station;
	session->collection = told->farm;
	session->client_name = told->client_name;
	session->client_address = told->client_address;
	session->application = told->program;
	session->facts = told->facts;
	session->state = told->state <= STATE_INIT ? (enum session_state)told->state : STATE_OTHER;
	if (session->state == STATE_OTHER)
		session->state_text = arena_printf(arena, "state %" PRIu32, told->state);
	session->class = class_of(told);
	names_mark_cut(session);
	session->own = account_match("", account, session) != MATCH_NO ? FLAG_YES : FLAG_NO;
	if (told->flags_told && session->class != CLASS_NONE)
		session->locked = told->flags == LOCKED ? FLAG_YES : told->flags == UNLOCKED ? FLAG_NO : FLAG_UNKNOWN;
	fill_times(session, told);
	/* A module that counts in seconds has no token of the very session. */
	if (session->logon_time.is == MOMENT_KNOWN && told->logon % SECOND != 0)
		session->birth = arena_printf(arena, "%016" PRIx64, told->logon);
}
