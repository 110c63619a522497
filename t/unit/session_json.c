/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/session/fields.h"
#include "lib/session/session.h"
#include "lib/session/session_json.h"

static void fill(struct snapshot *snapshot)
{
	struct session *session;

	snapshot_init(snapshot);
	snapshot->provider = "sim";
	snapshot->host = "ts01";
	snapshot->now = snapshot->taken_at = 1795230245678;
	snapshot_notice(snapshot, "one %s", "notice");
	session = snapshot_add(snapshot);
	session->id = "3";
	session->numbered = true;
	session->number = 4294967295u;
	session->user = "J\xc3\xb6rg \"x\"\n";
	session->birth = "b1";
	session->state = STATE_DISCONNECTED;
	session->class = CLASS_USER;
	session->kind = KIND_REMOTE_APP;
	session->own = FLAG_NO;
	session->logon_time = moment_at(1795230000001);
	session->last_input = (struct moment){MOMENT_NEVER, 0};
	string_list_add(&session->facts, &snapshot->arena, "client_build_number=19041");
	string_list_add(&session->facts, &snapshot->arena, "work_directory=C:\\a=b \"c\"");
	session->clock_ahead = -420000;
	string_list_add(&session->names, &snapshot->arena, "CORP\\joerg");
	session->user_cut = true;
	session->inhibited = true;
	session->cpu_time = (struct span){true, 4711};
	snapshot->memory_total = 16u << 20;
	snapshot->memory_available = 3u << 20;
	string_list_add(&snapshot->hosts, &snapshot->arena, "h1");
	string_list_add(&snapshot->hosts, &snapshot->arena, "h2");
}

static void what_is_written_is_read(void **state)
{
	struct snapshot before, after;
	struct error error = {0};
	json_t *json, *again;

	(void)state;
	fill(&before);
	snapshot_init(&after);
	json = snapshot_to_json(&before);
	assert_int_equal(snapshot_from_json(json, &after, &error), 0);
	again = snapshot_to_json(&after);
	assert_true(json_equal(json, again));
	assert_true(session_same_identity(&before.sessions[0], &after.sessions[0]));
	assert_true(moment_equal(before.sessions[0].logon_time, after.sessions[0].logon_time));
	assert_int_equal(after.sessions[0].connect_time.is, MOMENT_UNKNOWN);
	assert_int_equal(after.sessions[0].locked, FLAG_UNKNOWN);
	assert_int_equal(after.sessions[0].facts.count, 2);
	assert_string_equal(after.sessions[0].facts.items[1], "work_directory=C:\\a=b \"c\"");
	assert_int_equal(after.sessions[0].clock_ahead, -420000);
	assert_int_equal(after.sessions[0].names.count, 1);
	assert_string_equal(after.sessions[0].names.items[0], "CORP\\joerg");
	assert_true(after.sessions[0].inhibited && after.sessions[0].cpu_time.known);
	assert_int_equal(after.sessions[0].cpu_time.length, 4711);
	assert_int_equal(after.memory_total, 16u << 20);
	assert_int_equal(after.memory_available, 3u << 20);
	assert_int_equal(after.hosts.count, 2);
	assert_string_equal(after.hosts.items[1], "h2");
	assert_true(after.sessions[0].user_cut && !after.sessions[0].domain_cut);
	json_decref(json);
	json_decref(again);
	snapshot_free(&before);
	snapshot_free(&after);
}

/* USEC_INFINITY in ms, and the times next to those that RFC 3339 can write: never the beginning of 1970. */
static void times_without_a_form_are_unknown(void **state)
{
	static const int64_t times[] = {INT64_C(18446744073709551), INT64_C(253402300800000), INT64_C(-62135596800001),
	                                INT64_MAX, INT64_MIN};

	(void)state;
	for (size_t i = 0; i < COUNT(times); i++) {
		struct snapshot before, after;
		struct error error = {0};
		json_t *json;

		fill(&before);
		before.sessions[0].last_input = moment_at(times[i]);
		snapshot_init(&after);
		json = snapshot_to_json(&before);
		assert_int_equal(snapshot_from_json(json, &after, &error), 0);
		assert_int_equal(after.sessions[0].last_input.is, MOMENT_UNKNOWN);
		json_decref(json);
		snapshot_free(&before);
		snapshot_free(&after);
	}
}

