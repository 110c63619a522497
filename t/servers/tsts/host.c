/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/servers/tsts/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/session/session.h"
#include "lib/target/target.h"
#include "providers/sim/connection.h"
#include "providers/sim/farm.h"
#include "providers/sim/play.h"
#include "providers/sim/sim.h"
#include "providers/sim/store.h"

struct host {
	struct connection *farm;
	const struct farm_host *script; /* as the farm has it */
	struct farm_host patient;       /* the same without delay and fault: what acts see, so that nothing waits */
	struct arena arena;
};

struct hold {
	struct host *host;
	struct pin *pin;
	struct session session; /* as it was when it was opened */
	struct arena arena;
};

static const struct {
	uint32_t hresult, ntstatus;
} codes[] = {
    [RESULT_OK] = {0, 0},
    [RESULT_ALREADY] = {1, 0xC0000001},
    [RESULT_UNDER_WAY] = {0x10000000, 0},
    [RESULT_NO_SESSION] = {0x80070002, 0xC00A0015},
    [RESULT_DENIED] = {0x80070005, 0xC0000022},
    [RESULT_UNABLE] = {0x80070032, 0xC00000BB},
};

uint32_t result_hresult(enum result result)
{
	return codes[result].hresult;
}

uint32_t result_ntstatus(enum result result)
{
	return codes[result].ntstatus;
}

static enum result result_of(const struct error *error)
{
	switch (error->code) {
	case ERROR_ACCESS:
		return RESULT_DENIED;
	case ERROR_GONE:
	case ERROR_CHANGED: /* the session that was open has ended */
		return RESULT_NO_SESSION;
	default:
		fprintf(stderr, "%s\n", error->text);
		return RESULT_UNABLE;
	}
}

/* Longer than any test. */
static struct deadline patience(void)
{
	return deadline_in((int64_t)24 * 3600 * 1000);
}

struct host *host_open(const char *farm, const char *name)
{
	struct host *host = must_alloc(sizeof *host);
	struct error error = {0};
	struct deadline deadline = patience();
	struct trail trail;
	const char *url = arena_printf(&host->arena, "sim:%s#%s", farm, name);
	/* Not by target_parse(), which knows of no sim: in a Curfew that is built without it. */
	const struct target target = {.name = name,
	                              .url = url,
	                              .label = name,
	                              .scheme = "sim",
	                              .address = strchr(url, ':') + 1,
	                              .provider = &sim_provider,
	                              .credentials_file = ""};

	trail_begin(&trail);
	if (sim_provider.open(&target, &deadline, &trail, &host->farm, &error) == 0 &&
	    store_load(host->farm->store, host->farm->farm, NULL, &error) == 0) {
		host->script = host->farm->host;
		host->patient = *host->script;
		host->patient.delay = 0;
		host->patient.fault = FAULT_NONE;
		host->farm->host = &host->patient;
		return host;
	}
	fprintf(stderr, "%s: %s\n", url, error.text);
	host_close(host);
	return NULL;
}

void host_close(struct host *host)
{
	sim_provider.close(host->farm);
	arena_free(&host->arena);
	free(host);
}

const char *host_name(const struct host *host)
{
	return host->farm->name;
}

/* What happened to it meanwhile, through us or others. */
static struct stage stage_now(struct host *host)
{
	struct error error = {0};

	store_free(host->farm->store);
	if (store_load(host->farm->store, host->farm->farm, NULL, &error) < 0)
		fprintf(stderr, "%s\n", error.text);
	return sim_stage(host->farm);
}

static struct behaviour behaviour_now(struct host *host)
{
	struct stage stage = stage_now(host);

	stage.host = host->script;
	return play_behaviour(&stage);
}

int64_t host_delay(struct host *host)
{
	struct behaviour behaviour = behaviour_now(host);

	return behaviour.fault == FAULT_HANG ? INT64_MAX : behaviour.delay;
}

enum result host_knock(struct host *host)
{
	struct error error = {0};

	return sim_fault(behaviour_now(host).fault, host_name(host), STEP_LIST, &error) == 0 ? RESULT_OK
	                                                                                     : result_of(&error);
}

void host_list(struct host *host, struct snapshot *snapshot)
{
	struct stage stage = stage_now(host);

	snapshot_init(snapshot);
	play_list(&stage, host->farm->turn++, snapshot);
}

bool host_session(struct host *host, uint32_t number, struct session *session, struct arena *arena)
{
	struct stage stage = stage_now(host);
	const struct farm_session *script;

	return play_session(&stage, arena_printf(arena, "%u", number), session, &script, arena);
}

int64_t host_clock(struct host *host)
{
	struct stage stage = stage_now(host);

	return stage.now + play_behaviour(&stage).skew;
}

enum result host_hold(struct host *host, uint32_t number, struct hold **to)
{
	struct hold *hold = must_alloc(sizeof *hold);
	struct session wanted;
	struct deadline deadline = patience();
	struct error error = {0};
	int64_t host_now;

	hold->host = host;
	session_init(&wanted);
	wanted.id = arena_printf(&hold->arena, "%u", number);
	if (sim_pin(host->farm, &wanted, &deadline, &hold->pin, &hold->session, &host_now, &hold->arena, &error) < 0) {
		host_release(hold);
		return result_of(&error);
	}
	*to = hold;
	return RESULT_OK;
}

void host_release(struct hold *hold)
{
	sim_unpin(hold->pin);
	arena_free(&hold->arena);
	free(hold);
}

const struct session *hold_session(const struct hold *hold)
{
	return &hold->session;
}

static bool still_there(struct hold *hold)
{
	struct stage stage = stage_now(hold->host);
	const struct farm_session *script;
	struct session now;

	return play_session(&stage, hold->session.id, &now, &script, &hold->arena);
}

enum result host_act(struct hold *hold, const struct action *action, struct outcome *outcome)
{
	struct deadline deadline = patience();
	struct error error = {0};

	if (sim_act(hold->pin, action, &deadline, outcome, &error) < 0)
		return result_of(&error);
	if (outcome->code == OUTCOME_GONE)
		return RESULT_NO_SESSION;
	if (action->act == ACT_DISCONNECT && *outcome->detail != '\0')
		return RESULT_ALREADY;
	return action->act == ACT_LOGOFF && still_there(hold) ? RESULT_UNDER_WAY : RESULT_OK;
}
