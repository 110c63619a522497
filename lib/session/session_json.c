/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/session/session_json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"

enum { TEXT_LIMIT = 1024, SESSION_LIMIT = 1000000, NOTICE_LIMIT = 100, NAME_LIMIT = 16 };

/* The fields of a session by kind: writer and reader walk the same tables. */
struct field {
	const char *key;
	size_t offset;
};

static const struct field texts[] = {
    {"provider", offsetof(struct session, provider)},
    {"host", offsetof(struct session, host)},
    {"id", offsetof(struct session, id)},
    {"user", offsetof(struct session, user)},
    {"birth", offsetof(struct session, birth)},
    {"domain", offsetof(struct session, domain)},
    {"upn", offsetof(struct session, upn)},
    {"station", offsetof(struct session, station)},
    {"client_name", offsetof(struct session, client_name)},
    {"client_address", offsetof(struct session, client_address)},
    {"collection", offsetof(struct session, collection)},
    {"application", offsetof(struct session, application)},
    {"state_text", offsetof(struct session, state_text)},
    {NULL, 0},
};

static const struct field moments[] = {
    {"logon_time", offsetof(struct session, logon_time)},
    {"connect_time", offsetof(struct session, connect_time)},
    {"disconnect_time", offsetof(struct session, disconnect_time)},
    {"last_input", offsetof(struct session, last_input)},
    {NULL, 0},
};

static const struct field flags[] = {
    {"locked", offsetof(struct session, locked)},
    {"own", offsetof(struct session, own)},
    {NULL, 0},
};

static const void *at(const struct session *session, const struct field *field)
{
	return (const char *)session + field->offset;
}

static void *at_mutable(struct session *session, const struct field *field)
{
	return (char *)session + field->offset;
}

static json_t *moment_to_json(const struct moment *moment)
{
	char text[TIME_TEXT_SIZE];

	switch (moment->is) {
	case MOMENT_KNOWN:
		time_format(text, sizeof text, moment->at);
		return json_string(text);
	case MOMENT_NEVER:
		return json_string("never");
	case MOMENT_UNKNOWN:
		break;
	}
	return json_null();
}

/* "name=value" each: {"name": "value"}. */
static json_t *facts_to_json(const struct string_list *facts)
{
	json_t *json = json_object();

	for (size_t i = 0; i < facts->count; i++) {
		size_t length = strcspn(facts->items[i], "=");
		char name[FACT_LIMIT + 1];

		if (length > FACT_LIMIT || facts->items[i][length] == '\0')
			continue;
		memcpy(name, facts->items[i], length);
		name[length] = '\0';
		json_object_set_new(json, name, json_string(facts->items[i] + length + 1));
	}
	return json;
}

/* What most sessions do not have is left out. */
static void names_to_json(json_t *json, const struct session *session)
{
	json_t *names;

	if (session->upn_derived)
		json_object_set_new_nocheck(json, "upn_derived", json_true());
	if (session->user_cut)
		json_object_set_new_nocheck(json, "user_cut", json_true());
	if (session->domain_cut)
		json_object_set_new_nocheck(json, "domain_cut", json_true());
	if (session->names.count == 0)
		return;
	names = json_array();
	for (size_t i = 0; i < session->names.count; i++)
		json_array_append_new(names, json_string(session->names.items[i]));
	json_object_set_new_nocheck(json, "names", names);
}

json_t *session_to_json(const struct session *session)
{
	json_t *json = json_object();

	for (const struct field *field = texts; field->key != NULL; field++) {
		const char *text = *(const char *const *)at(session, field);

		if (text[0] != '\0')
			json_object_set_new_nocheck(json, field->key, json_string(text));
	}
	if (session->numbered)
		json_object_set_new_nocheck(json, "number", json_integer(session->number));
	json_object_set_new_nocheck(json, "state", json_string(session_state_name(session->state)));
	json_object_set_new_nocheck(json, "class", json_string(session_class_name(session->class)));
	json_object_set_new_nocheck(json, "kind", json_string(session_kind_name(session->kind)));
	for (const struct field *field = flags; field->key != NULL; field++) {
		enum flag flag = *(const enum flag *)at(session, field);

		json_object_set_new_nocheck(json, field->key,
		                            flag == FLAG_UNKNOWN ? json_null() : json_boolean(flag == FLAG_YES));
	}
	for (const struct field *field = moments; field->key != NULL; field++)
		json_object_set_new_nocheck(json, field->key, moment_to_json(at(session, field)));
	if (session->clock_ahead != 0)
		json_object_set_new_nocheck(json, "clock_ahead_ms", json_integer((json_int_t)session->clock_ahead));
	names_to_json(json, session);
	if (session->facts.count > 0)
		json_object_set_new_nocheck(json, "facts", facts_to_json(&session->facts));
	return json;
}

