/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/tape/tape.h"

#include <stdbool.h>
#include <stddef.h>

static struct {
	void (*put)(json_t *exchange, void *context);
	void *context;
	json_int_t number;
	json_t *played;
} tape;

void tape_record_to(void (*put)(json_t *exchange, void *context), void *context)
{
	tape.put = put;
	tape.context = context;
}

bool tape_records(void)
{
	return tape.put != NULL;
}

void tape_put(json_t *exchange)
{
	if (tape.put != NULL)
		tape.put(exchange, tape.context);
	json_decref(exchange);
}

json_int_t tape_number(void)
{
	return ++tape.number;
}

void tape_play(const json_t *exchanges)
{
	json_decref(tape.played);
	tape.played = exchanges != NULL ? json_deep_copy(exchanges) : NULL;
}

bool tape_plays(void)
{
	return tape.played != NULL;
}

json_t *tape_played(void)
{
	return tape.played;
}

const json_t *tape_take(bool (*fits)(const json_t *exchange, const void *wanted), const void *wanted)
{
	json_t *exchange, *first = NULL;
	size_t i;

	json_array_foreach (tape.played, i, exchange) {
		if (json_is_true(json_object_get(exchange, "taken")) || !fits(exchange, wanted))
			continue;
		if (first == NULL || json_integer_value(json_object_get(exchange, "number")) <
		                         json_integer_value(json_object_get(first, "number")))
			first = exchange;
	}
	if (first != NULL)
		json_object_set_new(first, "taken", json_true());
	return first;
}
