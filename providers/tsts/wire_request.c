/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/base/utf8.h"
#include "providers/tsts/samba.h"
#include "providers/tsts/wire.h"

enum { LEVEL = 1 };

/* libndr fails to write for want of memory only, which ends the program as everywhere (lib/base/arena.h). */
static void must(enum ndr_err_code code)
{
	if (code != NDR_ERR_SUCCESS)
		exit(3);
}

static struct ndr_push *push_start(void)
{
	struct ndr_push *push = ndr_push_init_ctx(NULL);

	if (push == NULL)
		exit(3);
	return push;
}

static struct wire_bytes push_end(struct ndr_push *push, struct arena *arena)
{
	DATA_BLOB blob = ndr_push_blob(push);
	uint8_t *data = arena_alloc(arena, blob.length + 1);

	memcpy(data, blob.data, blob.length);
	talloc_free(push);
	return (struct wire_bytes){data, blob.length};
}

struct wire_bytes wire_nothing(void)
{
	return (struct wire_bytes){NULL, 0};
}

struct wire_bytes wire_number(struct arena *arena, uint32_t number)
{
	struct ndr_push *push = push_start();

	must(ndr_push_uint32(push, NDR_SCALARS, number));
	return push_end(push, arena);
}

struct wire_bytes wire_handle(struct arena *arena, const struct wire_handle *handle)
{
	struct ndr_push *push = push_start();

	must(ndr_push_bytes(push, handle->bytes, sizeof handle->bytes));
	return push_end(push, arena);
}

struct wire_bytes wire_result(struct arena *arena, const struct wire_handle *handle)
{
	struct ndr_push *push = push_start();

	must(ndr_push_bytes(push, handle->bytes, sizeof handle->bytes));
	must(ndr_push_uint32(push, NDR_SCALARS, LEVEL));
	return push_end(push, arena);
}

struct wire_bytes wire_information(struct arena *arena, uint32_t id)
{
	struct ndr_push *push = push_start();

	must(ndr_push_uint32(push, NDR_SCALARS, id));
	must(ndr_push_uint32(push, NDR_SCALARS, LEVEL));
	return push_end(push, arena);
}

/* [in, string] WCHAR *: size, offset, length, the units and their NUL. */
static void push_wide_string(struct ndr_push *push, const char *text)
{
	size_t bytes = strlen(text), length;
	uint16_t *units = must_alloc((bytes + 1) * sizeof *units);
	uint32_t count = 0;

	for (size_t i = 0; i < bytes; i += length) {
		uint32_t point = 0;

		length = utf8_next(text + i, &point);
		if (point >= 0x10000) {
			units[count++] = (uint16_t)(0xd800 + ((point - 0x10000) >> 10));
			point = 0xdc00 + ((point - 0x10000) & 0x3ff);
		}
		units[count++] = (uint16_t)point;
	}
	units[count++] = 0;
	must(ndr_push_align(push, 4));
	must(ndr_push_uint32(push, NDR_SCALARS, count));
	must(ndr_push_uint32(push, NDR_SCALARS, 0));
	must(ndr_push_uint32(push, NDR_SCALARS, count));
	for (uint32_t i = 0; i < count; i++)
		must(ndr_push_uint16(push, NDR_SCALARS, units[i]));
	free(units);
}

struct wire_bytes wire_message(struct arena *arena, const struct wire_handle *handle, const char *title,
                               const char *text, uint32_t style, uint32_t seconds, bool wait)
{
	struct ndr_push *push = push_start();

	/* lib/base/text.h makes every text valid UTF-8; push_wide_string() relies on it. */
	if (!utf8_valid(title, strlen(title)))
		title = "";
	if (!utf8_valid(text, strlen(text)))
		text = "";
	must(ndr_push_bytes(push, handle->bytes, sizeof handle->bytes));
	push_wide_string(push, title);
	push_wide_string(push, text);
	must(ndr_push_align(push, 4));
	must(ndr_push_uint32(push, NDR_SCALARS, style));
	must(ndr_push_uint32(push, NDR_SCALARS, seconds));
	must(ndr_push_uint32(push, NDR_SCALARS, !wait));
	return push_end(push, arena);
}
