/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/sim/play.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/address.h"
#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/session/session.h"

enum { MINUTES = 60 * 1000 };

/* A session while its events are applied.  All times are ms after the start. */
struct role {
	bool present;
	const char *user;
	int64_t born; /* of the present user */
	bool reborn;  /* logged on after the start: the birth in the file is of the session before */
	enum session_state state;
	bool busy;
	enum flag locked;
	struct offset logon, connect, disconnect, last_input;
};

static struct offset at_time(int64_t at)
{
	return (struct offset){MOMENT_KNOWN, at};
}

static void input_stop(struct role *role, int64_t at)
{
	if (role->busy)
		role->last_input = at_time(at);
	role->busy = false;
}

static void log_on(struct role *role, const char *user, int64_t at)
{
	role->present = role->reborn = true;
	role->user = user;
	role->born = at;
	role->state = STATE_ACTIVE;
	role->busy = false;
	role->logon = role->connect = role->last_input = at_time(at);
	role->disconnect = (struct offset){MOMENT_NEVER, 0};
}

static void disconnect(struct role *role, int64_t at)
{
	if (role->state == STATE_DISCONNECTED)
		return;
	input_stop(role, at);
	role->state = STATE_DISCONNECTED;
	role->disconnect = at_time(at);
}

static void reconnect(struct role *role, int64_t at)
{
	role->state = STATE_ACTIVE;
	role->connect = role->last_input = at_time(at);
	role->disconnect = (struct offset){MOMENT_NEVER, 0};
}

static void role_play(struct role *role, const struct event *event)
{
	switch (event->kind) {
	case EVENT_INPUT:
		role->last_input = at_time(event->at);
		break;
	case EVENT_BUSY:
		role->busy = true;
		break;
	case EVENT_IDLE:
		input_stop(role, event->at);
		role->last_input = at_time(event->at - event->span);
		break;
	case EVENT_DISCONNECT:
		disconnect(role, event->at);
		break;
	case EVENT_RECONNECT:
		reconnect(role, event->at);
		break;
	case EVENT_LOGOFF:
		role->present = false;
		break;
	case EVENT_LOGON:
		log_on(role, role->user, event->at);
		break;
	case EVENT_USER:
		log_on(role, event->user, event->at);
		break;
	case EVENT_LOCK:
		role->locked = FLAG_YES;
		break;
	case EVENT_UNLOCK:
		role->locked = FLAG_NO;
		break;
	case EVENT_MESSAGE:
	case EVENT_FAULT:
	case EVENT_SKEW:
	case EVENT_DELAY:
		break;
	}
}

/* The next record of this session, from *place on; or NULL. */
static const struct event *record_next(const struct stage *stage, const char *id, size_t *place)
{
	const struct store *store = stage->store;

	for (; *place < store->count; (*place)++)
		if (strcmp(store->records[*place].id, id) == 0 && strcmp(store->records[*place].host, stage->name) == 0)
			return &store->records[*place].event;
	return NULL;
}

/* Applies script and records in the order of time, up to now. */
static struct role role_at(const struct stage *stage, const struct farm_session *script)
{
	struct role role = {
	    .present = !script->absent,
	    .user = script->user,
	    .born = script->logon.at,
	    .state = script->state,
	    .busy = script->busy,
	    .locked = script->locked,
	    .logon = script->logon,
	    .connect = script->connect,
	    .disconnect = script->disconnect,
	    .last_input = script->last_input,
	};
	int64_t now = stage->now - stage->store->start;
	size_t scripted = 0, recorded = 0;

	for (;;) {
		const struct event *event = NULL, *record = record_next(stage, script->id, &recorded);

		while (scripted < script->events.count && script->events.items[scripted].trigger != TRIGGER_TIME)
			scripted++;
		if (scripted < script->events.count)
			event = &script->events.items[scripted];
		if (event == NULL || (record != NULL && record->at < event->at)) {
			event = record;
			recorded++;
		} else {
			scripted++;
		}
		if (event == NULL || event->at > now)
			return role;
		role_play(&role, event);
	}
}

static struct moment moment_of(const struct stage *stage, const struct offset *offset, int64_t skew)
{
	return (struct moment){offset->is, offset->is == MOMENT_KNOWN ? stage->store->start + offset->at + skew : 0};
}

