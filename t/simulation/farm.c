/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The session systems of the world as providers: one that can all, one without messages, one that cannot disconnect. */
#include "t/simulation/farm.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/policy/policy.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"
#include "t/simulation/chance.h"
#include "t/simulation/check.h"
#include "t/simulation/clockwork.h"
#include "t/simulation/hour.h"
#include "t/simulation/process.h"
#include "t/simulation/world.h"

struct connection {
	const struct target *target;
	size_t number;
};

struct pin {
	const struct farm_host *host;
	uint64_t serial;
	int64_t at;
};

struct farm_faults farm_faults;

/* The answer takes its time.  0: it comes. */
static int answer(const struct deadline *deadline, enum step step, struct error *error)
{
	int64_t took = chance_one_in(farm_faults.slow_one_in) ? chance_below(6000) : chance_below(20);

	if (process_step() < 0)
		return error_set(error, ERROR_CRASHED, step, "killed");
	time_pass(took);
	if (deadline_passed(deadline))
		return error_set(error, ERROR_TIMEOUT, step, "no answer in time");
	if (chance_one_in(farm_faults.fail_one_in))
		return error_set(error, chance_percent(50) ? ERROR_PROTOCOL : ERROR_ACCESS, step, "no sense");
	return 0;
}

static int farm_open(const struct target *target, const struct deadline *deadline, struct trail *trail,
                     struct connection **connection, struct error *error)
{
	(void)trail;
	if (answer(deadline, STEP_CONNECT, error) < 0)
		return -1;
	*connection = must_alloc(sizeof **connection);
	(*connection)->target = target;
	(*connection)->number = (size_t)strtoul(target->address, NULL, 10);
	return 0;
}

static void farm_close(struct connection *connection)
{
	free(connection);
}

static struct moment told(struct moment moment, bool tells, int64_t jitter)
{
	if (!tells)
		return (struct moment){.is = MOMENT_UNKNOWN};
	if (moment.is == MOMENT_KNOWN && jitter > 0)
		moment.at += chance_between(-jitter, jitter);
	return moment;
}

static void seat_tell(const struct seat *seat, struct session *session, const char *provider, struct arena *arena)
{
	const struct farm_host *host = seat->host;

	session_init(session);
	session->provider = provider;
	session->host = arena_strdup(arena, host->name);
	session->id = arena_printf(arena, "%u", seat->id);
	session->user = seat->person != NULL ? arena_strdup(arena, seat->person->name) : "";
	session->birth = arena_strdup(arena, seat->birth);
	session->class = seat->class;
	session->own = seat->own;
	if (seat->person == NULL && seat->class == CLASS_USER)
		session->user = "agent"; /* the account that the handlers act as */
	session->state = seat->state;
	session->kind = KIND_DESKTOP;
	session->client_name = seat->state != STATE_ACTIVE ? "" : seat->exempt_client ? "kiosk1" : "pc7";
	session->client_address = seat->state == STATE_ACTIVE ? "192.0.2.7" : "";
	session->locked = !host->tells_lock ? FLAG_UNKNOWN : seat->locked ? FLAG_YES : FLAG_NO;
	session->inhibited = seat_works(seat) && seat->inhibits;
	session->cpu_time = (struct span){true, seat_cpu_time(seat)};
	session->logon_time = seat->logon;
	session->connect_time = seat->connect;
	session->disconnect_time = told(seat->disconnect, host->tells_disconnect, 0);
	session->last_input = told(seat->input, host->tells_input, host->jitter);
}

static int farm_list(struct connection *connection, const struct deadline *deadline, struct trail *trail,
                     struct snapshot *snapshot, struct error *error)
{
	const struct farm_host *first = NULL;

	(void)trail;
	if (answer(deadline, STEP_LIST, error) < 0)
		return -1;
	for (size_t i = 0; i < world.host_count; i++) {
		const struct farm_host *host = &world.hosts[i];

		if (host->target != connection->number)
			continue;
		if (!host->up && first == NULL &&
		    (i + 1 == world.host_count || world.hosts[i + 1].target != host->target))
			return error_set(error, ERROR_UNREACHABLE, STEP_LIST, "%s is away", host->name);
		if (!host->up || chance_one_in(farm_faults.cut_one_in)) {
			snapshot->complete = false;
			continue;
		}
		if (first == NULL) {
			first = host;
			snapshot->provider = connection->target->scheme;
			snapshot->host = arena_strdup(&snapshot->arena, host->name);
			snapshot->now = host_clock(host);
			snapshot->taken_at = time_wall();
			snapshot->memory_total = host->memory;
			snapshot->memory_available = host_memory_left(host);
		}
		hour_listed(host, host_users(host));
		for (const struct seat *seat = host->seats; seat != NULL; seat = seat->next) {
			struct session *session = snapshot_add(snapshot);

			seat_tell(seat, session, connection->target->scheme, &snapshot->arena);
			session->clock_ahead = host->ahead - first->ahead;
		}
	}
	return first != NULL ? 0 : error_set(error, ERROR_UNREACHABLE, STEP_LIST, "nobody answers");
}

