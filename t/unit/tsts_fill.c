/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What Windows told becomes a session. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/session/filetime.h"
#include "lib/session/session.h"
#include "providers/tsts/fill.h"
#include "providers/tsts/wire.h"

static void filetimes_before_1900_are_unknown(void **state)
{
	(void)state;
	assert_int_equal(filetime_moment(0).is, MOMENT_UNKNOWN);
	assert_int_equal(filetime_moment(1).is, MOMENT_UNKNOWN);
	assert_int_equal(filetime_moment(UINT64_MAX).is, MOMENT_UNKNOWN);
	assert_int_equal(filetime_moment(UINT64_C(0x7fffffffffffffff)).is, MOMENT_UNKNOWN);
	/* 2026-11-21T12:00:00Z, by Python's datetime. */
	assert_int_equal(filetime_moment(UINT64_C(134397360000000000)).at, INT64_C(1795262400000));
}

static struct session filled(struct arena *arena, uint32_t id, struct wire_session told, const char *user,
                             const char *domain, bool clocked)
{
	struct account account = {user, domain};
	struct session session;

	session_init(&session);
	fill_session(&session, id, &told, clocked, &account, arena);
	return session;
}

static struct wire_session told_active(void)
{
	return (struct wire_session){.state = 0,
	                             .flags = 1,
	                             .station = "RDP-Tcp#0",
	                             .domain = "CORP",
	                             .user = "alice",
	                             .connected = UINT64_C(134396784000000000),
	                             .logon = UINT64_C(134396748000000000),
	                             .last_input = UINT64_C(134397036000000000)};
}

/* Windows tells 20 characters of a user's name and 17 of a domain's. */
static void names_of_full_length_may_be_cut(void **state)
{
	struct wire_session told = told_active();
	struct arena arena = {0};
	struct session session;

	(void)state;
	told.user = "PavithraThiruvengad"; /* 19 */
	assert_false(filled(&arena, 2, told, "", "", true).user_cut);
	told.user = "PavithraThiruvengada";
	session = filled(&arena, 2, told, "PavithraThiruvengadam", "CORP", true);
	assert_true(session.user_cut && !session.domain_cut);
	assert_int_equal(session.own, FLAG_YES); /* our own account, as far as it is told */
	told.user = "J\xc3\xb6rgJ\xc3\xb6rgJ\xc3\xb6rgJ\xc3\xb6rgJ\xc3\xb6rg"; /* 20, with more bytes */
	assert_true(filled(&arena, 2, told, "", "", true).user_cut);
	told.user = "alice";
	told.domain = "CORPORATIONHOLDIN";
	assert_true(filled(&arena, 2, told, "", "", true).domain_cut);
	arena_free(&arena);
}

/* Somebody else's name, or none, leaves a name as it is: cut. */
static void whole_names_go_on_where_the_cut_ones_end(void **state)
{
	static const struct {
		const char *user, *domain;       /* told */
		const char *to_user, *to_domain; /* whole */
		const char *result, *result_domain;
		bool user_cut, domain_cut;
	} table[] = {
	    {"PavithraThiruvengada", "AzureAD", "PavithraThiruvengadam", "AzureAD", "PavithraThiruvengadam", "AzureAD",
	     false, false},
	    {"PavithraThiruvengada", "AzureAD", "PavithraThiruvengada", "AzureAD", "PavithraThiruvengada", "AzureAD",
	     false, false},
	    {"PavithraThiruvengada", "AzureAD", "", "", "PavithraThiruvengada", "AzureAD", true, false},
	    {"PavithraThiruvengada", "AzureAD", "PavithraThiru", "AzureAD", "PavithraThiruvengada", "AzureAD", true,
	     false},
	    {"PavithraThiruvengada", "AzureAD", "SomebodyElseWhoseNameIsLong", "AzureAD", "PavithraThiruvengada",
	     "AzureAD", true, false},
	    {"PavithraThiruvengada", "CORPORATIONHOLDIN", "PavithraThiruvengadam", "CORPORATIONHOLDING",
	     "PavithraThiruvengadam", "CORPORATIONHOLDING", false, false},
	    {"PavithraThiruvengada", "CORPORATIONHOLDIN", "PavithraThiruvengadam", "other.example",
	     "PavithraThiruvengadam", "CORPORATIONHOLDIN", false, true},
	    {"alice", "CORPORATIONHOLDIN", "alice", "CORPORATIONHOLDING", "alice", "CORPORATIONHOLDING", false, false},
	    {"alice", "CORPORATIONHOLDIN", "bob", "CORPORATIONHOLDING", "alice", "CORPORATIONHOLDIN", false, true},
	    /* Cut in the middle of a surrogate pair. */
	    {"PavithraThiruvengad\xef\xbf\xbd", "AzureAD", "PavithraThiruvengad\xf0\x9f\x99\x82", "AzureAD",
	     "PavithraThiruvengad\xf0\x9f\x99\x82", "AzureAD", false, false},
	};
	struct arena arena = {0};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct wire_session told = told_active();
		struct session session;

		told.user = table[i].user;
		told.domain = table[i].domain;
		assert_true(told_may_be_cut(&told));
		told_take_name(&told, table[i].to_user, table[i].to_domain);
		session = filled(&arena, 2, told, "", "", true);
		assert_string_equal(session.user, table[i].result);
		assert_string_equal(session.domain, table[i].result_domain);
		assert_int_equal(session.user_cut, table[i].user_cut);
		assert_int_equal(session.domain_cut, table[i].domain_cut);
		assert_int_equal(told_may_be_cut(&told), table[i].user_cut || table[i].domain_cut);
	}
	arena_free(&arena);
}

