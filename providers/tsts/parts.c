/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/parts.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/text.h"
#include "lib/base/utf8.h"
#include "providers/tsts/wire.h"

/* MS-TSTS 2.2.2.11: the arrays' lengths in WCHARs; sizes and places in bytes. */
enum { STATION = 33, DOMAIN = 18, USER = 21 };
enum { NUMBERS_MOST = 60, UNITS_MOST = 257, PARTS_MOST = 4 * 1024 * 1024 };

/* A body that is being taken apart: how far, and into what. */
struct cutter {
	struct wire_bytes body;
	size_t at;
	json_t *parts;
	bool odd; /* it is not of the shape that it should have */
};

static uint32_t number_at(struct wire_bytes body, size_t at)
{
	return (uint32_t)body.data[at] | (uint32_t)body.data[at + 1] << 8 | (uint32_t)body.data[at + 2] << 16 |
	       (uint32_t)body.data[at + 3] << 24;
}

static bool has(struct cutter *cutter, size_t length)
{
	if (length > cutter->body.length - cutter->at)
		cutter->odd = true;
	return !cutter->odd;
}

static void cut_hex(struct cutter *cutter, size_t length)
{
	struct buffer hex = {0};

	if (!has(cutter, length))
		return;
	for (size_t i = 0; i < length; i++)
		buffer_printf(&hex, "%02x", cutter->body.data[cutter->at + i]);
	json_array_append_new(cutter->parts, json_pack("{ss}", "hex", buffer_text(&hex)));
	buffer_free(&hex);
	cutter->at += length;
}

static void cut_zeros(struct cutter *cutter, size_t length)
{
	if (!has(cutter, length))
		return;
	if (length > 0)
		json_array_append_new(cutter->parts, json_pack("{sI}", "zeros", (json_int_t)length));
	cutter->at += length;
}

static const char *cut_units(struct cutter *cutter, size_t count, struct arena *arena)
{
	uint16_t units[UNITS_MOST];

	for (size_t i = 0; i < count; i++, cutter->at += 2)
		units[i] = (uint16_t)(cutter->body.data[cutter->at] | cutter->body.data[cutter->at + 1] << 8);
	return utf16_text(arena, units, count);
}

static void cut_text(struct cutter *cutter, const char *kind, size_t count)
{
	struct arena arena = {0};

	if (!has(cutter, 2 * count))
		return;
	json_array_append_new(cutter->parts,
	                      json_pack("{ss sI}", kind, cut_units(cutter, count, &arena), "units", (json_int_t)count));
	arena_free(&arena);
}

/* Numbers that are small where the shape is right: text read as a number is not. */
static void expect_at_most(struct cutter *cutter, size_t ahead, uint32_t most)
{
	if (has(cutter, ahead + 4) && number_at(cutter->body, cutter->at + ahead) > most)
		cutter->odd = true;
}

/* Small, or negative. */
static void expect_id(struct cutter *cutter, size_t ahead)
{
	uint32_t high;

	if (!has(cutter, ahead + 4))
		return;
	high = number_at(cutter->body, cutter->at + ahead) >> 16;
	if (high > 1 && high != 0xffff)
		cutter->odd = true;
}

/* A FILETIME between 1601 and 1602, of this century, or none. */
static void expect_time(struct cutter *cutter, size_t ahead)
{
	uint32_t high;

	if (!has(cutter, ahead + 8))
		return;
	high = number_at(cutter->body, cutter->at + ahead + 4);
	if (high > 0x00490000 && (high < 0x01b00000 || high > 0x03000000) && high < 0x7fff0000)
		cutter->odd = true;
}

/* What a failed call ends with, and nothing before it but zeros. */
static bool failed_only(struct wire_bytes body)
{
	if (body.length < 4 || body.length > NUMBERS_MOST || !hresult_failed(number_at(body, body.length - 4)))
		return false;
	for (size_t i = 0; i + 4 < body.length; i++)
		if (body.data[i] != 0)
			return false;
	return true;
}

/* SESSIONENUM_LEVEL1, each with its level and tag. */
static void cut_list(struct cutter *cutter)
{
	uint32_t count = 0;

	expect_at_most(cutter, 4, WIRE_SESSIONS);
	if (cutter->odd)
		return;
	if (number_at(cutter->body, cutter->at) != 0)
		count = number_at(cutter->body, cutter->at + 4);
	cut_hex(cutter, number_at(cutter->body, cutter->at) != 0 ? 8 : 4);
	for (uint32_t i = 0; i < count && !cutter->odd; i++) {
		cut_zeros(cutter, (4 - cutter->at % 4) % 4);
		expect_at_most(cutter, 0, 1);
		expect_at_most(cutter, 4, 1);
		expect_at_most(cutter, 12, 255);
		expect_id(cutter, 8);
		cut_hex(cutter, 16);
		cut_text(cutter, "station", STATION);
	}
	cut_zeros(cutter, (4 - cutter->at % 4) % 4);
	expect_at_most(cutter, 0, WIRE_SESSIONS);
	cut_hex(cutter, 8);
}

