/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
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
	assert_true(after.sessions[0].user_cut && !after.sessions[0].domain_cut);
	json_decref(json);
	json_decref(again);
	snapshot_free(&before);
	snapshot_free(&after);
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
	    "{\"id\":\"1\",\"provider\":\"p\",\"state\":\"active\",\"class\":\"user\",\"kind\":\"desktop\",\"last_"
	    "input\":5}",
	    "{\"id\":\"1\",\"provider\":\"p\",\"state\":\"active\",\"class\":\"user\",\"kind\":\"desktop\",\"last_"
	    "input\":\"soon\"}",
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
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_written_is_read), cmocka_unit_test(the_documented_form_is_read),
	    cmocka_unit_test(liars_are_refused),       cmocka_unit_test(long_texts_are_refused),
	    cmocka_unit_test(errors_travel),           cmocka_unit_test(long_notices_stay_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