static struct farm_host *host_find(const char *name)
{
	for (size_t i = 0; i < world.host_count; i++)
		if (strcmp(world.hosts[i].name, name) == 0)
			return &world.hosts[i];
	return NULL;
}

static int farm_pin(struct connection *connection, const struct session *wanted, const struct deadline *deadline,
                    struct pin **pin, struct session *now, int64_t *host_now, struct arena *arena, struct error *error)
{
	const struct farm_host *host = host_find(wanted->host);
	const struct seat *seat;

	if (answer(deadline, STEP_PIN, error) < 0)
		return -1;
	if (host == NULL || !host->up)
		return error_set(error, ERROR_UNREACHABLE, STEP_PIN, "it is away");
	seat = seat_by_id(host, (unsigned)strtoul(wanted->id, NULL, 10));
	if (seat == NULL)
		return error_set(error, ERROR_GONE, STEP_PIN, "no such session");
	if (seat->person != NULL && chance_one_in(farm_faults.return_one_in))
		person_return(seat->person);
	seat_tell(seat, now, connection->target->scheme, arena);
	*host_now = host_clock(host);
	*pin = must_alloc(sizeof **pin);
	**pin = (struct pin){host, seat->serial, virtual_time.now};
	return 0;
}

/* Who is at his desk may press a button, in the time that he has for it.  Has he? */
static bool ask(const struct seat *seat, const struct action *action, struct outcome *outcome)
{
	const struct person *person = seat->person;

	if (!seat->host->answers)
		return true; /* a plain one, which stays */
	if (!person->at_desk || !chance_percent(person->heeds)) {
		time_pass(action->answer_wait);
		outcome->code = OUTCOME_NO_ANSWER;
		return false;
	}
	time_pass(chance_below(action->answer_wait));
	outcome->code = OUTCOME_ANSWERED;
	snprintf(outcome->answer, sizeof outcome->answer, "%s", chance_one_in(5) ? "cancel" : "ok");
	return true;
}

static void show(struct seat *seat, const struct pin *pin, const struct action *action, struct outcome *outcome)
{
	const struct policy_decision decision = check_message(seat, action);
	bool shown = seat->host->delivers;

	if (shown && action->answer_wait > 0)
		shown = ask(seat, action, outcome);
	if ((seat = seat_by_serial(pin->serial)) != NULL)
		check_shown(seat, &decision, shown);
}

static void act_on(struct seat *seat, const struct pin *pin, const struct action *action, struct outcome *outcome)
{
	switch (action->act) {
	case ACT_MESSAGE:
		show(seat, pin, action, outcome);
		break;
	case ACT_DISCONNECT:
		check_end(seat, pin->at, action->act);
		seat_disconnect(seat);
		break;
	case ACT_LOGOFF:
		check_end(seat, pin->at, action->act);
		seat_log_off(seat);
		break;
	}
}

static int farm_act(struct pin *pin, const struct action *action, const struct deadline *deadline,
                    struct outcome *outcome, struct error *error)
{
	struct seat *seat;

	/* The order does not arrive, or its answer does not. */
	if (answer(deadline, STEP_ACT, error) < 0)
		return -1;
	if (!pin->host->up)
		return error_set(error, ERROR_UNREACHABLE, STEP_ACT, "it is away");
	seat = seat_by_serial(pin->serial);
	if (seat == NULL) {
		outcome->code = OUTCOME_GONE;
		return 0;
	}
	act_on(seat, pin, action, outcome);
	if (process_step() < 0)
		return error_set(error, ERROR_CRASHED, STEP_ACT, "killed");
	if (action->act == ACT_MESSAGE && !pin->host->delivers)
		return error_set(error, ERROR_ACCESS, STEP_ACT, "nobody sees it");
	return answer(deadline, STEP_ACT, error);
}

static void farm_unpin(struct pin *pin)
{
	free(pin);
}

/* clang-format off */
#define FARM(name, can)                                                                                                \
	{                                                                                                              \
		.scheme = name, .summary = "played",                                                                   \
		.capabilities = (can) | HAS_IDLE | HAS_DISCONNECT_TIME | HAS_BIRTH, .open = farm_open,                 \
		.list = farm_list, .pin = farm_pin, .act = farm_act, .unpin = farm_unpin, .close = farm_close,         \
	}
/* clang-format on */
static const struct provider farm = FARM("farm", CAN_MESSAGE | CAN_DISCONNECT | CAN_LOGOFF);
static const struct provider mute = FARM("mute", CAN_DISCONNECT | CAN_LOGOFF);
static const struct provider shell = FARM("shell", CAN_MESSAGE | CAN_LOGOFF);
const struct provider *const farm_providers[] = {&farm, &mute, &shell, NULL};
