/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/test.h"

#include <fnmatch.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/address.h"
#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/text.h"
#include "lib/base/utf8.h"

/* Unicode 15, table 3-8 and the practice of "maximal subparts"; W3C's UTF-8 test cases. */
static void invalid_bytes_become_replacement_characters(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *clean;
	} table[] = {
	    {"alice", 5, "alice"},
	    {"M\xc3\xbcller", 7, "M\xc3\xbcller"},
	    {"a\xff"
	     "b",
	     3,
	     "a\xef\xbf\xbd"
	     "b"},
	    {"\xc0\xaf", 2, "\xef\xbf\xbd\xef\xbf\xbd"},
	    {"\xe2\x82", 2, "\xef\xbf\xbd"},
	    {"\xf1\x80\x80"
	     "A",
	     4,
	     "\xef\xbf\xbd"
	     "A"},
	    {"\xed\xa0\x80", 3, "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
	    {"a\0b", 3,
	     "a\xef\xbf\xbd"
	     "b"},
	};
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		assert_string_equal(text_clean(&arena, table[i].bytes, table[i].length, 100), table[i].clean);
		assert_true(utf8_valid(table[i].clean, strlen(table[i].clean)));
	}
	assert_string_equal(text_clean(&arena, "ab\xc3\xbc", 4, 3), "ab");
	assert_false(utf8_valid("\xff", 1));
	arena_free(&arena);
}

