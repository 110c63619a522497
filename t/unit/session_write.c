/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The JSON that is written as text, against the tree that jansson writes. */
#include "t/unit/test.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/session/fields.h"
#include "lib/session/session.h"
#include "lib/session/session_json.h"
#include "lib/session/session_write.h"

static void text_is_tree(const struct snapshot *snapshot)
{
	json_t *json = snapshot_to_json(snapshot);
	char *dumped = json_dumps(json, JSON_COMPACT);
	struct buffer written = {0};

	snapshot_write(&written, snapshot, false);
	assert_string_equal(buffer_text(&written), dumped);
	buffer_free(&written);
	free(dumped);
	json_decref(json);
}

static const char *const odd_texts[] = {
    "",
    "a",
    "\"\\/\b\f\n\r\t",
    "\x01\x02\x1f\x7f",
    "100 % {\"a\":[1,null]} %s %n",
    "J\xc3\xb6rg \xf0\x9f\x94\x92 \xe2\x80\xae \xef\xbf\xbd \xe2\x80\xa8",
    "\xff",
    "a\xc3",
    "\xc0\xaf",
    "\xed\xa0\x80",
    "\xf5\x80\x80\x80",
    "never",
    "CORP\\alice|x=1;2",
};

/* Each field with this text, or as the number says. */
static void fill_field(struct session *session, enum session_field field, const char *text, unsigned number,
                       struct arena *arena)
{
	static const int64_t lengths[] = {0, 1, -1, 86400000, INT64_MAX, INT64_MIN};
	const int64_t length = lengths[number % COUNT(lengths)];
	void *member = field_of(session, field);

	switch (session_fields[field].type) {
	case FIELD_TEXT:
		*(const char **)member = text;
		break;
	case FIELD_NUMBER:
		session->numbered = number % 3 != 0;
		session->number = number % 2 == 0 ? number : UINT32_MAX - number;
		break;
	case FIELD_STATE:
		session->state = (enum session_state)(number % (STATE_INIT + 1));
		break;
	case FIELD_CLASS:
		session->class = (enum session_class)(number % (CLASS_GHOST + 1));
		break;
	case FIELD_KIND:
		session->kind = (enum session_kind)(number % (KIND_SHELL + 1));
		break;
	case FIELD_FLAG:
		*(enum flag *)member = (enum flag)(number % 3);
		break;
	case FIELD_MOMENT:
		*(struct moment *)member =
		    (struct moment){(enum knowledge)(number % 3), number % 2 == 0 ? 1795230000001 : length};
		break;
	case FIELD_SPAN:
		*(int64_t *)member = length;
		break;
	case FIELD_LENGTH:
		*(struct span *)member = (struct span){number % 2 == 0, length};
		break;
	case FIELD_MARK:
		*(bool *)member = number % 2 == 0;
		break;
	case FIELD_TEXTS:
		for (unsigned i = 0; i < number % 4; i++)
			string_list_add(member, arena, i % 2 == 0 ? text : "other");
		break;
	case FIELD_FACTS:
		for (unsigned i = 0; i < number % 4; i++)
			string_list_add(member, arena, i == 2 ? text : arena_printf(arena, "name%u=%s", i % 2, text));
		break;
	}
}

/* Every field, alone and with all others, in every state that it can have, and with every text. */
static void the_text_is_what_the_tree_says(void **state)
{
	struct snapshot snapshot;

	(void)state;
	snapshot_init(&snapshot);
	text_is_tree(&snapshot);
	for (size_t text = 0; text < COUNT(odd_texts); text++) {
		for (unsigned number = 0; number < 12; number++) {
			struct session *whole;

			snapshot_init(&snapshot);
			snapshot.provider = odd_texts[text];
			snapshot.host = odd_texts[(text + number) % COUNT(odd_texts)];
			snapshot.complete = number % 2 == 0;
			snapshot.now = (int64_t)number * 86400000;
			snapshot.memory_total = number % 3 == 0 ? 0 : 1u + number;
			string_list_add(&snapshot.notices, &snapshot.arena, odd_texts[text]);
			string_list_add(&snapshot.notices, &snapshot.arena, "plain");
			if (number % 2 == 0)
				string_list_add(&snapshot.hosts, &snapshot.arena, odd_texts[text]);
			for (enum session_field field = 0; field < SESSION_FIELDS; field++)
				fill_field(snapshot_add(&snapshot), field, odd_texts[text], number, &snapshot.arena);
			whole = snapshot_add(&snapshot);
			for (enum session_field field = 0; field < SESSION_FIELDS; field++)
				fill_field(whole, field, odd_texts[(text + field) % COUNT(odd_texts)], number + field,
				           &snapshot.arena);
			text_is_tree(&snapshot);
			snapshot_free(&snapshot);
		}
	}
}

/* What a brief text leaves out is what the reader takes from the snapshot. */
static void a_brief_list_is_read_as_a_whole_one(void **state)
{
	struct snapshot before, after;
	struct error error = {0};
	struct buffer brief = {0};
	struct session *session;
	json_t *json, *first, *whole, *again;

	(void)state;
	snapshot_init(&before);
	snapshot_init(&after);
	before.provider = "rds";
	before.host = "broker";
	before.now = before.taken_at = 1795230245678;
	for (size_t i = 0; i < 4; i++) {
		session = snapshot_add(&before);
		session->id = "1";
		session->host = i == 1 ? "ts01" : i == 2 ? "" : "broker";
		session->provider = i == 3 ? "tsts" : "rds";
	}
	snapshot_write(&brief, &before, true);
	assert_non_null(json = json_loadb(brief.text, brief.length, JSON_REJECT_DUPLICATES, NULL));
	first = json_array_get(json_object_get(json, "sessions"), 0);
	assert_null(json_object_get(first, "host"));
	assert_null(json_object_get(first, "provider"));
	assert_int_equal(snapshot_from_json(json, &after, &error), 0);
	whole = snapshot_to_json(&before);
	again = snapshot_to_json(&after);
	assert_true(json_equal(whole, again));
	/* By itself such a session is nobody's; and half of it is not filled up. */
	assert_int_equal(session_from_json(first, session, &before.arena, &error), -1);
	json_object_set_new(first, "host", json_string("ts02"));
	snapshot_free(&after);
	error_clear(&error);
	assert_int_equal(snapshot_from_json(json, &after, &error), -1);
	assert_int_equal(error.code, ERROR_PROTOCOL);
	json_decref(json);
	json_decref(whole);
	json_decref(again);
	buffer_free(&brief);
	snapshot_free(&before);
	snapshot_free(&after);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_text_is_what_the_tree_says),
	    cmocka_unit_test(a_brief_list_is_read_as_a_whole_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
