/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker's side of the protocol: reads a request, writes its replies, reads the next. */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/output.h"
#include "lib/child/child.h"
#include "lib/child/protocol.h"
#include "lib/collect/worker.h"
#include "lib/collect/worker_protocol.h"
#include "lib/session/session.h"
#include "lib/session/session_json.h"
#include "lib/session/session_write.h"
#include "lib/tape/tape.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"

enum { TARGET_LIMIT = 100000 };
/* ms: an act that is requested later was on its way while the parent, or the machine, stood still. */
enum { PIN_KEPT = 10 * 1000 };

struct server {
	const struct provider *provider;
	struct buffer input;
	json_t *id;         /* of the request that is being served */
	struct arena arena; /* the opened target's */
	struct target target;
	struct connection *connection;
	struct pin *pin;
	int64_t pinned_at; /* clock_boot() */
	bool broken;       /* the reader of our replies has exited */
	bool brief;        /* it knows lists whose sessions lack what the snapshot says */
};

/* Descriptors of requests and replies. */
static int requests = STDIN_FILENO, replies = STDOUT_FILENO;

int worker_seclude(struct error *error)
{
	int in, out, nothing;

	if (replies != STDOUT_FILENO)
		return 0;
	in = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (in < 0 || out < 0 || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 || dup2(nothing, STDOUT_FILENO) < 0)
		return error_errno(error, errno, STEP_OPEN, "descriptors of the worker");
	close(nothing);
	requests = in;
	replies = out;
	return 0;
}

/* Takes the reference. */
static void reply(struct server *server, json_t *line)
{
	json_t *numbered = json_pack("{sO}", "id", server->id);

	json_object_update(numbered, line);
	json_decref(line);
	if (server->broken)
		json_decref(numbered);
	else
		server->broken = line_write(replies, numbered) < 0;
}

static void reply_ok(struct server *server)
{
	reply(server, json_pack("{sb}", "ok", 1));
}

static void reply_error(struct server *server, const struct error *error)
{
	reply(server, json_pack("{so}", "error", error_to_json(error)));
}

/* A list is written as text, because a tree of all its sessions costs many times as much. */
static void reply_snapshot(struct server *server, json_t *head, const struct snapshot *snapshot)
{
	char *text = json_dumps(head, JSON_COMPACT);
	struct buffer line = {0};

	buffer_add(&line, text, strlen(text) - 1); /* it ends with a brace */
	buffer_puts(&line, ",\"snapshot\":");
	snapshot_write(&line, snapshot, server->brief);
	buffer_puts(&line, "}\n");
	server->broken = server->broken || write_whole(replies, line.text, line.length) < 0;
	buffer_free(&line);
	free(text);
	json_decref(head);
}

/* target: its number in the list request; -1: it is the open connection's. */
static void reply_visit(struct server *server, const struct visit *visit, json_int_t target)
{
	json_t *head = json_pack("{sO so}", "id", server->id, "trail", trail_to_json(&visit->trail));

	if (target >= 0)
		json_object_set_new(head, "target", json_integer(target));
	if (visit->error.code == ERROR_NONE) {
		reply_snapshot(server, head, &visit->snapshot);
		return;
	}
	json_object_set_new(head, "error", error_to_json(&visit->error));
	reply(server, head);
}

static void exchange_reply(json_t *exchange, void *context)
{
	struct server *server = context;

	if (json_object_get(exchange, "provider") == NULL)
		json_object_set_new(exchange, "provider", json_string(server->provider->scheme));
	reply(server, json_pack("{sO}", "exchange", exchange));
}

static void tape_from_request(struct server *server, const json_t *request)
{
	const json_t *exchanges = json_object_get(request, "replay");

	tape_record_to(json_is_true(json_object_get(request, "record")) ? exchange_reply : NULL, server);
	tape_play(json_is_array(exchanges) ? exchanges : NULL);
}

/* The visits of one list request; the index of each is its number. */
struct listing {
	struct server *server;
	struct visit *visits;
};

static void visit_reply(struct visit *visit, void *context)
{
	struct listing *listing = context;

	reply_visit(listing->server, visit, visit - listing->visits);
	snapshot_free(&visit->snapshot);
}