static void no_name_can_forge_a_line(void **state)
{
	static const struct {
		const char *text, *escaped;
	} table[] = {
	    {"alice", "alice"},
	    {"a\nSESSIONS OK", "a\\nSESSIONS OK"},
	    {"a|total=0", "a\\x7ctotal=0"},
	    {"\x1b[2J", "\\x1b[2J"},
	    {"CORP\\alice", "CORP\\\\alice"},
	    {"%n%s", "%n%s"},
	    {"\xe2\x80\xae"
	     "cod",
	     "\\u{202e}cod"},
	    {"\xc2\x85", "\\u{0085}"},
	    {"a\xe2\x80\x8b\xe2\x80\x8d"
	     "b",
	     "a\\u{200b}\\u{200d}b"},
	    {"\xc2\xad\xe2\x81\xa0\xe3\x85\xa4", "\\u{00ad}\\u{2060}\\u{3164}"},
	    {"\xff", "\\xff"},
	    {"J\xc3\xb6rg \xe5\xb1\xb1", "J\xc3\xb6rg \xe5\xb1\xb1"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct buffer out = {0};

		text_escape(&out, table[i].text);
		assert_string_equal(buffer_text(&out), table[i].escaped);
		buffer_free(&out);
	}
}

static void globs_match_whole_names(void **state)
{
	static const struct {
		const char *glob, *text;
		int match;
	} table[] = {
	    {"alice", "alice", 1},
	    {"alice", "ALICE", 1},
	    {"alice", "alicia", 0},
	    {"al*", "alice", 1},
	    {"*", "", 1},
	    {"?", "", 0},
	    {"?", "\xc3\xbc", 1},
	    {"m\xc3\x9cller", "M\xc3\xbcLLER", 1},
	    {"a[b-d]e", "ace", 1},
	    {"a[!b-d]e", "ace", 0},
	    {"a[", "a[", 1},
	    {"a\\*", "a\\b", 1}, /* the backslash is itself */
	    {"a\\*", "a*", 0},
	    {"a\\*", "ab", 0},
	    {"[admin]", "[admin]", 1}, /* so is all that is the same */
	    {"[admin]", "d", 1},
	    {"*a*b*c", "xxaxxbxxc", 1},
	    {"*a*b*c", "xxaxxbxx", 0},
	    {"", "", 1},
	    {"", "a", 0},
	    {"[]]", "]", 1},
	    {"svc-*", "svc-backup", 1},
	    {"[a-", "[a-", 1},
	};

	(void)state;
	setlocale(LC_CTYPE, "C.UTF-8");
	for (size_t i = 0; i < COUNT(table); i++)
		if (glob_match(table[i].glob, table[i].text) != (table[i].match ? MATCH_YES : MATCH_NO))
			fail_msg("glob \"%s\" and \"%s\"", table[i].glob, table[i].text);
}

/* A pattern of stars over a long text is the classic way to hang a naive matcher. */
static void stars_are_not_slow(void **state)
{
	char text[5001], pattern[101];

	(void)state;
	memset(text, 'a', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	for (size_t i = 0; i < sizeof pattern - 1; i++)
		pattern[i] = i % 2 == 0 ? '*' : 'a';
	pattern[sizeof pattern - 2] = 'b';
	pattern[sizeof pattern - 1] = '\0';
	assert_int_equal(glob_match(pattern, text), MATCH_NO);
}

static void numbers_are_whole(void **state)
{
	unsigned long long number;

	(void)state;
	assert_int_equal(number_parse("0", 10, &number), 0);
	assert_int_equal(number_parse("10", 10, &number), 0);
	assert_int_equal(number, 10);
	assert_int_equal(number_parse("11", 10, &number), -1);
	assert_int_equal(number_parse("", 10, &number), -1);
	assert_int_equal(number_parse("-1", 10, &number), -1);
	assert_int_equal(number_parse("1x", 100, &number), -1);
	assert_int_equal(number_parse("18446744073709551615", ~0ull, &number), 0);
	assert_int_equal(number_parse("18446744073709551616", ~0ull, &number), -1);
	assert_int_equal(number_parse("9", 3, &number), -1);
}

static void copies_end_at_a_character(void **state)
{
	char to[5];

	(void)state;
	text_copy(to, sizeof to, "abc\xc3\xbc");
	assert_string_equal(to, "abc");
	text_copy(to, sizeof to, "ab\xc3\xbc");
	assert_string_equal(to, "ab\xc3\xbc");
	text_copy(to, sizeof to, "");
	assert_string_equal(to, "");
}

static void plain_texts(void **state)
{
	static const struct {
		const char *text;
		bool plain, lines;
	} table[] = {
	    {"", true, true},
	    {"Gr\xc3\xbc\xc3\x9f", true, true},
	    {"one\ntwo\n", false, true},
	    {"one\r\ntwo", false, false},
	    {"one\ttwo", false, false},
	    {"\n\x1b[1m", false, false},
	    {"\n\xff", false, false},
	    {"\xe2\x80\xa8", false, false}, /* U+2028 */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		assert_int_equal(text_plain(table[i].text), table[i].plain);
		assert_int_equal(text_plain_lines(table[i].text), table[i].lines);
	}
}

static void mapped_addresses_are_ipv4(void **state)
{
	static const struct {
		const char *text, *plain;
	} table[] = {
	    {"::ffff:192.0.2.7", "192.0.2.7"},
	    {"::FFFF:c000:0207", "192.0.2.7"},
	    {"0:0:0:0:0:ffff:192.0.2.7", "192.0.2.7"},
	    {"192.0.2.7", "192.0.2.7"},
	    {"2001:db8::7", "2001:db8::7"},
	    {"::192.0.2.7", "::192.0.2.7"},
	    {"::ffff:0:192.0.2.7", "::ffff:0:192.0.2.7"},
	    {"fe80::1%eth0", "fe80::1%eth0"},
	    {"::ffff:192.0.2", "::ffff:192.0.2"},
	    {"ws7", "ws7"},
	    {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct arena arena = {0};

		assert_string_equal(address_plain(table[i].text, &arena), table[i].plain);
		arena_free(&arena);
	}
}

static void short_names_may_be_the_first_label_of_whole_ones(void **state)
{
	static const struct {
		const char *glob, *name;
		bool may;
	} table[] = {
	    {"pc1.corp.example", "PC1", true},
	    {"PC1", "pc1.corp.example", true},
	    {"pc?.corp.*", "PC1", true},
	    {"*.corp.example", "PC1", true},
	    {"pc*", "pc1.corp.example", true},
	    {"pc1.", "pc1", true},
	    {"b\303\274ro.corp", "B\303\234RO", true},
	    {"pc10.corp.example", "PC1", false},
	    {"pc1.corp.example", "PC10", false},
	    {"pc", "pc1.corp.example", false},
	    /* Of two of one kind each letter counts: glob_match() is for those. */
	    {"pc1.corp.example", "pc1.other.example", false},
	    {"pc1", "pc1", false},
	    {"pc1.corp.example", "", false},
	    {"", "pc1.corp.example", false},
	    {"", "", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (glob_may_mean_host(table[i].glob, table[i].name) != table[i].may)
			fail_msg("glob \"%s\" and \"%s\"", table[i].glob, table[i].name);
}

/* Ours is as fnmatch() is, on 200,000 globs and texts by chance. */
static void plain_globs_are_as_those_of_fnmatch(void **state)
{
	static const char letters[] = "aAbB*?\\/.- ;@";
	unsigned matches = 0;

	(void)state;
	srand(1);
	for (int i = 0; i < 200000; i++) {
		char glob[8], text[8];
		size_t lengths[] = {(size_t)rand() % sizeof glob, (size_t)rand() % sizeof text};
		bool wanted;

		for (size_t j = 0; j < lengths[0]; j++)
			glob[j] = letters[(size_t)rand() % (sizeof letters - 1)];
		for (size_t j = 0; j < lengths[1]; j++)
			text[j] = letters[(size_t)rand() % (sizeof letters - 1)];
		glob[lengths[0]] = text[lengths[1]] = '\0';
		wanted = text_same(glob, text) || fnmatch(glob, text, FNM_NOESCAPE | FNM_CASEFOLD) == 0;
		matches += wanted;
		if (wanted != (glob_match(glob, text) == MATCH_YES))
			fail_msg("\"%s\" and \"%s\"", glob, text);
	}
	assert_true(matches >= 1000 && matches <= 100000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(plain_texts),
	    cmocka_unit_test(plain_globs_are_as_those_of_fnmatch),
	    cmocka_unit_test(invalid_bytes_become_replacement_characters),
	    cmocka_unit_test(no_name_can_forge_a_line),
	    cmocka_unit_test(globs_match_whole_names),
	    cmocka_unit_test(short_names_may_be_the_first_label_of_whole_ones),
	    cmocka_unit_test(stars_are_not_slow),
	    cmocka_unit_test(numbers_are_whole),
	    cmocka_unit_test(copies_end_at_a_character),
	    cmocka_unit_test(mapped_addresses_are_ipv4),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
