/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/enforce/enforce_explain.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/act/remedy.h"
#include "lib/act/state.h"
#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/name_index.h"
#include "lib/base/text.h"
#include "lib/judge/classify.h"
#include "lib/judge/select.h"
#include "lib/ledger/history.h"
#include "lib/ledger/ledger.h"
#include "lib/session/session.h"

enum { PATIENCE = 2000 }; /* ms */

bool explain_wanted(const struct explaining *explaining, const struct session *session)
{
	const struct settings *settings = explaining->settings;
	const struct classification as = {.usage = USAGE_OTHER};
	struct filter filter = settings->filter;
	bool named = settings->ids.count == 0;

	filter.exclude_users = (struct string_list){0}; /* what was done is reported for every user */
	for (size_t i = 0; i < settings->ids.count; i++)
		named = named || text_same(settings->ids.items[i], session->id);
	return named && (!filter_given(&filter) || filter_match(&filter, session, &as));
}

struct explained *explain_session(struct explaining *explaining, const struct session *session)
{
	struct arena *arena = &explaining->arena;
	const char *key =
	    arena_printf(arena, "%s\n%s\n%s\n%s", session->host, session->id, session->user, session->birth);
	const size_t before = explaining->index.count, number = name_index_add(&explaining->index, key);
	struct buffer user = {0};

	explaining->sessions =
	    arena_grow(arena, explaining->sessions, number, &explaining->allocated, sizeof *explaining->sessions);
	if (number == before) {
		session_show_user(&user, session);
		explaining->sessions[number] = (struct explained){.host = arena_strdup(arena, session->host),
		                                                  .id = arena_strdup(arena, session->id),
		                                                  .user = arena_strdup(arena, buffer_text(&user))};
		buffer_free(&user);
	}
	return &explaining->sessions[number];
}

void explain_event(struct explaining *explaining, struct explained *explained, int64_t at, const char *what,
                   const char *why)
{
	struct arena *arena = &explaining->arena;

	explained->events =
	    arena_grow(arena, explained->events, explained->count, &explained->allocated, sizeof *explained->events);
	explained->events[explained->count++] = (struct explained_event){
	    at, arena_strdup(arena, what), why != NULL && why[0] != '\0' ? arena_strdup(arena, why) : NULL};
}

static const char *words_of(enum usage usage)
{
	switch (usage) {
	case USAGE_ACTIVE:
		return "in use";
	case USAGE_IDLE:
		return "idle from here on";
	case USAGE_IDLE_UNKNOWN:
		return "connected; the time of its input is unknown";
	case USAGE_DISCONNECTED:
		return "disconnected from here on";
	case USAGE_OTHER:
		break;
	}
	return "in another state";
}

static int take_life(void *context, const struct life *life, struct error *error)
{
	struct explaining *explaining = context;
	struct explained *explained;

	if (remedy_stopping())
		return error_set(error, ERROR_CANCELLED, STEP_NONE, "stopped");
	if (!explain_wanted(explaining, life->session))
		return 0;
	explained = explain_session(explaining, life->session);
	if (life->session->logon_time.is == MOMENT_KNOWN)
		explain_event(explaining, explained, life->session->logon_time.at, "logged on", NULL);
	for (size_t i = 0; i < life->count; i++)
		explain_event(explaining, explained, life->episodes[i].since, words_of(life->episodes[i].usage), NULL);
	explain_event(explaining, explained, life->until,
	              life->ended ? "seen for the last time; gone at the next look" : "still there at the last look",
	              NULL);
	return 0;
}

static int read_all(struct explaining *explaining, struct error *error)
{
	const struct settings *settings = explaining->settings;
	struct ledger *ledger = NULL;
	struct state_dir state;
	int missing = state_dir_open_reading(&state, settings->state_dir, settings->state_dir_shared, error);
	int result = missing;

	if (missing > 0) {
		error_set(error, ERROR_SYSTEM, STEP_NONE, "there is no state folder %s", state.path);
		return error_hint(error, "name the folder of whoever acts with --state-dir");
	}
	if (result == 0)
		result = ledger_open(&ledger, &state, LEDGER_READ, PATIENCE, error);
	if (result == 0)
		result = ledger_history(ledger, explaining->since, take_life, explaining, error);
	if (result == 0)
		result = explain_audit(explaining, &state, error);
	ledger_close(ledger);
	state_dir_close(&state);
	return result == 0 ? explain_due(explaining, error) : result;
}

