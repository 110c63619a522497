/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/wts/wts.h"

#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/base/trust.h"
#include "lib/collect/worker.h"
#include "lib/session/filetime.h"
#include "lib/session/session.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"
#include "providers/wts/fill.h"
#include "providers/wts/module.h"
#include "providers/wts/permit.h"

struct connection {
	struct module *module;
	char *host;    /* where its sessions are, if it does not say */
	char *account; /* the caller's, "" if it is unknown */
};

struct pin {
	struct connection *connection;
	uint32_t id;
};

static int tell(const struct module_error *from, enum step step, struct error *error)
{
	enum error_code code = ERROR_SYSTEM;

	if (from->fault == MODULE_UNUSABLE)
		code = ERROR_UNSUPPORTED;
	else if (from->fault == MODULE_LIES)
		code = ERROR_PROTOCOL;
	else if (from->code == CODE_ACCESS)
		code = ERROR_ACCESS;
	else if (from->code == CODE_TIMEOUT)
		code = ERROR_TIMEOUT;
	else if (from->code == CODE_UNSUPPORTED || from->code == CODE_NOT_IMPLEMENTED)
		code = ERROR_UNSUPPORTED;
	error_set(error, code, step, "%s", from->text);
	error->native = (int64_t)from->code;
	return -1;
}

static char *account_name(void)
{
	const struct passwd *account = getpwuid(caller_uid());

	return must_strdup(account != NULL ? account->pw_name : "");
}

static char *host_name(const char *server)
{
	char name[256] = "";

	if (server != NULL)
		return must_strdup(server);
	gethostname(name, sizeof name - 1);
	return must_strdup(name[0] != '\0' ? name : "localhost");
}

static void wts_close(struct connection *connection)
{
	if (connection == NULL)
		return;
	module_close(connection->module);
	free(connection->host);
	free(connection->account);
	free(connection);
}

/* The deadline is the parent's to keep: nothing here can interrupt a module. */
static int wts_open(const struct target *target, const struct deadline *deadline, struct trail *trail,
                    struct connection **to, struct error *error)
{
	struct connection *connection = must_alloc(sizeof *connection);
	struct module_error why = {0};
	struct arena arena = {0};
	const char *path, *server, *load;

	(void)deadline;
	if (address_split(target->address, &path, &server, &arena, error) == 0 &&
	    module_permitted(path, &load, &arena, error) == 0 && worker_seclude(error) == 0) {
		connection->host = host_name(server);
		connection->account = account_name();
		if (module_open(&connection->module, load, server, &why) < 0)
			tell(&why, STEP_OPEN, error);
	}
	arena_free(&arena);
	if (error->code != ERROR_NONE) {
		wts_close(connection);
		return -1;
	}
	trail_mark(trail, STEP_OPEN);
	*to = connection;
	return 0;
}

/* The host's clock as the module tells it with a session, else ours. */
static int64_t host_clock(const struct reported *reported, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct moment now = filetime_moment(reported[i].now);

		if (now.is == MOMENT_KNOWN)
			return now.at;
	}
	return clock_now();
}

static int wts_list(struct connection *connection, const struct deadline *deadline, struct trail *trail,
                    struct snapshot *snapshot, struct error *error)
{
	struct module_error why = {0};
	struct reported *reported;
	size_t count;

	(void)deadline;
	if (module_list(connection->module, &reported, &count, &snapshot->arena, &why) < 0)
		return tell(&why, STEP_LIST, error);
	snapshot->provider = wts_provider.scheme;
	snapshot->host = arena_strdup(&snapshot->arena,
	                              count > 0 && reported[0].host[0] != '\0' ? reported[0].host : connection->host);
	snapshot->now = host_clock(reported, count);
	snapshot->taken_at = clock_now();
	for (size_t i = 0; i < count; i++)
		fill_reported(snapshot_add(snapshot), &reported[i], snapshot->host, connection->account,
		              &snapshot->arena);
	trail_mark(trail, STEP_LIST);
	return 0;
}

static const struct reported *find(const struct reported *reported, size_t count, const char *id)
{
	unsigned long long number;

	if (number_parse(id, UINT32_MAX, &number) < 0)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (reported[i].id == number)
			return &reported[i];
	return NULL;
}

static int wts_pin(struct connection *connection, const struct session *wanted, const struct deadline *deadline,
                   struct pin **to, struct session *now, int64_t *host_now, struct arena *arena, struct error *error)
{
	struct module_error why = {0};
	const struct reported *found;
	struct reported *reported;
	struct pin *pin;
	size_t count;

	(void)deadline;
	if (module_list(connection->module, &reported, &count, arena, &why) < 0)
		return tell(&why, STEP_PIN, error);
	if ((found = find(reported, count, wanted->id)) == NULL)
		return error_set(error, ERROR_GONE, STEP_PIN, "%s has no session %s", connection->host, wanted->id);
	session_init(now);
	fill_reported(now, found, arena_strdup(arena, connection->host), connection->account, arena);
	*host_now = host_clock(reported, count);
	pin = must_alloc(sizeof *pin);
	pin->connection = connection;
	pin->id = found->id;
	*to = pin;
	return 0;
}

static void answer_fill(struct outcome *outcome, unsigned answer)
{
	enum { BUTTON_OK = 1, BUTTON_CANCEL = 2 };

	if (answer == ANSWER_NOT_ASKED)
		return;
	outcome->code = answer == ANSWER_TIMEOUT ? OUTCOME_NO_ANSWER : OUTCOME_ANSWERED;
	if (answer == BUTTON_OK || answer == BUTTON_CANCEL)
		text_copy(outcome->answer, sizeof outcome->answer, answer == BUTTON_OK ? "ok" : "cancel");
	else if (answer != ANSWER_TIMEOUT)
		snprintf(outcome->answer, sizeof outcome->answer, "button %u", answer & 0xffff);
}

static int wts_act(struct pin *pin, const struct action *action, const struct deadline *deadline,
                   struct outcome *outcome, struct error *error)
{
	struct module *module = pin->connection->module;
	struct module_error why = {0};
	unsigned answer = ANSWER_NOT_ASKED;
	int result = -1;

	(void)deadline;
	memset(outcome, 0, sizeof *outcome);
	switch (action->act) {
	case ACT_DISCONNECT:
		result = module_act(module, MODULE_DISCONNECT, pin->id, &why);
		break;
	case ACT_LOGOFF:
		result = module_act(module, MODULE_LOGOFF, pin->id, &why);
		break;
	case ACT_MESSAGE:
		result = module_message(module, pin->id, action->title, action->text,
		                        (unsigned)((action->answer_wait + 999) / 1000), &answer, &why);
		break;
	}
	/* It was there a moment ago: its number may be another session's already. */
	if (result < 0 && (why.code == CODE_NO_SESSION || why.code == CODE_NO_STATION))
		return error_set(error, ERROR_CHANGED, STEP_ACT, "session %u is not there any more", (unsigned)pin->id);
	if (result < 0)
		return tell(&why, STEP_ACT, error);
	answer_fill(outcome, answer);
	return 0;
}

static void wts_unpin(struct pin *pin)
{
	free(pin);
}

const struct provider wts_provider = {
    WTS_ROW,        .open = wts_open,   .list = wts_list,   .pin = wts_pin,
    .act = wts_act, .unpin = wts_unpin, .close = wts_close, .list_many = NULL,
};
