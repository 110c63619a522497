/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parent's side for one host: a provider's functions that ask a worker program. */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/child/child.h"
#include "lib/child/protocol.h"
#include "lib/collect/worker.h"
#include "lib/collect/worker_process.h"
#include "lib/collect/worker_protocol.h"
#include "lib/session/session.h"
#include "lib/session/session_json.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"

/* ms to exit after hang-up. */
enum { EXIT_TIME = 500 };
/* ms that a pin's reply may be old. */
enum { UNREAD_MOST = 250 };

struct connection {
	struct child worker;
	json_int_t id; /* of the last request */
	bool dead;     /* it broke the rules, or ended */
};

struct pin {
	struct connection *connection;
};

/* Marks the worker as unusable; *error gets the best known reason. */
static int give_up(struct connection *connection, enum step step, struct error *error)
{
	worker_lost(&connection->worker, step, error);
	connection->dead = true;
	return -1;
}

/* The next line of the worker, by the deadline. */
static const char *await_line(struct connection *connection, const struct deadline *deadline, size_t *length,
                              enum step step, struct error *error)
{
	struct deadline last = {deadline->at + WORKER_ANSWER_GRACE + WORKER_TARGET_GRACE};
	struct pollfd polls[CHILD_POLLS];
	const char *line;
	int ended = 0;

	while ((line = child_line(&connection->worker, length)) == NULL) {
		if (ended < 0) {
			give_up(connection, step, error);
			return NULL;
		}
		if (deadline_passed(&last)) {
			error_set(error, ERROR_TIMEOUT, step, "%s did not answer in time", connection->worker.name);
			give_up(connection, step, error);
			return NULL;
		}
		child_polls(&connection->worker, polls);
		if (poll(polls, CHILD_POLLS, (int)deadline_left(&last)) < 0 && errno != EINTR)
			error_errno(error, errno, step, "poll");
		ended = line_move(&connection->worker, error);
	}
	return line;
}

/* Sends a request (taking the reference) and returns its reply, or NULL with *error set. */
static json_t *ask(struct connection *connection, const char *op, json_t *request, const struct deadline *deadline,
                   enum step step, struct error *error)
{
	const char *line;
	json_t *reply, *told;
	size_t length;

	if (connection->dead) {
		json_decref(request);
		error_set(error, ERROR_CRASHED, step, "the worker program has exited");
		return NULL;
	}
	json_object_set_new(request, "id", json_integer(++connection->id));
	json_object_set_new(request, "op", json_string(op));
	deadline_to_json(request, deadline);
	line_send(&connection->worker, request);
	if ((line = await_line(connection, deadline, &length, step, error)) == NULL)
		return NULL;
	reply = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_integer(json_object_get(reply, "id")) ||
	    json_integer_value(json_object_get(reply, "id")) != connection->id) {
		error_set(error, ERROR_PROTOCOL, step, "%s sent an unexpected reply", connection->worker.name);
		give_up(connection, step, error);
	} else if ((told = json_object_get(reply, "error")) != NULL) {
		error_from_json(told, error);
	}
	if (error->code == ERROR_NONE)
		return reply;
	json_decref(reply);
	return NULL;
}

/* A well-formed reply with wrong contents ends the worker, too. */
static int bad_answer(struct connection *connection, enum step step, struct error *error)
{
	error_set(error, ERROR_PROTOCOL, step, "%s sent an incomplete answer", connection->worker.name);
	return give_up(connection, step, error);
}

int worker_open(const struct target *target, const struct deadline *deadline, struct trail *trail,
                struct connection **to, struct error *error)
{
	struct connection *connection = must_alloc(sizeof *connection);
	json_t *request, *reply = NULL;

	if (worker_start(&connection->worker, target->provider, error) == 0) {
		request = json_pack("{so}", "target", target_to_json(target));
		reply = ask(connection, "open", request, deadline, STEP_OPEN, error);
	} else {
		connection->dead = true;
	}
	if (reply != NULL && !json_is_true(json_object_get(reply, "ok")))
		bad_answer(connection, STEP_OPEN, error);
	if (error->code != ERROR_NONE) {
		json_decref(reply);
		worker_close(connection);
		return -1;
	}
	trail_from_json(json_object_get(reply, "trail"), trail);
	json_decref(reply);
	*to = connection;
	return 0;
}

