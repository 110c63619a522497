/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The readers of what Azure answers, against recorded shapes (t/vectors/avd) and against bytes that lie. */
#include "t/unit/test.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/names.h"
#include "lib/session/session.h"
#include "providers/avd/decode.h"
#include "providers/avd/place.h"

enum { FILE_MOST = 65536 };

static struct arena arena;
static struct snapshot snapshot;
static struct error error;

static int begin(void **state)
{
	(void)state;
	memset(&error, 0, sizeof error);
	snapshot_init(&snapshot);
	return 0;
}

static int end(void **state)
{
	(void)state;
	snapshot_free(&snapshot);
	arena_free(&arena);
	return 0;
}

static const char *vector(const char *name)
{
	const char *source = getenv("CURFEW_SRCDIR");
	char path[1024], *text = arena_alloc(&arena, FILE_MOST);
	FILE *file;

	snprintf(path, sizeof path, "%s/t/vectors/avd/%s", source != NULL ? source : ".", name);
	file = fopen(path, "r");
	if (file == NULL)
		skip();
	assert_int_not_equal(fread(text, 1, FILE_MOST - 1, file), 0);
	fclose(file);
	return text;
}

static struct place place_of(const char *address)
{
	struct place place;

	assert_int_equal(place_parse(&place, address, &arena, &error), 0);
	return place;
}

static size_t doubtful;

static int read_page(const char *address, const char *account, const char *text, const char **next)
{
	struct place place = place_of(address);
	const struct page page = {
	    .place = &place, .pool = place.pool, .host = place.host, .account = account, .doubtful = &doubtful};

	doubtful = 0;
	snapshot_free(&snapshot);
	memset(&error, 0, sizeof error);
	return decode_sessions(&page, text, strlen(text), &snapshot, next, &arena, &error);
}

static void test_recorded_pool(void **state)
{
	const char *next = "x";
	const struct session *one;

	(void)state;
	assert_int_equal(read_page("s/rg-1/hostpool1", "", vector("usersessions-by-pool.json"), &next), 0);
	assert_null(next);
	assert_int_equal(snapshot.count, 3);
	one = &snapshot.sessions[0];
	assert_string_equal(one->id, "VM-1.corp.example/4");
	assert_string_equal(one->host, "VM-1.corp.example");
	assert_string_equal(one->collection, "HostPool1");
	assert_string_equal(one->user, "user2");
	assert_string_equal(one->upn, "user2@corp.example");
	assert_string_equal(one->domain, "");
	assert_string_equal(one->birth, "");
	assert_true(one->numbered);
	assert_int_equal(one->number, 4);
	assert_int_equal(one->state, STATE_ACTIVE);
	assert_int_equal(one->kind, KIND_DESKTOP);
	assert_int_equal(one->class, CLASS_USER);
	assert_int_equal(one->own, FLAG_NO);
	/* What is not told is not known: no idle time, no time of a disconnection. */
	assert_int_equal(one->last_input.is, MOMENT_UNKNOWN);
	assert_int_equal(one->logon_time.is, MOMENT_UNKNOWN);
	assert_int_equal(one->disconnect_time.is, MOMENT_NEVER);
	assert_int_equal(snapshot.sessions[1].state, STATE_DISCONNECTED);
	assert_int_equal(snapshot.sessions[1].disconnect_time.is, MOMENT_UNKNOWN);
}

static void test_recorded_host(void **state)
{
	const char *next;
	char logon[TIME_TEXT_SIZE];

	(void)state;
	assert_int_equal(read_page("s/rg-1/HostPool1/vm-1.CORP.example", "USER3@corp.example",
	                           vector("usersessions-by-host.json"), &next),
	                 0);
	assert_int_equal(snapshot.count, 3);
	assert_string_equal(snapshot.sessions[0].id, "2");
	assert_string_equal(snapshot.sessions[0].domain, "CORP");
	assert_string_equal(snapshot.sessions[0].birth, "2019-03-07T08:41:15.301942Z");
	assert_string_equal(snapshot.sessions[1].birth, "2019-03-07T09:02:33.51827Z");
	assert_string_equal(snapshot.sessions[2].birth, "2019-03-07T21:10:04.7706513Z");
	time_format(logon, sizeof logon, snapshot.sessions[2].logon_time.at);
	assert_string_equal(logon, "2019-03-07T21:10:04.770Z");
	assert_int_equal(snapshot.sessions[0].own, FLAG_NO);
	assert_int_equal(snapshot.sessions[1].own, FLAG_YES);
}

