/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hrSystemNumUsers from the table. */
#include "t/unit/test.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "agent/host_resources.h"
#include "lib/base/error.h"
#include "lib/config/settings.h"
#include "lib/target/target.h"

static void names_one_of_the_targets(void **state)
{
	struct target targets[] = {{.name = "farm", .url = "sim:a", .label = "a"},
	                           {.name = "local:", .url = "local:", .label = "local"}};
	struct settings settings = {.targets = targets, .target_count = 2};
	struct error error = {0};
	const char *label = "x";

	(void)state;
	assert_int_equal(host_resources_target(&settings, &label, &error), 0);
	assert_null(label);
	settings.host_resources = "local:";
	assert_int_equal(host_resources_target(&settings, &label, &error), 0);
	assert_string_equal(label, "local");
	settings.host_resources = "sim:a";
	assert_int_equal(host_resources_target(&settings, &label, &error), 0);
	assert_string_equal(label, "a");
	settings.host_resources = "sim:b";
	assert_int_equal(host_resources_target(&settings, &label, &error), -1);
	assert_int_equal(error.code, ERROR_USAGE);
	assert_non_null(strstr(error.text, "sim:b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(names_one_of_the_targets)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