/* The order of keys, and keys between them, make no difference. */
static void any_order_is_read(void **state)
{
	struct snapshot before;
	struct arena arena = {0};
	struct error error = {0};
	json_t *json, *turned = json_object(), *again;
	struct session session;
	const char *keys[SESSION_FIELDS + 1], *key;
	json_t *value;
	size_t count = 0;

	(void)state;
	fill(&before);
	json = session_to_json(&before.sessions[0]);
	json_object_foreach (json, key, value)
		keys[count++] = key;
	while (count-- > 0) {
		json_object_set(turned, keys[count], json_object_get(json, keys[count]));
		json_object_set_new(turned, count % 2 == 0 ? "future" : "", json_object());
	}
	assert_int_equal(session_from_json(turned, &session, &arena, &error), 0);
	again = session_to_json(&session);
	assert_true(json_equal(json, again));
	json_decref(json);
	json_decref(turned);
	json_decref(again);
	arena_free(&arena);
	snapshot_free(&before);
}

/* Written by hand, much as doc/json.md shows a session, with what a later version might add. */
static void the_documented_form_is_read(void **state)
{
	static const char text[] =
	    "{\"provider\":\"xrdp\",\"host\":\"h\",\"id\":\"812\",\"number\":812,\"user\":\"alice\","
	    "\"birth\":\"812:4711\",\"station\":\":10\",\"state\":\"active\",\"class\":\"user\","
	    "\"kind\":\"desktop\",\"locked\":null,\"own\":true,\"future_key\":[1],"
	    "\"logon_time\":\"2026-11-21T01:00:00Z\",\"connect_time\":\"2026-11-21T01:00:01.5Z\","
	    "\"disconnect_time\":\"never\",\"last_input\":null}";
	struct arena arena = {0};
	struct session session;
	struct error error = {0};
	json_t *json = json_loads(text, 0, NULL);

	(void)state;
	assert_int_equal(session_from_json(json, &session, &arena, &error), 0);
	assert_string_equal(session.station, ":10");
	assert_int_equal(session.number, 812);
	assert_int_equal(session.own, FLAG_YES);
	assert_int_equal(session.disconnect_time.is, MOMENT_NEVER);
	assert_int_equal(session.connect_time.at, 1795222801500);
	json_decref(json);
	arena_free(&arena);
}

static void liars_are_refused(void **state)
{
	static const char *const bad[] = {
	    "[]",
	    "{}",
	    "{\"provider\":\"p\",\"state\":\"active\",\"class\":\"user\",\"kind\":\"desktop\"}",
	    "{\"id\":\"1\",\"state\":\"active\",\"class\":\"user\",\"kind\":\"desktop\"}",
	    "{\"id\":\"1\",\"provider\":\"p\",\"state\":\"Active\",\"class\":\"user\",\"kind\":\"desktop\"}",
	    "{\"id\":\"1\",\"provider\":\"p\",\"state\":\"active\",\"class\":7,\"kind\":\"desktop\"}",
	    "{\"id\":1,\"provider\":\"p\",\"state\":\"active\",\"class\":\"user\",\"kind\":\"desktop\"}",
	    "{\"id\":\"1\",\"provider\":\"p\",\"state\":\"active\",\"class\":\"user\",\"kind\":\"desktop\",\"number\":-"
	    "1}",
	    "{\"id\":\"1\",\"provider\":\"p\",\"state\":\"active\",\"class\":\"user\",\"kind\":\"desktop\",\"number\":"
	    "4294967296}",
	    "{\"id\":\"1\",\"provider\":\"p\",\"state\":\"active\",\"class\":\"user\",\"kind\":\"desktop\",\"own\":1}",
	    "{\"id\":\"1\",\"provider\":\"p\",\"state\":\"active\",\"class\":\"user\",\"kind\":\"desktop\","
	    "\"inhibited\":"
	    "\"true\"}",
	    "{\"id\":\"1\",\"provider\":\"p\",\"state\":\"active\",\"class\":\"user\",\"kind\":\"desktop\",\"user_"
	    "cut\":1}",
	    "{\"id\":\"1\",\"provider\":\"p\",\"state\":\"active\",\"class\":\"user\",\"kind\":\"desktop\",\"last_"
	    "input\":5}",
	    "{\"id\":\"1\",\"provider\":\"p\",\"state\":\"active\",\"class\":\"user\",\"kind\":\"desktop\",\"last_"
	    "input\":\"soon\"}",
	    "{\"id\":\"1\",\"provider\":\"p\",\"state\":\"active\",\"class\":\"user\",\"kind\":\"desktop\",\"cpu_"
	    "time_ms\":-1}",
	    "{\"id\":\"1\",\"provider\":\"p\",\"state\":\"active\",\"class\":\"user\",\"kind\":\"desktop\",\"facts\":[]"
	    "}",
	    "{\"id\":\"1\",\"provider\":\"p\",\"state\":\"active\",\"class\":\"user\",\"kind\":\"desktop\",\"facts\":"
	    "{\"a\":1}}",
	    "{\"id\":\"1\",\"provider\":\"p\",\"state\":\"active\",\"class\":\"user\",\"kind\":\"desktop\",\"facts\":"
	    "{\"a=b\":\"c\"}}",
	};
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct error error = {0};
		struct session session;
		json_t *json = json_loads(bad[i], 0, NULL);

		assert_non_null(json);
		assert_int_equal(session_from_json(json, &session, &arena, &error), -1);
		assert_int_equal(error.code, ERROR_PROTOCOL);
		json_decref(json);
	}
	arena_free(&arena);
}