static int earlier(const void *a, const void *b)
{
	const struct explained_event *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static void add_text(const struct explaining *explaining, struct buffer *out)
{
	char time[TIME_TEXT_SIZE];

	if (explaining->index.count == 0)
		buffer_puts(out, "EXPLAIN: nothing is known of such a session in this time\n");
	for (size_t i = 0; i < explaining->index.count; i++) {
		const struct explained *explained = &explaining->sessions[i];

		text_escape(out, explained->host);
		buffer_puts(out, " id ");
		text_escape(out, explained->id);
		buffer_printf(out, " %s\n", explained->user);
		for (size_t j = 0; j < explained->count; j++) {
			time_format(time, sizeof time, explained->events[j].at);
			buffer_printf(out, "  %s  ", time);
			text_escape(out, explained->events[j].what);
			if (explained->events[j].why != NULL) {
				buffer_puts(out, " (");
				text_escape(out, explained->events[j].why);
				buffer_puts(out, ")");
			}
			buffer_puts(out, "\n");
		}
	}
	for (size_t i = 0; i < explaining->notes.count; i++) {
		text_escape(out, explaining->notes.items[i]);
		buffer_puts(out, "\n");
	}
	if (explaining->unreadable > 0)
		buffer_printf(out, "%zu line%s of the audit cannot be read, and may be about these sessions\n",
		              explaining->unreadable, plural(explaining->unreadable));
}

static json_t *session_json(const struct explained *explained)
{
	json_t *events = json_array();
	char time[TIME_TEXT_SIZE];

	for (size_t i = 0; i < explained->count; i++) {
		time_format(time, sizeof time, explained->events[i].at);
		json_array_append_new(events, json_pack("{s:s, s:s, s:s?}", "time", time, "what",
		                                        explained->events[i].what, "why", explained->events[i].why));
	}
	return json_pack("{s:s, s:s, s:s, s:o}", "host", explained->host, "id", explained->id, "user", explained->user,
	                 "events", events);
}

static int append(const char *bytes, size_t size, void *out)
{
	buffer_add(out, bytes, size);
	return 0;
}

static void add_json(const struct explaining *explaining, struct buffer *out)
{
	json_t *sessions = json_array(), *notes = json_array(), *json;

	for (size_t i = 0; i < explaining->notes.count; i++)
		json_array_append_new(notes, json_string(explaining->notes.items[i]));
	for (size_t i = 0; i < explaining->index.count; i++)
		json_array_append_new(sessions, session_json(&explaining->sessions[i]));
	json = json_pack("{s:i, s:I, s:o, s:o}", "format", 1, "unreadable_lines", (json_int_t)explaining->unreadable,
	                 "notes", notes, "sessions", sessions);
	json_dump_callback(json, append, out, JSON_COMPACT);
	buffer_puts(out, "\n");
	json_decref(json);
}

static int say(struct explaining *explaining, struct remedy_writer *writer, struct error *error)
{
	struct buffer out = {0};
	int result;

	for (size_t i = 0; i < explaining->index.count; i++)
		if (explaining->sessions[i].count > 0)
			qsort(explaining->sessions[i].events, explaining->sessions[i].count,
			      sizeof *explaining->sessions[i].events, earlier);
	if (explaining->settings->output == OUTPUT_JSON)
		add_json(explaining, &out);
	else
		add_text(explaining, &out);
	result = writer->write(writer->context, buffer_text(&out), out.length, error);
	buffer_free(&out);
	return result;
}

int explain_run(const struct program_info *program, const struct settings *settings, struct remedy_writer *writer,
                struct error *error)
{
	struct explaining explaining = {.settings = settings, .now = clock_now()};
	int result;

	(void)program;
	explaining.since = explaining.now - settings->since;
	explaining.index.arena = &explaining.arena;
	if (settings->ids.count == 0 && settings->filter.users.count == 0) {
		error_set(error, ERROR_USAGE, STEP_NONE, "whose session?");
		return error_hint(error, "give --user or --id");
	}
	result = read_all(&explaining, error);
	if (result == 0)
		result = say(&explaining, writer, error);
	arena_free(&explaining.arena);
	return result;
}
