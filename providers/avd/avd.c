/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/avd/avd.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/session.h"
#include "lib/target/target.h"
#include "providers/avd/azure.h"
#include "providers/avd/decode.h"
#include "providers/avd/list.h"
#include "providers/avd/place.h"
#include "providers/avd/row.h"
#include "providers/http/http.h"

struct connection {
	struct azure *azure;
	struct account *account;
	struct arena arena;
	struct place place;
	struct resource resource;
};

struct pin {
	struct connection *connection;
	struct arena arena;
	struct session_name name;
};

/* Something asked by one target: it waits for the answer. */
struct wait {
	bool over;
	struct error error;
	struct buffer body;
	long status;
	bool not_found;
};

static void wait_over(void *context, const struct error *error)
{
	struct wait *wait = context;

	wait->error = *error;
	wait->over = true;
}

static void wait_answered(struct answer *answer, void *context)
{
	struct wait *wait = context;

	wait->body = answer->response->body;
	answer->response->body = (struct buffer){0};
	wait->status = answer->response->status;
	wait->not_found = answer->not_found;
	wait_over(wait, &answer->error);
}

static int wait_for(struct connection *connection, struct wait *wait, struct error *error)
{
	http_run(connection->azure->loop, &wait->over);
	if (wait->error.code == ERROR_NONE)
		return 0;
	if (error->code == ERROR_NONE)
		*error = wait->error;
	return -1;
}

/* The body is the caller's to free, in either case. */
static int ask(struct connection *connection, const struct question *question, struct wait *wait, struct error *error)
{
	*wait = (struct wait){.over = false};
	azure_ask(connection->account, question, wait_answered, wait);
	return wait_for(connection, wait, error);
}

static void avd_close(struct connection *connection)
{
	if (connection == NULL)
		return;
	azure_free(connection->azure);
	arena_free(&connection->arena);
	free(connection);
}

static int avd_open(const struct target *target, const struct deadline *deadline, struct trail *trail,
                    struct connection **connection, struct error *error)
{
	struct connection *new = must_alloc(sizeof *new);
	struct wait wait = {.over = false};

	new->azure = azure_new();
	if (new->azure == NULL)
		error_set(error, ERROR_SYSTEM, STEP_OPEN, "libcurl could not be started");
	else if (place_parse(&new->place, target->address, &new->arena, error) == 0)
		new->account = account_for(new->azure, target, error);
	if (new->account != NULL) {
		new->resource = (struct resource){new->account->endpoint, new->account->version, &new->place};
		token_want(new->account, deadline, wait_over, &wait);
		if (wait_for(new, &wait, error) == 0) {
			trail_mark(trail, STEP_LOGIN);
			*connection = new;
			return 0;
		}
	}
	avd_close(new);
	return -1;
}

static int avd_list(struct connection *connection, const struct deadline *deadline, struct trail *trail,
                    struct snapshot *snapshot, struct error *error)
{
	struct wait wait = {.over = false};
	const struct list_order order = {
	    .account = connection->account,
	    .place = &connection->place,
	    .deadline = *deadline,
	    .trail = trail,
	    .snapshot = snapshot,
	    .births = true,
	};

	list_begin(&order, wait_over, &wait);
	return wait_for(connection, &wait, error);
}

static void avd_unpin(struct pin *pin)
{
	if (pin == NULL)
		return;
	arena_free(&pin->arena);
	free(pin);
}

static int gone(const struct session_name *name, struct error *error)
{
	return error_set(error, ERROR_GONE, STEP_PIN, "Azure has no session %.40s on %.100s", name->id, name->host);
}

/* The session's birth from the list of its session host, should the session alone not tell it. */
static int find_birth(struct pin *pin, const struct deadline *deadline, struct session *now, struct arena *arena,
                      struct error *error)
{
	struct connection *connection = pin->connection;
	struct place host = connection->place;
	struct trail trail;
	struct snapshot snapshot;
	struct wait wait = {.over = false};
	const struct list_order order = {
	    .account = connection->account,
	    .place = &host,
	    .deadline = *deadline,
	    .trail = &trail,
	    .snapshot = &snapshot,
	};

	host.pool = pin->name.pool;
	host.host = pin->name.host;
	trail_begin(&trail);
	snapshot_init(&snapshot);
	list_begin(&order, wait_over, &wait);
	if (wait_for(connection, &wait, error) == 0)
		for (size_t i = 0; i < snapshot.count; i++) {
			const struct session *seen = &snapshot.sessions[i];

			if (!text_same(seen->id, pin->name.id) || !text_same(seen->upn, now->upn))
				continue;
			now->birth = arena_strdup(arena, seen->birth);
			now->logon_time = seen->logon_time;
		}
	snapshot_free(&snapshot);
	return error->code == ERROR_NONE ? 0 : -1;
}

