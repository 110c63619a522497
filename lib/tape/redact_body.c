/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Redacts bodies: keeps the structure, and redacts each text by the field that it is in. */
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buffer.h"
#include "lib/tape/redact.h"

/* A minimal XML reader: elements, attributes and texts. */
struct reader {
	struct redactor *redactor;
	const char *at, *end;
	struct buffer *out;
};

/* The part of a name behind its prefix. */
static size_t local_part(const char **name, size_t length)
{
	const char *colon = memchr(*name, ':', length);
	const size_t prefix = colon != NULL ? (size_t)(colon - *name) + 1 : 0;

	if (length >= 5 && memcmp(*name, "xmlns", 5) == 0)
		return length;
	*name += prefix;
	return length - prefix;
}

/* "&amp;" … and line ends: not letters.  0: none of them. */
static size_t entity_length(const char *text, size_t length)
{
	static const char *const entities[] = {"&amp;", "&lt;",  "&gt;",  "&quot;", "&apos;",
	                                       "&#xD;", "&#xA;", "&#13;", "&#10;"};

	for (size_t i = 0; i < sizeof entities / sizeof *entities; i++)
		if (strlen(entities[i]) <= length && memcmp(entities[i], text, strlen(entities[i])) == 0)
			return strlen(entities[i]);
	return 0;
}

/* Redacts the text between entities. */
static int put_value(struct reader *reader, enum redact_as as, const char *text, size_t length)
{
	while (length > 0) {
		const char *entity = memchr(text, '&', length);
		size_t span = entity != NULL ? (size_t)(entity - text) : length;

		redact_text(reader->redactor, as, text, span, reader->out);
		text += span;
		length -= span;
		if (length == 0)
			break;
		if ((span = entity_length(text, length)) == 0)
			return -1;
		buffer_add(reader->out, text, span);
		text += span;
		length -= span;
	}
	return 0;
}

static bool in_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("_-.:", c) != NULL;
}

static size_t name_length(const struct reader *reader)
{
	size_t length = 0;

	while (reader->at + length < reader->end && reader->at[length] != '\0' && in_name(reader->at[length]))
		length++;
	return length;
}

static void copy(struct reader *reader, size_t length)
{
	buffer_add(reader->out, reader->at, length);
	reader->at += length;
}

static void copy_blanks(struct reader *reader)
{
	while (reader->at < reader->end && strchr(" \t\r\n", *reader->at) != NULL && *reader->at != '\0')
		copy(reader, 1);
}

/* The name of a selector or an option, which is an attribute, is a word of the protocol. */
static int attribute(struct reader *reader)
{
	const char *name = reader->at, *close;
	size_t length = name_length(reader);
	enum redact_as as;
	char quote;

	if (length == 0)
		return -1;
	copy(reader, length);
	length = local_part(&name, length);
	if (reader->end - reader->at < 2 || reader->at[0] != '=' || (reader->at[1] != '"' && reader->at[1] != '\''))
		return -1;
	quote = reader->at[1];
	copy(reader, 2);
	close = memchr(reader->at, quote, (size_t)(reader->end - reader->at));
	as = length == 4 && memcmp(name, "Name", 4) == 0 ? REDACT_ADDRESS : redact_field(name, length);
	if (close == NULL || put_value(reader, as, reader->at, (size_t)(close - reader->at)) < 0)
		return -1;
	reader->at = close;
	copy(reader, 1);
	return 0;
}

/* Reads from '<' to '>'.  *name: of the element that begins; "" if one ends. */
static int tag(struct reader *reader, const char **name, size_t *length)
{
	bool ends;

	copy(reader, 1);
	ends = reader->at < reader->end && *reader->at == '/';
	if (ends)
		copy(reader, 1);
	*name = reader->at;
	*length = name_length(reader);
	if (*length == 0)
		return -1;
	copy(reader, *length);
	*length = local_part(name, *length);
	for (copy_blanks(reader); reader->at < reader->end && *reader->at != '>'; copy_blanks(reader)) {
		if (*reader->at == '/') {
			ends = true;
			copy(reader, 1);
		} else if (ends || attribute(reader) < 0) {
			return -1;
		}
	}
	if (reader->at == reader->end)
		return -1;
	copy(reader, 1);
	if (ends)
		*length = 0;
	return 0;
}

/* "<?xml …?>" and a byte order mark. */
static void prologue(struct reader *reader)
{
	static const char mark[] = "\xef\xbb\xbf";
	const char *close;

	if (reader->end - reader->at >= 3 && memcmp(reader->at, mark, 3) == 0)
		reader->at += 3;
	if (reader->end - reader->at < 5 || memcmp(reader->at, "<?xml", 5) != 0)
		return;
	close = memchr(reader->at, '>', (size_t)(reader->end - reader->at));
	reader->at = close != NULL ? close + 1 : reader->end;
}

int redact_xml(struct redactor *redactor, const char *text, size_t length, struct buffer *out)
{
	struct reader reader = {redactor, text, text + length, out};
	const char *name = "";
	size_t name_size = 0;

	prologue(&reader);
	while (reader.at < reader.end) {
		const char *open = memchr(reader.at, '<', (size_t)(reader.end - reader.at));
		const char *end = open != NULL ? open : reader.end;

		if (put_value(&reader, redact_field(name, name_size), reader.at, (size_t)(end - reader.at)) < 0)
			return -1;
		reader.at = end;
		if (reader.at < reader.end && tag(&reader, &name, &name_size) < 0)
			return -1;
	}
	return 0;
}

json_t *redact_string(struct redactor *redactor, enum redact_as as, const json_t *text)
{
	struct buffer out = {0};
	json_t *result;

	redact_text(redactor, as, json_string_value(text), json_string_length(text), &out);
	result = json_stringn(buffer_text(&out), out.length);
	buffer_free(&out);
	return result;
}

static json_t *redacted(struct redactor *redactor, const char *key, const json_t *json);

static json_t *redacted_object(struct redactor *redactor, const json_t *json)
{
	json_t *result = json_object(), *value;
	const char *key;

	json_object_foreach ((json_t *)json, key, value) {
		struct buffer name = {0};

		if (redact_key_known(key))
			buffer_puts(&name, key);
		else
			redact_text(redactor, REDACT_NAME, key, strlen(key), &name);
		json_object_set_new(result, buffer_text(&name), redacted(redactor, key, value));
		buffer_free(&name);
	}
	return result;
}

/* A number of an unknown field could be an identifier. */
static json_t *redacted(struct redactor *redactor, const char *key, const json_t *json)
{
	json_t *result, *value;
	size_t i;

	if (json_is_object(json))
		return redacted_object(redactor, json);
	if (json_is_string(json))
		return redact_string(redactor, redact_field(key, strlen(key)), json);
	if (json_is_number(json))
		return redact_key_known(key) ? json_deep_copy(json) : json_integer(0);
	if (!json_is_array(json))
		return json_deep_copy(json);
	result = json_array();
	json_array_foreach (json, i, value)
		json_array_append_new(result, redacted(redactor, key, value));
	return result;
}

int redact_json(struct redactor *redactor, const char *text, size_t length, struct buffer *out)
{
	json_t *json = json_loadb(text, length, 0, NULL), *result;
	char *written;

	if (json == NULL)
		return -1;
	result = redacted(redactor, "", json);
	written = json_dumps(result, JSON_COMPACT);
	if (written != NULL)
		buffer_puts(out, written);
	json_decref(json);
	json_decref(result);
	free(written);
	return written != NULL ? 0 : -1;
}