static enum match means(const char *glob, const struct session *session)
{
	struct string_list globs = {0};

	string_list_add(&globs, &arena, glob);
	return names_match(&globs, session).match;
}

/* In a hybrid directory the UPN does not begin like the account. */
static void test_account_and_upn_are_two_names(void **state)
{
	static const char text[] =
	    "{\"value\":["
	    "{\"name\":\"p/h/1\",\"properties\":{\"userPrincipalName\":\"john.doe@corp.example\","
	    "\"activeDirectoryUserName\":\"CORP\\\\svc_backup\"}},"
	    "{\"name\":\"p/h/2\",\"properties\":{\"userPrincipalName\":\"admin@corp.example\","
	    "\"activeDirectoryUserName\":\"AzureAD\\\\PavithraThiruvengada\"}},"
	    "{\"name\":\"p/h/3\",\"properties\":{\"userPrincipalName\":\"john.doe@corp.example\","
	    "\"activeDirectoryUserName\":null}}]}";
	const struct session *one;
	const char *next;

	(void)state;
	assert_int_equal(read_page("s/g/p", "", text, &next), 0);
	one = &snapshot.sessions[0];
	assert_string_equal(one->user, "svc_backup");
	assert_string_equal(one->domain, "CORP");
	assert_string_equal(one->upn, "john.doe@corp.example");
	assert_int_equal(means("CORP\\svc_backup", one), MATCH_YES);
	assert_int_equal(means("svc_backup", one), MATCH_YES);
	assert_int_equal(means("john.doe", one), MATCH_YES);
	assert_int_equal(means("john.doe@corp.example", one), MATCH_YES);
	assert_int_equal(means("CORP\\john.doe", one), MATCH_NO); /* no such account */
	one = &snapshot.sessions[1];                              /* recorded in 2025, cut by Windows */
	assert_true(one->user_cut);
	assert_int_equal(means("AzureAD\\PavithraThiruvengadam", one), MATCH_UNKNOWN);
	assert_int_equal(means("admin@corp.example", one), MATCH_YES);
	one = &snapshot.sessions[2];
	assert_string_equal(one->user, "john.doe");
	assert_int_equal(means("CORP\\svc_backup", one), MATCH_UNKNOWN);
}

/* The forms of one moment have one birth, and no two moments have the same. */
static void test_times(void **state)
{
	static const struct {
		const char *text, *birth;
	} good[] = {
	    {"2019-11-05T18:05:48.828218", "2019-11-05T18:05:48.828218Z"},
	    {"2019-11-05T18:05:48.8282180", "2019-11-05T18:05:48.828218Z"},
	    {"2019-11-05T18:05:48.8282180Z", "2019-11-05T18:05:48.828218Z"},
	    {"2019-11-05T19:05:48.828218+01:00", "2019-11-05T18:05:48.828218Z"},
	    {"2019-11-05T23:59:59.9999999", "2019-11-05T23:59:59.9999999Z"},
	    {"2024-02-29T00:00:00.0000001Z", "2024-02-29T00:00:00.0000001Z"},
	    {"2019-11-05T18:05:48Z", "2019-11-05T18:05:48Z"},
	    {"2019-11-05T18:05:48.000", "2019-11-05T18:05:48Z"},
	    {"2023-12-21T16:40:08.00+01:00", "2023-12-21T15:40:08Z"},
	};
	static const char *const bad[] = {"",
	                                  "2019-11-05",
	                                  "0001-01-01T00:00:00",
	                                  "2019-11-05T18:05:48.",
	                                  "2019-11-05T18:05:48.Z",
	                                  "2019-11-05T18:05:48.1234567890",
	                                  "2019-13-05T18:05:48.1",
	                                  "2019-11-05T18:05:48.1+1",
	                                  "2019-11-05 18h05m48",
	                                  "yesterday, or so: a long text of no use"};
	char birth[BIRTH_SIZE];
	int64_t when;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_int_equal(azure_time(good[i].text, &when, birth), 0);
		assert_string_equal(birth, good[i].birth);
	}
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(azure_time(bad[i], &when, birth), -1);
		assert_string_equal(birth, "");
	}
	assert_int_equal(azure_time("2019-11-05T18:05:48.828218", &when, birth), 0);
	assert_int_equal(when, INT64_C(1572977148828));
}