static void sessions_are_classed(void **state)
{
	struct wire_session told = told_active();
	struct arena arena = {0};

	(void)state;
	assert_int_equal(filled(&arena, 2, told, "", "", true).class, CLASS_USER);
	assert_string_equal(filled(&arena, 2, told, "", "", true).birth, "01dd79215781f800");
	told.station = "console";
	assert_int_equal(filled(&arena, 1, told, "", "", true).class, CLASS_CONSOLE);
	assert_int_equal(filled(&arena, 1, told, "", "", true).last_input.is, MOMENT_UNKNOWN);
	told.user = "";
	told.station = "RDP-Tcp#1";
	assert_int_equal(filled(&arena, 4, told, "", "", true).class, CLASS_NONE);
	assert_int_equal(filled(&arena, 0, told, "", "", true).class, CLASS_SERVICES);
	assert_int_equal(filled(&arena, 65536, told, "", "", true).class, CLASS_LISTENER);
	assert_false(session_of_user(0));
	assert_true(session_of_user(65535));
	assert_false(session_of_user(65536));
	arena_free(&arena);
}

static void times_are_known_never_or_unknown(void **state)
{
	struct wire_session told = told_active();
	struct arena arena = {0};
	struct session session = filled(&arena, 2, told, "", "", true);

	(void)state;
	assert_int_equal(session.last_input.is, MOMENT_KNOWN);
	assert_int_equal(session.disconnect_time.is, MOMENT_NEVER);
	assert_int_equal(filled(&arena, 2, told, "", "", false).last_input.is, MOMENT_UNKNOWN);
	told.last_input = told.connected - 10000000;
	session = filled(&arena, 2, told, "", "", true);
	assert_int_equal(session.last_input.at, session.connect_time.at);
	told.last_input = 0;
	assert_int_equal(filled(&arena, 2, told, "", "", true).last_input.is, MOMENT_UNKNOWN);
	told.state = 4;
	assert_int_equal(filled(&arena, 2, told, "", "", true).disconnect_time.is, MOMENT_UNKNOWN);
	told.disconnected = told.connected + 36000000000;
	assert_int_equal(filled(&arena, 2, told, "", "", true).disconnect_time.is, MOMENT_KNOWN);
	assert_int_equal(filled(&arena, 2, told, "", "", false).disconnect_time.is, MOMENT_UNKNOWN);
	told.logon = 0;
	assert_string_equal(filled(&arena, 2, told, "", "", true).birth, "");
	told.state = 42;
	assert_int_equal(filled(&arena, 2, told, "", "", true).state, STATE_OTHER);
	arena_free(&arena);
}

static void locks_and_owners(void **state)
{
	struct wire_session told = told_active();
	struct arena arena = {0};

	(void)state;
	assert_int_equal(filled(&arena, 2, told, "", "", true).locked, FLAG_NO);
	told.flags = 0;
	assert_int_equal(filled(&arena, 2, told, "", "", true).locked, FLAG_YES);
	told.flags = 0xffffffff;
	assert_int_equal(filled(&arena, 2, told, "", "", true).locked, FLAG_UNKNOWN);
	assert_int_equal(filled(&arena, 2, told, "ALICE", "corp", true).own, FLAG_YES);
	assert_int_equal(filled(&arena, 2, told, "alice", "", true).own, FLAG_YES);
	assert_int_equal(filled(&arena, 2, told, "alice", "corp.example", true).own, FLAG_YES);
	assert_int_equal(filled(&arena, 2, told, "alice", "OTHER", true).own, FLAG_NO);
	assert_int_equal(filled(&arena, 2, told, "bob", "CORP", true).own, FLAG_NO);
	assert_int_equal(filled(&arena, 2, told, "", "", true).own, FLAG_NO);
	arena_free(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(filetimes_before_1900_are_unknown),
	    cmocka_unit_test(sessions_are_classed),
	    cmocka_unit_test(names_of_full_length_may_be_cut),
	    cmocka_unit_test(whole_names_go_on_where_the_cut_ones_end),
	    cmocka_unit_test(times_are_known_never_or_unknown),
	    cmocka_unit_test(locks_and_owners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