static const char *own(const char *text, struct arena *arena)
{
	return *text != '\0' ? arena_strdup(arena, text) : "";
}

/* The same in every process, unlike a counter: made of the user and the logon time. */
static const char *birth_of(const struct farm_session *script, const struct role *role, struct arena *arena)
{
	if (script->birth != NULL && (!role->reborn || *script->birth == '\0'))
		return own(script->birth, arena);
	return arena_printf(arena, "%s@%+lld", script->birth != NULL ? script->birth : role->user,
	                    (long long)role->born);
}

static void session_fill(const struct stage *stage, const struct farm_session *script, const struct role *role,
                         struct session *session, struct arena *arena)
{
	int64_t skew = play_behaviour(stage).skew;

	session->id = own(script->id, arena);
	session->numbered = script->numbered;
	session->number = script->number;
	session->user = own(role->user, arena);
	session->birth = birth_of(script, role, arena);
	session->domain = own(script->domain, arena);
	session->upn = strcmp(role->user, script->user) != 0 ? "" : own(script->upn, arena);
	session->station = own(script->station, arena);
	session->client_name = own(script->client_name, arena);
	session->client_address = address_plain(own(script->client_address, arena), arena);
	session->collection = own(script->collection, arena);
	session->application = own(script->application, arena);
	session->state = role->state;
	session->state_text = own(script->state_text, arena);
	session->class = script->class;
	session->kind = script->kind;
	session->locked = role->locked;
	session->own = script->own;
	session->inhibited = script->inhibited;
	session->cpu_time = script->cpu;
	if (script->cpu.known)
		session->cpu_time.length += (int64_t)script->load * (stage->now - stage->store->start) / 100;
	/* After another user has logged on, the names in the file do not apply any more. */
	session->user_cut = script->user_cut && strcmp(role->user, script->user) == 0;
	session->domain_cut = script->domain_cut;
	for (size_t i = 0; i < script->names.count && strcmp(role->user, script->user) == 0; i++)
		string_list_add(&session->names, arena, arena_strdup(arena, script->names.items[i]));
	for (size_t i = 0; i < script->facts.count; i++)
		string_list_add(&session->facts, arena, arena_strdup(arena, script->facts.items[i]));
	session->logon_time = moment_of(stage, &role->logon, skew);
	session->connect_time = moment_of(stage, &role->connect, skew);
	session->disconnect_time = moment_of(stage, &role->disconnect, skew);
	session->last_input = role->busy ? moment_at(stage->now + skew) : moment_of(stage, &role->last_input, skew);
}

struct behaviour play_behaviour(const struct stage *stage)
{
	const struct farm_host *host = stage->host;
	struct behaviour behaviour = {host->fault, host->delay, host->skew};

	for (size_t i = 0; i < host->events.count; i++) {
		const struct event *event = &host->events.items[i];

		if (event->at > stage->now - stage->store->start)
			break;
		if (event->kind == EVENT_FAULT)
			behaviour.fault = event->fault;
		else if (event->kind == EVENT_SKEW)
			behaviour.skew = event->span;
		else if (event->kind == EVENT_DELAY)
			behaviour.delay = event->span;
	}
	return behaviour;
}

struct generated {
	struct farm_session session;
	char id[16], user[16], client[16];
};

/* Of ten generated sessions, five are busy, two idle and three disconnected. */
static void session_generate(uint32_t number, struct generated *to)
{
	uint32_t kind = number % 10;
	struct farm_session *session = &to->session;

	snprintf(to->id, sizeof to->id, "%u", number);
	snprintf(to->user, sizeof to->user, "user%u", number);
	snprintf(to->client, sizeof to->client, "PC%u", number);
	*session = (struct farm_session){
	    .id = to->id,
	    .user = to->user,
	    .domain = "CORP",
	    .client_name = to->client,
	    .numbered = true,
	    .number = number,
	    .class = CLASS_USER,
	    .kind = KIND_DESKTOP,
	    .locked = FLAG_NO,
	    .own = FLAG_NO,
	    .logon = at_time(-8 * 60 * MINUTES),
	    .connect = at_time(-8 * 60 * MINUTES),
	    .disconnect = {MOMENT_NEVER, 0},
	    .busy = kind < 5,
	};
	session->upn = session->station = session->client_address = session->collection = session->application =
	    session->state_text = session->answer = "";
	if (kind >= 5)
		session->last_input = at_time(kind < 7 ? -45 * MINUTES : -120 * MINUTES);
	if (kind >= 7) {
		session->state = STATE_DISCONNECTED;
		session->disconnect = at_time(-120 * MINUTES);
	}
}

