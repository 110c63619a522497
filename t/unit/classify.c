/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/judge/classify.h"
#include "lib/session/session.h"

enum { MINUTE = 60000 };
static const int64_t NOW = 1795230000000;

static struct session user_session(enum session_state state)
{
	struct session session;

	session_init(&session);
	session.class = CLASS_USER;
	session.user = "alice";
	session.state = state;
	session.connect_time = moment_at(NOW - 600 * MINUTE);
	session.last_input = moment_at(NOW - 45 * MINUTE);
	session.disconnect_time = (struct moment){MOMENT_NEVER, 0};
	return session;
}

static struct classification judge(const struct session *session)
{
	return classify(session, NOW, 30 * MINUTE, COUNT_USERS);
}

static void idle_begins_at_the_limit(void **state)
{
	struct session session = user_session(STATE_ACTIVE);

	(void)state;
	session.last_input = moment_at(NOW - 30 * MINUTE);
	assert_int_equal(judge(&session).usage, USAGE_IDLE);
	session.last_input = moment_at(NOW - 30 * MINUTE + 1);
	assert_int_equal(judge(&session).usage, USAGE_ACTIVE);
	assert_true(judge(&session).counted);
	assert_int_equal(judge(&session).idle.length, 30 * MINUTE - 1);
}

/* Its host is seven minutes ahead of the clock that the snapshot tells. */
static void a_clock_of_its_own(void **state)
{
	struct session session = user_session(STATE_ACTIVE);

	(void)state;
	session.last_input = moment_at(NOW - 23 * MINUTE);
	session.clock_ahead = 7 * MINUTE;
	assert_int_equal(judge(&session).usage, USAGE_IDLE);
	assert_int_equal(judge(&session).idle.length, 30 * MINUTE);
	session.clock_ahead = 7 * MINUTE - 1;
	assert_int_equal(judge(&session).usage, USAGE_ACTIVE);
}

static void unknown_is_not_zero(void **state)
{
	struct session session = user_session(STATE_ACTIVE);
	const struct moment doubtful[] = {
	    {MOMENT_UNKNOWN, 0},
	    {MOMENT_NEVER, 0},
	    {MOMENT_KNOWN, NOW + CLOCK_TOLERANCE + 1},                /* in the future */
	    {MOMENT_KNOWN, NOW - 600 * MINUTE - CLOCK_TOLERANCE - 1}, /* before the connect */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(doubtful); i++) {
		session.last_input = doubtful[i];
		assert_int_equal(judge(&session).usage, USAGE_IDLE_UNKNOWN);
		assert_false(judge(&session).idle.known);
	}
	session.last_input = moment_at(NOW + CLOCK_TOLERANCE); /* a tick, not a lie */
	assert_int_equal(judge(&session).usage, USAGE_ACTIVE);
	assert_int_equal(judge(&session).idle.length, 0);
}

static void only_users_count(void **state)
{
	static const enum session_class others[] = {CLASS_NONE, CLASS_CONSOLE, CLASS_SERVICES, CLASS_LISTENER,
	                                            CLASS_GHOST};
	struct session session = user_session(STATE_ACTIVE);

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		session.class = others[i];
		assert_false(judge(&session).counted);
		assert_true(classify(&session, NOW, 30 * MINUTE, 1u << others[i]).counted);
	}
	session.class = CLASS_USER;
	session.user = "";
	assert_false(judge(&session).counted);
}

static void disconnected_since(void **state)
{
	struct session session = user_session(STATE_DISCONNECTED);

	(void)state;
	assert_int_equal(judge(&session).usage, USAGE_DISCONNECTED);
	assert_false(judge(&session).disconnected.known);
	session.disconnect_time = moment_at(NOW - 5 * MINUTE);
	assert_int_equal(judge(&session).disconnected.length, 5 * MINUTE);
	assert_false(judge(&session).idle.known);
	session.disconnect_time = moment_at(NOW + MINUTE);
	assert_false(judge(&session).disconnected.known);
}

