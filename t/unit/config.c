/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/test.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/config/config.h"
#include "lib/config/config_load.h"
#include "lib/target/target.h"
#include "t/unit/fake.h"
#include "t/unit/file.h"

/* Loads a text as a configuration; the file is gone afterwards. */
static int load_bytes(const char *text, size_t length, struct config *config, struct arena *arena, struct error *error)
{
	struct test_file file;
	int result;

	test_file_make(&file, text, length, 0644);
	memset(error, 0, sizeof *error);
	result = config_load(config, fake_providers, file.path, arena, error);
	test_file_remove(&file);
	return result;
}

static int load(const char *text, struct config *config, struct arena *arena, struct error *error)
{
	return load_bytes(text, strlen(text), config, arena, error);
}

/* The text of an error behind the file's name. */
static const char *behind_name(const struct config *config, const struct error *error)
{
	size_t length = strlen(config->file);

	assert_int_equal(error->code, ERROR_CONFIG);
	assert_memory_equal(error->text, config->file, length);
	return error->text + length;
}

static void a_good_file_is_loaded(void **state)
{
	static const char text[] = "\xef\xbb\xbf# a comment\n"
	                           "; another\r\n"
	                           "[defaults]\r\n"
	                           "idle-after = 45m\n"
	                           "  user = CORP\\\\alice\n"
	                           "\tclient = //x${y}$1\n"
	                           "\n"
	                           "[target rds01]\n"
	                           "url = tsts://rds01.corp.example:3389\n"
	                           "credentials=reader\n"
	                           "realm = \"CORP # EXAMPLE\"\n"
	                           " [credentials reader] \n"
	                           "file = /etc/curfew/reader\n"
	                           "[group farm]\n"
	                           "members = rds01, xrdp:,tsts://ts[1-3]\n"
	                           "[group leer-ü]\n"
	                           "members = farm\n"
	                           "[section night]\n"
	                           "execute = yes\n"
	                           "[section empty]\n"
	                           "[section a]";
	struct arena arena = {0};
	struct config config;
	struct error error;
	const struct config_part *part;

	(void)state;
	assert_int_equal(load(text, &config, &arena, &error), 0);
	assert_int_equal(config.count, 8);
	part = config_find(&config, CONFIG_DEFAULTS, "");
	assert_non_null(part);
	assert_int_equal(part->count, 3);
	assert_string_equal(part->entries[1].value, "CORP\\\\alice");
	assert_string_equal(part->entries[2].value, "//x${y}$1");
	assert_int_equal(part->entries[2].line, 6);
	part = config_find(&config, CONFIG_TARGET, "rds01");
	assert_string_equal(part->entries[0].value, "tsts://rds01.corp.example:3389");
	assert_string_equal(part->entries[2].value, "CORP # EXAMPLE");
	assert_non_null(config_find(&config, CONFIG_GROUP, "leer-ü"));
	assert_non_null(config_find(&config, CONFIG_SECTION, "empty"));
	assert_null(config_find(&config, CONFIG_GROUP, "rds01"));
	assert_null(config_find(&config, CONFIG_TARGET, "farm"));
	assert_null(config_find(&config, CONFIG_SECTION, "nigh"));
	arena_free(&arena);
}

