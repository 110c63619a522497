/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Names by number, however many there are. */
#include "t/unit/test.h"

#include <stdio.h>

#include "lib/base/arena.h"
#include "lib/base/name_index.h"

static void a_name_has_one_number(void **state)
{
	struct arena arena = {0};
	struct name_index index = {.arena = &arena};

	(void)state;
	assert_true(name_index_find(&index, "ts01") == NAME_NONE);
	assert_int_equal(name_index_add(&index, "ts01"), 0);
	assert_int_equal(name_index_add(&index, ""), 1);
	assert_int_equal(name_index_add(&index, "TS01"), 0);
	assert_int_equal(name_index_add(&index, "ts01.corp"), 2);
	assert_int_equal(name_index_find(&index, "Ts01"), 0);
	assert_true(name_index_find(&index, "ts0") == NAME_NONE);
	assert_int_equal(index.count, 3);
	assert_string_equal(index.names[0], "ts01");
	arena_free(&arena);
}

static void thousands_are_found_again(void **state)
{
	enum { MANY = 20000 };
	struct arena arena = {0};
	struct name_index index = {.arena = &arena};
	char name[32];

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		snprintf(name, sizeof name, "host%zu", i);
		assert_int_equal(name_index_add(&index, arena_strdup(&arena, name)), i);
	}
	for (size_t i = 0; i < MANY; i++) {
		snprintf(name, sizeof name, "HOST%zu", i);
		assert_int_equal(name_index_find(&index, name), i);
	}
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_name_has_one_number),
	    cmocka_unit_test(thousands_are_found_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