static void a_pool_with_odd_hosts_is_refused(void **state)
{
	static const char *const bad[] = {"{}", "\"h\"", "[1]", "[null]"};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct snapshot before, after;
		struct error error = {0};
		json_t *json;

		fill(&before);
		snapshot_init(&after);
		json = snapshot_to_json(&before);
		json_object_set_new(json, "hosts", json_loads(bad[i], JSON_DECODE_ANY, NULL));
		assert_int_equal(snapshot_from_json(json, &after, &error), -1);
		assert_int_equal(error.code, ERROR_PROTOCOL);
		json_decref(json);
		snapshot_free(&before);
		snapshot_free(&after);
	}
}

static void long_texts_are_refused(void **state)
{
	char text[1100];
	struct arena arena = {0};
	struct session session;
	struct error error = {0};
	json_t *json =
	    json_pack("{s:s, s:s, s:s, s:s}", "provider", "p", "state", "active", "class", "user", "kind", "desktop");

	(void)state;
	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	json_object_set_new(json, "id", json_string(text));
	assert_int_equal(session_from_json(json, &session, &arena, &error), -1);
	text[1024] = '\0';
	json_object_set_new(json, "id", json_string(text));
	error_clear(&error);
	assert_int_equal(session_from_json(json, &session, &arena, &error), 0);
	json_decref(json);
	arena_free(&arena);
}

/* A notice that is cut is cut at a character: half a one would be lost with its line in the JSON. */
static void long_notices_stay_text(void **state)
{
	(void)state;
	for (int shift = 0; shift < 4; shift++) {
		struct snapshot snapshot;
		json_t *json;
		char text[800];

		snprintf(text, sizeof text, "%.*s", shift, "abcd");
		while (strlen(text) < 700)
			snprintf(text + strlen(text), sizeof text - strlen(text), "\xf0\x9f\x94\x92");
		snapshot_init(&snapshot);
		snapshot_notice(&snapshot, "%s", text);
		json = snapshot_to_json(&snapshot);
		assert_int_equal(json_array_size(json_object_get(json, "notices")), 1);
		assert_int_equal(strncmp(snapshot.notices.items[0], text, 500), 0);
		json_decref(json);
		snapshot_free(&snapshot);
	}
}

static void errors_travel(void **state)
{
	struct error before = {0}, after;
	json_t *json;

	(void)state;
	error_set(&before, ERROR_ACCESS, STEP_LOGIN, "no right for CORP\\mon | x");
	error_hint(&before, "grant it");
	json = error_to_json(&before);
	error_from_json(json, &after);
	assert_int_equal(after.code, ERROR_ACCESS);
	assert_int_equal(after.step, STEP_LOGIN);
	assert_string_equal(after.text, before.text); /* escaped where it is shown, and only there */
	assert_string_equal(after.hint, "grant it");
	json_decref(json);
	error_from_json(NULL, &after);
	assert_int_equal(after.code, ERROR_PROTOCOL);
	assert_string_equal(after.text, "its worker gave no reason");
}

static json_t *schema_read(void)
{
	const char *source = getenv("CURFEW_SRCDIR");
	char path[1024];
	json_t *schema;

	snprintf(path, sizeof path, "%s/doc/curfew.schema.json", source != NULL ? source : ".");
	schema = json_load_file(path, 0, NULL);
	assert_non_null(schema);
	return schema;
}

/* As many words as the schema has, and all of them. */
static void words_are_the_same(const json_t *property, const char *const *words, const char *besides)
{
	const json_t *list = json_object_get(property, "enum");
	size_t count = 0;

	for (; *words != NULL; words++) {
		bool found = false;

		if (besides != NULL && strcmp(*words, besides) == 0)
			continue;
		for (size_t i = 0; i < json_array_size(list); i++)
			found = found || strcmp(json_string_value(json_array_get(list, i)), *words) == 0;
		if (!found)
			fail_msg("the schema lacks the word %s", *words);
		count++;
	}
	assert_int_equal(json_array_size(list), count);
}

