/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Reads the JSON form, and checks everything. */
#include "lib/session/session_json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/fields.h"
#include "lib/session/session.h"

enum { TEXT_LIMIT = 1024, SESSION_LIMIT = 1000000, NOTICE_LIMIT = 100, HOST_LIMIT = 10000, NAME_LIMIT = 16 };

static int reject(struct error *error, const char *key, const char *why)
{
	return error_set(error, ERROR_PROTOCOL, STEP_NONE, "session data: \"%s\" %s", key, why);
}

static bool absent(const json_t *value)
{
	return value == NULL || json_is_null(value);
}

/* Further names of the user. */
static int names_from_json(const json_t *names, struct string_list *list, struct arena *arena, struct error *error)
{
	const json_t *name;
	size_t i;

	if (absent(names))
		return 0;
	if (!json_is_array(names) || json_array_size(names) > NAME_LIMIT)
		return reject(error, "names", "is not a short list");
	json_array_foreach (names, i, name) {
		if (!json_is_string(name) || json_string_length(name) > TEXT_LIMIT)
			return reject(error, "names", "holds something that is not a short text");
		string_list_add(list, arena,
		                text_clean(arena, json_string_value(name), json_string_length(name), TEXT_LIMIT));
	}
	return 0;
}

/* Reads a text, cleaned; "" if it is absent.  A text of the identity is refused if it is too long.  Any other text
 * is cut, so that one long name does not cost a whole list. */
static int text_from_json(const json_t *value, const char *key, bool identity, const char **text, struct arena *arena,
                          struct error *error)
{
	*text = "";
	if (absent(value))
		return 0;
	if (!json_is_string(value))
		return reject(error, key, "is not a text");
	if (json_string_length(value) > TEXT_LIMIT && identity)
		return reject(error, key, "is longer than 1024 bytes");
	*text = text_clean(arena, json_string_value(value), json_string_length(value), TEXT_LIMIT);
	return 0;
}

