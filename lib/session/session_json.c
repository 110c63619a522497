/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Writes the JSON form. */
#include "lib/session/session_json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/session/fields.h"

const char *moment_text(char *text, size_t size, const struct moment *moment)
{
	if (moment->is == MOMENT_NEVER)
		return "never";
	return moment->is == MOMENT_KNOWN && time_format(text, size, moment->at) == 0 ? text : NULL;
}

static json_t *moment_to_json(const struct moment *moment)
{
	char text[TIME_TEXT_SIZE];
	const char *said = moment_text(text, sizeof text, moment);

	return said != NULL ? json_string(said) : json_null();
}

json_t *facts_to_json(const struct string_list *facts)
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

static json_t *list_to_json(const struct string_list *list)
{
	json_t *json = json_array();

	for (size_t i = 0; i < list->count; i++)
		json_array_append_new(json, json_string(list->items[i]));
	return json;
}

/* NULL if the field is left out: most sessions do not have it. */
static json_t *field_to_json(const struct session *session, enum session_field field)
{
	const void *member = field_at(session, field);
	const struct string_list *list = member;
	const struct span *span;
	const char *text;
	enum flag flag;

	switch (session_fields[field].type) {
	case FIELD_TEXT:
		text = field_text(session, field);
		return text[0] != '\0' ? json_string(text) : NULL;
	case FIELD_NUMBER:
		return session->numbered ? json_integer(session->number) : NULL;
	case FIELD_STATE:
		return json_string(session_state_name(session->state));
	case FIELD_CLASS:
		return json_string(session_class_name(session->class));
	case FIELD_KIND:
		return json_string(session_kind_name(session->kind));
	case FIELD_FLAG:
		flag = field_flag(session, field);
		return flag == FLAG_UNKNOWN ? json_null() : json_boolean(flag == FLAG_YES);
	case FIELD_MOMENT:
		return moment_to_json(member);
	case FIELD_SPAN:
		return *(const int64_t *)member != 0 ? json_integer((json_int_t) * (const int64_t *)member) : NULL;
	case FIELD_LENGTH:
		span = member;
		return span->known ? json_integer((json_int_t)span->length) : NULL;
	case FIELD_MARK:
		return *(const bool *)member ? json_true() : NULL;
	case FIELD_TEXTS:
		return list->count > 0 ? list_to_json(list) : NULL;
	case FIELD_FACTS:
		return list->count > 0 ? facts_to_json(list) : NULL;
	}
	return NULL;
}

json_t *session_to_json(const struct session *session)
{
	json_t *json = json_object(), *value;

	for (enum session_field field = 0; field < SESSION_FIELDS; field++)
		if ((value = field_to_json(session, field)) != NULL)
			json_object_set_new_nocheck(json, session_fields[field].name, value);
	return json;
}

json_t *snapshot_to_json(const struct snapshot *snapshot)
{
	json_t *json = json_object(), *sessions = json_array();
	struct moment now = moment_at(snapshot->now), taken = moment_at(snapshot->taken_at);

	json_object_set_new_nocheck(json, "provider", json_string(snapshot->provider));
	json_object_set_new_nocheck(json, "host", json_string(snapshot->host));
	json_object_set_new_nocheck(json, "now", moment_to_json(&now));
	json_object_set_new_nocheck(json, "taken_at", moment_to_json(&taken));
	json_object_set_new_nocheck(json, "complete", json_boolean(snapshot->complete));
	if (snapshot->memory_total > 0) {
		json_object_set_new_nocheck(json, "memory_total_kib", json_integer((json_int_t)snapshot->memory_total));
		json_object_set_new_nocheck(json, "memory_available_kib",
		                            json_integer((json_int_t)snapshot->memory_available));
	}
	json_object_set_new_nocheck(json, "notices", list_to_json(&snapshot->notices));
	if (snapshot->hosts.count > 0)
		json_object_set_new_nocheck(json, "hosts", list_to_json(&snapshot->hosts));
	for (size_t i = 0; i < snapshot->count; i++)
		json_array_append_new(sessions, session_to_json(&snapshot->sessions[i]));
	json_object_set_new_nocheck(json, "sessions", sessions);
	return json;
}
