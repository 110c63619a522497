/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/session/session_write.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/base/utf8.h"
#include "lib/session/fields.h"
#include "lib/session/session_json.h"

static void escape(struct buffer *out, unsigned char letter)
{
	static const char letters[] = "\b\f\n\r\t\"\\", names[] = "bfnrt\"\\";
	const char *found = strchr(letters, letter);

	if (found != NULL)
		buffer_printf(out, "\\%c", names[found - letters]);
	else
		buffer_printf(out, "\\u%04X", letter);
}

static bool plain(unsigned char letter)
{
	return letter >= ' ' && letter != '"' && letter != '\\';
}

/* The text is valid UTF-8. */
static void quote(struct buffer *out, const char *text, size_t length)
{
	size_t from = 0;

	buffer_add(out, "\"", 1);
	for (size_t at = 0; at < length; at++) {
		if (plain((unsigned char)text[at]))
			continue;
		buffer_add(out, text + from, at - from);
		escape(out, (unsigned char)text[at]);
		from = at + 1;
	}
	buffer_add(out, text + from, length - from);
	buffer_add(out, "\"", 1);
}

static void write_number(struct buffer *out, int64_t number)
{
	char digits[24], *at = digits + sizeof digits;
	uint64_t rest = number < 0 ? -(uint64_t)number : (uint64_t)number;

	do
		*--at = (char)('0' + rest % 10);
	while ((rest /= 10) > 0);
	if (number < 0)
		*--at = '-';
	buffer_add(out, at, (size_t)(digits + sizeof digits - at));
}

/* A comma, unless it is the first in its list or object. */
static void separate(struct buffer *out)
{
	const char last = out->text[out->length - 1];

	if (last != '{' && last != '[')
		buffer_add(out, ",", 1);
}

static void write_key(struct buffer *out, const char *key)
{
	separate(out);
	buffer_add(out, "\"", 1);
	buffer_puts(out, key);
	buffer_add(out, "\":", 2);
}

/* Like json_string(), which makes nothing of what is not UTF-8: the key is then left out. */
static void write_text(struct buffer *out, const char *key, const char *text)
{
	const size_t length = strlen(text);

	if (!utf8_valid(text, length))
		return;
	write_key(out, key);
	quote(out, text, length);
}

static void write_moment(struct buffer *out, const char *key, const struct moment *moment)
{
	char text[TIME_TEXT_SIZE];
	const char *said = moment_text(text, sizeof text, moment);

	write_key(out, key);
	if (said != NULL)
		quote(out, said, strlen(said));
	else
		buffer_add(out, "null", 4);
}

static void write_flag(struct buffer *out, const char *key, enum flag flag)
{
	write_key(out, key);
	buffer_puts(out, flag == FLAG_YES ? "true" : flag == FLAG_NO ? "false" : "null");
}

static void write_integer(struct buffer *out, const char *key, int64_t number)
{
	write_key(out, key);
	write_number(out, number);
}

static void write_list(struct buffer *out, const char *key, const struct string_list *list)
{
	write_key(out, key);
	buffer_add(out, "[", 1);
	for (size_t i = 0; i < list->count; i++) {
		const size_t length = strlen(list->items[i]);

		if (!utf8_valid(list->items[i], length))
			continue;
		separate(out);
		quote(out, list->items[i], length);
	}
	buffer_add(out, "]", 1);
}

/* Only where somebody will look at them: -v, --json. */
static void write_facts(struct buffer *out, const char *key, const struct string_list *facts)
{
	json_t *json = facts_to_json(facts);
	char *text = json_dumps(json, JSON_COMPACT);

	if (text != NULL) {
		write_key(out, key);
		buffer_puts(out, text);
	}
	free(text);
	json_decref(json);
}

static void write_field(struct buffer *out, const struct session *session, enum session_field field)
{
	const struct field_info *info = &session_fields[field];
	const void *member = field_at(session, field);
	const struct string_list *list = member;
	const struct span *span = member;

	switch (info->type) {
	case FIELD_TEXT:
		if (field_text(session, field)[0] != '\0')
			write_text(out, info->name, field_text(session, field));
		break;
	case FIELD_NUMBER:
		if (session->numbered)
			write_integer(out, info->name, session->number);
		break;
	case FIELD_STATE:
		write_text(out, info->name, session_state_name(session->state));
		break;
	case FIELD_CLASS:
		write_text(out, info->name, session_class_name(session->class));
		break;
	case FIELD_KIND:
		write_text(out, info->name, session_kind_name(session->kind));
		break;
	case FIELD_FLAG:
		write_flag(out, info->name, field_flag(session, field));
		break;
	case FIELD_MOMENT:
		write_moment(out, info->name, member);
		break;
	case FIELD_SPAN:
		if (*(const int64_t *)member != 0)
			write_integer(out, info->name, *(const int64_t *)member);
		break;
	case FIELD_LENGTH:
		if (span->known)
			write_integer(out, info->name, span->length);
		break;
	case FIELD_MARK:
		if (*(const bool *)member)
			write_flag(out, info->name, FLAG_YES);
		break;
	case FIELD_TEXTS:
		if (list->count > 0)
			write_list(out, info->name, list);
		break;
	case FIELD_FACTS:
		if (list->count > 0)
			write_facts(out, info->name, list);
		break;
	}
}

/* The table begins with provider and host. */
static enum session_field first_field(const struct session *session, const struct snapshot *snapshot)
{
	return strcmp(session->provider, snapshot->provider) == 0 && strcmp(session->host, snapshot->host) == 0
	           ? SESSION_FIELD_ID
	           : SESSION_FIELD_PROVIDER;
}

static void write_session(struct buffer *out, const struct session *session, enum session_field first)
{
	separate(out);
	buffer_add(out, "{", 1);
	for (enum session_field field = first; field < SESSION_FIELDS; field++)
		write_field(out, session, field);
	buffer_add(out, "}", 1);
}

_Static_assert(SESSION_FIELD_PROVIDER == 0 && SESSION_FIELD_HOST == 1 && SESSION_FIELD_ID == 2,
               "a brief session begins with its id");

void snapshot_write(struct buffer *out, const struct snapshot *snapshot, bool brief)
{
	const struct moment now = moment_at(snapshot->now), taken = moment_at(snapshot->taken_at);

	buffer_add(out, "{", 1);
	write_text(out, "provider", snapshot->provider);
	write_text(out, "host", snapshot->host);
	write_moment(out, "now", &now);
	write_moment(out, "taken_at", &taken);
	write_flag(out, "complete", snapshot->complete ? FLAG_YES : FLAG_NO);
	if (snapshot->memory_total > 0) {
		write_integer(out, "memory_total_kib", (int64_t)snapshot->memory_total);
		write_integer(out, "memory_available_kib", (int64_t)snapshot->memory_available);
	}
	write_list(out, "notices", &snapshot->notices);
	if (snapshot->hosts.count > 0)
		write_list(out, "hosts", &snapshot->hosts);
	write_key(out, "sessions");
	buffer_add(out, "[", 1);
	for (size_t i = 0; i < snapshot->count; i++)
		write_session(out, &snapshot->sessions[i],
		              brief ? first_field(&snapshot->sessions[i], snapshot) : SESSION_FIELD_PROVIDER);
	buffer_add(out, "]}", 2);
}