static void list_visits(struct listing *listing, struct visit **places, size_t count, int64_t limit)
{
	const struct provider *provider = listing->server->provider;

	if (provider->list_many != NULL) {
		provider->list_many(places, count, visit_reply, listing);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		places[i]->deadline = deadline_in(limit);
		visit_one(places[i], visit_reply, listing);
	}
}

static int list_targets(struct server *server, const json_t *request, int64_t limit, struct error *error)
{
	const json_t *targets = json_object_get(request, "targets");
	unsigned needs = needs_from_json(json_object_get(request, "needs"));
	size_t count = json_array_size(targets);
	struct listing listing = {server, NULL};
	struct arena arena = {0};
	struct visit **places;
	struct target *decoded;
	int result = 0;

	if (!json_is_array(targets) || count > TARGET_LIMIT)
		return error_set(error, ERROR_PROTOCOL, STEP_LIST, "worker protocol: targets is no list, or too long");
	listing.visits = must_alloc(count * sizeof *listing.visits);
	places = must_alloc(count * sizeof *places);
	decoded = arena_alloc(&arena, count * sizeof *decoded);
	for (size_t i = 0; i < count && result == 0; i++) {
		places[i] = &listing.visits[i];
		places[i]->target = &decoded[i];
		places[i]->deadline = deadline_in(limit);
		places[i]->needs = needs;
		snapshot_init(&places[i]->snapshot);
		result = target_from_json(json_array_get(targets, i), &decoded[i], server->provider, &arena, error);
	}
	tape_from_request(server, request);
	server->brief = json_is_true(json_object_get(request, "brief"));
	if (result == 0)
		list_visits(&listing, places, count, limit);
	free(places);
	free(listing.visits);
	arena_free(&arena);
	return result;
}

static int list_connection(struct server *server, const struct deadline *deadline, struct error *error)
{
	struct visit visit = {.deadline = *deadline};

	if (server->connection == NULL)
		return error_set(error, ERROR_PROTOCOL, STEP_LIST, "worker protocol: nothing is open");
	snapshot_init(&visit.snapshot);
	trail_begin(&visit.trail);
	server->provider->list(server->connection, &visit.deadline, &visit.trail, &visit.snapshot, &visit.error);
	reply_visit(server, &visit, -1);
	snapshot_free(&visit.snapshot);
	return 0;
}

static void serve_unpin(struct server *server)
{
	if (server->pin != NULL)
		server->provider->unpin(server->pin);
	server->pin = NULL;
}

static void serve_close(struct server *server)
{
	serve_unpin(server);
	if (server->connection != NULL)
		server->provider->close(server->connection);
	server->connection = NULL;
	arena_free(&server->arena);
}

static int serve_open(struct server *server, const json_t *request, const struct deadline *deadline,
                      struct error *error)
{
	struct trail trail;

	serve_close(server);
	trail_begin(&trail);
	if (target_from_json(json_object_get(request, "target"), &server->target, server->provider, &server->arena,
	                     error) < 0 ||
	    server->provider->open(&server->target, deadline, &trail, &server->connection, error) < 0) {
		server->connection = NULL;
		return -1;
	}
	reply(server, json_pack("{sb so}", "ok", 1, "trail", trail_to_json(&trail)));
	return 0;
}

static int serve_pin(struct server *server, const json_t *request, const struct deadline *deadline, struct error *error)
{
	struct session wanted, now;
	struct arena arena = {0};
	char when[TIME_TEXT_SIZE];
	int64_t host_now = 0;
	int result;

	serve_unpin(server);
	if (server->connection == NULL)
		return error_set(error, ERROR_PROTOCOL, STEP_PIN, "worker protocol: nothing is open");
	result = session_from_json(json_object_get(request, "session"), &wanted, &arena, error);
	if (result == 0)
		result = server->provider->pin(server->connection, &wanted, deadline, &server->pin, &now, &host_now,
		                               &arena, error);
	if (result == 0) {
		server->pinned_at = clock_boot();
		time_format(when, sizeof when, host_now);
		reply(server, json_pack("{so ss sI}", "session", session_to_json(&now), "now", when, "read_at",
		                        (json_int_t)server->pinned_at));
	} else {
		server->pin = NULL;
	}
	arena_free(&arena);
	return result;
}

