/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The codec against bytes that another implementation encoded (t/vectors/tsts), and against bytes that lie. */
#include "t/unit/test.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/text.h"
#include "providers/tsts/fill.h"
#include "providers/tsts/status.h"
#include "providers/tsts/wire.h"

enum { BYTES_MOST = 65536, TEXT_MOST = 4096 };

/* One vector: its bytes, and the "key=value" lines that say what they mean. */
struct vector {
	char name[128];
	uint8_t bytes[BYTES_MOST];
	size_t length;
	char expected[TEXT_MOST];
	struct arena arena;
};

static const char *vectors_folder(char *path, size_t size)
{
	const char *source = getenv("CURFEW_SRCDIR");

	snprintf(path, size, "%s/t/vectors/tsts", source != NULL ? source : ".");
	return path;
}

/* Hexadecimal digits and blanks, and lines that begin with '#'. */
static void read_hex(FILE *file, struct vector *vector)
{
	char line[1024];
	unsigned high = 16;

	vector->length = 0;
	while (fgets(line, sizeof line, file) != NULL) {
		for (const char *c = line[0] == '#' ? "" : line; *c != '\0'; c++) {
			const char *digits = "0123456789abcdef", *digit = strchr(digits, *c);

			if (digit == NULL)
				continue;
			if (high == 16) {
				high = (unsigned)(digit - digits);
				continue;
			}
			assert_true(vector->length < BYTES_MOST);
			vector->bytes[vector->length++] = (uint8_t)(high << 4 | (unsigned)(digit - digits));
			high = 16;
		}
	}
	assert_int_equal(high, 16);
}

static void read_vector(struct vector *vector, const char *name)
{
	char folder[512], path[1024];
	size_t length;
	FILE *file;

	text_copy(vector->name, sizeof vector->name, name);
	snprintf(path, sizeof path, "%s/%s.hex", vectors_folder(folder, sizeof folder), name);
	file = fopen(path, "r");
	assert_non_null(file);
	read_hex(file, vector);
	fclose(file);
	snprintf(path, sizeof path, "%s/%s.expect", folder, name);
	file = fopen(path, "r");
	assert_non_null(file);
	length = fread(vector->expected, 1, sizeof vector->expected - 1, file);
	vector->expected[length] = '\0';
	fclose(file);
}

/* The value of that key, with "\r" and "\n" resolved. */
static const char *expected(struct vector *vector, const char *key)
{
	size_t length = strlen(key);

	for (const char *line = vector->expected; *line != '\0'; line = strchr(line, '\n') + 1) {
		char *value, *to;

		if (strncmp(line, key, length) != 0 || line[length] != '=')
			continue;
		line += length + 1;
		to = value = arena_strndup(&vector->arena, line, strcspn(line, "\n"));
		for (const char *from = value; *from != '\0'; from++) {
			if (from[0] == '\\' && (from[1] == 'r' || from[1] == 'n'))
				*to++ = *++from == 'r' ? '\r' : '\n';
			else
				*to++ = *from;
		}
		*to = '\0';
		return value;
	}
	fail_msg("%s.expect has no %s", vector->name, key);
	return "";
}

static uint64_t expected_number(struct vector *vector, const char *key)
{
	return strtoull(expected(vector, key), NULL, 10);
}

static struct wire_bytes bytes_of(const struct vector *vector)
{
	return (struct wire_bytes){vector->bytes, vector->length};
}