/* Whatever a host says: the parts add up, no time is negative, what is unknown is not in a sum. */
static void sums_hold_for_any_session(void **state)
{
	static const enum session_state states[] = {STATE_ACTIVE, STATE_DISCONNECTED, STATE_CONNECTED, STATE_OTHER};
	struct counts counts = {0};
	uint64_t other = 0;

	(void)state;
	srandom(20261121);
	for (int i = 0; i < 1000000; i++) {
		struct session session = user_session(states[random() % 4]);
		struct classification result;

		session.class = (enum session_class)(random() % 5);
		session.user = random() % 8 == 0 ? "" : "alice";
		session.last_input =
		    (struct moment){(enum knowledge)(random() % 3), NOW - 900 * MINUTE + random() % (1000 * MINUTE)};
		session.disconnect_time =
		    (struct moment){(enum knowledge)(random() % 3), NOW + random() % MINUTE - random() % MINUTE};
		result = judge(&session);
		assert_true(result.idle.length >= 0 && result.disconnected.length >= 0);
		assert_non_null(result.reason);
		assert_true(!result.counted || session.class == CLASS_USER);
		assert_true(result.usage != USAGE_IDLE || result.idle.known);
		other += result.counted && result.usage == USAGE_OTHER;
		counts_add(&counts, &result);
	}
	assert_int_equal(counts.total, counts.active + counts.disconnected + other);
	assert_true(counts.active > counts.idle + counts.idle_unknown);
	assert_true(counts.disconnected > counts.disconnected_unknown);
	assert_true(counts.oldest_idle.length <= 900 * MINUTE);
}

/* A session may have no known start: then idle time is what the last input tells. */
static void no_start_is_no_contradiction(void **state)
{
	struct session session = user_session(STATE_ACTIVE);

	(void)state;
	session.connect_time.is = MOMENT_UNKNOWN;
	assert_int_equal(judge(&session).usage, USAGE_IDLE);
	assert_int_equal(judge(&session).idle.length, 45 * MINUTE);
}

/* Of many hosts the sums are added, and of what is a maximum the largest is taken, in any order. */
static void sums_over_hosts(void **state)
{
	const struct counts few = {.total = 2, .shells_per_owner = 1, .oldest_idle = {true, 5}};
	const struct counts many = {.total = 3, .shells_per_owner = 4, .oldest_idle = {true, 9}};
	struct counts sum = {0}, other_way = {0};

	(void)state;
	counts_sum(&sum, &few);
	counts_sum(&sum, &many);
	counts_sum(&other_way, &many);
	counts_sum(&other_way, &few);
	assert_int_equal(sum.total, 5);
	assert_int_equal(sum.shells_per_owner, 4);
	assert_int_equal(sum.oldest_idle.length, 9);
	assert_false(sum.oldest_disconnected.known);
	assert_int_equal(other_way.total, 5);
	assert_int_equal(other_way.shells_per_owner, 4);
	assert_int_equal(other_way.oldest_idle.length, 9);
}

static void what_has_no_name_is_a_question(void **state)
{
	const struct classification strange = {.counted = true, .usage = (enum usage)(USAGE_DISCONNECTED + 1)};
	struct counts counts = {0};

	(void)state;
	assert_string_equal(usage_name(USAGE_IDLE_UNKNOWN), "idle-unknown");
	assert_string_equal(usage_name(strange.usage), "?");
	counts_add(&counts, &strange); /* one of all, and of no kind */
	assert_int_equal(counts.total, 1);
	assert_int_equal(counts.active + counts.disconnected, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(idle_begins_at_the_limit),
	    cmocka_unit_test(a_clock_of_its_own),
	    cmocka_unit_test(unknown_is_not_zero),
	    cmocka_unit_test(only_users_count),
	    cmocka_unit_test(disconnected_since),
	    cmocka_unit_test(sums_hold_for_any_session),
	    cmocka_unit_test(no_start_is_no_contradiction),
	    cmocka_unit_test(sums_over_hosts),
	    cmocka_unit_test(what_has_no_name_is_a_question),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