json_t *snapshot_to_json(const struct snapshot *snapshot)
{
	json_t *json = json_object(), *sessions = json_array(), *notices = json_array();
	struct moment now = moment_at(snapshot->now), taken = moment_at(snapshot->taken_at);

	json_object_set_new_nocheck(json, "provider", json_string(snapshot->provider));
	json_object_set_new_nocheck(json, "host", json_string(snapshot->host));
	json_object_set_new_nocheck(json, "now", moment_to_json(&now));
	json_object_set_new_nocheck(json, "taken_at", moment_to_json(&taken));
	json_object_set_new_nocheck(json, "complete", json_boolean(snapshot->complete));
	for (size_t i = 0; i < snapshot->notices.count; i++)
		json_array_append_new(notices, json_string(snapshot->notices.items[i]));
	json_object_set_new_nocheck(json, "notices", notices);
	for (size_t i = 0; i < snapshot->count; i++)
		json_array_append_new(sessions, session_to_json(&snapshot->sessions[i]));
	json_object_set_new_nocheck(json, "sessions", sessions);
	return json;
}

static int reject(struct error *error, const char *key, const char *why)
{
	return error_set(error, ERROR_PROTOCOL, STEP_NONE, "session data: \"%s\" %s", key, why);
}

static bool may_be_cut(const char *key)
{
	static const char *const identity[] = {"provider", "host", "id", "birth", NULL};

	for (size_t i = 0; identity[i] != NULL; i++)
		if (strcmp(key, identity[i]) == 0)
			return false;
	return true;
}

/* Texts that are cut or unlike what was told do not tell whole names. */
static bool cut_text(const json_t *object, const char *key)
{
	return json_string_length(json_object_get(object, key)) > TEXT_LIMIT;
}

/* Further names of the user, and whether the first ones are whole. */
static int names_from_json(const json_t *json, struct session *session, struct arena *arena, struct error *error)
{
	const json_t *names = json_object_get(json, "names"), *name;
	size_t i;

	session->upn_derived = json_is_true(json_object_get(json, "upn_derived"));
	session->user_cut = json_is_true(json_object_get(json, "user_cut")) || cut_text(json, "user");
	session->domain_cut = json_is_true(json_object_get(json, "domain_cut")) || cut_text(json, "domain");
	if (names == NULL || json_is_null(names))
		return 0;
	if (!json_is_array(names) || json_array_size(names) > NAME_LIMIT)
		return reject(error, "names", "is not a short list");
	json_array_foreach (names, i, name) {
		if (!json_is_string(name) || json_string_length(name) > TEXT_LIMIT)
			return reject(error, "names", "holds something that is not a short text");
		string_list_add(&session->names, arena,
		                text_clean(arena, json_string_value(name), json_string_length(name), TEXT_LIMIT));
	}
	return 0;
}

/* A text, cleaned; absent is "".  What tells one session from another is refused if it is too
   long; anything else is cut, so that one odd name does not cost a whole list. */
static int text_from_json(const json_t *object, const char *key, const char **text, struct arena *arena,
                          struct error *error)
{
	const json_t *value = json_object_get(object, key);

	*text = "";
	if (value == NULL || json_is_null(value))
		return 0;
	if (!json_is_string(value))
		return reject(error, key, "is not a text");
	if (json_string_length(value) > TEXT_LIMIT && !may_be_cut(key))
		return reject(error, key, "is longer than 1024 bytes");
	*text = text_clean(arena, json_string_value(value), json_string_length(value), TEXT_LIMIT);
	return 0;
}

static int moment_from_json(const json_t *object, const char *key, struct moment *moment, struct error *error)
{
	const json_t *value = json_object_get(object, key);
	const char *text;

	*moment = (struct moment){MOMENT_UNKNOWN, 0};
	if (value == NULL || json_is_null(value))
		return 0;
	if ((text = json_string_value(value)) == NULL)
		return reject(error, key, "is not a time");
	if (strcmp(text, "never") == 0) {
		moment->is = MOMENT_NEVER;
		return 0;
	}
	if (time_parse(text, &moment->at) < 0)
		return reject(error, key, "is not a time");
	moment->is = MOMENT_KNOWN;
	return 0;
}

static int flag_from_json(const json_t *object, const char *key, enum flag *flag, struct error *error)
{
	const json_t *value = json_object_get(object, key);

	*flag = FLAG_UNKNOWN;
	if (value == NULL || json_is_null(value))
		return 0;
	if (!json_is_boolean(value))
		return reject(error, key, "is not true, false or null");
	*flag = json_is_true(value) ? FLAG_YES : FLAG_NO;
	return 0;
}

static int words_from_json(const json_t *json, struct session *session, struct error *error)
{
	const char *word;

	if ((word = json_string_value(json_object_get(json, "state"))) == NULL ||
	    session_state_parse(word, &session->state) < 0)
		return reject(error, "state", "is not a session state");
	if ((word = json_string_value(json_object_get(json, "class"))) == NULL ||
	    session_class_parse(word, &session->class) < 0)
		return reject(error, "class", "is not a session class");
	if ((word = json_string_value(json_object_get(json, "kind"))) == NULL ||
	    session_kind_parse(word, &session->kind) < 0)
		return reject(error, "kind", "is not a session kind");
	return 0;
}

