/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of curfew-wtsapi.so that need no broker: messages, numbers, texts. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "t/unit/test.h"
#include "wtsapi/message.h"
#include "wtsapi/numbers.h"
#include "wtsapi/strings.h"

static void test_message(void **state)
{
	struct message message = {0};
	const char *text;
	int64_t number;

	(void)state;
	assert_false(message_whole(&message));
	message_put(&message, "op", "list");
	message_put(&message, "empty", "");
	message_put(&message, "left-out", NULL);
	message_put_number(&message, "n", -42);
	assert_false(message_whole(&message));
	message_end(&message);
	assert_true(message_whole(&message));
	assert_int_equal(message.length, sizeof "op=list" + sizeof "empty=" + sizeof "n=-42" + 1);
	assert_string_equal(message_find(&message, "op"), "list");
	assert_string_equal(message_find(&message, "empty"), "");
	assert_null(message_find(&message, "left-out"));
	assert_null(message_find(&message, "o"));
	assert_int_equal(message_number(message_find(&message, "n"), &number), 0);
	assert_int_equal(number, -42);
	text = message_next(&message, NULL);
	text = message_next(&message, message_next(&message, text));
	assert_string_equal(text, "n=-42");
	assert_null(message_next(&message, text));
	message_free(&message);
}

static void test_message_numbers(void **state)
{
	static const char *const bad[] = {"", " 1", "+1", "1x", "0x1", "9223372036854775808"};
	int64_t number;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(message_number(bad[i], &number), -1);
	assert_int_equal(message_number(NULL, &number), -1);
}

static void test_message_limit(void **state)
{
	struct message message = {0};
	char *block = calloc(1, MESSAGE_LIMIT);

	(void)state;
	message_add(&message, block, MESSAGE_LIMIT - 1);
	assert_false(message.failed);
	message_put(&message, "a", "b");
	assert_true(message.failed);
	assert_false(message_whole(&message));
	message_free(&message);
	free(block);
}

/* Two texts whose made numbers are alike are found by trying; both must be told apart, always. */
static void test_numbers_that_meet(void **state)
{
	enum { MANY = 200000 };
	struct number_map map = {0}, seen = {0};
	uint32_t *numbers = calloc(MANY, sizeof *numbers);
	unsigned met = 0;
	char id[32];

	(void)state;
	for (unsigned i = 0; i < MANY; i++) {
		const struct identity identity = {"avd", "host", id, "user", "1"};
		struct number_map alone = {0};

		snprintf(id, sizeof id, "%x", i * 2654435761u);
		numbers[i] = numbers_make(&map, &identity);
		assert_true(numbers[i] >= 0x80000000u && numbers[i] < 0xfffffffeu);
		assert_int_equal(numbers_put(&seen, numbers[i], &identity), 0);
		met += numbers_make(&alone, &identity) != numbers[i];
		numbers_free(&alone);
	}
	assert_int_equal(seen.count, MANY); /* no number twice */
	assert_true(met > 0);               /* and some had to step aside */
	for (unsigned i = 0; i < MANY; i++) {
		const struct identity identity = {"avd", "host", id, "user", "1"};

		snprintf(id, sizeof id, "%x", i * 2654435761u);
		assert_int_equal(numbers_make(&map, &identity), numbers[i]);
		assert_string_equal(numbers_find(&map, numbers[i])->id, id);
	}
	numbers_free(&map);
	numbers_free(&seen);
	free(numbers);
}

static void test_given(void **state)
{
	const struct identity alice = {"tsts", "ts01", "3", "alice", "1"}, bob = {"tsts", "ts01", "3", "bob", "2"};
	struct number_map map = {0};

	(void)state;
	assert_null(numbers_find(&map, 3));
	numbers_put(&map, 3, &alice);
	assert_true(identity_same(numbers_find(&map, 3), &alice));
	numbers_put(&map, 3, &bob);
	assert_true(identity_same(numbers_find(&map, 3), &bob));
	assert_false(identity_same(numbers_find(&map, 3), &alice));
	assert_int_equal(map.count, 1);
	assert_null(numbers_find(&map, 4));
	numbers_free(&map);
}

static void test_fields(void **state)
{
	CHAR narrow[6];
	WCHAR wide[4];

	(void)state;
	field_narrow(narrow, sizeof narrow, "12345");
	assert_string_equal(narrow, "12345");
	field_narrow(narrow, sizeof narrow, "123456");
	assert_string_equal(narrow, "12345");
	field_narrow(narrow, sizeof narrow, "1234\xc3\xa4");
	assert_string_equal(narrow, "1234");
	field_narrow(narrow, sizeof narrow, "\xf0\x9d\x84\x9e\xf0\x9d\x84\x9e");
	assert_string_equal(narrow, "\xf0\x9d\x84\x9e");
	/* U+1D11E is D834 DD1E (Unicode 15, 3.9). */
	field_wide(wide, 4, "a\xf0\x9d\x84\x9e");
	assert_memory_equal(wide, ((const WCHAR[]){'a', 0xd834, 0xdd1e, 0}), sizeof wide);
	field_wide(wide, 4, "ab\xf0\x9d\x84\x9e");
	assert_memory_equal(wide, ((const WCHAR[]){'a', 'b', 0}), 3 * sizeof *wide);
	field_wide(wide, 4, "a\xf0\x9d"); /* cannot come; and is not read beyond */
	assert_memory_equal(wide, ((const WCHAR[]){'a', 0xfffd, 0}), 3 * sizeof *wide);
}

static void wide_is(const WCHAR *wide, size_t length, const char *want)
{
	char *text = text_from_wide(wide, length);

	assert_string_equal(text, want);
	free(text);
}

static void test_from_wide(void **state)
{
	static const WCHAR pair[] = {'G', 0xfc, 0x5c71, 0xd834, 0xdd1e, 0}, high[] = {0xd834, 'x', 0},
	                   low[] = {0xdd1e, 0};

	(void)state;
	wide_is(pair, 100, "G\xc3\xbc\xe5\xb1\xb1\xf0\x9d\x84\x9e");
	wide_is(pair, 2, "G\xc3\xbc");
	wide_is(pair, 4, "G\xc3\xbc\xe5\xb1\xb1\xef\xbf\xbd");
	wide_is(high, 100, "\xef\xbf\xbdx");
	wide_is(low, 100, "\xef\xbf\xbd");
	wide_is(low, 0, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_message),       cmocka_unit_test(test_message_numbers),
	    cmocka_unit_test(test_message_limit), cmocka_unit_test(test_numbers_that_meet),
	    cmocka_unit_test(test_given),         cmocka_unit_test(test_fields),
	    cmocka_unit_test(test_from_wide),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
