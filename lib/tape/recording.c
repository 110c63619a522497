/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/tape/recording.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/tape/exclusive.h"
#include "lib/tape/redact.h"
#include "lib/tape/tape.h"

#include "autoconfig.h"

enum { FORMAT = 1, LINE_MOST = 64 * 1024 * 1024 };

struct recording {
	json_t *targets, *exchanges;
};

static void gather(json_t *exchange, void *context)
{
	struct recording *recording = context;

	json_array_append(recording->exchanges, exchange);
}

struct recording *recording_begin(void)
{
	struct recording *recording = must_alloc(sizeof *recording);

	*recording = (struct recording){json_array(), json_array()};
	tape_record_to(gather, recording);
	return recording;
}

void recording_target(struct recording *recording, json_t *target)
{
	json_array_append_new(recording->targets, target);
}

size_t recording_count(const struct recording *recording)
{
	return json_array_size(recording->exchanges);
}

void recording_free(struct recording *recording)
{
	if (recording == NULL)
		return;
	tape_record_to(NULL, NULL);
	json_decref(recording->targets);
	json_decref(recording->exchanges);
	free(recording);
}

/* The keys that our code writes, and how each is kept.  Any other key is left out. */
static const struct {
	const char *key;
	enum kind { KIND_OWN, KIND_NAME, KIND_TARGET, KIND_ADDRESS, KIND_STATION, KIND_BODY, KIND_INSIDE } kind;
} known[] = {
    {"provider", KIND_OWN},      {"number", KIND_OWN},       {"target", KIND_TARGET},
    {"options", KIND_INSIDE},    {"trail", KIND_OWN},        {"sessions", KIND_OWN},
    {"complete", KIND_OWN},      {"host", KIND_NAME},        {"method", KIND_OWN},
    {"url", KIND_ADDRESS},       {"opened", KIND_OWN},       {"interface", KIND_OWN},
    {"opnum", KIND_OWN},         {"sent", KIND_INSIDE},      {"status", KIND_OWN},
    {"ntstatus", KIND_OWN},      {"type", KIND_OWN},         {"retry_after", KIND_OWN},
    {"failed", KIND_INSIDE},     {"code", KIND_OWN},         {"step", KIND_OWN},
    {"native", KIND_OWN},        {"took", KIND_OWN},         {"got", KIND_INSIDE},
    {"size", KIND_OWN},          {"hresult", KIND_OWN},      {"body", KIND_BODY},
    {"parts", KIND_INSIDE},      {"hex", KIND_OWN},          {"zeros", KIND_OWN},
    {"text", KIND_NAME},         {"counted", KIND_NAME},     {"station", KIND_STATION},
    {"units", KIND_OWN},         {"auth", KIND_ADDRESS},     {"plain-http", KIND_ADDRESS},
    {"host-auth", KIND_ADDRESS}, {"min-protocol", KIND_OWN}, {"api-version", KIND_ADDRESS},
    {"cloud", KIND_ADDRESS},     {"endpoint", KIND_ADDRESS}, {"disconnect", KIND_ADDRESS},
};

/* The names that Windows gives to stations; any other name may identify somebody. */
static bool station_usual(const char *name)
{
	static const char *const usual[] = {"Console", "Services", "RDP-Tcp", "31C5CE94259D4006A9E4"};

	for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
		size_t length = strlen(usual[i]);

		if (strncmp(name, usual[i], length) == 0 &&
		    (name[length] == '\0' ||
		     (name[length] == '#' && strspn(name + length + 1, "0123456789") == strlen(name + length + 1))))
			return true;
	}
	return name[0] == '\0';
}

/* XML or JSON, by its first character; anything else is not kept. */
static json_t *body_redacted(struct redactor *redactor, const json_t *body)
{
	const char *text = json_string_value(body);
	const size_t length = json_string_length(body), blanks = strspn(text, " \t\r\n");
	struct buffer out = {0};
	json_t *result = NULL;
	int read = -1;

	if (text[blanks] == '{' || text[blanks] == '[')
		read = redact_json(redactor, text, length, &out);
	else if (text[blanks] == '<' || strncmp(text, "\xef\xbb\xbf", 3) == 0)
		read = redact_xml(redactor, text, length, &out);
	if (read == 0)
		result = json_stringn(buffer_text(&out), out.length);
	buffer_free(&out);
	return result;
}

