/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/test.h"

#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/target/provider.h"
#include "lib/target/target.h"
#include "lib/target/target_parse.h"
#include "t/unit/fake.h"

static void urls_are_split(void **state)
{
	static const struct {
		const char *url, *scheme, *address, *label;
	} table[] = {
	    {"xrdp:", "xrdp", "", "xrdp"},
	    {"XRDP:", "xrdp", "", "xrdp"},
	    {"tsts://rds01.corp.example", "tsts", "rds01.corp.example", "rds01.corp.example"},
	    {"tsts://bob@rds01", "tsts", "bob@rds01", "bob@rds01"},
	    {"tsts://[fe80::1]:3389/", "tsts", "[fe80::1]:3389/", "[fe80::1]:3389"},
	    {"tsts://broker/COLLECTION", "tsts", "broker/COLLECTION", "broker/COLLECTION"},
	    {"sim:farm.sim", "sim", "farm.sim", "farm.sim"},
	    {"sim:/srv/dir/farm.sim", "sim", "/srv/dir/farm.sim", "farm.sim"},
	    {"sim:/srv/dir/farm.sim#ts01", "sim", "/srv/dir/farm.sim#ts01", "ts01"},
	    {"sim:/srv/a|b;$(id).sim", "sim", "/srv/a|b;$(id).sim", "a|b;$(id).sim"},
	};
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct target target;
		struct error error = {0};

		assert_int_equal(target_parse(&target, fake_providers, table[i].url, "", &arena, &error), 0);
		assert_string_equal(target.url, table[i].url);
		assert_string_equal(target.scheme, table[i].scheme);
		assert_string_equal(target.address, table[i].address);
		assert_string_equal(target.label, table[i].label);
		assert_string_equal(target.provider->scheme, table[i].scheme);
		assert_string_equal(target.credentials_file, "");
		assert_null(target_option(&target, "realm"));
	}
	arena_free(&arena);
}

static void what_is_no_target_is_refused(void **state)
{
	static const struct {
		const char *url, *text;
	} table[] = {
	    {"", "empty"},
	    {"rds01", "not a target"},
	    {"1sim:x", "not a target"},
	    {"s im:x", "not a target"},
	    {"[::1]", "not a target"},
	    {"ftp://x", "no provider for ftp:"},
	    {"sim:a\nb", "control characters"},
	    {"sim:a\x80", "control characters"},
	    {"tsts://bob:secret@rds01", "password"},
	};
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct target target;
		struct error error = {0};

		assert_int_equal(target_parse(&target, fake_providers, table[i].url, "", &arena, &error), -1);
		assert_int_equal(error.code, ERROR_USAGE);
		assert_non_null(strstr(error.text, table[i].text));
		assert_null(strstr(error.text, "secret"));
	}
	arena_free(&arena);
}

static void an_unknown_scheme_is_told_the_known_ones(void **state)
{
	struct arena arena = {0};
	struct target target;
	struct error error = {0};

	(void)state;
	assert_int_equal(target_parse(&target, fake_providers, "ftp://x", "", &arena, &error), -1);
	assert_string_equal(error.hint, "there are sim:, xrdp:, tsts:");
	arena_free(&arena);
}

static void ranges_are_expanded(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		const char *first, *last;
	} table[] = {
	    {"ts[1-20]", 20, "ts1", "ts20"},
	    {"ts[01-20]", 20, "ts01", "ts20"},
	    {"ts[008-011].corp", 4, "ts008.corp", "ts011.corp"},
	    {"ts[7-7]", 1, "ts7", "ts7"},
	    {"ts[0-2]", 3, "ts0", "ts2"},
	    {"r[1-2]n[08-10]", 6, "r1n08", "r2n10"},
	    {"tsts://[fe80::1]:[1-2]", 2, "tsts://[fe80::1]:1", "tsts://[fe80::1]:2"},
	    /* no ranges */
	    {"tsts://[::1]", 1, "tsts://[::1]", "tsts://[::1]"},
	    {"tsts://[2001:db8::1-2]", 1, "tsts://[2001:db8::1-2]", "tsts://[2001:db8::1-2]"},
	    {"ts[a-c]", 1, "ts[a-c]", "ts[a-c]"},
	    {"ts[1-]", 1, "ts[1-]", "ts[1-]"},
	    {"ts[1-2", 1, "ts[1-2", "ts[1-2"},
	    {"100%[1-1]s", 1, "100%1s", "100%1s"},
	};
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct string_list list = {0};
		struct error error = {0};

		assert_int_equal(range_expand(&list, table[i].text, 10000, &arena, &error), 0);
		assert_int_equal(list.count, table[i].count);
		assert_string_equal(list.items[0], table[i].first);
		assert_string_equal(list.items[list.count - 1], table[i].last);
	}
	arena_free(&arena);
}

static void ranges_have_an_end(void **state)
{
	static const char *const bad[] = {"ts[1-10001]", "ts[0-999999999]", "r[1-101]n[1-100]", "ts[20-1]"};
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct string_list list = {0};
		struct error error = {0};

		assert_int_equal(range_expand(&list, bad[i], 10000, &arena, &error), -1);
		assert_int_equal(error.code, ERROR_USAGE);
		assert_true(list.count <= 10000);
	}
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(urls_are_split),
	    cmocka_unit_test(what_is_no_target_is_refused),
	    cmocka_unit_test(an_unknown_scheme_is_told_the_known_ones),
	    cmocka_unit_test(ranges_are_expanded),
	    cmocka_unit_test(ranges_have_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
