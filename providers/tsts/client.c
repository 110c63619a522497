/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/client.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/address.h"
#include "providers/tsts/wire.h"

enum { NAME = 21, ADDRESS = 31, DIRECTORY = 257, PRODUCT = 32 };

/* Sizes of numbers in bytes; a text's in UTF-16 units. */
static const struct {
	const char *name;
	size_t at;
	enum { NUMBER, TEXT } kind;
	size_t size;
} facts_of[] = {
    {"work_directory", 154, TEXT, DIRECTORY},
    {"initial_program", 668, TEXT, DIRECTORY},
    {"encryption_level", 1188, NUMBER, 1},
    {"horizontal_resolution", 1258, NUMBER, 2},
    {"vertical_resolution", 1260, NUMBER, 2},
    {"color_depth", 1262, NUMBER, 2},
    {"protocol", 1264, NUMBER, 2}, /* 1 ICA, 2 RDP */
    {"client_directory", 1350, TEXT, DIRECTORY},
    {"client_build_number", 2012, NUMBER, 4},
    {"client_hardware_id", 2016, NUMBER, 4},
    {"client_product_id", 2020, NUMBER, 2},
    {"out_buffers_host", 2022, NUMBER, 2},
    {"out_buffers_client", 2024, NUMBER, 2},
    {"out_buffer_length", 2026, NUMBER, 2},
    {"client_digital_product_id", 2224, TEXT, PRODUCT},
};

static const char *text_at(const uint8_t *bytes, size_t count, struct arena *arena)
{
	uint16_t units[DIRECTORY];

	for (size_t i = 0; i < count; i++)
		units[i] = (uint16_t)(bytes[2 * i] | bytes[2 * i + 1] << 8);
	return utf16_text(arena, units, count);
}

static uint32_t number_at(const uint8_t *bytes, size_t size)
{
	uint32_t number = 0;

	while (size-- > 0)
		number = number << 8 | bytes[size];
	return number;
}

const char *client_name(const uint8_t *image, struct arena *arena)
{
	return text_at(image + 4, NAME, arena);
}

const char *client_address(const uint8_t *image, struct arena *arena)
{
	return address_plain(text_at(image + 1196, ADDRESS, arena), arena);
}

/* TS_TIME_ZONE_INFORMATION (MS-TSTS 2.2.1.4): the bias first, minutes to add to local time for UTC; then the names. */
static void time_zone(const uint8_t *image, size_t size, struct string_list *facts, struct arena *arena)
{
	enum { AT = 2048, STANDARD_NAME = 4, NAME_UNITS = 32 };
	const char *name;

	if (AT + STANDARD_NAME + 2 * NAME_UNITS > size)
		return;
	name = text_at(image + AT + STANDARD_NAME, NAME_UNITS, arena);
	if (*name == '\0')
		return;
	string_list_add(facts, arena, arena_printf(arena, "client_time_zone=%s", name));
	string_list_add(facts, arena,
	                arena_printf(arena, "client_time_zone_bias=%" PRId32, (int32_t)number_at(image + AT, 4)));
}

void client_facts(const uint8_t *image, size_t size, struct string_list *facts, struct arena *arena)
{
	for (size_t i = 0; i < sizeof facts_of / sizeof facts_of[0]; i++) {
		size_t bytes = facts_of[i].kind == TEXT ? 2 * facts_of[i].size : facts_of[i].size;
		const uint8_t *at = image + facts_of[i].at;
		const char *text;

		if (facts_of[i].at + bytes > size)
			continue;
		if (facts_of[i].kind == TEXT) {
			text = text_at(at, facts_of[i].size, arena);
			if (*text != '\0')
				string_list_add(facts, arena, arena_printf(arena, "%s=%s", facts_of[i].name, text));
		} else if (number_at(at, bytes) != 0) {
			string_list_add(facts, arena,
			                arena_printf(arena, "%s=%u", facts_of[i].name, number_at(at, bytes)));
		}
	}
	time_zone(image, size, facts, arena);
}
