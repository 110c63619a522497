/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/child/protocol.h"

#include "autoconfig.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/output.h"

/* The JSON text with a newline in the place of its NUL; to be freed.  NULL: out of memory. */
static char *line_text(json_t *line, size_t *length)
{
	char *text = json_dumps(line, JSON_COMPACT);

	json_decref(line);
	if (text != NULL) {
		*length = strlen(text);
		text[(*length)++] = '\n'; /* in the NUL's place */
	}
	return text;
}

int line_write(int fd, json_t *line)
{
	size_t length = 0;
	char *text = line_text(line, &length);
	int result = text != NULL ? write_whole(fd, text, length) : -1;

	free(text);
	return result;
}

int greeting_write(int fd)
{
	return line_write(
	    fd, json_pack("{sn sI ss}", "id", "protocol", (json_int_t)PROTOCOL_VERSION, "version", PACKAGE_VERSION));
}

void line_send(struct child *child, json_t *line)
{
	size_t length = 0;
	char *text = line_text(line, &length);

	if (text != NULL)
		child_send(child, text, length);
	free(text);
}

/* Programs of two installations may use the same words with different meanings. */
static int greeting_judge(const struct child *child, const char *line, size_t length, struct error *error)
{
	json_t *greeting = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
	json_t *protocol = json_object_get(greeting, "protocol");
	const char *version = json_string_value(json_object_get(greeting, "version"));
	bool good = json_is_integer(protocol) && json_integer_value(protocol) == PROTOCOL_VERSION;

	if (!good && json_is_integer(protocol))
		error_set(error, ERROR_PROTOCOL, STEP_OPEN,
		          "%s (%.20s) speaks version %lld of the worker protocol, and this program version %d",
		          child->name, version != NULL ? version : "?", (long long)json_integer_value(protocol),
		          PROTOCOL_VERSION);
	else if (!good)
		error_set(error, ERROR_PROTOCOL, STEP_OPEN, "%s did not name its version of the worker protocol",
		          child->name);
	json_decref(greeting);
	return good ? 0
	            : error_hint(error, "they come from different versions of Curfew: install both from one, "
	                                "and restart curfew-agent");
}

int line_move(struct child *child, struct error *error)
{
	int moved = child_move(child, error);
	const char *line;
	size_t length;

	if (child->greeted || (line = child_line(child, &length)) == NULL)
		return moved;
	if (greeting_judge(child, line, length, error) < 0) {
		child_ignore(child);
		return -1;
	}
	child->greeted = true;
	return moved;
}
