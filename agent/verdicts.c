/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/verdicts.h"

#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/hash.h"
#include "lib/base/trust.h"
#include "lib/child/spawn.h"
#include "lib/target/target.h"

enum { STATUS_WAIT = 50 }; /* ms for the exit status, once the output has closed */

int verdicts_begin(struct verdicts *verdicts, const struct settings *settings, struct error *error)
{
	const size_t most = 16 + 2 * settings->target_count;
	const char **arguments = must_alloc(most * sizeof *arguments);
	char path[PATH_MAX], timeout[32], history[32];
	struct spawn spawn = {.path = path, .arguments = (char *const *)arguments, .environment = environ};
	size_t count = 0;
	int result;

	*verdicts = (struct verdicts){.child = {.in = -1, .out = -1, .err = -1, .pidfd = -1}};
	snprintf(timeout, sizeof timeout, "%lldms", (long long)settings->timeout);
	arguments[count++] = "check_sessions";
	if (settings->show_policies)
		arguments[count++] = "--policy=all";
	if (settings->remember) {
		duration_write(history, sizeof history, settings->history);
		arguments[count++] = "--remember";
		arguments[count++] = "--history";
		arguments[count++] = history;
	}
	arguments[count++] = "--output=json";
	arguments[count++] = "--timeout";
	arguments[count++] = timeout;
	if (settings->config_file != NULL) {
		arguments[count++] = "--config";
		arguments[count++] = settings->config_file;
	}
	for (size_t i = 0; i < settings->target_count; i++) {
		arguments[count++] = "--target";
		arguments[count++] = settings->targets[i].name;
	}
	result = helper_find(path, "plugins", "curfew-foresee", error);
	if (result == 0)
		result = child_start(&verdicts->child, "curfew-foresee", spawn, CHILD_OUT | CHILD_ERR, error);
	free(arguments);
	return result;
}

/* All that it says, until its output ends. */
static int output_take(struct child *child, const struct deadline *deadline, struct buffer *text, struct error *error)
{
	const char *line;
	size_t length;

	for (;;) {
		struct pollfd polls[CHILD_POLLS];
		int moved;

		child_polls(child, polls);
		poll(polls, CHILD_POLLS, (int)deadline_left(deadline));
		moved = child_move(child, error);
		while ((line = child_line(child, &length)) != NULL) {
			buffer_add(text, line, length);
			buffer_puts(text, "\n");
		}
		if (moved < 0)
			return error->code == ERROR_NONE ? 0 : -1;
		if (deadline_passed(deadline))
			return error_set(error, ERROR_TIMEOUT, STEP_NONE, "curfew-foresee did not answer in time");
	}
}

static const char *text_of(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));

	return text != NULL ? text : "";
}

static uint64_t hash_who(const char *host, const char *id, const char *user, const char *birth)
{
	return hash_text(hash_text(hash_text(hash_text(HASH_START, host), id), user), birth);
}

static enum verdict_step step_of(const char *word)
{
	if (strcmp(word, "warn") == 0)
		return VERDICT_WARN;
	if (strcmp(word, "disconnect") == 0)
		return VERDICT_DISCONNECT;
	return strcmp(word, "log off") == 0 ? VERDICT_LOGOFF : VERDICT_LEAVE;
}

static void session_read(struct verdicts *verdicts, const json_t *session, int64_t now)
{
	const json_t *policy = json_object_get(session, "policy");
	struct verdict *verdict;
	int64_t when;

	if (text_of(policy, "name")[0] == '\0')
		return;
	if (verdicts->count == verdicts->room) {
		verdicts->room = verdicts->room > 0 ? verdicts->room * 2 : 64;
		verdicts->items = must_realloc(verdicts->items, verdicts->room * sizeof *verdicts->items);
	}
	verdict = &verdicts->items[verdicts->count++];
	*verdict = (struct verdict){
	    .who = hash_who(text_of(session, "host"), text_of(session, "id"), text_of(session, "user"),
	                    text_of(session, "birth")),
	    .policy = text_of(policy, "name"),
	    .reason = text_of(policy, "reason"),
	    .step = step_of(text_of(policy, "step")),
	};
	if (time_parse(text_of(policy, "end_at"), &when) == 0)
		verdict->end_at = moment_at(when);
	verdict->due = verdict->end_at.is == MOMENT_KNOWN && when > now ? when - now : 0;
}

static int verdict_order(const void *left, const void *right)
{
	const struct verdict *a = left, *b = right;

	return a->who < b->who ? -1 : a->who > b->who;
}

/* Takes the report of check_sessions --output json over. */
static void report_read(struct verdicts *verdicts, json_t *report, int64_t now)
{
	const json_t *target, *session;
	size_t i, j;

	verdicts->report = report;
	json_array_foreach (json_object_get(report, "targets"), i, target)
		json_array_foreach (json_object_get(json_object_get(target, "snapshot"), "sessions"), j, session)
			session_read(verdicts, session, now);
	if (verdicts->count > 0)
		qsort(verdicts->items, verdicts->count, sizeof *verdicts->items, verdict_order);
}

int verdicts_take(struct verdicts *verdicts, const struct deadline *deadline, struct error *error)
{
	struct buffer text = {0};
	struct error ignored = {0};
	json_t *report = NULL;

	if (output_take(&verdicts->child, deadline, &text, error) == 0) {
		report = json_loadb(buffer_text(&text), text.length, 0, NULL);
		if (report == NULL)
			error_set(error, ERROR_PROTOCOL, STEP_NONE, "curfew-foresee: %.120s",
			          text.length > 0 ? buffer_text(&text) : verdicts->child.complaint);
	}
	child_stop(&verdicts->child, STATUS_WAIT, &ignored);
	buffer_free(&text);
	if (report == NULL)
		return -1;
	report_read(verdicts, report, clock_now());
	return 0;
}

const struct verdict *verdicts_find(const struct verdicts *verdicts, const struct session *session)
{
	const struct verdict wanted = {.who = hash_who(session->host, session->id, session->user, session->birth)};

	return verdicts->count > 0 ? bsearch(&wanted, verdicts->items, verdicts->count, sizeof wanted, verdict_order)
	                           : NULL;
}
