/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/fill.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/session/filetime.h"
#include "lib/session/names.h"

enum { SERVICES = 0, FIRST_LISTENER = 65536 };

/* WTS_SESSIONSTATE_LOCK and _UNLOCK (MS-TSTS 2.2.2.11). */
enum { LOCKED = 0, UNLOCKED = 1 };

bool session_of_user(uint32_t id)
{
	return id != SERVICES && id < FIRST_LISTENER;
}

static enum session_state state_from(uint32_t state)
{
	return state <= STATE_INIT ? (enum session_state)state : STATE_OTHER;
}

static enum session_class class_of(uint32_t id, const char *station, const char *user)
{
	if (id == SERVICES)
		return CLASS_SERVICES;
	if (id >= FIRST_LISTENER)
		return CLASS_LISTENER;
	if (text_same(station, "Console"))
		return CLASS_CONSOLE;
	return user[0] == '\0' ? CLASS_NONE : CLASS_USER;
}

static void fill_id(struct session *session, uint32_t id, uint32_t state, const char *station, struct arena *arena)
{
	session->id = arena_printf(arena, "%" PRIu32, id);
	session->numbered = true;
	session->number = id;
	session->station = arena_strdup(arena, station);
	session->state = state_from(state);
	if (session->state == STATE_OTHER)
		session->state_text = arena_printf(arena, "state %" PRIu32, state);
}

void fill_listed(struct session *session, const struct wire_listed *listed, struct arena *arena)
{
	fill_id(session, listed->id, listed->state, listed->station, arena);
	session->class = class_of(listed->id, listed->station, "");
	session->own = FLAG_NO;
}

static void fill_times(struct session *session, const struct wire_session *told, bool clocked)
{
	session->logon_time = filetime_moment(told->logon);
	session->connect_time = filetime_moment(told->connected);
	if (session->state != STATE_DISCONNECTED)
		session->disconnect_time = (struct moment){.is = MOMENT_NEVER};
	else if (clocked)
		session->disconnect_time = filetime_moment(told->disconnected);
	/* Input at the keyboard does not update the console's time. */
	if (clocked && session->class != CLASS_CONSOLE)
		session->last_input = filetime_moment(told->last_input);
	session_count_reconnect(session);
}

/* Marks names that may be cut, unless they are known to be whole. */
static void mark_cut(struct session *session, const struct wire_session *told)
{
	names_mark_cut(session);
	session->user_cut = session->user_cut && !told->user_whole;
	session->domain_cut = session->domain_cut && !told->domain_whole;
}

static struct session names_told(const struct wire_session *told)
{
	struct session session;

	session_init(&session);
	session.user = told->user;
	session.domain = told->domain;
	mark_cut(&session, told);
	return session;
}

bool told_may_be_cut(const struct wire_session *told)
{
	struct session session = names_told(told);

	return session.user_cut || session.domain_cut;
}

/* Half of a surrogate pair, where the name was cut, has become U+FFFD. */
static bool goes_on(const char *whole, const char *cut)
{
	static const char half[] = "\xef\xbf\xbd";
	size_t length = strlen(cut);

	if (length >= strlen(half) && strcmp(cut + length - strlen(half), half) == 0)
		length -= strlen(half);
	return strlen(whole) >= length && strncmp(whole, cut, length) == 0;
}

void told_take_name(struct wire_session *told, const char *user, const char *domain)
{
	struct session now = names_told(told);

	/* Ignore a reply about another user. */
	if (now.user_cut ? !goes_on(user, told->user) : !text_same(user, told->user))
		return;
	if (now.user_cut) {
		told->user = user;
		told->user_whole = true;
	}
	if (now.domain_cut && goes_on(domain, told->domain)) {
		told->domain = domain;
		told->domain_whole = true;
	}
}

void fill_session(struct session *session, uint32_t id, const struct wire_session *told, bool clocked,
                  const struct account *account, struct arena *arena)
{
	fill_id(session, id, told->state, told->station, arena);
	session->user = arena_strdup(arena, told->user);
	session->domain = arena_strdup(arena, told->domain);
	session->class = class_of(id, told->station, told->user);
	session->locked = told->flags == LOCKED ? FLAG_YES : told->flags == UNLOCKED ? FLAG_NO : FLAG_UNKNOWN;
	mark_cut(session, told);
	session->own = account_match(account->domain, account->user, session) != MATCH_NO ? FLAG_YES : FLAG_NO;
	if (session->class == CLASS_NONE)
		session->locked = FLAG_UNKNOWN;
	fill_times(session, told, clocked);
	if (session->logon_time.is == MOMENT_KNOWN)
		session->birth = arena_printf(arena, "%016" PRIx64, told->logon);
}

void fill_client(struct session *session, const struct wire_client *client, struct arena *arena)
{
	session->client_name = arena_strdup(arena, client->name);
	session->client_address = arena_strdup(arena, client->address);
	for (size_t i = 0; i < client->facts.count; i++)
		string_list_add(&session->facts, arena, arena_strdup(arena, client->facts.items[i]));
}