/* LSM_SESSIONINFO_EX, level 1, then data of the protocol that is not kept. */
static void cut_information(struct cutter *cutter)
{
	enum { TIMES = 4 };

	expect_at_most(cutter, 0, 1);
	expect_at_most(cutter, 4, 1);
	expect_at_most(cutter, 8, 255);
	cut_hex(cutter, 16);
	cut_text(cutter, "station", STATION);
	cut_text(cutter, "text", DOMAIN);
	cut_text(cutter, "text", USER);
	for (size_t i = 0; i < TIMES; i++)
		expect_time(cutter, 8 * i);
	cut_hex(cutter, 8 * TIMES);
	expect_at_most(cutter, 0, PARTS_MOST);
	if (cutter->odd)
		return;
	if (cutter->body.length - cutter->at >= 16) {
		cut_hex(cutter, 12);
		cut_zeros(cutter, cutter->body.length - cutter->at - 4);
		cut_hex(cutter, 4);
	} else {
		cut_hex(cutter, 12);
	}
}

static void cut_counted(struct cutter *cutter)
{
	struct arena arena = {0};
	const char *text = "";
	uint32_t count = 0;

	cutter->at += (4 - cutter->at % 4) % 4;
	if (cutter->at > cutter->body.length || !has(cutter, 4)) {
		cutter->odd = true;
		return;
	}
	cutter->at += 4;
	if (number_at(cutter->body, cutter->at - 4) != 0 && has(cutter, 12)) {
		count = number_at(cutter->body, cutter->at + 8);
		cutter->at += 12;
		if (count > UNITS_MOST || !has(cutter, (size_t)count * 2))
			cutter->odd = true;
		else
			text = cut_units(cutter, count, &arena);
	}
	if (!cutter->odd)
		json_array_append_new(cutter->parts, count > 0 ? json_pack("{ss}", "counted", text)
		                                               : json_pack("{sI}", "zeros", (json_int_t)4));
	arena_free(&arena);
}

static void cut_names(struct cutter *cutter)
{
	cut_counted(cutter);
	cut_counted(cutter);
	cutter->at += (4 - cutter->at % 4) % 4;
	if (cutter->at > cutter->body.length)
		cutter->odd = true;
	else
		cut_hex(cutter, 4);
}

/* WINSTATIONCLIENT: the client's name and address, and how its screen is. */
static void cut_client(struct cutter *cutter)
{
	enum { HEADER = 8, NAME = 4, NAME_UNITS = 21, SCREEN = 1258, ADDRESS = 1196, ADDRESS_UNITS = 31, LEAST = 1300 };
	uint32_t count;

	if (!has(cutter, HEADER + LEAST + 8))
		return;
	count = number_at(cutter->body, 4);
	if (count < LEAST || count > cutter->body.length - HEADER - 8) {
		cutter->odd = true;
		return;
	}
	cut_hex(cutter, HEADER);
	cut_zeros(cutter, NAME);
	cut_text(cutter, "text", NAME_UNITS);
	cut_zeros(cutter, HEADER + ADDRESS - cutter->at);
	cut_text(cutter, "text", ADDRESS_UNITS);
	cut_hex(cutter, 8); /* resolution, depth, protocol */
	cut_zeros(cutter, HEADER + (count + 3) / 4 * 4 - cutter->at);
	cut_hex(cutter, 8);
}

/* Bodies that are numbers and handles. */
static bool numbers_only(enum wire_interface interface, uint32_t opnum)
{
	switch (interface) {
	case WIRE_ENUMERATION:
		return opnum == ENUMERATION_OPEN || opnum == ENUMERATION_CLOSE;
	case WIRE_SESSION:
		return opnum == SESSION_OPEN || opnum == SESSION_CLOSE || opnum == SESSION_COUNT;
	case WIRE_CLOCK:
		return opnum == CLOCK_TIME_OF_DAY;
	default:
		return false;
	}
}

