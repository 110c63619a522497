/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/servers/tsts/stub.h"

#include <endian.h>
#include <iconv.h>
#include <string.h>

static const char zeros[64];

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
	iconv_t convert;

	get_skip(in, count * 2);
	if (in->short_of)
		return "";
	room = count * 3 + 1;
	text = to = arena_alloc(arena, room);
	left = count * 2;
	bytes = arena_alloc(arena, left + 1);
	memcpy(bytes, in->bytes + from, left);
	convert = iconv_open("UTF-8", "UTF-16LE");
	in->short_of = convert == (iconv_t)-1 || iconv(convert, &bytes, &left, &to, &room) == (size_t)-1;
	iconv_close(convert);
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
	iconv_t convert = iconv_open("UTF-16LE", "UTF-8");

	/* Stops before the first character that there is no room for. */
	if (convert != (iconv_t)-1)
		iconv(convert, &from, &left, &to, &room);
	iconv_close(convert);
	put_align(out, 2);
	buffer_add(out, wide, count * 2);
}
