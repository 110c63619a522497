/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/session/session.h"
#include "providers/sim/farm.h"
#include "providers/sim/reading.h"
#include "providers/sim/value.h"

enum { MOST_SESSIONS = 1000000, LOAD_MOST = 100000 };

int farm_key(struct reading *reading, const char *key, const char *value)
{
	struct farm *farm = reading->farm;
	const char *slash = strrchr(farm->path, '/');

	if (strcmp(key, "start") == 0) {
		if (strcmp(value, "file") == 0)
			return 0;
		farm->start = strcmp(value, "first-use") == 0 ? START_FIRST : START_FIXED;
		return farm->start == START_FIXED ? time_parse(value, &farm->start_at) : 0;
	}
	if (strcmp(key, "state") == 0 && *value != '\0') {
		if (*value == '/' || slash == NULL)
			farm->state = arena_strdup(&farm->arena, value);
		else
			farm->state =
			    arena_printf(&farm->arena, "%.*s/%s", (int)(slash - farm->path), farm->path, value);
		return 0;
	}
	return 1;
}

static int event_key(struct reading *reading, const char *when, const char *value, bool of_host)
{
	struct event event = {0};
	struct event_list *list = of_host ? &reading->host->events : &reading->session->events;

	if (trigger_parse(when, &event.trigger, &event.at) < 0 || event_parse(value, &event, &reading->farm->arena) < 0)
		return -1;
	if ((event.kind >= EVENT_FAULT) != of_host || (of_host && event.trigger != TRIGGER_TIME))
		return -1;
	event_add(list, &event, &reading->farm->arena);
	return 0;
}

/* "20 %" */
static int percent_parse(const char *value, unsigned long long most, unsigned long long *percent)
{
	char number[16];
	size_t length = strspn(value, "0123456789");

	if (length >= sizeof number || strcmp(value + length + (value[length] == ' '), "%") != 0)
		return -1;
	snprintf(number, sizeof number, "%.*s", (int)length, value);
	return number_parse(number, most, percent);
}

static int memory_key(const char *value, struct span *memory)
{
	unsigned long long percent;

	if (percent_parse(value, 100, &percent) < 0)
		return -1;
	*memory = (struct span){true, (int64_t)percent};
	return 0;
}

int host_key(struct reading *reading, const char *key, const char *value)
{
	struct farm_host *host = reading->host;
	unsigned long long number;

	if (strncmp(key, "at ", 3) == 0)
		return event_key(reading, key + 3, value, true);
	if (strcmp(key, "delay") == 0)
		return duration_parse(value, &host->delay);
	if (strcmp(key, "skew") == 0)
		return span_parse(value, &host->skew);
	if (strcmp(key, "fault") == 0)
		return fault_parse(value, &host->fault);
	if (strcmp(key, "memory-available") == 0)
		return memory_key(value, &host->memory);
	if (strcmp(key, "sessions") == 0) {
		if (number_parse(value, MOST_SESSIONS, &number) < 0)
			return -1;
		host->generated = (uint32_t)number;
		return 0;
	}
	return 1;
}

/* Keys whose value is a text and nothing else. */
static const char **text_field(struct farm_session *session, const char *key)
{
	const struct {
		const char *key;
		const char **field;
	} fields[] = {
	    {"user", &session->user},
	    {"domain", &session->domain},
	    {"upn", &session->upn},
	    {"station", &session->station},
	    {"client-name", &session->client_name},
	    {"client-address", &session->client_address},
	    {"collection", &session->collection},
	    {"application", &session->application},
	    {"state-text", &session->state_text},
	};

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (strcmp(key, fields[i].key) == 0)
			return fields[i].field;
	return NULL;
}

static int time_key(struct reading *reading, const char *key, const char *value)
{
	struct farm_session *session = reading->session;

	if (strcmp(key, "logon") == 0) {
		reading->logon_given = true;
		return offset_parse(value, &session->logon);
	}
	if (strcmp(key, "connect") == 0) {
		session->connect_given = true;
		return offset_parse(value, &session->connect);
	}
	if (strcmp(key, "disconnect") == 0) {
		reading->disconnect_given = true;
		return offset_parse(value, &session->disconnect);
	}
	if (strcmp(key, "last-input") == 0) {
		reading->input_given = true;
		session->busy = strcmp(value, "busy") == 0;
		return session->busy ? 0 : offset_parse(value, &session->last_input);
	}
	return 1;
}

