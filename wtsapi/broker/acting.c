/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One act on one session, through the remedy engine as a handler would call it:
 * --stdin with the session as it is now, after it was seen to be the very session
 * that the caller was shown.
 */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lib/arena.h"
#include "lib/clock.h"
#include "lib/collect.h"
#include "lib/error.h"
#include "lib/provider.h"
#include "lib/remedy.h"
#include "lib/session.h"
#include "lib/settings.h"
#include "lib/text.h"
#include "wtsapi/broker/broker.h"
#include "wtsapi/message.h"

enum { CALLER_MOST = 64 };

static const char *told(const struct question *question, const char *key)
{
	const char *value = message_find(question->request, key);

	return value != NULL ? value : "";
}

/* What the caller was shown of it. */
static void wanted_session(struct session *wanted, const struct question *question)
{
	session_init(wanted);
	wanted->provider = told(question, "provider");
	wanted->host = told(question, "host");
	wanted->id = told(question, "session");
	wanted->user = told(question, "user");
	wanted->birth = told(question, "birth");
}

static bool same_place(const struct session *a, const struct session *b)
{
	return text_same(a->id, b->id) && text_same(a->host, b->host) && text_same(a->provider, b->provider);
}

/* The session in a list of this moment; NULL: it is not there, or it is another one now. */
static const struct session *find_fresh(const struct snapshot *snapshot, const struct session *wanted)
{
	for (size_t i = 0; i < snapshot->count; i++) {
		const struct session *session = &snapshot->sessions[i];

		if (same_place(session, wanted) && text_same(session->user, wanted->user) &&
		    strcmp(session->birth, wanted->birth) == 0)
			return session;
	}
	return NULL;
}

/* The engine's report, --pass-thru: one JSON object per line, on what is standard output for the while. */
static FILE *report_begin(struct error *error)
{
	int fd = memfd_create("report", MFD_CLOEXEC);
	FILE *report = fd >= 0 ? fdopen(fd, "r") : NULL;

	if (report == NULL || dup2(fd, STDOUT_FILENO) < 0) {
		error_set(error, ERROR_SYSTEM, STEP_ACT, "no place for the report");
		if (report != NULL)
			fclose(report);
		return NULL;
	}
	return report;
}

/* What became of it, from one line of the report: the first line that says so. */
static void take_line(const json_t *line, struct message *reply, bool *found, struct error *error)
{
	const char *outcome = json_string_value(json_object_get(line, "outcome"));
	const char *reason = json_string_value(json_object_get(line, "reason"));
	const char *problem = json_string_value(json_object_get(line, "problem"));
	const json_t *failure = json_object_get(line, "error");

	if (*found || error->code != ERROR_NONE)
		return;
	if (failure != NULL) {
		const char *code = json_string_value(json_object_get(failure, "code"));
		const char *text = json_string_value(json_object_get(failure, "text"));

		error_set(error, code != NULL ? error_code_parse(code) : ERROR_PROTOCOL, STEP_LIST, "%s",
		          text != NULL ? text : "");
		return;
	}
	if (json_object_get(line, "locked") != NULL)
		outcome = "locked";
	else if (problem != NULL && json_object_get(line, "target") == NULL)
		outcome = "stopped";
	if (outcome == NULL)
		return;
	/* Its place is another session's now: that is told with its host and id, and without a reason. */
	if (strcmp(outcome, "refused") == 0 && reason == NULL)
		outcome = "changed";
	*found = true;
	message_put(reply, "outcome", outcome);
	message_put(reply, strcmp(outcome, "answered") == 0 ? "answer" : "reason", reason != NULL ? reason : problem);
}

static void report_read(FILE *report, struct message *reply, struct error *error)
{
	bool found = false;
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	rewind(report);
	while ((length = getline(&line, &size, report)) > 0) {
		json_t *json = json_loadb(line, (size_t)length, 0, NULL);

		take_line(json, reply, &found, error);
		json_decref(json);
	}
	free(line);
	if (!found && error->code == ERROR_NONE)
		error_set(error, ERROR_PROTOCOL, STEP_ACT, "the remedy says nothing about the session");
}

static int through_engine(struct question *question, const struct action *action, const struct session *session,
                          struct message *reply, struct error *error)
{
	struct settings *settings = &question->settings;
	const char *caller = told(question, "caller");
	struct remedy_order order = {
	    .settings = settings,
	    .program = "curfew-wtsapi",
	    .action = *action,
	    .rule =
	        {
	            .filter = settings->filter,
	            .idle_after = settings->idle_after,
	            .from_stdin = true,
	            .picked = session,
	            .picked_count = 1,
	        },
	    .targets = question->target,
	    .target_count = 1,
	    .execute = true,
	};
	FILE *report = report_begin(error);

	if (report == NULL)
		return -1;
	/* Sessions without a birth equal none: by its id it is refused for that reason. */
	if (session->birth[0] == '\0') {
		order.rule.from_stdin = false;
		order.rule.picked_count = 0;
		string_list_add(&order.rule.ids, &settings->arena, session->id);
	}
	if (caller[0] != '\0' && text_plain(caller) && strlen(caller) <= CALLER_MOST)
		order.program = arena_printf(&settings->arena, "curfew-wtsapi for %s", caller);
	settings->pass_thru = true;
	settings->confirm = false;
	settings->timeout += action->answer_wait;
	broker_begins_to_act();
	remedy_run(&order);
	report_read(report, reply, error);
	fclose(report);
	return error->code == ERROR_NONE ? 0 : -1;
}

static int with_visit(struct question *question, const struct action *action, const struct visit *visit,
                      struct message *reply, struct error *error)
{
	const struct session *fresh;
	struct session wanted;

	if (visit->error.code != ERROR_NONE) {
		*error = visit->error;
		return -1;
	}
	wanted_session(&wanted, question);
	fresh = find_fresh(&visit->snapshot, &wanted);
	if (fresh != NULL && action->act == ACT_DISCONNECT && fresh->state == STATE_DISCONNECTED) {
		message_put(reply, "outcome", "done"); /* as on Windows */
		return 0;
	}
	return through_engine(question, action, fresh != NULL ? fresh : &wanted, reply, error);
}

int broker_act(struct question *question, enum act act, struct message *reply, struct error *error)
{
	struct settings *settings = &question->settings;
	struct action action = {
	    .act = act,
	    .title = told(question, "title"),
	    .text = told(question, "text"),
	    .force = settings->force,
	};
	struct visit *visit;
	int result;

	if (!settings->execute || settings->dry_run) {
		message_put(reply, "outcome", "forbidden");
		message_put(reply, "reason", "there is no execute = yes in [section wtsapi]");
		return 0;
	}
	if (message_number(message_find(question->request, "wait"), &action.answer_wait) < 0 || action.answer_wait < 0)
		action.answer_wait = 0;
	visit = collect_targets(question->target, 1, settings->target_timeout,
	                        deadline_in(question_list_time(question)), NEED_EVERYTHING);
	result = with_visit(question, &action, visit, reply, error);
	visits_free(visit, 1);
	return result;
}
