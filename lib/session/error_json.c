/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An error's JSON form. */
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/session_json.h"

json_t *error_to_json(const struct error *error)
{
	json_t *json = json_object();

	json_object_set_new_nocheck(json, "code", json_string(error_code_name(error->code)));
	json_object_set_new_nocheck(json, "step", json_string(step_name(error->step)));
	json_object_set_new_nocheck(json, "native", json_integer(error->native));
	json_object_set_new_nocheck(json, "text", json_string(error->text));
	json_object_set_new_nocheck(json, "hint", json_string(error->hint));
	return json;
}

/* Copies a text of an error, cut to the field.  Escaping is left to the output. */
static void error_text(char *to, size_t size, const json_t *value)
{
	struct arena arena = {0};

	to[0] = '\0';
	if (!json_is_string(value))
		return;
	text_copy(to, size, text_clean(&arena, json_string_value(value), json_string_length(value), size - 1));
	arena_free(&arena);
}

void error_from_json(const json_t *json, struct error *error)
{
	const char *code = json_string_value(json_object_get(json, "code"));
	const char *step = json_string_value(json_object_get(json, "step"));

	error_clear(error);
	error->code = code != NULL ? error_code_parse(code) : ERROR_PROTOCOL;
	if (error->code == ERROR_NONE)
		error->code = ERROR_PROTOCOL;
	error->step = step != NULL ? step_parse(step) : STEP_NONE;
	error->native = (int64_t)json_integer_value(json_object_get(json, "native"));
	error_text(error->text, sizeof error->text, json_object_get(json, "text"));
	if (error->text[0] == '\0')
		text_copy(error->text, sizeof error->text, "its worker gave no reason");
	error_text(error->hint, sizeof error->hint, json_object_get(json, "hint"));
}