static void list_add(const struct stage *stage, const struct farm_session *script, struct snapshot *snapshot)
{
	struct role role = role_at(stage, script);

	if (role.present)
		session_fill(stage, script, &role, snapshot_add(snapshot), &snapshot->arena);
}

/* The host leaves out the second half of the list, and says so. */
static void list_cut(struct snapshot *snapshot)
{
	snapshot->count /= 2;
	snapshot->complete = false;
	snapshot_notice(snapshot, "the host's list was cut short");
}

/* Another order, and a new session. */
static void list_flicker(struct snapshot *snapshot, unsigned turn)
{
	struct session *extra;

	for (size_t i = 0, j = snapshot->count; (turn & 1) != 0 && i + 1 < j; i++) {
		struct session swapped = snapshot->sessions[i];

		snapshot->sessions[i] = snapshot->sessions[--j];
		snapshot->sessions[j] = swapped;
	}
	extra = snapshot_add(snapshot);
	extra->id = extra->birth =
	    arena_printf(&snapshot->arena, "flicker-%lld-%u", (long long)snapshot->taken_at, turn);
	extra->user = "flicker";
	extra->class = CLASS_USER;
	extra->state = STATE_ACTIVE;
}

void play_list(const struct stage *stage, unsigned turn, struct snapshot *snapshot)
{
	struct behaviour behaviour = play_behaviour(stage);
	struct generated generated;

	snapshot->provider = "sim";
	snapshot->host = arena_strdup(&snapshot->arena, stage->name);
	snapshot->taken_at = stage->now;
	snapshot->now = stage->now + behaviour.skew;
	if (stage->host->memory.known) {
		snapshot->memory_total = 100;
		snapshot->memory_available = (uint64_t)stage->host->memory.length;
	}
	for (size_t i = 0; i < stage->host->count; i++)
		list_add(stage, &stage->host->sessions[i], snapshot);
	for (uint32_t number = 1; number <= stage->host->generated; number++) {
		session_generate(number, &generated);
		list_add(stage, &generated.session, snapshot);
	}
	if (behaviour.fault == FAULT_CUT)
		list_cut(snapshot);
	else if (behaviour.fault == FAULT_FLICKER)
		list_flicker(snapshot, turn);
	if (!stage->store->kept)
		snapshot_notice(snapshot, "the farm's start cannot be kept; it starts anew in every program");
}

/* The script of the session with that id; NULL: none. */
static const struct farm_session *script_find(const struct farm_host *host, const char *id, struct arena *arena)
{
	struct generated *generated;
	unsigned long long number;

	for (size_t i = 0; i < host->count; i++)
		if (text_same(host->sessions[i].id, id))
			return &host->sessions[i];
	if (number_parse(id, host->generated, &number) < 0 || number == 0 || *id == '0')
		return NULL;
	generated = arena_alloc(arena, sizeof *generated);
	session_generate((uint32_t)number, generated);
	return &generated->session;
}

bool play_session(const struct stage *stage, const char *id, struct session *session,
                  const struct farm_session **script, struct arena *arena)
{
	struct role role;

	*script = script_find(stage->host, id, arena);
	if (*script == NULL)
		return false;
	role = role_at(stage, *script);
	if (!role.present)
		return false;
	session_init(session);
	session->provider = "sim";
	session->host = own(stage->name, arena);
	session_fill(stage, *script, &role, session, arena);
	return true;
}

const struct event *play_trigger(const struct stage *stage, const struct farm_session *script, enum trigger trigger)
{
	size_t place = 0;
	const struct event *event;

	for (; (event = record_next(stage, script->id, &place)) != NULL; place++)
		if (event->trigger == trigger)
			return NULL;
	for (size_t i = 0; i < script->events.count; i++)
		if (script->events.items[i].trigger == trigger)
			return &script->events.items[i];
	return NULL;
}