json_t *parts_of_reply(enum wire_interface interface, uint32_t opnum, struct wire_bytes body)
{
	struct cutter cutter = {.body = body, .parts = json_array()};

	if (failed_only(body) || (numbers_only(interface, opnum) && body.length <= NUMBERS_MOST))
		cut_hex(&cutter, body.length);
	else if (interface == WIRE_ENUMERATION && opnum == ENUMERATION_RESULT)
		cut_list(&cutter);
	else if (interface == WIRE_SESSION && opnum == SESSION_INFORMATION)
		cut_information(&cutter);
	else if (interface == WIRE_SESSION && opnum == SESSION_USER_NAME)
		cut_names(&cutter);
	else if (interface == WIRE_CLIENT && opnum == CLIENT_DATA)
		cut_client(&cutter);
	else
		cutter.odd = true;
	if (!cutter.odd)
		return cutter.parts;
	json_decref(cutter.parts);
	return NULL;
}

/* All requests of a list are numbers and handles. */
json_t *parts_of_request(enum wire_interface interface, uint32_t opnum, struct wire_bytes body)
{
	struct cutter cutter = {.body = body, .parts = json_array()};
	const bool of_list =
	    numbers_only(interface, opnum) || interface == WIRE_CLIENT ||
	    (interface == WIRE_ENUMERATION && opnum == ENUMERATION_RESULT) ||
	    (interface == WIRE_SESSION && (opnum == SESSION_INFORMATION || opnum == SESSION_USER_NAME));

	if (of_list && body.length <= NUMBERS_MOST)
		cut_hex(&cutter, body.length);
	else
		cutter.odd = true;
	if (!cutter.odd)
		return cutter.parts;
	json_decref(cutter.parts);
	return NULL;
}

static void add_number(struct buffer *out, uint32_t number)
{
	const char bytes[] = {(char)number, (char)(number >> 8), (char)(number >> 16), (char)(number >> 24)};

	buffer_add(out, bytes, sizeof bytes);
}

static void add_zeros(struct buffer *out, size_t count)
{
	while (count-- > 0)
		buffer_add(out, "", 1);
}

static void add_unit(struct buffer *out, uint32_t unit)
{
	const char bytes[] = {(char)unit, (char)(unit >> 8)};

	buffer_add(out, bytes, sizeof bytes);
}

/* At most so many; how many it were. */
static size_t add_units(struct buffer *out, const char *text, size_t most)
{
	size_t count = 0, length;
	uint32_t point = 0;

	for (; (length = utf8_next(text, &point)) > 0 && count + (point >= 0x10000) < most; text += length) {
		if (point >= 0x10000) {
			add_unit(out, 0xd800 + ((point - 0x10000) >> 10));
			point = 0xdc00 + ((point - 0x10000) & 0x3ff);
			count++;
		}
		add_unit(out, point);
		count++;
	}
	return count;
}

static int digit_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void add_hex(struct buffer *out, const char *hex)
{
	for (; digit_of(hex[0]) >= 0 && digit_of(hex[1]) >= 0; hex += 2) {
		const char byte = (char)(digit_of(hex[0]) * 16 + digit_of(hex[1]));

		buffer_add(out, &byte, 1);
	}
}

static void add_counted(struct buffer *out, const char *text)
{
	struct buffer units = {0};
	size_t count = add_units(&units, text, UNITS_MOST - 1) + 1;

	add_number(out, 0x20000);
	add_number(out, (uint32_t)count);
	add_number(out, 0);
	add_number(out, (uint32_t)count);
	buffer_add(out, buffer_text(&units), units.length);
	add_zeros(out, 2);
	add_zeros(out, (4 - out->length % 4) % 4);
	buffer_free(&units);
}

static void add_part(struct buffer *out, const json_t *part)
{
	const char *hex = json_string_value(json_object_get(part, "hex"));
	const char *counted = json_string_value(json_object_get(part, "counted"));
	const char *text = json_string_value(json_object_get(part, "text"));
	const json_int_t zeros = json_integer_value(json_object_get(part, "zeros"));
	const json_int_t units = json_integer_value(json_object_get(part, "units"));

	if (text == NULL)
		text = json_string_value(json_object_get(part, "station"));
	if (hex != NULL)
		add_hex(out, hex);
	else if (counted != NULL)
		add_counted(out, counted);
	else if (zeros > 0 && zeros <= PARTS_MOST)
		add_zeros(out, (size_t)zeros);
	else if (text != NULL && units > 0 && units <= UNITS_MOST)
		add_zeros(out, ((size_t)units - add_units(out, text, (size_t)units - 1)) * 2);
}

struct wire_bytes parts_join(const json_t *parts, struct arena *arena)
{
	struct buffer out = {0};
	const json_t *part;
	uint8_t *data;
	size_t i, length;

	json_array_foreach (parts, i, part) {
		add_part(&out, part);
		if (out.length > PARTS_MOST)
			break;
	}
	length = out.length;
	data = arena_alloc(arena, length + 1);
	memcpy(data, buffer_text(&out), length);
	buffer_free(&out);
	return (struct wire_bytes){data, length};
}