/* The casing of names varies between calls, and is no other name: the one that was asked for is kept. */
static void keep_casing(const char **now, const char *wanted, struct arena *arena)
{
	if (text_same(*now, wanted))
		*now = arena_strdup(arena, wanted);
}

static int read_session(struct pin *pin, const struct deadline *deadline, struct session *now, struct arena *arena,
                        struct error *error)
{
	struct connection *connection = pin->connection;
	const struct page page = {
	    .place = &connection->place,
	    .pool = pin->name.pool,
	    .host = pin->name.host,
	    .account = connection->account->upn,
	};
	const struct question question = {
	    .method = "GET",
	    .url = url_session(&connection->resource, &pin->name, "", "", &pin->arena),
	    .deadline = *deadline,
	    .step = STEP_PIN,
	};
	struct wait wait;
	int result = ask(connection, &question, &wait, error);

	if (result < 0 && wait.not_found) {
		error_clear(error);
		gone(&pin->name, error);
	} else if (result == 0) {
		result =
		    decode_session(&page, &pin->name, buffer_text(&wait.body), wait.body.length, now, arena, error);
	}
	buffer_free(&wait.body);
	return result;
}

static int avd_pin(struct connection *connection, const struct session *wanted, const struct deadline *deadline,
                   struct pin **pin, struct session *now, int64_t *host_now, struct arena *arena, struct error *error)
{
	struct pin *new = must_alloc(sizeof *new);

	new->connection = connection;
	if (name_from_id(&new->name, wanted->id, &connection->place, &new->arena) < 0) {
		error_set(error, ERROR_GONE, STEP_PIN, "\"%.60s\" is the id of no session", wanted->id);
	} else if (read_session(new, deadline, now, arena, error) == 0 &&
	           (now->birth[0] != '\0' || find_birth(new, deadline, now, arena, error) == 0)) {
		keep_casing(&now->id, wanted->id, arena);
		keep_casing(&now->host, wanted->host, arena);
		keep_casing(&now->user, wanted->user, arena);
		*host_now = clock_now();
		*pin = new;
		return 0;
	}
	avd_unpin(new);
	return -1;
}

static char *message_body(const struct action *action)
{
	json_t *json = json_pack("{ss ss}", "messageTitle", action->title != NULL ? action->title : "", "messageBody",
	                         action->text != NULL ? action->text : "");
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;

	json_decref(json);
	return text;
}

static int avd_act(struct pin *pin, const struct action *action, const struct deadline *deadline,
                   struct outcome *outcome, struct error *error)
{
	const struct resource *resource = &pin->connection->resource;
	struct question question = {.method = "POST", .deadline = *deadline, .step = STEP_ACT};
	struct wait wait;
	char *body = NULL;
	int result;

	switch (action->act) {
	case ACT_DISCONNECT:
		question.url = url_session(resource, &pin->name, "disconnect", "", &pin->arena);
		break;
	case ACT_LOGOFF:
		question.method = "DELETE";
		question.url = url_session(resource, &pin->name, "", action->force ? "&force=true" : "", &pin->arena);
		break;
	case ACT_MESSAGE:
		question.url = url_session(resource, &pin->name, "sendMessage", "", &pin->arena);
		question.body = body = message_body(action);
		if (body == NULL)
			return error_set(error, ERROR_USAGE, STEP_ACT, "the message is not UTF-8");
		break;
	}
	*outcome = (struct outcome){.code = OUTCOME_DONE};
	result = ask(pin->connection, &question, &wait, error);
	if (result < 0 && wait.not_found) {
		error_clear(error);
		result = 0;
		outcome->code = OUTCOME_GONE;
	} else if (result == 0 && wait.status == 204 && action->act == ACT_LOGOFF) {
		outcome->code = OUTCOME_GONE;
	} else if (result == 0 && action->act == ACT_MESSAGE && action->answer_wait > 0) {
		text_copy(outcome->detail, sizeof outcome->detail, "sent; Azure does not return the user's answer");
	}
	buffer_free(&wait.body);
	free(body);
	return result;
}

const struct provider avd_provider = {
    AVD_ROW,        .open = avd_open,   .list = avd_list,   .pin = avd_pin,
    .act = avd_act, .unpin = avd_unpin, .close = avd_close, .list_many = avd_list_many,
};