/* Every vector whose name begins so; how many there were. */
static size_t each_vector(const char *prefix, void (*check)(struct vector *vector))
{
	char folder[512];
	DIR *directory = opendir(vectors_folder(folder, sizeof folder));
	struct vector *vector = must_alloc(sizeof *vector);
	struct dirent *entry;
	size_t count = 0;

	while (directory != NULL && (entry = readdir(directory)) != NULL) {
		size_t length = strlen(entry->d_name);
		char name[256];

		if (length < 5 || strcmp(entry->d_name + length - 4, ".hex") != 0 ||
		    strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
			continue;
		snprintf(name, sizeof name, "%.*s", (int)(length - 4), entry->d_name);
		read_vector(vector, name);
		check(vector);
		arena_free(&vector->arena);
		count++;
	}
	if (directory == NULL)
		skip();
	closedir(directory);
	free(vector);
	assert_true(count > 0);
	return count;
}

static void check_handle(struct vector *vector)
{
	struct wire_handle handle;
	char text[41] = "";
	uint32_t hresult;

	assert_int_equal(wire_read_handle(bytes_of(vector), &handle, &hresult), 0);
	assert_int_equal(hresult, expected_number(vector, "hr"));
	for (size_t i = 0; i < sizeof handle.bytes && !hresult_failed(hresult); i++)
		snprintf(text + 2 * i, 3, "%02x", handle.bytes[i]);
	if (!hresult_failed(hresult))
		assert_string_equal(text, expected(vector, "handle"));
}

static void check_listed(struct vector *vector)
{
	struct wire_listed *listed;
	uint32_t hresult;
	size_t count;
	char key[32];

	assert_int_equal(wire_read_listed(bytes_of(vector), &vector->arena, &listed, &count, &hresult), 0);
	assert_int_equal(hresult, expected_number(vector, "hr"));
	assert_int_equal(count, expected_number(vector, "count"));
	for (size_t i = 0; i < count; i++) {
		snprintf(key, sizeof key, "%zu.session", i);
		assert_int_equal(listed[i].id, expected_number(vector, key));
		snprintf(key, sizeof key, "%zu.state", i);
		assert_int_equal(listed[i].state, expected_number(vector, key));
		snprintf(key, sizeof key, "%zu.station", i);
		assert_string_equal(listed[i].station, expected(vector, key));
	}
}

static void check_session(struct vector *vector)
{
	struct wire_session session;
	uint32_t hresult;

	assert_int_equal(wire_read_session(bytes_of(vector), &vector->arena, &session, &hresult), 0);
	assert_int_equal(hresult, expected_number(vector, "hr"));
	if (hresult_failed(hresult))
		return;
	assert_int_equal(session.state, expected_number(vector, "state"));
	assert_int_equal(session.flags, expected_number(vector, "flags"));
	assert_string_equal(session.station, expected(vector, "station"));
	assert_string_equal(session.domain, expected(vector, "domain"));
	assert_string_equal(session.user, expected(vector, "user"));
	assert_int_equal(session.connected, expected_number(vector, "connect"));
	assert_int_equal(session.disconnected, expected_number(vector, "disconnect"));
	assert_int_equal(session.logon, expected_number(vector, "logon"));
	assert_int_equal(session.last_input, expected_number(vector, "last_input"));
}

static void check_client(struct vector *vector)
{
	struct wire_client client;
	uint32_t hresult;

	assert_int_equal(wire_read_client(bytes_of(vector), &vector->arena, &client, &hresult), 0);
	assert_int_equal(hresult, expected_number(vector, "hr"));
	assert_string_equal(client.name, expected(vector, "client_name"));
	assert_string_equal(client.address, expected(vector, "client_address"));
}

static void check_answer(struct vector *vector)
{
	uint32_t answer, hresult;

	assert_int_equal(wire_read_answer(bytes_of(vector), &answer, &hresult), 0);
	assert_int_equal(hresult, expected_number(vector, "hr"));
	assert_int_equal(answer, expected_number(vector, "response"));
}

static void check_hresult(struct vector *vector)
{
	uint32_t hresult;

	assert_int_equal(wire_read_hresult(bytes_of(vector), &hresult), 0);
	assert_int_equal(hresult, expected_number(vector, "hr"));
}

static void check_time(struct vector *vector)
{
	uint32_t status;
	int64_t now;

	assert_int_equal(wire_read_time(bytes_of(vector), &now, &status), 0);
	assert_int_equal(status, expected_number(vector, "status"));
	if (status == 0)
		assert_int_equal(now, expected_number(vector, "ms"));
}

static void replies_of_another_encoder_are_understood(void **state)
{
	static const struct {
		const char *prefix;
		void (*check)(struct vector *vector);
	} kinds[] = {
	    {"open-enum-reply", check_handle},
	    {"close-enum-reply", check_handle},
	    {"open-session-reply", check_handle},
	    {"get-enum-result-reply", check_listed},
	    {"get-session-information-ex-reply", check_session},
	    {"get-client-data-reply", check_client},
	    {"show-message-box-reply", check_answer},
	    {"disconnect-reply", check_hresult},
	    {"logoff-reply", check_hresult},
	    {"remote-tod-reply", check_time},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++)
		each_vector(kinds[i].prefix, kinds[i].check);
}

/* Ours may be shorter (impacket sends 20 zeros for a handle_t), and what lies between aligned values is undefined:
   impacket fills it with 0xab or 0xbf. */
static void assert_request(const struct vector *vector, struct wire_bytes ours)
{
	assert_true(ours.length <= vector->length);
	for (size_t i = 0; i < vector->length; i++) {
		if (i >= ours.length)
			assert_int_equal(vector->bytes[i], 0);
		else if (ours.data[i] != 0 || (vector->bytes[i] != 0xab && vector->bytes[i] != 0xbf))
			assert_int_equal(ours.data[i], vector->bytes[i]);
	}
}

static struct wire_handle expected_handle(struct vector *vector)
{
	const char *text = expected(vector, "handle");
	struct wire_handle handle;

	assert_int_equal(strlen(text), 2 * sizeof handle.bytes);
	for (size_t i = 0; i < sizeof handle.bytes; i++) {
		char digits[3] = {text[2 * i], text[2 * i + 1], '\0'};

		handle.bytes[i] = (uint8_t)strtoul(digits, NULL, 16);
	}
	return handle;
}

static void check_number_request(struct vector *vector)
{
	assert_request(vector, wire_number(&vector->arena, (uint32_t)expected_number(vector, "session")));
}

static void check_handle_request(struct vector *vector)
{
	struct wire_handle handle = expected_handle(vector);

	assert_request(vector, wire_handle(&vector->arena, &handle));
}

static void check_result_request(struct vector *vector)
{
	struct wire_handle handle = expected_handle(vector);

	assert_request(vector, wire_result(&vector->arena, &handle));
}

static void check_information_request(struct vector *vector)
{
	assert_request(vector, wire_information(&vector->arena, (uint32_t)expected_number(vector, "session")));
}

static void check_message_request(struct vector *vector)
{
	struct wire_handle handle = expected_handle(vector);

	assert_request(vector, wire_message(&vector->arena, &handle, expected(vector, "title"),
	                                    expected(vector, "text"), (uint32_t)expected_number(vector, "style"),
	                                    (uint32_t)expected_number(vector, "timeout"),
	                                    expected_number(vector, "do_not_wait") == 0));
}

static void requests_are_another_encoders(void **state)
{
	static const struct {
		const char *prefix;
		void (*check)(struct vector *vector);
	} kinds[] = {
	    {"open-session-request", check_number_request},
	    {"get-client-data-request", check_number_request},
	    {"close-enum-request", check_handle_request},
	    {"close-session-request", check_handle_request},
	    {"disconnect-request", check_handle_request},
	    {"logoff-request", check_handle_request},
	    {"get-enum-result-request", check_result_request},
	    {"get-session-information-ex-request", check_information_request},
	    {"show-message-box-request", check_message_request},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++)
		each_vector(kinds[i].prefix, kinds[i].check);
}

static void put32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* Two sessions and a count of one: what stands where the result would be is another session's beginning. */
static void shortened_lists_are_refused(void **state)
{
	struct wire_listed *listed;
	struct arena arena = {0};
	uint8_t bytes[8 + 2 * 84 + 8] = {0};
	uint32_t hresult;
	size_t count;

	(void)state;
	put32(bytes, 0x20000);
	put32(bytes + 4, 2);
	for (size_t i = 0; i < 2; i++) {
		put32(bytes + 8 + 84 * i, 1);
		put32(bytes + 12 + 84 * i, 1);
	}
	put32(bytes + 8 + 2 * 84, 2);
	assert_int_equal(wire_read_listed((struct wire_bytes){bytes, sizeof bytes}, &arena, &listed, &count, &hresult),
	                 0);
	put32(bytes + 4, 1);
	assert_int_equal(wire_read_listed((struct wire_bytes){bytes, sizeof bytes}, &arena, &listed, &count, &hresult),
	                 -1);
	arena_free(&arena);
}

/* A list that says it has more sessions than bytes, another union, or another count at its end. */
static void lying_lists_are_refused(void **state)
{
	struct wire_listed *listed;
	struct arena arena = {0};
	uint8_t bytes[8 + 84 + 8] = {0};
	uint32_t hresult;
	size_t count;
	static const struct {
		size_t at;
		uint32_t value;
	} lies[] = {{4, 2}, {4, 0x7fffffff}, {4, 0xffffffff}, {8, 2}, {12, 3}, {92, 2}, {92, 0xffffffff}};

	(void)state;
	put32(bytes, 0x20000);
	put32(bytes + 4, 1);
	put32(bytes + 8, 1);
	put32(bytes + 12, 1);
	put32(bytes + 92, 1);
	assert_int_equal(wire_read_listed((struct wire_bytes){bytes, sizeof bytes}, &arena, &listed, &count, &hresult),
	                 0);
	assert_int_equal(count, 1);
	for (size_t i = 0; i < COUNT(lies); i++) {
		uint8_t lie[sizeof bytes];

		memcpy(lie, bytes, sizeof bytes);
		put32(lie + lies[i].at, lies[i].value);
		assert_int_equal(
		    wire_read_listed((struct wire_bytes){lie, sizeof lie}, &arena, &listed, &count, &hresult), -1);
	}
	for (size_t length = 0; length < sizeof bytes; length++)
		assert_int_equal(
		    wire_read_listed((struct wire_bytes){bytes, length}, &arena, &listed, &count, &hresult), -1);
	arena_free(&arena);
}

static void cut_replies_are_refused(struct vector *vector)
{
	struct wire_session session;
	struct wire_client client;
	uint32_t hresult;
	bool about_session = strncmp(vector->name, "get-session", 11) == 0;

	for (size_t length = 0; length < vector->length; length += 4) {
		struct wire_bytes cut = {vector->bytes, length};
		/* A cut may end in bytes that read as a failure: then that is all that is taken from it. */
		int result = about_session ? wire_read_session(cut, &vector->arena, &session, &hresult)
		                           : wire_read_client(cut, &vector->arena, &client, &hresult);

		if (length < (about_session ? 204u : 1200u))
			assert_true(result != 0 || hresult_failed(hresult));
	}
}

static void cut_replies(void **state)
{
	(void)state;
	each_vector("get-session-information-ex-reply", cut_replies_are_refused);
	each_vector("get-client-data-reply", cut_replies_are_refused);
}

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

/* The statuses of the list, by their numbers in MS-ERREF. */
static void statuses_say_what_to_do(void **state)
{
	static const struct {
		uint32_t status;
		enum error_code code;
		const char *says;
	} table[] = {
	    {0xc000006d, ERROR_AUTH, "password"},
	    {0xc0000234, ERROR_AUTH, "locked out"},
	    {0xc0000072, ERROR_AUTH, "disabled"},
	    {0xc0000193, ERROR_AUTH, "expired"},
	    {0xc0000071, ERROR_AUTH, "expired"},
	    {0xc0000133, ERROR_AUTH, "clocks"},
	    {0xc0000034, ERROR_REFUSED, "no such pipe"},
	    {0xc0000022, ERROR_ACCESS, "access denied"},
	    {0xc000015b, ERROR_ACCESS, "over the network"},
	    {0xc00000bb, ERROR_UNSUPPORTED, "SMB"},
	};
	struct error error;

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		error = (struct error){0};
		assert_int_equal(status_error(&error, table[i].status, STEP_LOGIN, "rds01"), -1);
		assert_int_equal(error.code, table[i].code);
		assert_int_equal((uint32_t)error.native, table[i].status);
		assert_non_null(strstr(error.text, table[i].says));
		assert_true(error.hint[0] != '\0');
	}
	error = (struct error){0};
	status_error(&error, 0xc0000022, STEP_LIST, "rds01");
	assert_non_null(strstr(error.hint, "LocalAccountTokenFilterPolicy"));
	error = (struct error){0};
	rights_error(&error, "rds01");
	assert_int_equal(error.code, ERROR_ACCESS);
	assert_non_null(strstr(error.text, "rights are missing"));
	error = (struct error){0};
	hresult_error(&error, HRESULT_NOT_FOUND, STEP_PIN, "rds01", "reading session 3");
	assert_int_equal(error.code, ERROR_GONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(replies_of_another_encoder_are_understood),
	    cmocka_unit_test(requests_are_another_encoders),
	    cmocka_unit_test(shortened_lists_are_refused),
	    cmocka_unit_test(lying_lists_are_refused),
	    cmocka_unit_test(cut_replies),
	    cmocka_unit_test(filetimes_before_1900_are_unknown),
	    cmocka_unit_test(sessions_are_classed),
	    cmocka_unit_test(times_are_known_never_or_unknown),
	    cmocka_unit_test(locks_and_owners),
	    cmocka_unit_test(statuses_say_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