static int number_from_json(const json_t *json, struct session *session, struct error *error)
{
	const json_t *number = json_object_get(json, "number");

	if (number == NULL || json_is_null(number))
		return 0;
	if (!json_is_integer(number) || json_integer_value(number) < 0 || json_integer_value(number) > UINT32_MAX)
		return reject(error, "number", "is not a 32-bit number");
	session->numbered = true;
	session->number = (uint32_t)json_integer_value(number);
	return 0;
}

/* A few words with a text each. */
static int facts_from_json(const json_t *facts, struct session *session, struct arena *arena, struct error *error)
{
	const char *name;
	const json_t *value;

	if (facts == NULL || json_is_null(facts))
		return 0;
	if (!json_is_object(facts) || json_object_size(facts) > FACT_LIMIT)
		return reject(error, "facts", "is not a small object");
	json_object_foreach ((json_t *)facts, name, value) {
		const char *text;

		if (!session_fact_name(name) || !json_is_string(value))
			return reject(error, "facts", "holds something that is not a word with a text");
		text = text_clean(arena, json_string_value(value), json_string_length(value), TEXT_LIMIT);
		string_list_add(&session->facts, arena, arena_printf(arena, "%s=%s", name, text));
	}
	return 0;
}

/* Further apart than a year no two clocks are believed. */
static int clock_from_json(const json_t *json, struct session *session, struct error *error)
{
	const json_t *ahead = json_object_get(json, "clock_ahead_ms");
	const json_int_t most = (json_int_t)366 * 24 * 3600 * 1000;

	if (ahead == NULL || json_is_null(ahead))
		return 0;
	if (!json_is_integer(ahead) || json_integer_value(ahead) < -most || json_integer_value(ahead) > most)
		return reject(error, "clock_ahead_ms", "is not within a year");
	session->clock_ahead = (int64_t)json_integer_value(ahead);
	return 0;
}

int session_from_json(const json_t *json, struct session *session, struct arena *arena, struct error *error)
{
	session_init(session);
	if (!json_is_object(json))
		return reject(error, "session", "is not an object");
	for (const struct field *field = texts; field->key != NULL; field++)
		if (text_from_json(json, field->key, at_mutable(session, field), arena, error) < 0)
			return -1;
	if (session->id[0] == '\0')
		return reject(error, "id", "is missing");
	if (session->provider[0] == '\0')
		return reject(error, "provider", "is missing");
	if (number_from_json(json, session, error) < 0 || words_from_json(json, session, error) < 0)
		return -1;
	for (const struct field *field = flags; field->key != NULL; field++)
		if (flag_from_json(json, field->key, at_mutable(session, field), error) < 0)
			return -1;
	for (const struct field *field = moments; field->key != NULL; field++)
		if (moment_from_json(json, field->key, at_mutable(session, field), error) < 0)
			return -1;
	if (clock_from_json(json, session, error) < 0)
		return -1;
	if (names_from_json(json, session, arena, error) < 0)
		return -1;
	return facts_from_json(json_object_get(json, "facts"), session, arena, error);
}

static int notices_from_json(const json_t *notices, struct snapshot *snapshot, struct error *error)
{
	const json_t *notice;
	size_t i;

	if (notices == NULL)
		return 0;
	if (!json_is_array(notices) || json_array_size(notices) > NOTICE_LIMIT)
		return reject(error, "notices", "is not a short list");
	json_array_foreach (notices, i, notice) {
		if (!json_is_string(notice))
			return reject(error, "notices", "holds something that is not a text");
		string_list_add(
		    &snapshot->notices, &snapshot->arena,
		    text_clean(&snapshot->arena, json_string_value(notice), json_string_length(notice), TEXT_LIMIT));
	}
	return 0;
}

int snapshot_from_json(const json_t *json, struct snapshot *snapshot, struct error *error)
{
	const json_t *sessions, *entry;
	struct moment now, taken;
	size_t i;

	if (!json_is_object(json))
		return reject(error, "snapshot", "is not an object");
	if (text_from_json(json, "provider", &snapshot->provider, &snapshot->arena, error) < 0 ||
	    text_from_json(json, "host", &snapshot->host, &snapshot->arena, error) < 0 ||
	    moment_from_json(json, "now", &now, error) < 0 || moment_from_json(json, "taken_at", &taken, error) < 0 ||
	    notices_from_json(json_object_get(json, "notices"), snapshot, error) < 0)
		return -1;
	if (now.is != MOMENT_KNOWN || taken.is != MOMENT_KNOWN)
		return reject(error, "now", "is missing");
	snapshot->now = now.at;
	snapshot->taken_at = taken.at;
	if (!json_is_boolean(json_object_get(json, "complete")))
		return reject(error, "complete", "is not true or false");
	snapshot->complete = json_is_true(json_object_get(json, "complete"));
	sessions = json_object_get(json, "sessions");
	if (!json_is_array(sessions) || json_array_size(sessions) > SESSION_LIMIT)
		return reject(error, "sessions", "is not a list, or has more than a million entries");
	json_array_foreach (sessions, i, entry)
		if (session_from_json(entry, snapshot_add(snapshot), &snapshot->arena, error) < 0)
			return -1;
	return 0;
}
