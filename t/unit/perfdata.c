/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buffer.h"
#include "lib/judge/perfdata.h"

/* What the guidelines' grammar 'label'=value[UOM];[warn];[crit];[min];[max] makes of each. */
static void values_are_written(void **state)
{
	static const struct {
		struct perfvalue value;
		const char *text;
	} table[] = {
	    {{"total", true, 20, "", "", "", true, 0}, "total=20;;;0"},
	    {{"idle", true, 3, "", "@1:2", "~:5", true, 0}, "idle=3;@1:2;~:5;0"},
	    {{"oldest_idle", true, 5400, "s", "3600", "7200", true, 0}, "oldest_idle=5400s;3600;7200;0"},
	    {{"oldest_idle", false, 0, "s", "", "", true, 0}, "oldest_idle=U;;;0"},
	    {{"x", true, -1.5, "", "", "", false, 0}, "x=-1.5;;;"},
	    {{"big", true, 4294967296.0 * 1000, "", "", "", false, 0}, "big=4294967296000;;;"},
	    {{"ts01.corp::total", true, 1, "", "", "", true, 0}, "ts01.corp::total=1;;;0"},
	    {{"two words", true, 1, "", "", "", true, 0}, "'two words'=1;;;0"},
	    {{"it's", true, 1, "", "", "", true, 0}, "'it''s'=1;;;0"},
	    {{"a=b|c\nd", true, 1, "", "", "", true, 0}, "'a_b_c_d'=1;;;0"},
	    {{"Bücher", true, 1, "", "", "", true, 0}, "'Bücher'=1;;;0"},
	    {{"", true, 1, "", "", "", true, 0}, "'_'=1;;;0"},
	    {{"%n%s", true, 1, "", "", "", true, 0}, "'%n%s'=1;;;0"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct buffer out = {0};

		perfdata_add(&out, &table[i].value);
		assert_string_equal(buffer_text(&out), table[i].text);
		buffer_free(&out);
	}
}

static void values_are_parted_by_one_blank(void **state)
{
	struct perfvalue a = {"a", true, 1, "", "", "", true, 0}, b = {"b", false, 0, "", "", "", true, 0};
	struct buffer out = {0};

	(void)state;
	perfdata_add(&out, &a);
	perfdata_add(&out, &b);
	assert_string_equal(buffer_text(&out), "a=1;;;0 b=U;;;0");
	buffer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_are_written),
	    cmocka_unit_test(values_are_parted_by_one_blank),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
