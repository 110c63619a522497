/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/act/picked.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/session/session_json.h"

enum { INPUT_LIMIT = 64 * 1024 * 1024 };

/* Input that does not end must not block longer than the whole run may take. */
static int await_input(int fd, const struct deadline *deadline, struct error *error)
{
	struct pollfd input = {.fd = fd, .events = POLLIN};

	for (;;) {
		int ready = poll(&input, 1, (int)deadline_left(deadline));

		if (ready > 0)
			return 0;
		if (ready < 0 && errno != EINTR)
			return error_errno(error, errno, STEP_NONE, "standard input");
		if (deadline_passed(deadline)) {
			error_set(error, ERROR_TIMEOUT, STEP_NONE, "standard input did not end within --timeout");
			return error_hint(error, "end it, or give more time with --timeout");
		}
	}
}

static int read_all(int fd, const struct deadline *deadline, struct buffer *text, struct error *error)
{
	char block[65536];

	for (;;) {
		ssize_t length;

		if (await_input(fd, deadline, error) < 0)
			return -1;
		length = read(fd, block, sizeof block);

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return error_errno(error, errno, STEP_NONE, "standard input");
		if (length == 0)
			return 0;
		if (text->length + (size_t)length > INPUT_LIMIT)
			return error_set(error, ERROR_USAGE, STEP_NONE, "standard input is larger than 64 MiB");
		buffer_add(text, block, (size_t)length);
	}
}

static void target_add(struct picked *picked, const char *target, struct arena *arena)
{
	if (!string_list_has(&picked->targets, target)) /* sessions of one target come together */
		string_list_add(&picked->targets, arena, arena_strdup(arena, target));
}

static int session_add(struct picked *picked, const json_t *json, struct arena *arena, struct error *error)
{
	const char *target = json_string_value(json_object_get(json, "target"));

	if (json_object_get(json, "targets") != NULL) {
		error_set(error, ERROR_USAGE, STEP_NONE, "standard input is a whole report, not chosen sessions");
		return error_hint(error, "choose with jq '.targets[].snapshot.sessions[]? | select(…)'");
	}
	picked->sessions =
	    arena_grow(arena, picked->sessions, picked->count, &picked->allocated, sizeof *picked->sessions);
	if (session_from_json(json, &picked->sessions[picked->count], arena, error) < 0)
		return -1;
	if (target == NULL || target[0] == '\0')
		return error_set(error, ERROR_USAGE, STEP_NONE, "standard input: session %s has no \"target\"",
		                 picked->sessions[picked->count].id);
	picked->count++;
	target_add(picked, target, arena);
	return 0;
}

static int value_add(struct picked *picked, const json_t *json, struct arena *arena, struct error *error)
{
	const json_t *entry;
	size_t i;

	if (!json_is_array(json))
		return session_add(picked, json, arena, error);
	json_array_foreach (json, i, entry)
		if (session_add(picked, entry, arena, error) < 0)
			return -1;
	return 0;
}

/* jq prints one value after the other: decodes until only blanks are left. */
static int decode(struct picked *picked, const char *text, size_t length, struct arena *arena, struct error *error)
{
	size_t at = strspn(text, " \t\r\n");

	while (at < length) {
		json_error_t fault;
		json_t *json = json_loadb(text + at, length - at, JSON_DISABLE_EOF_CHECK, &fault);
		int result;

		if (json == NULL)
			return error_set(error, ERROR_USAGE, STEP_NONE, "standard input is not JSON: %s", fault.text);
		result = value_add(picked, json, arena, error);
		json_decref(json);
		if (result < 0)
			return -1;
		at += (size_t)fault.position;
		at += strspn(text + at, " \t\r\n");
	}
	return 0;
}

int picked_read(struct picked *picked, int fd, const struct deadline *deadline, struct arena *arena,
                struct error *error)
{
	struct buffer text = {0};
	int result;

	memset(picked, 0, sizeof *picked);
	result = read_all(fd, deadline, &text, error);
	if (result == 0)
		result = decode(picked, buffer_text(&text), text.length, arena, error);
	buffer_free(&text);
	return result;
}