static void test_states(void **state)
{
	static const struct {
		const char *said;
		enum session_state state;
		const char *text;
	} states[] = {
	    {"\"Active\"", STATE_ACTIVE, ""},
	    {"\"active\"", STATE_ACTIVE, ""},
	    {"\"Disconnected\"", STATE_DISCONNECTED, ""},
	    {"\"Pending\"", STATE_INIT, "Pending"},
	    {"\"LogOff\"", STATE_RESET, "LogOff"},
	    {"\"UserProfileDiskMounted\"", STATE_INIT, "UserProfileDiskMounted"},
	    {"\"Unknown\"", STATE_OTHER, "Unknown"},
	    {"\"SomethingNew\"", STATE_OTHER, "SomethingNew"},
	    {"null", STATE_OTHER, "Unknown"},
	    {"7", STATE_OTHER, "Unknown"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(states); i++) {
		const char *next, *text = arena_printf(&arena,
		                                       "{\"value\":[{\"name\":\"p/h/1\",\"properties\":"
		                                       "{\"sessionState\":%s,\"userPrincipalName\":\"a@b\"}}]}",
		                                       states[i].said);

		assert_int_equal(read_page("s/g/p", "", text, &next), 0);
		assert_int_equal(snapshot.sessions[0].state, states[i].state);
		assert_string_equal(snapshot.sessions[0].state_text, states[i].text);
	}
}

static void test_refused_pages(void **state)
{
	static const char *const pages[] = {
	    "",
	    "[]",
	    "{}",
	    "{\"value\":null}",
	    "{\"value\":{}}",
	    "{\"value\":[{\"name\":\"other/h/1\"}]}",
	    "{\"value\":[],\"value\":[]}",
	    "{\"value\":[],\"nextLink\":7}",
	    "{\"value\":[],\"nextLink\":\"https://a/\\n\"}",
	    "{\"value\":[{\"name\":\"p/h/1\\u0000\"}]}",
	    "{\"value\":[{\"name\":\"p/h/\xff\"}]}",
	    "{\"value\":[]} and more",
	};
	const char *next;

	(void)state;
	for (size_t i = 0; i < COUNT(pages); i++) {
		if (read_page("s/g/p", "", pages[i], &next) == 0)
			fail_msg("page %zu was read", i);
		assert_int_equal(error.code, ERROR_PROTOCOL);
	}
	assert_int_equal(read_page("s/g/p", "", "{\"value\":[{\"name\":\"P/h/1\"}],\"nextLink\":\"\"}", &next), 0);
	assert_null(next);
	assert_int_equal(snapshot.sessions[0].class, CLASS_NONE);
	assert_int_equal(read_page("s/g/p", "", "{\"value\":[],\"nextLink\":\"https://a/b\"}", &next), 0);
	assert_string_equal(next, "https://a/b");
}

/* One odd item costs itself, and the list its completeness. */
static void test_doubtful_items(void **state)
{
	static const char *const items[] = {
	    "1",
	    "{}",
	    "{\"name\":null}",
	    "{\"name\":\"1\"}",
	    "{\"name\":\"p/h\"}",
	    "{\"name\":\"p/h/1/2\"}",
	    "{\"name\":\"p//1\"}",
	    "{\"name\":\"p/../1\"}",
	    "{\"name\":\"p/h/..\"}",
	    "{\"name\":\"2\",\"id\":\"/x/hostPools/p/sessionHosts/h/userSessions/1\"}",
	    "{\"name\":\"p/h/2\",\"id\":\"/x/hostPools/p/sessionHosts/h/userSessions/1\"}",
	    "{\"name\":\"1\",\"id\":\"/x/hostPools/p/sessionHosts/h/userSessions/1/2\"}",
	    "{\"name\":\"p/h/1\"}",
	    "{\"name\":\"p/h/1\",\"properties\":null}",
	    "{\"name\":\"p/h/1\",\"properties\":[]}",
	    "{\"name\":\"p/h/1\",\"properties\":{\"sessionState\":\"Active\"}}",
	};
	const char *next;

	(void)state;
	for (size_t i = 0; i < COUNT(items); i++) {
		const char *text = arena_printf(&arena,
		                                "{\"value\":[{\"name\":\"p/h/7\",\"properties\":{"
		                                "\"userPrincipalName\":\"a@b\"}},%s]}",
		                                items[i]);

		assert_int_equal(read_page("s/g/p", "", text, &next), 0);
		if (doubtful != 1 || snapshot.count < 1 || strcmp(snapshot.sessions[0].id, "h/7") != 0)
			fail_msg("item %zu", i);
	}
}

/* The REST reference's own example (2024-04-03): the name is the session's number alone. */
static void test_short_name(void **state)
{
	static const char text[] =
	    "{\"value\":[{\"name\":\"1\",\"id\":\"/subscriptions/daefabc0-95b4-48b3-b645-8a753a63c4fa/resourceGroups/"
	    "resourceGroup1/providers/Microsoft.DesktopVirtualization/hostPools/hostPool1/sessionHosts/"
	    "sessionHost1.microsoft.com/userSessions/1\",\"properties\":{\"userPrincipalName\":\"user1@microsoft.com\","
	    "\"createTime\":\"2008-09-22T14:01:54.9571247Z\"}}]}";
	const char *next;

	(void)state;
	assert_int_equal(read_page("s/g/hostPool1", "", text, &next), 0);
	assert_int_equal(doubtful, 0);
	assert_string_equal(snapshot.sessions[0].id, "sessionHost1.microsoft.com/1");
	assert_string_equal(snapshot.sessions[0].host, "sessionHost1.microsoft.com");
	assert_string_equal(snapshot.sessions[0].collection, "hostPool1");
	assert_int_equal(read_page("s/g/other", "", text, &next), -1);
}

static void test_one_session(void **state)
{
	const char *text = "{\"name\":\"P/H/3\",\"properties\":{\"userPrincipalName\":\"a@b\"}}";
	struct place place = place_of("s/g/p/h");
	const struct page page = {.place = &place, .pool = "p", .host = "h", .account = ""};
	struct session_name three = {"p", "h", "3"}, four = {"p", "h", "4"};
	struct session session;

	(void)state;
	assert_int_equal(decode_session(&page, &three, text, strlen(text), &session, &arena, &error), 0);
	assert_string_equal(session.id, "3");
	assert_string_equal(session.host, "H");
	assert_int_equal(decode_session(&page, &four, text, strlen(text), &session, &arena, &error), -1);
	assert_int_equal(error.code, ERROR_PROTOCOL);
}

static void test_places(void **state)
{
	static const char *const bad[] = {"",          "s",       "s/g",    "s/g/",  "s//p",
	                                  "s/g/p/h/x", "s/g/*/h", "s/g/..", "s/./p", "s/g/p/"};
	struct place place = place_of("sub/r g/Pool #1/h%1");
	struct resource resource = {"https://a", "1", &place};
	struct session_name name;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		memset(&error, 0, sizeof error);
		assert_int_equal(place_parse(&place, bad[i], &arena, &error), -1);
		assert_int_equal(error.code, ERROR_USAGE);
	}
	memset(&error, 0, sizeof error);
	place = place_of("sub/r g/Pool #1/h%1");
	assert_int_equal(name_from_id(&name, "7?x=\"\n", &place, &arena), 0);
	assert_string_equal(
	    url_session(&resource, &name, "disconnect", "", &arena),
	    "https://a/subscriptions/sub/resourceGroups/r%20g/providers/Microsoft.DesktopVirtualization/"
	    "hostPools/Pool%20%231/sessionHosts/h%251/userSessions/7%3Fx%3D%22%0A/disconnect?api-version=1");
	assert_int_equal(name_from_id(&name, "h/7", &place, &arena), -1);
	place = place_of("s/g/p");
	assert_int_equal(name_from_id(&name, "H/7", &place, &arena), 0);
	assert_string_equal(name.pool, "p");
	assert_string_equal(name.host, "H");
	assert_string_equal(name_to_id(&name, &place, &arena), "H/7");
	assert_int_equal(name_from_id(&name, "7", &place, &arena), -1);
	assert_int_equal(name_from_id(&name, "../7", &place, &arena), -1);
	assert_int_equal(name_from_id(&name, "a/b/7", &place, &arena), -1);
	place = place_of("s/g/*");
	assert_null(place.pool);
	assert_string_equal(place_name(&place), "g");
	assert_int_equal(name_from_id(&name, "P/H/7", &place, &arena), 0);
	assert_string_equal(name_to_id(&name, &place, &arena), "P/H/7");
}

