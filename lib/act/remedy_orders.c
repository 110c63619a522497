/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Orders of earlier runs that were not seen to be done: the audit says "ordered",
 * and a list of this moment that shows it closes them with a result.
 */
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/act/remedy.h"
#include "lib/act/remedy_run.h"
#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/session.h"
#include "lib/session/session_json.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"

/* So much of the audit's end is looked through, bytes. */
enum { WINDOW = 1024 * 1024 };

enum seen { SEEN_DONE, SEEN_NOT, SEEN_UNKNOWN };

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

/* Of one very session. */
static const char *identity_key(const json_t *line, struct arena *arena)
{
	const json_t *session = json_object_get(line, "session");

	return arena_printf(arena, "%s\x1f%s\x1f%s\x1f%s\x1f%s", text_of(session, "host"), text_of(session, "id"),
	                    text_of(session, "user"), text_of(session, "birth"), text_of(line, "action"));
}

static void take_line(json_t *orders, const char *bytes, size_t length, struct arena *arena)
{
	json_t *line = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);

	if (strcmp(text_of(line, "event"), "result") == 0) {
		const char *key = identity_key(line, arena);

		if (strcmp(text_of(line, "outcome"), "ordered") == 0)
			json_object_set(orders, key, line);
		else
			json_object_del(orders, key);
	}
	json_decref(line);
}

/* The lines that say "ordered", and that no later line closes. */
static json_t *orders_read(int fd, struct arena *arena)
{
	json_t *orders = json_object();
	struct stat status;
	off_t start;
	size_t length, at = 0;
	char *bytes;

	if (fstat(fd, &status) < 0 || status.st_size == 0)
		return orders;
	start = status.st_size > WINDOW ? status.st_size - WINDOW : 0;
	length = (size_t)(status.st_size - start);
	bytes = must_alloc(length);
	if (pread(fd, bytes, length, start) != (ssize_t)length)
		length = 0;
	while (at < length) {
		const char *end = memchr(bytes + at, '\n', length - at);

		if (end == NULL)
			break;
		take_line(orders, bytes + at, (size_t)(end - (bytes + at)), arena);
		at = (size_t)(end - bytes) + 1;
	}
	free(bytes);
	return orders;
}

static enum seen seen_in(const struct snapshot *snapshot, const struct session *ordered, const char *action)
{
	for (size_t i = 0; i < snapshot->count; i++) {
		const struct session *now = &snapshot->sessions[i];

		if (!text_same(now->id, ordered->id) || !text_same(now->host, ordered->host))
			continue;
		if (now->birth[0] == '\0') /* a ghost of it, or of another: that cannot be told */
			return SEEN_UNKNOWN;
		if (!session_same_identity(now, ordered))
			continue;
		return strcmp(action, act_name(ACT_DISCONNECT)) == 0 && now->state == STATE_DISCONNECTED ? SEEN_DONE
		                                                                                         : SEEN_NOT;
	}
	return SEEN_DONE;
}

static bool is_done(const struct run *run, const char *target, const char *action, const struct session *ordered)
{
	for (size_t i = 0; i < run->visit_count; i++) {
		const struct visit *visit = &run->visits[i];

		if (strcmp(visit->target->url, target) == 0)
			return visit->error.code == ERROR_NONE && visit->snapshot.complete &&
			       seen_in(&visit->snapshot, ordered, action) == SEEN_DONE;
	}
	return false;
}

int remedy_close_orders(struct run *run, struct error *error)
{
	static const struct remedy_result done = {
	    .kind = RESULT_DONE,
	    .outcome = {.code = OUTCOME_DONE, .detail = "an earlier run had ordered it"},
	};
	struct arena arena = {0};
	json_t *orders = orders_read(run->audit.fd, &arena), *line;
	const char *key;
	int result = 0;

	json_object_foreach (orders, key, line) {
		struct error unreadable = {0};
		struct session session;
		struct remedy_event event = {.news = NEWS_CLOSED, .session = &session, .result = &done};

		event.action = text_of(line, "action");
		event.target = text_of(line, "target");
		if (session_from_json(json_object_get(line, "session"), &session, &arena, &unreadable) == 0 &&
		    is_done(run, event.target, event.action, &session))
			result = run_tell(run, event, error);
		if (result < 0)
			break;
	}
	json_decref(orders);
	arena_free(&arena);
	return result;
}
