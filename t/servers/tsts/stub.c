/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/servers/tsts/stub.h"

#include <endian.h>
#include <iconv.h>
#include <string.h>

static const char zeros[64];

/* Kept open: opening one loads a library. */
static iconv_t converter(iconv_t *kept, const char *to, const char *from)
{
	if (*kept == NULL)
		*kept = iconv_open(to, from);
	iconv(*kept, NULL, NULL, NULL, NULL);
	return *kept;
}

static void get_align(struct reader *in, size_t size)
{
	in->at = (in->at + size - 1) / size * size;
}

void get_skip(struct reader *in, size_t size)
{
	if (in->at > in->size || in->size - in->at < size)
		in->short_of = true;
	else
		in->at += size;
}

void get_bytes(struct reader *in, void *to, size_t size)
{
	size_t from = in->at;

	memset(to, 0, size);
	get_skip(in, size);
	if (!in->short_of)
		memcpy(to, in->bytes + from, size);
}

uint8_t get_u8(struct reader *in)
{
	uint8_t value;

	get_bytes(in, &value, sizeof value);
	return value;
}

uint32_t get_u32(struct reader *in)
{
	uint32_t value;

	get_align(in, sizeof value);
	get_bytes(in, &value, sizeof value);
	return le32toh(value);
}

/* Up to a NUL. */
static const char *wide_text(struct reader *in, size_t count, struct arena *arena)
{
	size_t from = in->at, left, room;
	char *bytes, *text, *to;
	static iconv_t kept;

	get_skip(in, count * 2);
	if (in->short_of)
		return "";
	room = count * 3 + 1;
	text = to = arena_alloc(arena, room);
	left = count * 2;
	bytes = arena_alloc(arena, left + 1);
	memcpy(bytes, in->bytes + from, left);
	if (iconv(converter(&kept, "UTF-8", "UTF-16LE"), &bytes, &left, &to, &room) == (size_t)-1)
		in->short_of = true;
	return text;
}

const char *get_string(struct reader *in, struct arena *arena)
{
	uint32_t most = get_u32(in), offset = get_u32(in), count = get_u32(in);

	if (count == 0 || count > most || offset != 0)
		in->short_of = true;
	return wide_text(in, count, arena);
}

const char *get_wide_array(struct reader *in, struct arena *arena)
{
	return wide_text(in, get_u32(in), arena);
}

void put_zeros(struct buffer *out, size_t count)
{
	for (; count > sizeof zeros; count -= sizeof zeros)
		buffer_add(out, zeros, sizeof zeros);
	buffer_add(out, zeros, count);
}

void put_align(struct buffer *out, size_t size)
{
	put_zeros(out, (size - out->length % size) % size);
}

void put_u8(struct buffer *out, uint8_t value)
{
	buffer_add(out, (const char *)&value, sizeof value);
}

void put_u16(struct buffer *out, uint16_t value)
{
	value = htole16(value);
	put_align(out, sizeof value);
	buffer_add(out, (const char *)&value, sizeof value);
}

void put_u32(struct buffer *out, uint32_t value)
{
	value = htole32(value);
	put_align(out, sizeof value);
	buffer_add(out, (const char *)&value, sizeof value);
}

void put_u64(struct buffer *out, uint64_t value)
{
	value = htole64(value);
	put_align(out, sizeof value);
	buffer_add(out, (const char *)&value, sizeof value);
}

void put_wide(struct buffer *out, const char *text, size_t count)
{
	char wide[1024] = {0}, *to = wide, *from = (char *)text;
	size_t left = strlen(text), room = (count - 1) * 2;
	static iconv_t kept;

	/* Stops before the first character that there is no room for. */
	iconv(converter(&kept, "UTF-16LE", "UTF-8"), &from, &left, &to, &room);
	put_align(out, 2);
	buffer_add(out, wide, count * 2);
}

void put_string(struct buffer *out, const char *text)
{
	char wide[1024], *to = wide, *from = (char *)text;
	size_t left = text != NULL ? strlen(text) + 1 : 0, room = sizeof wide;
	uint32_t units;
	static iconv_t kept;

	put_u32(out, text != NULL ? 0x00020000 + (uint32_t)out->length : 0);
	if (text == NULL)
		return;
	iconv(converter(&kept, "UTF-16LE", "UTF-8"), &from, &left, &to, &room);
	units = (uint32_t)(to - wide) / 2;
	put_u32(out, units);
	put_u32(out, 0);
	put_u32(out, units);
	buffer_add(out, wide, units * 2);
}