static json_t *redacted(struct redactor *redactor, const json_t *json);

/* NULL: not kept. */
static json_t *value_redacted(struct redactor *redactor, enum kind kind, const json_t *value)
{
	if (kind == KIND_INSIDE)
		return redacted(redactor, value);
	if (kind == KIND_OWN)
		return json_deep_copy(value);
	if (!json_is_string(value))
		return NULL;
	switch (kind) {
	case KIND_BODY:
		return body_redacted(redactor, value);
	case KIND_STATION:
		return station_usual(json_string_value(value)) ? json_deep_copy(value)
		                                               : redact_string(redactor, REDACT_NAME, value);
	case KIND_TARGET:
		return redact_string(redactor, REDACT_TARGET, value);
	case KIND_ADDRESS:
		return redact_string(redactor, REDACT_ADDRESS, value);
	default:
		return redact_string(redactor, REDACT_NAME, value);
	}
}

static json_t *redacted(struct redactor *redactor, const json_t *json)
{
	json_t *result, *value;
	size_t i;

	if (json_is_array(json)) {
		result = json_array();
		json_array_foreach (json, i, value)
			json_array_append_new(result, redacted(redactor, value));
		return result;
	}
	result = json_object();
	for (i = 0; i < sizeof known / sizeof *known; i++)
		if ((value = json_object_get(json, known[i].key)) != NULL &&
		    (value = value_redacted(redactor, known[i].kind, value)) != NULL)
			json_object_set_new(result, known[i].key, value);
	return result;
}

/* Takes the reference. */
static void line_add(struct buffer *out, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);

	json_decref(json);
	if (text == NULL)
		out_of_memory();
	buffer_puts(out, text);
	buffer_puts(out, "\n");
	free(text);
}

int recording_write(struct recording *recording, const char *file, struct error *error)
{
	struct redactor *redactor = redactor_new();
	struct buffer out = {0};
	json_t *json;
	size_t i;
	int result;

	line_add(&out, json_pack("{sI ss}", "recording", (json_int_t)FORMAT, "curfew", PACKAGE_VERSION));
	json_array_foreach (recording->targets, i, json)
		line_add(&out, redacted(redactor, json));
	json_array_foreach (recording->exchanges, i, json)
		line_add(&out, redacted(redactor, json));
	redactor_free(redactor);
	result = exclusive_write(file, buffer_text(&out), out.length, error);
	buffer_free(&out);
	return result;
}

int recording_possible(const char *file, struct error *error)
{
	return exclusive_possible(file, error);
}

static int refuse(const char *file, size_t line, const char *why, struct error *error)
{
	return error_set(error, ERROR_CONFIG, STEP_NONE, "%.150s:%zu: %s", file, line, why);
}

/* One line of a recording. */
static int line_read(const char *file, size_t number, json_t *json, json_t *targets, json_t *exchanges,
                     struct error *error)
{
	if (number == 1)
		return json_integer_value(json_object_get(json, "recording")) == FORMAT
		           ? 0
		           : refuse(file, number, "no recording that this version can play", error);
	if (!json_is_object(json))
		return refuse(file, number, "no line of a recording", error);
	json_array_append(json_object_get(json, "target") != NULL ? targets : exchanges, json);
	return 0;
}

int recording_read(const char *file, json_t **targets, json_t **exchanges, struct error *error)
{
	struct buffer text = {0};
	size_t number = 0;
	int result = exclusive_read(file, LINE_MOST, &text, error);

	*targets = json_array();
	*exchanges = json_array();
	for (char *at = text.text, *end; result == 0 && at != NULL && *at != '\0'; at = end) {
		json_t *json;

		end = strchr(at, '\n');
		if (end == NULL) {
			result = refuse(file, number + 1, "the line has no end: the recording is cut off", error);
			break;
		}
		json = json_loadb(at, (size_t)(end++ - at), JSON_REJECT_DUPLICATES, NULL);
		result = line_read(file, ++number, json, *targets, *exchanges, error);
		json_decref(json);
	}
	if (result == 0 && json_array_size(*targets) == 0)
		result = refuse(file, number + 1, "there is no target in it", error);
	buffer_free(&text);
	return result;
}