static void test_pools(void **state)
{
	const char *good = "{\"value\":[{\"name\":\"a\"},{\"name\":\"b\"}]}", *bad = "{\"value\":[{\"name\":\"a/b\"}]}",
	           *next;
	struct string_list pools = {0};

	(void)state;
	assert_int_equal(decode_pools(good, strlen(good), &pools, &next, &arena, &error), 0);
	assert_int_equal(pools.count, 2);
	assert_int_equal(decode_pools(bad, strlen(bad), &pools, &next, &arena, &error), -1);
}

static int read_token(const char *text, struct token_answer *answer)
{
	return decode_token(text, strlen(text), answer);
}

static void test_tokens(void **state)
{
	static const char *const bad[] = {
	    "{}",
	    "{\"access_token\":\"abc\"}",
	    "{\"access_token\":\"\",\"expires_in\":1}",
	    "{\"access_token\":\"a b\",\"expires_in\":1}",
	    "{\"access_token\":\"a\\r\\nX: y\",\"expires_in\":1}",
	    "{\"access_token\":\"abc\",\"expires_in\":0}",
	    "{\"access_token\":\"abc\",\"expires_in\":-5}",
	    "{\"access_token\":\"abc\",\"expires_in\":\"soon\"}",
	    "{\"access_token\":\"abc\",\"expires_in\":99999999999}",
	    "{\"access_token\":\"abc\",\"expires_in\":60,\"token_type\":\"pop\"}",
	};
	struct token_answer answer;
	char upn[64];
	int64_t until;

	(void)state;
	assert_int_equal(
	    read_token("{\"access_token\":\"abc\",\"expires_in\":3599,\"token_type\":\"Bearer\"}", &answer), 0);
	assert_string_equal(answer.token, "abc");
	assert_int_equal(answer.lasts, 3599000);
	free(answer.token);
	assert_int_equal(read_token("{\"access_token\":\"abc\",\"expires_in\":\"60\"}", &answer), 0);
	assert_int_equal(answer.lasts, 60000);
	free(answer.token);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(read_token(bad[i], &answer), -1);
	/* {"upn":"ann@corp.example","exp":1700000000} */
	token_read("e30.eyJ1cG4iOiJhbm5AY29ycC5leGFtcGxlIiwiZXhwIjoxNzAwMDAwMDAwfQ.sig", upn, sizeof upn, &until);
	assert_string_equal(upn, "ann@corp.example");
	assert_int_equal(until, INT64_C(1700000000000));
	/* {"exp":-9223372036854775807}: in ms it would be something else */
	token_read("e30.eyJleHAiOi05MjIzMzcyMDM2ODU0Nzc1ODA3fQ.sig", upn, sizeof upn, &until);
	assert_int_equal(until, 0);
	token_read("no.token", upn, sizeof upn, &until);
	assert_string_equal(upn, "");
	assert_int_equal(until, 0);
	token_read("e30.!!!.x", upn, sizeof upn, &until);
	assert_string_equal(upn, "");
}

