/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the worker protocol, written by hand as doc/design/worker-protocol.md has them. */
#include "t/unit/test.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/collect/worker_protocol.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"

static json_t *json_of(const char *text)
{
	json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);

	assert_non_null(json);
	return json;
}

static int read_target(const char *text, struct target *target, struct arena *arena)
{
	struct error error = {0};
	json_t *json = json_of(text);
	int result = target_from_json(json, target, NULL, arena, &error);

	json_decref(json);
	assert_int_equal(error.code, result < 0 ? ERROR_PROTOCOL : ERROR_NONE);
	return result;
}

static void targets_are_read(void **state)
{
	struct target target;
	struct arena arena = {0};

	(void)state;
	assert_int_equal(read_target("{\"url\":\"tsts://rds01/x\",\"credentials\":\"/etc/c\",\"label\":\"one\","
	                             "\"options\":{\"realm\":\"CORP\"}}",
	                             &target, &arena),
	                 0);
	assert_string_equal(target.scheme, "tsts");
	assert_string_equal(target.address, "rds01/x");
	assert_string_equal(target.label, "one");
	assert_string_equal(target.credentials_file, "/etc/c");
	assert_string_equal(target_option(&target, "realm"), "CORP");
	assert_null(target_option(&target, "other"));
	assert_int_equal(read_target("{\"url\":\"sim+worker:a b.sim#h\"}", &target, &arena), 0);
	assert_string_equal(target.address, "a b.sim#h");
	assert_string_equal(target.credentials_file, "");
	arena_free(&arena);
}

static void bad_targets_are_refused(void **state)
{
	static const char *const bad[] = {
	    "{}",
	    "7",
	    "[]",
	    "{\"url\":7}",
	    "{\"url\":\"noscheme\"}",
	    "{\"url\":\":x\"}",
	    "{\"url\":\"sim:x\",\"options\":[]}",
	    "{\"url\":\"sim:x\",\"options\":{\"a\":1}}",
	};
	struct target target;
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(read_target(bad[i], &target, &arena), -1);
	arena_free(&arena);
}

static void targets_survive(void **state)
{
	struct target_option option = {"state", "/tmp/x"};
	struct target to, from = {.url = "sim://a#b", .label = "l", .options = &option, .option_count = 1};
	struct arena arena = {0};
	struct error error = {0};
	json_t *json;

	(void)state;
	from.credentials_file = "/c";
	json = target_to_json(&from);
	assert_int_equal(target_from_json(json, &to, NULL, &arena, &error), 0);
	assert_string_equal(to.url, from.url);
	assert_string_equal(to.label, from.label);
	assert_string_equal(to.credentials_file, from.credentials_file);
	assert_string_equal(target_option(&to, "state"), "/tmp/x");
	json_decref(json);
	arena_free(&arena);
}