static int serve_act(struct server *server, const json_t *request, const struct deadline *deadline, struct error *error)
{
	struct outcome outcome = {0};
	struct action action;
	struct arena arena = {0};
	int result;

	if (server->pin == NULL)
		return error_set(error, ERROR_PROTOCOL, STEP_ACT, "worker protocol: nothing is pinned");
	if (clock_boot() - server->pinned_at > PIN_KEPT)
		return error_set(error, ERROR_CHANGED, STEP_ACT, "it was read too long ago to act on it");
	result = action_from_json(json_object_get(request, "action"), &action, &arena, error);
	if (result == 0)
		result = server->provider->act(server->pin, &action, deadline, &outcome, error);
	if (result == 0)
		reply(server, json_pack("{so}", "outcome", outcome_to_json(&outcome)));
	arena_free(&arena);
	return result;
}

static int serve_op(struct server *server, const json_t *request, struct error *error)
{
	const char *op = json_string_value(json_object_get(request, "op"));
	struct deadline deadline;
	int64_t limit;

	if (!json_is_integer(server->id) || op == NULL)
		return error_set(error, ERROR_PROTOCOL, STEP_NONE, "worker protocol: a request needs an id and an op");
	if (deadline_from_json(request, &limit, error) < 0)
		return -1;
	if (tape_plays() && strcmp(op, "list") != 0)
		return error_set(error, ERROR_PROTOCOL, STEP_NONE,
		                 "worker protocol: a recording can be listed, and no more");
	deadline = deadline_in(limit);
	if (strcmp(op, "list") == 0 && json_object_get(request, "targets") != NULL)
		return list_targets(server, request, limit, error);
	if (strcmp(op, "list") == 0)
		return list_connection(server, &deadline, error);
	if (strcmp(op, "open") == 0)
		return serve_open(server, request, &deadline, error);
	if (strcmp(op, "pin") == 0)
		return serve_pin(server, request, &deadline, error);
	if (strcmp(op, "act") == 0)
		return serve_act(server, request, &deadline, error);
	if (strcmp(op, "unpin") != 0)
		return error_set(error, ERROR_PROTOCOL, STEP_NONE, "worker protocol: no such op");
	serve_unpin(server);
	reply_ok(server);
	return 0;
}

static void serve_line(struct server *server, const char *line, size_t length)
{
	json_t *request = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
	struct error error = {0};

	server->id = json_object_get(request, "id");
	if (server->id != NULL)
		json_incref(server->id);
	else
		server->id = json_null();
	if (serve_op(server, request, &error) < 0)
		reply_error(server, &error);
	json_decref(server->id);
	json_decref(request);
}

/* Serves every complete line. */
static void serve_lines(struct server *server)
{
	struct buffer *input = &server->input;
	size_t taken = 0;
	const char *end;

	while ((end = memchr(input->text + taken, '\n', input->length - taken)) != NULL) {
		size_t length = (size_t)(end - input->text) - taken;

		serve_line(server, input->text + taken, length);
		taken += length + 1;
	}
	memmove(input->text, input->text + taken, input->length - taken);
	input->length -= taken;
}

/* Out of memory: nothing more is written into the protocol.  The parent sees the exit status and shows our last line
 * on stderr. */
static void no_memory(void)
{
	static const char text[] = "out of memory\n";

	(void)!write(STDERR_FILENO, text, sizeof text - 1);
	_exit(1);
}

int worker_serve(const struct provider *provider)
{
	struct server server = {.provider = provider};
	char block[65536];
	ssize_t got = 0;

	out_of_memory_calls(no_memory);
	server.broken = greeting_write(replies) < 0;
	while (!server.broken && server.input.length <= CHILD_LINE_LIMIT) {
		got = read(requests, block, sizeof block);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			break;
		buffer_add(&server.input, block, (size_t)got);
		if (memchr(block, '\n', (size_t)got) != NULL)
			serve_lines(&server);
	}
	serve_close(&server);
	buffer_free(&server.input);
	return got == 0 ? 0 : 1;
}
