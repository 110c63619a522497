/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "providers/sim/connection.h"
#include "providers/sim/farm.h"
#include "providers/sim/play.h"
#include "providers/sim/sim.h"
#include "providers/sim/store.h"

struct pin {
	struct connection *connection;
	struct arena arena;
	struct session session;            /* as it was when pinned */
	const struct farm_session *script; /* what the file says about it */
};

/* Records that this event happens now, or after this time. */
static void happen(struct connection *connection, const char *id, struct event event, enum trigger trigger,
                   int64_t later)
{
	event.trigger = trigger;
	event.at = clock_now() - connection->store->start + later;
	store_record(connection->store, connection->name, id, &event);
}

/* The script may have an event for this pin or act: then it happens first.  Needs the lock. */
static int pull_trigger(struct connection *connection, const struct farm_session *script, enum trigger trigger,
                        struct error *error)
{
	struct stage stage = sim_stage(connection);
	const struct event *event = play_trigger(&stage, script, trigger);

	if (event == NULL)
		return 0;
	happen(connection, script->id, *event, trigger, 0);
	return store_save(connection->store, connection->farm, connection->wanted, error);
}

static int trigger_on_pin(struct connection *connection, const struct farm_session *script,
                          const struct deadline *deadline, struct error *error)
{
	struct stage stage = sim_stage(connection);
	int lock, result;

	if (play_trigger(&stage, script, TRIGGER_PIN) == NULL)
		return 0;
	lock = store_lock(connection->store, connection->farm, connection->wanted, deadline, error);
	if (lock < 0)
		return -1;
	result = pull_trigger(connection, script, TRIGGER_PIN, error);
	store_unlock(lock);
	return result;
}

static int read_session(struct pin *pin, const char *id, const struct deadline *deadline, struct error *error)
{
	struct connection *connection = pin->connection;
	struct stage stage = sim_stage(connection);
	bool found = play_session(&stage, id, &pin->session, &pin->script, &pin->arena);

	if (found) {
		if (trigger_on_pin(connection, pin->script, deadline, error) < 0)
			return -1;
		stage = sim_stage(connection);
		found = play_session(&stage, id, &pin->session, &pin->script, &pin->arena);
	}
	if (!found)
		return error_set(error, ERROR_GONE, STEP_PIN, "%s has no session %s", connection->name, id);
	return 0;
}

int sim_pin(struct connection *connection, const struct session *wanted, const struct deadline *deadline,
            struct pin **to, struct session *now, int64_t *host_now, struct arena *arena, struct error *error)
{
	struct pin *pin;
	struct stage stage;

	store_free(connection->store);
	if (store_load(connection->store, connection->farm, connection->wanted, error) < 0 ||
	    sim_respond(connection, deadline, STEP_PIN, error) < 0)
		return -1;
	pin = must_alloc(sizeof *pin);
	pin->connection = connection;
	if (read_session(pin, wanted->id, deadline, error) < 0) {
		sim_unpin(pin);
		return -1;
	}
	session_copy(now, &pin->session, arena);
	stage = sim_stage(connection);
	*host_now = stage.now + play_behaviour(&stage).skew;
	*to = pin;
	return 0;
}

void sim_unpin(struct pin *pin)
{
	if (pin == NULL)
		return;
	arena_free(&pin->arena);
	free(pin);
}

static struct event event_of(const struct action *action, struct arena *arena)
{
	switch (action->act) {
	case ACT_DISCONNECT:
		return (struct event){.kind = EVENT_DISCONNECT, .source = "disconnect"};
	case ACT_LOGOFF:
		return (struct event){.kind = EVENT_LOGOFF, .source = "logoff"};
	case ACT_MESSAGE:
		break;
	}
	return (struct event){
	    .kind = EVENT_MESSAGE,
	    .source = arena_printf(arena, "message %s: %s", action->title != NULL ? action->title : "",
	                           action->text != NULL ? action->text : ""),
	};
}

