/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The codec against bytes that another implementation encoded, and against bytes that lie. */
#include "t/unit/test.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "providers/tsts/wire.h"
#include "t/unit/tsts_vector.h"

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
	struct buffer facts = {0};
	struct wire_client client;
	uint32_t hresult;

	assert_int_equal(wire_read_client(bytes_of(vector), &vector->arena, &client, &hresult), 0);
	assert_int_equal(hresult, expected_number(vector, "hr"));
	assert_string_equal(client.name, expected(vector, "client_name"));
	assert_string_equal(client.address, expected(vector, "client_address"));
	for (size_t i = 0; i < client.facts.count; i++) {
		buffer_puts(&facts, i == 0 ? "" : " ");
		buffer_puts(&facts, client.facts.items[i]);
	}
	assert_string_equal(buffer_text(&facts), expected(vector, "facts"));
	buffer_free(&facts);
}

static void check_name(struct vector *vector)
{
	const char *user, *domain;
	uint32_t hresult;

	assert_int_equal(wire_read_name(bytes_of(vector), &vector->arena, &user, &domain, &hresult), 0);
	assert_int_equal(hresult, expected_number(vector, "hr"));
	assert_string_equal(user, expected(vector, "user"));
	assert_string_equal(domain, expected(vector, "domain"));
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
	    {"get-user-name-reply", check_name},
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
	    {"get-user-name-request", check_handle_request},
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

/* What ends before the result is no name, whatever it begins with. */
static void cut_names_are_refused(struct vector *vector)
{
	const char *user, *domain;
	uint32_t hresult;

	for (size_t length = 0; length < vector->length; length += 4)
		assert_true(wire_read_name((struct wire_bytes){vector->bytes, length}, &vector->arena, &user, &domain,
		                           &hresult) != 0 ||
		            hresult_failed(hresult));
}

/* Offset, length and size of an array that contradict each other or the bytes there are. */
static void lying_names_are_refused(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
	} lies[] = {{4, 1}, {4, 0}, {8, 1}, {12, 0}, {12, 3}, {12, 258}, {12, 0xffffffff}, {24, 0xffff}};
	const char *user, *domain;
	struct arena arena = {0};
	uint8_t bytes[28] = {0};
	uint32_t hresult;

	(void)state;
	put32(bytes, 0x20000);
	put32(bytes + 4, 2);
	put32(bytes + 12, 2);
	bytes[16] = 'a';
	/* No domain at 20, the result at 24. */
	assert_int_equal(wire_read_name((struct wire_bytes){bytes, sizeof bytes}, &arena, &user, &domain, &hresult), 0);
	assert_string_equal(user, "a");
	assert_string_equal(domain, "");
	for (size_t i = 0; i < COUNT(lies); i++) {
		uint8_t lie[sizeof bytes];

		memcpy(lie, bytes, sizeof bytes);
		put32(lie + lies[i].at, lies[i].value);
		if (wire_read_name((struct wire_bytes){lie, sizeof lie}, &arena, &user, &domain, &hresult) == 0)
			fail_msg("%u at %zu", lies[i].value, lies[i].at);
	}
	arena_free(&arena);
}

static void cut_replies(void **state)
{
	(void)state;
	each_vector("get-user-name-reply", cut_names_are_refused);
	each_vector("get-session-information-ex-reply", cut_replies_are_refused);
	each_vector("get-client-data-reply", cut_replies_are_refused);
}

/* Rounded up to four bytes, these counts are none at all where size_t has 32 bits. */
static void lying_client_data_is_refused(void **state)
{
	static uint8_t bytes[1280] = {1};

	(void)state;
	for (int lie = 0xfd; lie <= 0xff; lie++) {
		struct arena arena = {0};
		struct wire_client client;
		uint32_t hresult;

		memset(bytes + 4, 0xff, 8);
		bytes[4] = bytes[8] = (uint8_t)lie;
		assert_int_equal(wire_read_client((struct wire_bytes){bytes, sizeof bytes}, &arena, &client, &hresult),
		                 -1);
		assert_string_equal(client.name, "");
		arena_free(&arena);
	}
}

/* What a host answers with no bytes at all has no address either. */
static void empty_replies(void **state)
{
	const struct wire_bytes nothing = {NULL, 0};
	struct arena arena = {0};
	struct wire_handle handle;
	struct wire_listed *listed;
	struct wire_session session;
	struct wire_client client;
	const char *user, *domain;
	size_t count;
	uint32_t number, hresult;
	int64_t now;

	(void)state;
	assert_int_equal(wire_read_handle(nothing, &handle, &hresult), -1);
	assert_int_equal(wire_read_listed(nothing, &arena, &listed, &count, &hresult), -1);
	assert_int_equal(wire_read_session(nothing, &arena, &session, &hresult), -1);
	assert_int_equal(wire_read_client(nothing, &arena, &client, &hresult), -1);
	assert_int_equal(wire_read_name(nothing, &arena, &user, &domain, &hresult), -1);
	assert_int_equal(wire_read_count(nothing, &number, &hresult), -1);
	assert_int_equal(wire_read_answer(nothing, &number, &hresult), -1);
	assert_int_equal(wire_read_time(nothing, &now, &hresult), -1);
	arena_free(&arena);
}

/* 3.3.4.1.14: users, devices, the result. */
static void counts_are_read(void **state)
{
	const uint8_t three[] = {3, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0}, denied[] = {5, 0, 7, 0x80};
	uint32_t users, hresult;

	(void)state;
	assert_int_equal(wire_read_count((struct wire_bytes){three, sizeof three}, &users, &hresult), 0);
	assert_int_equal(users, 3);
	assert_int_equal(hresult, 0);
	assert_int_equal(wire_read_count((struct wire_bytes){denied, sizeof denied}, &users, &hresult), 0);
	assert_int_equal(users, 0);
	assert_int_equal(hresult, HRESULT_ACCESS_DENIED);
	assert_int_equal(wire_read_count((struct wire_bytes){three, 11}, &users, &hresult), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(replies_of_another_encoder_are_understood),
	    cmocka_unit_test(requests_are_another_encoders),
	    cmocka_unit_test(shortened_lists_are_refused),
	    cmocka_unit_test(lying_lists_are_refused),
	    cmocka_unit_test(lying_names_are_refused),
	    cmocka_unit_test(lying_client_data_is_refused),
	    cmocka_unit_test(empty_replies),
	    cmocka_unit_test(counts_are_read),
	    cmocka_unit_test(cut_replies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