static void test_errors(void **state)
{
	const char *text = vector("error-not-found.json"),
	           *refusal = "{\"error\":\"invalid_client\",\"error_description\":\"AADSTS1: no.\\r\\nTrace ID: x\"}",
	           *control = "{\"error\":{\"code\":404,\"message\":\"a\\tb\\u001bc\"}}";
	struct azure_error said;

	(void)state;
	assert_int_equal(decode_error(text, strlen(text), &said), 0);
	assert_string_equal(said.code, "404");
	assert_non_null(strstr(said.message, "Error: UserSession 9"));
	assert_int_equal(decode_error(control, strlen(control), &said), 0);
	assert_string_equal(said.code, "");
	assert_string_equal(said.message, "a b c");
	assert_int_equal(decode_error("<html>", 6, &said), -1);
	assert_int_equal(decode_refusal(refusal, strlen(refusal), &said), 0);
	assert_string_equal(said.code, "invalid_client");
	assert_string_equal(said.message, "AADSTS1: no.");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_recorded_pool),  TEST(test_recorded_host), TEST(test_account_and_upn_are_two_names),
	    TEST(test_times),          TEST(test_states),        TEST(test_refused_pages),
	    TEST(test_doubtful_items), TEST(test_short_name),    TEST(test_one_session),
	    TEST(test_places),         TEST(test_pools),         TEST(test_tokens),
	    TEST(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