static int moment_from_json(const json_t *value, const char *key, struct moment *moment, struct error *error)
{
	const char *text;

	*moment = (struct moment){MOMENT_UNKNOWN, 0};
	if (absent(value))
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

static int flag_from_json(const json_t *value, const char *key, enum flag *flag, struct error *error)
{
	*flag = FLAG_UNKNOWN;
	if (absent(value))
		return 0;
	if (!json_is_boolean(value))
		return reject(error, key, "is not true, false or null");
	*flag = json_is_true(value) ? FLAG_YES : FLAG_NO;
	return 0;
}

static int word_from_json(const json_t *value, enum field_type type, struct session *session, struct error *error)
{
	const char *word = json_string_value(value);

	switch (type) {
	case FIELD_STATE:
		return word != NULL && session_state_parse(word, &session->state) == 0
		           ? 0
		           : reject(error, "state", "is not a session state");
	case FIELD_CLASS:
		return word != NULL && session_class_parse(word, &session->class) == 0
		           ? 0
		           : reject(error, "class", "is not a session class");
	default:
		return word != NULL && session_kind_parse(word, &session->kind) == 0
		           ? 0
		           : reject(error, "kind", "is not a session kind");
	}
}

static int number_from_json(const json_t *number, struct session *session, struct error *error)
{
	if (absent(number))
		return 0;
	if (!json_is_integer(number) || json_integer_value(number) < 0 || json_integer_value(number) > UINT32_MAX)
		return reject(error, "number", "is not a 32-bit number");
	session->numbered = true;
	session->number = (uint32_t)json_integer_value(number);
	return 0;
}

/* Reads short names with a text each. */
static int facts_from_json(const json_t *facts, struct session *session, struct arena *arena, struct error *error)
{
	const char *name;
	const json_t *value;

	if (absent(facts))
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

/* A larger difference of two clocks is an error. */
static int clock_from_json(const json_t *ahead, struct session *session, struct error *error)
{
	const json_int_t most = (json_int_t)366 * 24 * 3600 * 1000;

	if (absent(ahead))
		return 0;
	if (!json_is_integer(ahead) || json_integer_value(ahead) < -most || json_integer_value(ahead) > most)
		return reject(error, "clock_ahead_ms", "is not within a year");
	session->clock_ahead = (int64_t)json_integer_value(ahead);
	return 0;
}

static int length_from_json(const json_t *value, const char *key, struct span *span, struct error *error)
{
	*span = (struct span){0};
	if (absent(value))
		return 0;
	if (!json_is_integer(value) || json_integer_value(value) < 0)
		return reject(error, key, "is not a length of time");
	*span = (struct span){true, (int64_t)json_integer_value(value)};
	return 0;
}

static int field_from_json(const json_t *value, enum session_field field, struct session *session, struct arena *arena,
                           struct error *error)
{
	const struct field_info *info = &session_fields[field];
	void *member = field_of(session, field);

	switch (info->type) {
	case FIELD_TEXT:
		return text_from_json(value, info->name, info->identity, member, arena, error);
	case FIELD_NUMBER:
		return number_from_json(value, session, error);
	case FIELD_STATE:
	case FIELD_CLASS:
	case FIELD_KIND:
		return word_from_json(value, info->type, session, error);
	case FIELD_FLAG:
		return flag_from_json(value, info->name, member, error);
	case FIELD_MOMENT:
		return moment_from_json(value, info->name, member, error);
	case FIELD_SPAN:
		return clock_from_json(value, session, error);
	case FIELD_LENGTH:
		return length_from_json(value, info->name, member, error);
	case FIELD_MARK:
		*(bool *)member = json_is_true(value);
		return absent(value) || json_is_boolean(value) ? 0 : reject(error, info->name, "is not true or false");
	case FIELD_TEXTS:
		return names_from_json(value, member, arena, error);
	case FIELD_FACTS:
		return facts_from_json(value, session, arena, error);
	}
	return -1;
}

/* The values of an object by field; NULL: absent.  Writers keep the order of the table, so a key is nearly always
 * found a few fields behind the one before, without any hash. */
static void fields_find(const json_t *json, const json_t *values[SESSION_FIELDS])
{
	enum session_field next = 0;
	json_t *object = (json_t *)json;

	for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
		const char *key = json_object_iter_key(at);

		for (size_t tried = 0; tried < SESSION_FIELDS; tried++) {
			const enum session_field field = (next + tried) % SESSION_FIELDS;

			if (strcmp(session_fields[field].name, key) != 0)
				continue;
			values[field] = json_object_iter_value(at);
			next = field + 1;
			break;
		}
	}
}

/* A text that was cut or cleaned is not a complete name. */
static bool cut_text(const json_t *value)
{
	return json_string_length(value) > TEXT_LIMIT;
}

/* whole: the snapshot that it is in, or NULL. */
static int session_read(const json_t *json, struct session *session, const struct snapshot *whole, struct arena *arena,
                        struct error *error)
{
	const json_t *values[SESSION_FIELDS] = {NULL};

	session_init(session);
	if (!json_is_object(json))
		return reject(error, "session", "is not an object");
	fields_find(json, values);
	for (enum session_field field = 0; field < SESSION_FIELDS; field++)
		if (field_from_json(values[field], field, session, arena, error) < 0)
			return -1;
	if (whole != NULL && values[SESSION_FIELD_PROVIDER] == NULL && values[SESSION_FIELD_HOST] == NULL) {
		session->provider = whole->provider;
		session->host = whole->host;
	}
	if (session->id[0] == '\0')
		return reject(error, "id", "is missing");
	if (session->provider[0] == '\0')
		return reject(error, "provider", "is missing");
	session->user_cut = session->user_cut || cut_text(values[SESSION_FIELD_USER]);
	session->domain_cut = session->domain_cut || cut_text(values[SESSION_FIELD_DOMAIN]);
	return 0;
}

int session_from_json(const json_t *json, struct session *session, struct arena *arena, struct error *error)
{
	return session_read(json, session, NULL, arena, error);
}

/* Texts, as many as most, without empty ones; absent: none. */
static int texts_from_json(const json_t *json, const char *name, size_t most, struct string_list *list,
                           struct arena *arena, struct error *error)
{
	const json_t *texts = json_object_get(json, name), *text;
	size_t i;

	if (texts == NULL)
		return 0;
	if (!json_is_array(texts) || json_array_size(texts) > most)
		return reject(error, name, "is not a short list");
	json_array_foreach (texts, i, text) {
		if (!json_is_string(text))
			return reject(error, name, "holds something that is not a text");
		if (json_string_length(text) > 0)
			string_list_add(
			    list, arena,
			    text_clean(arena, json_string_value(text), json_string_length(text), TEXT_LIMIT));
	}
	return 0;
}

/* Both or none, and not more available than the total. */
static int memory_from_json(const json_t *json, struct snapshot *snapshot, struct error *error)
{
	const json_t *total = json_object_get(json, "memory_total_kib");
	const json_t *available = json_object_get(json, "memory_available_kib");

	if (total == NULL && available == NULL)
		return 0;
	if (json_integer_value(total) <= 0 || !json_is_integer(available) || json_integer_value(available) < 0 ||
	    json_integer_value(available) > json_integer_value(total))
		return reject(error, "memory_available_kib", "is not a part of memory_total_kib");
	snapshot->memory_total = (uint64_t)json_integer_value(total);
	snapshot->memory_available = (uint64_t)json_integer_value(available);
	return 0;
}

int snapshot_from_json(const json_t *json, struct snapshot *snapshot, struct error *error)
{
	const json_t *sessions, *entry;
	struct moment now, taken;
	size_t i;

	if (!json_is_object(json))
		return reject(error, "snapshot", "is not an object");
	if (text_from_json(json_object_get(json, "provider"), "provider", true, &snapshot->provider, &snapshot->arena,
	                   error) < 0 ||
	    text_from_json(json_object_get(json, "host"), "host", true, &snapshot->host, &snapshot->arena, error) < 0 ||
	    moment_from_json(json_object_get(json, "now"), "now", &now, error) < 0 ||
	    moment_from_json(json_object_get(json, "taken_at"), "taken_at", &taken, error) < 0 ||
	    texts_from_json(json, "notices", NOTICE_LIMIT, &snapshot->notices, &snapshot->arena, error) < 0 ||
	    texts_from_json(json, "hosts", HOST_LIMIT, &snapshot->hosts, &snapshot->arena, error) < 0 ||
	    memory_from_json(json, snapshot, error) < 0)
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
		if (session_read(entry, snapshot_add(snapshot), snapshot, &snapshot->arena, error) < 0)
			return -1;
	return 0;
}