static void errors_name_file_and_line(void **state)
{
	static const struct {
		const char *text, *where, *why;
	} table[] = {
	    {"x = 1\n", ":1: ", "this key is in no [section]: x"},
	    {"[defaults]\nidle-after\n", ":2: ", "neither a [section]"},
	    {"[defaults]\nidle-after\nidle-after = 30x\n", ":2: ", "neither a [section]"},
	    {"[defaults]\nidle-afer = 30m\n", ":2: ", "unknown key in a [defaults] section: idle-afer"},
	    {"[defaults]\n\nidle-after = 30x\n", ":3: ", "idle-after 30x: not a duration (90s, 30m, 4h, 2d)"},
	    {"[defaults]\nidle-after = 0s\n", ":2: ", "more than 0"},
	    {"[defaults]\nidle-after =\n", ":2: ", "must not be empty"},
	    {"[defaults]\nidle-after = 1m\nidle-after = 2m\n", ":3: ", "used twice"},
	    {"[defaults]\nmax-percent = 101\n", ":2: ", "more than 100"},
	    {"[defaults]\nmax-acts = -1\n", ":2: ", "not a whole number"},
	    {"[defaults]\nstate = active,sleeping\n", ":2: ", "sleeping: not one of active, idle, "},
	    {"[defaults]\ndry-run = true\n", ":2: ", "not yes or no"},
	    {"[defaults]\nexecute = yes\n", ":2: ", "only in a named [section]"},
	    {"[defaults]\nall = yes\n", ":2: ", "only in a named [section]"},
	    {"[defaults]\nforce = yes\n", ":2: ", "only in a named [section]"},
	    {"[defaults]\nidle-over = 1h\n", ":2: ", "only in a named [section]"},
	    {"[defaults]\ndisconnected-over = 1h\n", ":2: ", "only in a named [section]"},
	    {"[section a]\nservice-state = CRITICAL\n", ":2: ", "command line only"},
	    {"[section a]\nconfig = /x\n", ":2: ", "command line only"},
	    {"[section a]\nid = 3\n", ":2: ", "command line only"},
	    {"[section a]\nwarning = idle=3x\n", ":2: ", "warning: idle: \"3x\" is not a range"},
	    {"[section a]\nuser = x ; y\n",
	     ":2: ", "a comment behind a value; comments stand on lines of their own: ; y"},
	    {"[section a]\nexclude-user = carol # never touch\n", ":2: ", "a comment behind a value"},
	    {"[section a]\nexclude-user = carol\t#x\n", ":2: ", "a comment behind a value"},
	    {"[section a]\nexclude-user = #carol\n", ":2: ", "a comment in the place of a value"},
	    {"[section a]\nidle-over = 30m # half an hour\n", ":2: ", "a comment behind a value"},
	    {"[target a]\nurl = xrdp: ; here\n", ":2: ", "a comment behind a value"},
	    {"[group g]\nmembers = xrdp: # here\n", ":2: ", "a comment behind a value"},
	    {"[section a]\nexclude-user = \"carol\n", ":2: ", "quotes must be around the whole value"},
	    {"[section a]\nexclude-user = 'carol' # x\n", ":2: ", "quotes must be around the whole value"},
	    {"[section a]\nexclude-user = \"carol\", \"grace\"\n", ":2: ", "quotes must be around the whole value"},
	    {"[section a]\nexclude-user = \"\n", ":2: ", "quotes must be around the whole value"},
	    {"[section a]\nexclude-user = \"\"\n", ":2: ", "must not be empty"},
	    {"[section a]\nexclude-user = carol,,grace\n", ":2: ", "an empty item in the list: exclude-user"},
	    {"[section a]\nexclude-user = carol,\n", ":2: ", "an empty item in the list"},
	    {"[section a]\nexclude-user = carol;grace\n", ":2: ", "a list has commas"},
	    {"[section a]\nexclude-user = CORP\\carol\\\n", ":2: ", "a backslash stands between domain and name"},
	    {"[section a]\nexclude-user = \xe2\x80\x9c"
	     "carol\xe2\x80\x9d\n",
	     ":2: ", "no name has a quote around it"},
	    {"[section a]\nexclude-user = alice@corp.example bob@corp.example\n",
	     ":2: ", "a blank inside; write a comma between two names"},
	    {"[section a]\n\nexclude-user = CORP\\alice CORP\\bob\n", ":3: ", "write a comma between two names"},
	    {"[section a]\nexclude-user = = carol, grace\n", ":2: ", "no name begins with a '='"},
	    {"[section a]\nexclude-user: carol\n", ":2: ", "neither a [section]"},
	    {"[section a]\n = carol\n", ":2: ", "no key before"},
	    {"[section \xe2\x80\xae"
	     "a]\n",
	     ":1: ", "not a name"},
	    {"[section a\xe2\x80\x8b]\n", ":1: ", "not a name"},
	    {"[section a]\nuser = x\ty\n", ":2: ", "control characters"},
	    {"[section a]\nuser = x\x01y\n", ":2: ", "control character"},
	    {"[section a]\nuser = x\x7f\n", ":2: ", "control character"},
	    {"[section a]\nuser = x\ry\n", ":2: ", "control character"},
	    {"[section a]\nuser = x\xc2\x85y\n", ":2: ", "control characters"},
	    {"[section a]\nuser = \xff\n", ":2: ", "UTF-8"},
	    {"# \xff\n", ":1: ", "UTF-8"},
	    {"[section a]\n\n[section a]\n", ":3: ", "[section a] was used in line 1"},
	    {"[defaults]\n[defaults]\n", ":2: ", "[defaults] was used in line 1"},
	    {"[target a]\nurl = xrdp:\n[group a]\nmembers = a\n", ":3: ", "[group a] was used in line 1"},
	    {"[defaults x]\n", ":1: ", "has no name"},
	    {"[section]\n", ":1: ", "not a name"},
	    {"[section a b]\n", ":1: ", "not a name"},
	    {"[target a:b]\n", ":1: ", "not a name"},
	    {"[target ts[1]]\n", ":1: ", "not a name"},
	    {"[target ts[1-2]x[]\n", ":1: ", "not a name"},
	    {"[target ts[2-1]]\n", ":1: ", "[2-1]: the range runs backwards"},
	    {"[target ts[1-10001]]\n", ":1: ", "more than 10000 targets"},
	    {"[section a]\ntarget = sim:x#h[1-9999][1-9999]\n", ":2: ", "more than 10000 targets"},
	    {"[group g]\nmembers = sim:x#h[9-1]\n", ":2: ", "runs backwards"},
	    {"[group ts[1-2]]\n", ":1: ", "not a name"},
	    {"[target ts[1-3]]\nurl = tsts://ts[1-2]\n",
	     ":2: ", "the url stands for 2 targets, the name ts[1-3] for 3"},
	    {"[target ts[1-3]]\nurl = tsts://ts1\n", ":2: ", "the url stands for 1 target, the name ts[1-3] for 3"},
	    {"[target ts]\nurl = tsts://ts[1-2]\n", ":2: ", "the url stands for 2 targets, the name ts for 1"},
	    {"[target ts[1-2]]\nurl = tsts://ts[2-1]\n", ":2: ", "the range runs backwards"},
	    {"[target ts[1-2]]\n", ":1: ", "no url in target ts[1-2]"},
	    {"[target ts2]\nurl = xrdp:\n[target ts[1-2]]\nurl = tsts://ts[1-2]\n",
	     ":3: ", "[target ts2] was used in line 1"},
	    {"[sektion a]\n", ":1: ", "unknown section: sektion a"},
	    {"[section a\n", ":1: ", "end in ']'"},
	    {"[section a] x\n", ":1: ", "end in ']'"},
	    {"[]\n", ":1: ", "an empty heading"},
	    {"[\n", ":1: ", "end in ']'"},
	    {"[target a]\n", ":1: ", "no url in target a"},
	    {"[target a]\nurl = ftp://x\n", ":2: ", "no provider for ftp:"},
	    {"[target a]\nurl = tsts://u:hunter@x\n", ":2: ", "password"},
	    {"[target a]\nurl = xrdp:\nrealm = x\n", ":3: ", "unknown key in a [target] section: realm"},
	    {"[target a]\nurl = xrdp:\nurl = sim:x\n", ":3: ", "used twice"},
	    {"[target a]\ncredentials = c\nurl = xrdp:\n", ":2: ", "no such [credentials] section: c"},
	    {"[credentials c]\nfile = x\n", ":2: ", "absolute path"},
	    {"[credentials c]\n", ":1: ", "no file"},
	    {"[credentials c]\npassword = x\n", ":2: ", "unknown key"},
	    {"[group g]\n", ":1: ", "no members in group g"},
	    {"[group g]\nmembers = ,\n", ":2: ", "empty member"},
	    {"[group g]\nmembers = a, b\n[target a]\nurl = xrdp:\n", ":2: ", "no target or group is named b"},
	    {"[group g]\nmembers = ftp://x\n", ":2: ", "no provider for ftp:"},
	    {"[section s]\ntarget = a\ntarget = b\n[target a]\nurl = xrdp:\n", ":3: ", "no target or group is named b"},
	    {"[section s]\ntarget = ftp://x\n", ":2: ", "no provider for ftp:"},
	    {"[defaults]\ntarget = a\n", ":2: ", "no target or group is named a"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct arena arena = {0};
		struct config config;
		struct error error;
		const char *text;

		if (load(table[i].text, &config, &arena, &error) != -1)
			fail_msg("loaded: %s", table[i].text);
		text = behind_name(&config, &error);
		if (strncmp(text, table[i].where, strlen(table[i].where)) != 0 || strstr(text, table[i].why) == NULL)
			fail_msg("%s gave %s", table[i].text, text);
		assert_null(strstr(text, "hunter"));
		arena_free(&arena);
	}
}

static void nothing_is_cut_in_silence(void **state)
{
	static const char nul[] = "[section a]\nuser = x\0y\n";
	struct arena arena = {0};
	struct config config;
	struct error error;
	struct buffer text = {0};

	(void)state;
	assert_int_equal(load_bytes(nul, sizeof nul - 1, &config, &arena, &error), -1);
	assert_non_null(strstr(behind_name(&config, &error), ":2: a NUL byte"));
	for (int length = 150; length < 90000; length += length / 3) {
		buffer_free(&text);
		buffer_printf(&text, "[section a]\nuser = %0*d\nuser = end", length, 7);
		assert_int_equal(load(buffer_text(&text), &config, &arena, &error), 0);
		assert_int_equal(strlen(config.parts[0].entries[0].value), length);
		assert_string_equal(config.parts[0].entries[1].value, "end");
		arena_free(&arena);
	}
	buffer_free(&text);
	arena_free(&arena);
}

/* What people write to keep somebody is what keeps: commas make lists, quotes are quotes, the rest is itself. */
static void values_are_what_they_look_like(void **state)
{
	static const struct {
		const char *line, *items[4];
	} table[] = {
	    {"exclude-user = carol, grace", {"carol", "grace"}},
	    {"exclude-user=carol,grace ,\theidi", {"carol", "grace", "heidi"}},
	    {"exclude-user = \"carol\"", {"carol"}},
	    {"exclude-user = 'carol'", {"carol"}},
	    {"collection = \"a, b # c ; d\"", {"a, b # c ; d"}},
	    {"  exclude-user = CORP\\svc*, a\\\\b, x@corp.example", {"CORP\\svc*", "a\\\\b", "x@corp.example"}},
	    {"exclude-user = o'neill", {"o'neill"}},
	    {"collection = a#b;c", {"a#b;c"}},
	    {"exclude-user = \"it's\"", {"it's"}},
	    {"collection = a = b", {"a = b"}},
	    {"collection = ${HOME}\r", {"${HOME}"}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct arena arena = {0};
		struct buffer text = {0};
		struct config config;
		struct error error;
		size_t count = 0;

		buffer_printf(&text, "[defaults]\n%s\n", table[i].line);
		if (load(buffer_text(&text), &config, &arena, &error) != 0)
			fail_msg("%s: %s", table[i].line, error.text);
		while (count < COUNT(table[i].items) && table[i].items[count] != NULL)
			count++;
		assert_int_equal(config.parts[0].count, count);
		for (size_t j = 0; j < count; j++)
			assert_string_equal(config.parts[0].entries[j].value, table[i].items[j]);
		buffer_free(&text);
		arena_free(&arena);
	}
}

/* 48 KB took 23 s and 4 GB. */
static void ranges_are_bounded_in_all(void **state)
{
	struct arena arena = {0};
	struct config config;
	struct error error;
	struct buffer text = {0};

	(void)state;
	for (int i = 0; i < 1000; i++)
		buffer_printf(&text, "[target t%d-[1-10000]]\nurl = tsts://h%d-[1-10000]\n", i, i);
	assert_int_equal(load(buffer_text(&text), &config, &arena, &error), -1);
	assert_non_null(
	    strstr(behind_name(&config, &error), ":11: with this section the file has more than 50000 targets"));
	text.length = 0;
	buffer_puts(&text, "[group all]\nmembers = sim:x#h0");
	for (int i = 0; i < 1000; i++)
		buffer_printf(&text, ",sim:x#h%d-[1-10000]", i);
	buffer_puts(&text, "\n");
	assert_int_equal(load(buffer_text(&text), &config, &arena, &error), -1);
	assert_non_null(
	    strstr(behind_name(&config, &error), ":2: with this one the ranges of the file name more than 100000"));
	buffer_free(&text);
	arena_free(&arena);
}

static struct string_list list_of(const char *const *names, size_t count, struct arena *arena)
{
	struct string_list list = {0};

	for (size_t i = 0; i < count; i++)
		string_list_add(&list, arena, names[i]);
	return list;
}

static void groups_are_expanded(void **state)
{
	static const char text[] = "[target a]\nurl = tsts://a.corp\ncredentials = c\nrealm = R\n"
	                           "[target b]\nurl = tsts://b.corp\n"
	                           "[credentials c]\nfile = /etc/c\n"
	                           "[group one]\nmembers = b, ts[08-09], tsts:a.corp\n"
	                           "[target ts08]\nurl = tsts://ts08\n"
	                           "[target ts09]\nurl = tsts://ts09\n"
	                           "[group two]\nmembers = one\nmembers = one, a, tsts://z[1-2]\n";
	static const char *const names[] = {"two", "b", "tsts://z2", "tsts://z9"};
	static const struct {
		const char *url, *label;
	} expected[] = {
	    {"tsts://b.corp", "b"}, {"tsts://ts08", "ts08"}, {"tsts://ts09", "ts09"}, {"tsts://a.corp", "a"},
	    {"tsts://z1", "z1"},    {"tsts://z2", "z2"},     {"tsts://z9", "z9"},
	};
	struct arena arena = {0};
	struct config config;
	struct error error;
	struct string_list list = list_of(names, COUNT(names), &arena);
	struct target *targets;
	size_t count;

	(void)state;
	assert_int_equal(load(text, &config, &arena, &error), 0);
	assert_int_equal(config_targets(&config, &list, &arena, &targets, &count, &error), 0);
	assert_int_equal(count, COUNT(expected));
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(targets[i].url, expected[i].url);
		assert_string_equal(targets[i].label, expected[i].label);
	}
	/* tsts:a.corp came first, but the configured one is the same host and has credentials */
	assert_string_equal(targets[3].credentials_file, "/etc/c");
	assert_string_equal(target_option(&targets[3], "realm"), "R");
	assert_null(target_option(&targets[3], "credentials"));
	arena_free(&arena);
}

static void a_range_is_as_many_targets(void **state)
{
	static const char text[] =
	    "[target ts[08-11]]\nurl = tsts://rds[08-11].corp\ncredentials = c\nrealm = R\n"
	    "[credentials c]\nfile = /c\n[group g]\nmembers = ts[09-10]\n[target x]\nurl = xrdp:\n";
	static const char *const names[] = {"g", "ts11"};
	struct arena arena = {0};
	struct config config;
	struct target *targets;
	struct error error;
	struct string_list list;
	size_t count;

	(void)state;
	assert_int_equal(load(text, &config, &arena, &error), 0);
	list = list_of(names, COUNT(names), &arena);
	assert_int_equal(config_targets(&config, &list, &arena, &targets, &count, &error), 0);
	assert_int_equal(count, 3);
	assert_string_equal(targets[0].name, "ts09");
	assert_string_equal(targets[0].url, "tsts://rds09.corp");
	assert_string_equal(targets[1].label, "ts10");
	assert_string_equal(targets[2].url, "tsts://rds11.corp");
	assert_string_equal(targets[2].credentials_file, "/c");
	assert_string_equal(target_option(&targets[2], "realm"), "R");
	assert_null(config_find(&config, CONFIG_TARGET, "ts12"));
	arena_free(&arena);
}

/* One host by two names: once if that is all, an error if it would be chance whose credentials are used. */
static void one_host_is_asked_in_one_way(void **state)
{
	static const char text[] = "[credentials c]\nfile = /etc/c\n[credentials d]\nfile = /etc/d\n"
	                           "[target a]\nurl = tsts://x\ncredentials = c\nrealm = R\n"
	                           "[target again]\nurl = tsts:x\nrealm = R\ncredentials = c\n"
	                           "[target other]\nurl = tsts://x\ncredentials = d\nrealm = R\n"
	                           "[target option]\nurl = tsts://x\ncredentials = c\nrealm = S\n"
	                           "[target fewer]\nurl = tsts://x\ncredentials = c\n"
	                           "[group both]\nmembers = a, other\n";
	static const struct {
		const char *names[3], *why; /* NULL: none */
	} table[] = {
	    {{"a", "again", "tsts://x"}, NULL},          {{"tsts://x", "other", "tsts:x"}, NULL},
	    {{"a", "tsts://x", "other"}, "a and other"}, {{"tsts://x", "other", "a"}, "other and a"},
	    {{"a", "option", "a"}, "a and option"},      {{"a", "fewer", "a"}, "a and fewer"},
	    {{"fewer", "a", "a"}, "fewer and a"},        {{"both", "both", "both"}, "a and other"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct arena arena = {0};
		struct config config;
		struct error error = {0};
		struct string_list list = list_of(table[i].names, COUNT(table[i].names), &arena);
		struct target *targets;
		size_t count;

		assert_int_equal(load(text, &config, &arena, &error), 0);
		assert_int_equal(config_targets(&config, &list, &arena, &targets, &count, &error),
		                 table[i].why == NULL ? 0 : -1);
		if (table[i].why == NULL)
			assert_int_equal(count, 1);
		else
			assert_non_null(strstr(error.text, table[i].why));
		arena_free(&arena);
	}
}

static void labels_differ(void **state)
{
	static const char text[] = "[target ts01]\nurl = tsts://x\n";
	static const char *const names[] = {"sim:a.sim#ts01", "sim:b.sim#ts01", "sim:/1/c.sim",
	                                    "sim:/2/c.sim",   "ts01",           "xrdp:"};
	static const char *const labels[] = {"sim:a.sim#ts01", "sim:b.sim#ts01", "sim:/1/c.sim",
	                                     "sim:/2/c.sim",   "ts01",           "xrdp"};
	struct arena arena = {0};
	struct config config;
	struct error error;
	struct string_list list = list_of(names, COUNT(names), &arena);
	struct target *targets;
	size_t count;

	(void)state;
	assert_int_equal(load(text, &config, &arena, &error), 0);
	assert_int_equal(config_targets(&config, &list, &arena, &targets, &count, &error), 0);
	assert_int_equal(count, COUNT(labels));
	for (size_t i = 0; i < count; i++)
		assert_string_equal(targets[i].label, labels[i]);
	arena_free(&arena);
}

static void bad_names_are_refused(void **state)
{
	static const char text[] = "[group a]\nmembers = b\n[group b]\nmembers = c\n[group c]\nmembers = xrdp:\n"
	                           "members = a\n[group r]\nmembers = ts[1-2]\n";
	static const struct {
		const char *name, *why;
	} table[] = {
	    {"a", ":7: group a is a member of itself"},
	    {"c", ":4: group c is a member of itself"},
	    {"r", ":9: no target or group is named \"ts1\""},
	    {"x", "no target or group is named \"x\""},
	    {"tsts://t[1-10001]", "more than 10000"},
	    {"\x1b[31m", "no target or group"},
	    {"", "empty"},
	};
	struct arena arena = {0};
	struct config config;
	struct error error;
	struct target *targets;
	size_t count;

	(void)state;
	assert_int_equal(load(text, &config, &arena, &error), 0);
	for (size_t i = 0; i < COUNT(table); i++) {
		struct string_list list = list_of(&table[i].name, 1, &arena);
		struct error why = {0};

		assert_int_equal(config_targets(&config, &list, &arena, &targets, &count, &why), -1);
		assert_non_null(strstr(why.text, table[i].why));
	}
	arena_free(&arena);
}

/* What people copy from. */
static void the_example_is_good(void **state)
{
	const char *source = getenv("CURFEW_SRCDIR");
	char path[4096], text[16384];
	struct arena arena = {0};
	struct config config;
	struct error error;
	size_t length;
	FILE *file;

	(void)state;
	snprintf(path, sizeof path, "%s/contrib/curfew.conf.in", source != NULL ? source : ".");
	assert_non_null(file = fopen(path, "r"));
	length = fread(text, 1, sizeof text, file);
	fclose(file);
	assert_true(length >= 100 && length <= sizeof text - 1);
	if (load_bytes(text, length, &config, &arena, &error) < 0)
		fail_msg("%s", error.text);
	assert_non_null(config_find(&config, CONFIG_SECTION, "farm-idle"));
	arena_free(&arena);
}

/* Whoever runs this: what everybody can write is nobody's word. */
static void what_everybody_can_write_is_not_believed(void **state)
{
	static const char text[] = "[defaults]\nidle-after = 1m\n";
	struct arena arena = {0};
	struct config config;
	struct error error = {0};
	struct test_file file;

	(void)state;
	test_file_make(&file, text, sizeof text - 1, 0646);
	assert_int_equal(config_load(&config, fake_providers, file.path, &arena, &error), -1);
	assert_int_equal(chmod(file.path, 0644), 0);
	error_clear(&error);
	assert_int_equal(config_load(&config, fake_providers, file.path, &arena, &error), 0);
	test_file_remove(&file);
	arena_free(&arena);
}

static void no_file_no_configuration(void **state)
{
	static const char *const names[] = {"xrdp:"};
	struct arena arena = {0};
	struct config config = {.providers = fake_providers};
	struct error error = {0};
	struct string_list list = list_of(names, 1, &arena);
	struct target *targets;
	size_t count;

	(void)state;
	assert_null(config_find(&config, CONFIG_DEFAULTS, ""));
	assert_int_equal(config_targets(&config, &list, &arena, &targets, &count, &error), 0);
	assert_int_equal(count, 1);
	assert_int_equal(config_load(&config, fake_providers, "/nonexistent/curfew.conf", &arena, &error), -1);
	assert_non_null(strstr(error.text, "/nonexistent/curfew.conf"));
	arena_free(&arena);
}

/* ms of this process, because a busy machine may leave it waiting. */
static int64_t cpu_time(void)
{
	return (int64_t)clock() * 1000 / CLOCKS_PER_SEC;
}

static int64_t load_time(int targets)
{
	struct arena arena = {0};
	struct config config;
	struct error error;
	struct buffer text = {0};
	struct string_list list = {0};
	struct target *found;
	size_t count;
	int64_t begun;

	for (int i = 0; i < targets; i++)
		buffer_printf(&text, "[target t%d]\nurl = tsts://h%d\n", i, i);
	buffer_puts(&text, "[group all]\n");
	for (int i = 0; i < targets; i++)
		buffer_printf(&text, "members = t%d\n", i);
	string_list_add(&list, &arena, "all");
	begun = cpu_time();
	assert_int_equal(load(buffer_text(&text), &config, &arena, &error), 0);
	assert_int_equal(config_targets(&config, &list, &arena, &found, &count, &error), 0);
	begun = cpu_time() - begun;
	assert_int_equal(count, targets);
	buffer_free(&text);
	arena_free(&arena);
	return begun;
}

/* Ten times the lines may take ten times as long and not a hundred; the bound is far above that. */
static void large_files_load_fast(void **state)
{
	int64_t small, large;

	(void)state;
	small = load_time(1000);
	large = load_time(10000);
	print_message("# 3,000 lines: %d ms; 30,000 lines: %d ms\n", (int)small, (int)large);
	assert_true(large < 30 * (small + 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_good_file_is_loaded),
	    cmocka_unit_test(errors_name_file_and_line),
	    cmocka_unit_test(nothing_is_cut_in_silence),
	    cmocka_unit_test(values_are_what_they_look_like),
	    cmocka_unit_test(ranges_are_bounded_in_all),
	    cmocka_unit_test(groups_are_expanded),
	    cmocka_unit_test(a_range_is_as_many_targets),
	    cmocka_unit_test(one_host_is_asked_in_one_way),
	    cmocka_unit_test(labels_differ),
	    cmocka_unit_test(bad_names_are_refused),
	    cmocka_unit_test(the_example_is_good),
	    cmocka_unit_test(what_everybody_can_write_is_not_believed),
	    cmocka_unit_test(no_file_no_configuration),
	    cmocka_unit_test(large_files_load_fast),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