/* What is published has the fields of the table, each of its type. */
static void the_schema_has_the_same_fields(void **state)
{
	static const char *const shapes[] = {
	    [FIELD_TEXT] = "string",
	    [FIELD_NUMBER] = "integer",
	    [FIELD_FLAG] = "#/definitions/flag",
	    [FIELD_MOMENT] = "#/definitions/time",
	    [FIELD_SPAN] = "integer",
	    [FIELD_LENGTH] = "integer",
	    [FIELD_TEXTS] = "array",
	    [FIELD_FACTS] = "object",
	    [FIELD_MARK] = "const",
	    [FIELD_STATE] = "enum",
	    [FIELD_CLASS] = "enum",
	    [FIELD_KIND] = "enum",
	};
	json_t *schema = schema_read();
	json_t *session = json_object_get(json_object_get(schema, "definitions"), "session");
	const json_t *properties = json_object_get(session, "properties");

	(void)state;
	for (enum session_field field = 0; field < SESSION_FIELDS; field++) {
		const struct field_info *info = &session_fields[field];
		const json_t *property = json_object_get(properties, info->name);
		const char *type = json_string_value(json_object_get(property, "type"));

		if (type == NULL)
			type = json_string_value(json_object_get(property, "$ref"));
		if (type == NULL)
			type = json_object_get(property, "const") != NULL ? "const" : "enum";
		if (property == NULL || strcmp(type, shapes[info->type]) != 0)
			fail_msg("the schema has %s for %s", property != NULL ? type : "nothing", info->name);
	}
	/* The check adds the target, what it makes of the session, and what its policy says. */
	assert_int_equal(json_object_size(properties), SESSION_FIELDS + 3);
	words_are_the_same(json_object_get(properties, "state"), session_state_words, "idle");
	words_are_the_same(json_object_get(properties, "class"), session_class_words, NULL);
	words_are_the_same(json_object_get(properties, "kind"), session_kind_words, NULL);
	json_decref(schema);
}

/* A field that is missing in the table would be missing in copies, too: each byte of the structure is of one. */
static void the_table_covers_the_session(void **state)
{
	static const size_t sizes[] = {
	    [FIELD_TEXT] = sizeof(char *),
	    [FIELD_NUMBER] = sizeof(uint32_t),
	    [FIELD_STATE] = sizeof(int),
	    [FIELD_CLASS] = sizeof(int),
	    [FIELD_KIND] = sizeof(int),
	    [FIELD_FLAG] = sizeof(int),
	    [FIELD_MOMENT] = sizeof(struct moment),
	    [FIELD_SPAN] = sizeof(int64_t),
	    [FIELD_LENGTH] = sizeof(struct span),
	    [FIELD_MARK] = sizeof(bool),
	    [FIELD_TEXTS] = sizeof(struct string_list),
	    [FIELD_FACTS] = sizeof(struct string_list),
	};
	unsigned char seen[sizeof(struct session)] = {0};
	size_t holes = 0;

	(void)state;
	seen[offsetof(struct session, numbered)] = 1; /* tells whether there is a number */
	for (enum session_field field = 0; field < SESSION_FIELDS; field++)
		for (size_t i = 0; i < sizes[session_fields[field].type]; i++) {
			assert_int_equal(seen[session_fields[field].offset + i], 0);
			seen[session_fields[field].offset + i] = 1;
		}
	/* What is left is padding: less than a pointer at a time. */
	for (size_t i = 0; i < sizeof seen; i++) {
		holes = seen[i] ? 0 : holes + 1;
		if (holes >= sizeof(void *))
			fail_msg("no field is at byte %zu of a session", i - holes + 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_schema_has_the_same_fields),
	    cmocka_unit_test(the_table_covers_the_session),
	    cmocka_unit_test(what_is_written_is_read),
	    cmocka_unit_test(any_order_is_read),
	    cmocka_unit_test(the_documented_form_is_read),
	    cmocka_unit_test(liars_are_refused),
	    cmocka_unit_test(times_without_a_form_are_unknown),
	    cmocka_unit_test(long_texts_are_refused),
	    cmocka_unit_test(errors_travel),
	    cmocka_unit_test(long_notices_stay_text),
	    cmocka_unit_test(a_pool_with_odd_hosts_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