/* Adds the steps of the worker behind the ones before. */
static void trail_append(struct trail *trail, const json_t *json)
{
	struct trail more = {0};

	trail_from_json(json, &more);
	for (size_t i = 0; i < more.count && trail->count < TRAIL_STEPS; i++)
		trail->steps[trail->count++] = more.steps[i];
}

int worker_list(struct connection *connection, const struct deadline *deadline, struct trail *trail,
                struct snapshot *snapshot, struct error *error)
{
	json_t *reply = ask(connection, "list", json_object(), deadline, STEP_LIST, error);
	int result;

	if (reply == NULL)
		return -1;
	trail_append(trail, json_object_get(reply, "trail"));
	result = snapshot_from_json(json_object_get(reply, "snapshot"), snapshot, error);
	json_decref(reply);
	return result < 0 ? give_up(connection, STEP_LIST, error) : 0;
}

/* Reads the requested session and the host's time. */
static int pin_from_json(const json_t *reply, const struct session *wanted, struct session *now, int64_t *host_now,
                         struct arena *arena, struct error *error)
{
	const char *when = json_string_value(json_object_get(reply, "now"));

	if (session_from_json(json_object_get(reply, "session"), now, arena, error) < 0)
		return -1;
	if (when == NULL || time_parse(when, host_now) < 0 || !text_same(now->id, wanted->id))
		return error_set(error, ERROR_PROTOCOL, STEP_PIN, "the worker program pinned another session");
	return 0;
}

/* Did the reply lie unread while this process, or the machine, stood still?  A worker that does not say when it has
   read the session is believed to have just done so. */
static bool lay_unread(const json_t *reply)
{
	const json_t *read_at = json_object_get(reply, "read_at");

	return json_is_integer(read_at) && clock_boot() - json_integer_value(read_at) > UNREAD_MOST;
}

int worker_pin(struct connection *connection, const struct session *wanted, const struct deadline *deadline,
               struct pin **to, struct session *now, int64_t *host_now, struct arena *arena, struct error *error)
{
	json_t *reply = NULL;
	struct pin *pin;
	int result;

	do {
		json_decref(reply);
		reply = ask(connection, "pin", json_pack("{so}", "session", session_to_json(wanted)), deadline,
		            STEP_PIN, error);
		if (reply == NULL)
			return -1;
	} while (lay_unread(reply) && !deadline_passed(deadline));
	if (lay_unread(reply)) {
		json_decref(reply);
		return error_set(error, ERROR_TIMEOUT, STEP_PIN, "the session was read too long ago");
	}
	result = pin_from_json(reply, wanted, now, host_now, arena, error);
	json_decref(reply);
	if (result < 0)
		return give_up(connection, STEP_PIN, error);
	pin = must_alloc(sizeof *pin);
	pin->connection = connection;
	*to = pin;
	return 0;
}

int worker_act(struct pin *pin, const struct action *action, const struct deadline *deadline, struct outcome *outcome,
               struct error *error)
{
	json_t *request = json_pack("{so}", "action", action_to_json(action));
	json_t *reply = ask(pin->connection, "act", request, deadline, STEP_ACT, error);
	int result;

	if (reply == NULL)
		return -1;
	result = outcome_from_json(json_object_get(reply, "outcome"), outcome, error);
	json_decref(reply);
	return result < 0 ? give_up(pin->connection, STEP_ACT, error) : 0;
}

void worker_unpin(struct pin *pin)
{
	struct deadline deadline = deadline_in(EXIT_TIME);
	struct error error = {0};

	if (pin == NULL)
		return;
	if (!pin->connection->dead)
		json_decref(ask(pin->connection, "unpin", json_object(), &deadline, STEP_ACT, &error));
	free(pin);
}

void worker_close(struct connection *connection)
{
	struct error error = {0};

	if (connection == NULL)
		return;
	child_stop(&connection->worker, connection->dead ? 0 : EXIT_TIME, &error);
	free(connection);
}