static int mark_parse(const char *value, bool *mark)
{
	enum flag flag;

	if (flag_parse(value, &flag) < 0 || flag == FLAG_UNKNOWN)
		return -1;
	*mark = flag == FLAG_YES;
	return 0;
}

/* "ok", "ok after 2s" */
static int answer_parse(struct farm_session *session, const char *value, struct arena *arena)
{
	const char *blank = strstr(value, " after ");

	if (blank == NULL)
		return text_parse(value, arena, &session->answer);
	session->answer = arena_strndup(arena, value, (size_t)(blank - value));
	return duration_parse(blank + 7, &session->answer_after);
}

/* What its programs do. */
static int work_key(struct reading *reading, const char *key, const char *value)
{
	struct farm_session *session = reading->session;

	if (strcmp(key, "inhibited") == 0)
		return mark_parse(value, &session->inhibited);
	if (strcmp(key, "cpu") == 0) {
		session->cpu.known = true;
		return duration_parse(value, &session->cpu.length);
	}
	if (strcmp(key, "load") == 0) {
		session->cpu.known = true;
		return percent_parse(value, LOAD_MOST, &session->load);
	}
	return 1;
}

static int word_key(struct reading *reading, const char *key, const char *value)
{
	struct farm_session *session = reading->session;

	if (strcmp(key, "state") == 0) {
		session->state_given = true;
		return session_state_parse(value, &session->state);
	}
	if (strcmp(key, "class") == 0) {
		reading->class_given = true;
		return session_class_parse(value, &session->class);
	}
	if (strcmp(key, "kind") == 0)
		return session_kind_parse(value, &session->kind);
	if (strcmp(key, "locked") == 0)
		return flag_parse(value, &session->locked);
	if (strcmp(key, "own") == 0)
		return flag_parse(value, &session->own);
	if (strcmp(key, "acts") == 0)
		return obedience_parse(value, &session->obedience, &session->obedience_span);
	return 1;
}

/* Adds a name of the user, up to the number that a reader of JSON accepts. */
static int name_key(struct reading *reading, const char *value)
{
	enum { NAMES_MOST = 16 };
	const char *text;

	if (reading->session->names.count >= NAMES_MOST || text_parse(value, &reading->farm->arena, &text) < 0)
		return -1;
	string_list_add(&reading->session->names, &reading->farm->arena, text);
	return 0;
}

/* "fact client_build_number = 19041" */
static int fact_key(struct reading *reading, const char *name, const char *value)
{
	struct arena *arena = &reading->farm->arena;
	const char *text;

	if (!session_fact_name(name) || reading->session->facts.count >= FACT_LIMIT ||
	    text_parse(value, arena, &text) < 0)
		return -1;
	string_list_add(&reading->session->facts, arena, arena_printf(arena, "%s=%s", name, text));
	return 0;
}

int session_key(struct reading *reading, const char *key, const char *value)
{
	struct farm_session *session = reading->session;
	struct arena *arena = &reading->farm->arena;
	const char **field = text_field(session, key);
	enum flag present;
	int known;

	if (field != NULL)
		return text_parse(value, arena, field);
	if (strcmp(key, "name") == 0)
		return name_key(reading, value);
	if (strcmp(key, "user-cut") == 0)
		return mark_parse(value, &session->user_cut);
	if (strcmp(key, "domain-cut") == 0)
		return mark_parse(value, &session->domain_cut);
	if (strncmp(key, "at ", 3) == 0)
		return event_key(reading, key + 3, value, false);
	if (strncmp(key, "fact ", 5) == 0)
		return fact_key(reading, key + 5, value);
	if (strcmp(key, "birth") == 0 && strcmp(value, "none") == 0) {
		session->birth = "";
		return 0;
	}
	if (strcmp(key, "birth") == 0)
		return text_parse(value, arena, &session->birth);
	if (strcmp(key, "answer") == 0)
		return answer_parse(session, value, arena);
	if (strcmp(key, "present") == 0) {
		if (flag_parse(value, &present) < 0 || present == FLAG_UNKNOWN)
			return -1;
		session->absent = present == FLAG_NO;
		return 0;
	}
	known = time_key(reading, key, value);
	if (known > 0)
		known = work_key(reading, key, value);
	return known <= 0 ? known : word_key(reading, key, value);
}
