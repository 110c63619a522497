/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the provider wts makes of what a module tells. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/session/filetime.h"
#include "lib/session/session.h"
#include "providers/wts/fill.h"
#include "providers/wts/module.h"

#include "t/unit/test.h"

/* 2026-01-01T00:00:00.123Z: 116444736000000000 is 1970 (MS-DTYP 2.3.3). */
#define LOGON    UINT64_C(134116992001230000)
#define HOUR     UINT64_C(36000000000)
#define LOGON_MS INT64_C(1767225600123)

static struct reported told_make(void)
{
	return (struct reported){
	    .id = 3,
	    .state = STATE_ACTIVE,
	    .station = "RDP-Tcp#3",
	    .host = "",
	    .user = "alice",
	    .domain = "CORP",
	    .farm = "",
	    .client_name = "",
	    .client_address = "",
	    .program = "",
	    .protocol = 2,
	};
}

static struct session filled(const struct reported *reported)
{
	static struct arena arena;
	struct session session;

	arena_free(&arena);
	session_init(&session);
	fill_reported(&session, reported, "here", "root", &arena);
	return session;
}

static void test_times(void **state)
{
	struct reported reported = told_make();
	struct session session;

	(void)state;
	reported.logon = reported.connect = LOGON;
	reported.last_input = LOGON + HOUR;
	session = filled(&reported);
	assert_int_equal(session.logon_time.at, LOGON_MS);
	assert_int_equal(session.last_input.at, LOGON_MS + 3600000);
	assert_int_equal(session.disconnect_time.is, MOMENT_NEVER);
	reported.last_input = LOGON - HOUR;
	assert_int_equal(filled(&reported).last_input.at, LOGON_MS); /* a reconnect is input */
	reported.last_input = 0;
	assert_int_equal(filled(&reported).last_input.is, MOMENT_UNKNOWN);
	reported.state = STATE_DISCONNECTED;
	assert_int_equal(filled(&reported).disconnect_time.is, MOMENT_UNKNOWN);
	reported.disconnect = LOGON + HOUR;
	assert_int_equal(filled(&reported).disconnect_time.at, LOGON_MS + 3600000);
	assert_int_equal(filetime_moment(UINT64_MAX).is, MOMENT_UNKNOWN);
	assert_int_equal(filetime_moment(1).is, MOMENT_UNKNOWN);
}

static void test_birth(void **state)
{
	struct reported reported = told_make();

	(void)state;
	assert_string_equal(filled(&reported).birth, "");
	reported.logon = LOGON;
	assert_string_equal(filled(&reported).birth, "01dc7ab19293c4b0");
	reported.logon = LOGON / 10000000 * 10000000; /* a module that counts in seconds */
	assert_string_equal(filled(&reported).birth, "");
}

static void class_is(struct reported reported, enum session_class class)
{
	assert_int_equal(filled(&reported).class, class);
}

static void test_class(void **state)
{
	struct reported reported = told_make(), other;

	(void)state;
	class_is(reported, CLASS_USER);
	other = reported;
	other.protocol = -1; /* the module does not say */
	class_is(other, CLASS_USER);
	other.protocol = 0;
	class_is(other, CLASS_CONSOLE);
	other.state = STATE_DISCONNECTED; /* has no protocol any more */
	class_is(other, CLASS_USER);
	other.station = "console";
	class_is(other, CLASS_CONSOLE);
	other = reported;
	other.station = "Services";
	class_is(other, CLASS_SERVICES);
	other = reported;
	other.state = STATE_LISTEN;
	class_is(other, CLASS_LISTENER);
	other = reported;
	other.user = "";
	class_is(other, CLASS_NONE);
	other.id = 65537;
	class_is(other, CLASS_LISTENER);
	other.id = 0x80000001u;
	class_is(other, CLASS_NONE);
}

static void test_rest(void **state)
{
	struct reported reported = told_make();

	(void)state;
	assert_string_equal(filled(&reported).host, "here");
	reported.host = "there";
	assert_string_equal(filled(&reported).host, "there");
	assert_int_equal(filled(&reported).locked, FLAG_UNKNOWN);
	reported.flags_known = true;
	assert_int_equal(filled(&reported).locked, FLAG_YES);
	reported.flags = 1;
	assert_int_equal(filled(&reported).locked, FLAG_NO);
	reported.flags = 0xffffffff;
	assert_int_equal(filled(&reported).locked, FLAG_UNKNOWN);
	assert_int_equal(filled(&reported).own, FLAG_NO);
	reported.user = "Root";
	assert_int_equal(filled(&reported).own, FLAG_YES);
	reported.state = 4711;
	assert_int_equal(filled(&reported).state, STATE_OTHER);
	assert_string_equal(filled(&reported).state_text, "state 4711");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_times),
	    cmocka_unit_test(test_birth),
	    cmocka_unit_test(test_class),
	    cmocka_unit_test(test_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