/* The session that was pinned stays held: an act finds that one, or none.  Needs the lock. */
static int act_locked(struct pin *pin, const struct action *action, struct outcome *outcome, struct error *error)
{
	struct connection *connection = pin->connection;
	const struct farm_session *script;
	struct session now;
	struct stage stage;
	int64_t later = pin->script->obedience == OBEY_LATE ? pin->script->obedience_span : 0;

	if (pull_trigger(connection, pin->script, TRIGGER_ACT, error) < 0)
		return -1;
	stage = sim_stage(connection);
	if (!play_session(&stage, pin->session.id, &now, &script, &pin->arena)) {
		outcome->code = OUTCOME_GONE;
		return 0;
	}
	if (strcmp(now.birth, pin->session.birth) != 0 || strcmp(now.user, pin->session.user) != 0)
		return error_set(error, ERROR_CHANGED, STEP_ACT, "session %s is another one now", now.id);
	if (action->act == ACT_DISCONNECT && now.state == STATE_DISCONNECTED)
		text_copy(outcome->detail, sizeof outcome->detail, "it was disconnected already");
	happen(connection, now.id, event_of(action, &connection->store->arena), TRIGGER_TIME, later);
	return store_save(connection->store, connection->farm, connection->wanted, error);
}

static int act_now(struct pin *pin, const struct action *action, const struct deadline *deadline,
                   struct outcome *outcome, struct error *error)
{
	struct connection *connection = pin->connection;
	int lock = store_lock(connection->store, connection->farm, connection->wanted, deadline, error), result;

	if (lock < 0)
		return -1;
	result = act_locked(pin, action, outcome, error);
	store_unlock(lock);
	return result;
}

/* What the user does about the message. */
static int answer_wait(const struct pin *pin, const struct action *action, const struct deadline *deadline,
                       struct outcome *outcome, struct error *error)
{
	const struct farm_session *script = pin->script;
	bool answers = *script->answer != '\0' && script->answer_after <= action->answer_wait;
	int64_t wait = answers ? script->answer_after : action->answer_wait;

	if (action->act != ACT_MESSAGE || action->answer_wait <= 0 || outcome->code != OUTCOME_DONE)
		return 0;
	if (sim_wait(clock_monotonic() + wait, deadline, pin->connection->name, STEP_ACT, error) < 0)
		return -1;
	outcome->code = answers ? OUTCOME_ANSWERED : OUTCOME_NO_ANSWER;
	text_copy(outcome->answer, sizeof outcome->answer, answers ? script->answer : "");
	return 0;
}

int sim_act(struct pin *pin, const struct action *action, const struct deadline *deadline, struct outcome *outcome,
            struct error *error)
{
	const struct farm_session *script = pin->script;
	const char *host = pin->connection->name;

	memset(outcome, 0, sizeof *outcome);
	if (sim_respond(pin->connection, deadline, STEP_ACT, error) < 0)
		return -1;
	if (script->obedience == OBEY_REFUSE)
		return error_set(error, ERROR_ACCESS, STEP_ACT, "%s refused it", host);
	if (script->obedience == OBEY_UNABLE)
		return error_set(error, ERROR_UNSUPPORTED, STEP_ACT, "%s cannot do that", host);
	if (script->obedience == OBEY_HANG)
		return sim_wait(INT64_MAX, deadline, host, STEP_ACT, error);
	if (script->obedience == OBEY_IGNORE)
		return 0;
	if (act_now(pin, action, deadline, outcome, error) < 0)
		return -1;
	if (script->obedience == OBEY_CRASH)
		return sim_crash(host, STEP_ACT, error);
	if (script->obedience == OBEY_SLOWLY &&
	    sim_wait(clock_monotonic() + script->obedience_span, deadline, host, STEP_ACT, error) < 0)
		return -1;
	return answer_wait(pin, action, deadline, outcome, error);
}
