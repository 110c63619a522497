/* SPDX-License-Identifier: GPL-3.0-or-later */
/* providers/tsts/parts.h: bodies that another implementation encoded are taken apart and joined again. */
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "providers/tsts/parts.h"
#include "providers/tsts/wire.h"
#include "t/unit/test.h"
#include "t/unit/tsts_vector.h"

static enum wire_interface interface;
static uint32_t opnum;

/* The bytes again, and nothing is read past their end wherever they are cut. */
static struct wire_bytes again(struct vector *vector)
{
	json_t *parts = parts_of_reply(interface, opnum, bytes_of(vector));
	struct wire_bytes bytes;

	if (parts == NULL)
		fail_msg("%s is not taken apart", vector->name);
	bytes = parts_join(parts, &vector->arena);
	json_decref(parts);
	for (size_t i = 0; i < vector->length; i++) {
		uint8_t *cut = must_alloc(i + 1);

		memcpy(cut, vector->bytes, i);
		json_decref(parts_of_reply(interface, opnum, (struct wire_bytes){cut, i}));
		free(cut);
	}
	return bytes;
}

static void same_bytes(struct vector *vector)
{
	struct wire_bytes bytes = again(vector);

	assert_int_equal(bytes.length, vector->length);
	assert_memory_equal(bytes.data, vector->bytes, vector->length);
}

/* What fills the room between two entries is not kept. */
static void same_list(struct vector *vector)
{
	struct wire_bytes bytes = again(vector);
	struct wire_listed *before, *after;
	size_t count_before, count_after;
	uint32_t hresult_before, hresult_after;

	assert_int_equal(bytes.length, vector->length);
	assert_int_equal(wire_read_listed(bytes_of(vector), &vector->arena, &before, &count_before, &hresult_before),
	                 0);
	assert_int_equal(wire_read_listed(bytes, &vector->arena, &after, &count_after, &hresult_after), 0);
	assert_int_equal(hresult_before, hresult_after);
	assert_int_equal(count_before, count_after);
	for (size_t i = 0; i < count_after; i++) {
		assert_int_equal(before[i].id, after[i].id);
		assert_int_equal(before[i].state, after[i].state);
		assert_string_equal(before[i].station, after[i].station);
	}
}

static void same_session(struct vector *vector)
{
	struct wire_bytes bytes = again(vector);
	struct wire_session before, after;
	uint32_t hresult_before, hresult_after;

	assert_int_equal(bytes.length, vector->length);
	assert_int_equal(wire_read_session(bytes_of(vector), &vector->arena, &before, &hresult_before), 0);
	assert_int_equal(wire_read_session(bytes, &vector->arena, &after, &hresult_after), 0);
	assert_int_equal(hresult_before, hresult_after);
	if (hresult_failed(hresult_after))
		return;
	assert_string_equal(before.user, after.user);
	assert_string_equal(before.domain, after.domain);
	assert_string_equal(before.station, after.station);
	assert_int_equal(before.state, after.state);
	assert_int_equal(before.last_input, after.last_input);
	assert_int_equal(before.logon, after.logon);
}

static void same_name(struct vector *vector)
{
	struct wire_bytes bytes = again(vector);
	const char *user, *domain, *user_after, *domain_after;
	uint32_t hresult_before, hresult_after;

	assert_int_equal(wire_read_name(bytes_of(vector), &vector->arena, &user, &domain, &hresult_before), 0);
	assert_int_equal(wire_read_name(bytes, &vector->arena, &user_after, &domain_after, &hresult_after), 0);
	assert_int_equal(hresult_before, hresult_after);
	assert_string_equal(user, user_after);
	assert_string_equal(domain, domain_after);
}

static void same_client(struct vector *vector)
{
	struct wire_bytes bytes = again(vector);
	struct wire_client before, after;
	uint32_t hresult_before, hresult_after;

	assert_int_equal(bytes.length, vector->length);
	assert_int_equal(wire_read_client(bytes_of(vector), &vector->arena, &before, &hresult_before), 0);
	assert_int_equal(wire_read_client(bytes, &vector->arena, &after, &hresult_after), 0);
	assert_string_equal(before.name, after.name);
	assert_string_equal(before.address, after.address);
	for (size_t i = 0; i < after.facts.count; i++)
		assert_null(strstr(after.facts.items[i], "directory"));
}

static void lists(void **state)
{
	(void)state;
	interface = WIRE_ENUMERATION;
	opnum = ENUMERATION_OPEN;
	each_vector("open-enum-reply", same_bytes);
	opnum = ENUMERATION_CLOSE;
	each_vector("close-enum-reply", same_bytes);
	opnum = ENUMERATION_RESULT;
	each_vector("get-enum-result-reply", same_list);
}

static void sessions(void **state)
{
	(void)state;
	interface = WIRE_SESSION;
	opnum = SESSION_INFORMATION;
	each_vector("get-session-information-ex-reply", same_session);
	opnum = SESSION_USER_NAME;
	each_vector("get-user-name-reply", same_name);
	interface = WIRE_CLIENT;
	opnum = CLIENT_DATA;
	each_vector("get-client-data-reply", same_client);
	interface = WIRE_CLOCK;
	opnum = CLOCK_TIME_OF_DAY;
	each_vector("remote-tod-reply", same_bytes);
}

/* A body that is shifted would have names where numbers are kept. */
static void odd_bodies(void **state)
{
	struct vector text = {.length = 204};

	(void)state;
	for (size_t i = 0; i < text.length; i += 2)
		text.bytes[i] = 'a';
	for (interface = 0; interface < WIRE_INTERFACES; interface++)
		for (opnum = 0; opnum < 30; opnum++)
			assert_null(parts_of_reply(interface, opnum, bytes_of(&text)));
	assert_null(parts_of_request(WIRE_SESSION, SESSION_MESSAGE, (struct wire_bytes){text.bytes, 40}));
	interface = WIRE_SESSION;
	opnum = SESSION_INFORMATION;
	for (size_t shift = 2; shift <= 100; shift += 2) {
		struct vector shifted = text;

		memset(shifted.bytes, 0, shift); /* the number of a level is 1 at most, and so it may be 0 */
		if (shift < 12 || shift > 160)
			assert_null(parts_of_reply(interface, opnum, bytes_of(&shifted)));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(lists),
	    cmocka_unit_test(sessions),
	    cmocka_unit_test(odd_bodies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