static void actions_are_read(void **state)
{
	static const struct {
		const char *text;
		int result;
		enum act act;
	} table[] = {
	    {"{\"act\":\"disconnect\"}", 0, ACT_DISCONNECT},
	    {"{\"act\":\"log off\",\"force\":true}", 0, ACT_LOGOFF},
	    {"{\"act\":\"message\",\"text\":\"hi\",\"answer_wait\":500}", 0, ACT_MESSAGE},
	    {"{\"act\":\"logoff\"}", -1, 0},
	    {"{\"act\":0}", -1, 0},
	    {"{}", -1, 0},
	    {"null", -1, 0},
	    {"{\"act\":\"message\",\"answer_wait\":-1}", -1, 0},
	    {"{\"act\":\"message\",\"answer_wait\":99999999999}", -1, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct action action;
		struct arena arena = {0};
		struct error error = {0};
		json_t *json = json_of(table[i].text);

		assert_int_equal(action_from_json(json, &action, &arena, &error), table[i].result);
		if (table[i].result == 0)
			assert_int_equal(action.act, table[i].act);
		json_decref(json);
		arena_free(&arena);
	}
}

/* What a person types may be no UTF-8; it must not get lost. */
static void typed_text_arrives(void **state)
{
	struct action to, from = {.act = ACT_MESSAGE,
	                          .title = "caf\xe9",
	                          .text = "Gr\xc3\xbc\xc3\x9f"
	                                  "e\n"};
	struct arena arena = {0};
	struct error error = {0};
	json_t *json = action_to_json(&from);

	(void)state;
	assert_int_equal(action_from_json(json, &to, &arena, &error), 0);
	assert_string_equal(to.title, "caf\xef\xbf\xbd");
	assert_string_equal(to.text, from.text);
	json_decref(json);
	arena_free(&arena);
}

static void outcomes_are_read(void **state)
{
	static const struct {
		const char *text;
		int result;
		enum outcome_code code;
	} table[] = {
	    {"{\"code\":\"done\"}", 0, OUTCOME_DONE},
	    {"{\"code\":\"already gone\",\"detail\":\"x\"}", 0, OUTCOME_GONE},
	    {"{\"code\":\"answered\",\"answer\":\"a very long answer indeed\"}", 0, OUTCOME_ANSWERED},
	    {"{\"code\":\"no answer\"}", 0, OUTCOME_NO_ANSWER},
	    {"{\"code\":\"fine\"}", -1, 0},
	    {"{}", -1, 0},
	    {"[]", -1, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct outcome outcome;
		struct error error = {0};
		json_t *json = json_of(table[i].text);

		assert_int_equal(outcome_from_json(json, &outcome, &error), table[i].result);
		if (table[i].result == 0)
			assert_int_equal(outcome.code, table[i].code);
		assert_true(strlen(outcome.answer) < sizeof outcome.answer);
		json_decref(json);
	}
}

static void trails_are_bounded(void **state)
{
	static const char text[] = "[{\"step\":\"connect\",\"took\":12},{\"step\":\"dance\",\"took\":1},7,"
	                           "{\"step\":\"list\",\"took\":-1},{\"step\":\"list\",\"took\":3},"
	                           "{\"step\":\"list\",\"took\":99999999999}]";
	struct trail trail = {.begun = 5};
	json_t *json = json_of(text), *many = json_array();

	(void)state;
	trail_from_json(json, &trail);
	assert_int_equal(trail.begun, 5);
	assert_int_equal(trail.count, 2);
	assert_int_equal(trail.steps[0].took, 12);
	assert_int_equal(trail.steps[1].step, STEP_LIST);
	for (int i = 0; i < 100; i++)
		json_array_append(many, json_array_get(json, 0));
	trail_from_json(many, &trail);
	assert_int_equal(trail.count, TRAIL_STEPS);
	json_decref(json);
	json_decref(many);
}

static unsigned read_needs(const char *text)
{
	json_t *json = json_of(text);
	unsigned needs = needs_from_json(json);

	json_decref(json);
	return needs;
}

static void what_is_not_understood_is_needed(void **state)
{
	json_t *json;

	(void)state;
	assert_int_equal(needs_from_json(NULL), NEED_EVERYTHING);
	assert_int_equal(read_needs("[]"), 0);
	assert_int_equal(read_needs("[\"births\"]"), NEED_BIRTHS);
	assert_int_equal(read_needs("[\"clients\",\"births\"]"), NEED_EVERYTHING);
	assert_int_equal(read_needs("[\"hats\"]"), NEED_EVERYTHING);
	assert_int_equal(read_needs("[1]"), NEED_EVERYTHING);
	assert_int_equal(read_needs("7"), NEED_EVERYTHING);
	json = needs_to_json(NEED_CLIENTS);
	assert_int_equal(json_array_size(json), 1);
	assert_int_equal(needs_from_json(json), NEED_CLIENTS);
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(targets_are_read),        cmocka_unit_test(what_is_not_understood_is_needed),
	    cmocka_unit_test(bad_targets_are_refused), cmocka_unit_test(targets_survive),
	    cmocka_unit_test(actions_are_read),        cmocka_unit_test(typed_text_arrives),
	    cmocka_unit_test(outcomes_are_read),       cmocka_unit_test(trails_are_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
