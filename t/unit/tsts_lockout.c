/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often a password is tried before somebody has taken it. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/error.h"
#include "providers/tsts/lockout.h"
#include "providers/tsts/status.h"

/* So many hosts are asked before anybody has said anything. */
static size_t asked_at_first(struct login login)
{
	while (login_leave(&login) == LOGIN_GO && login.under_way < 1000)
		login.under_way++;
	return login.under_way;
}

static void a_few_hosts_go_ahead(void **state)
{
	(void)state;
	assert_int_equal(asked_at_first((struct login){.file = "f"}), 3);
	assert_int_equal(asked_at_first((struct login){.file = "f", .refused = 1}), 2);
	assert_int_equal(asked_at_first((struct login){.file = "f", .accepted = true}), 1000);
	assert_int_equal(asked_at_first((struct login){.file = "f", .accepted = true, .refused = 9}), 1000);
}

static void silence_makes_room(void **state)
{
	(void)state;
	assert_int_equal(asked_at_first((struct login){.file = "f", .silent = 3}), 15);
	assert_int_equal(asked_at_first((struct login){.file = "f", .silent = 15}), 63);
}

static void a_wrong_password_is_tried_three_times(void **state)
{
	struct login login = {.file = "f", .refused = 3, .silent = 50};
	struct error error = {0};

	(void)state;
	assert_int_equal(login_leave(&login), LOGIN_REFUSE);
	assert_int_equal(login_error(&error, &login, "ts04"), -1);
	assert_int_equal(error.code, ERROR_AUTH);
	assert_int_equal(error.step, STEP_LOGIN);
	assert_non_null(strstr(error.text, "ts04: not tried, as 3 other hosts"));
	assert_false(login_refused(&error));
}

static void only_what_counts_is_counted(void **state)
{
	static const struct {
		uint32_t status;
		bool refused;
	} table[] = {
	    {0xc000006d, true},  {0xc000006a, true},  {0xc0000234, true},
	    {0xc0000133, false}, {0xc00002fb, false}, {0xc0000413, false}, /* of this host, or of the clocks */
	    {0xc0000022, false}, {0xc00000b5, false}, {0xc0000071, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct error error = {0};

		status_error(&error, table[i].status, STEP_LOGIN, "ts01");
		assert_int_equal(login_refused(&error), table[i].refused);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_few_hosts_go_ahead),
	    cmocka_unit_test(silence_makes_room),
	    cmocka_unit_test(a_wrong_password_is_tried_three_times),
	    cmocka_unit_test(only_what_counts_is_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
