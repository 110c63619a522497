/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "t/servers/tsts/calls.h"
#include "t/servers/tsts/host.h"
#include "t/servers/tsts/stub.h"

struct handle *handle_new(struct caller *caller, struct hold *hold)
{
	struct handle *handle = must_alloc(sizeof *handle);

	/* Attributes, which are zero, and a UUID. */
	(void)!getrandom(handle->wire + 4, sizeof handle->wire - 4, 0);
	handle->hold = hold;
	handle->next = caller->handles;
	caller->handles = handle;
	return handle;
}

struct handle *handle_get(struct caller *caller, struct reader *in)
{
	uint8_t wire[HANDLE_SIZE];
	struct handle *handle = caller->handles;

	get_bytes(in, wire, sizeof wire);
	while (handle != NULL && memcmp(handle->wire, wire, sizeof wire) != 0)
		handle = handle->next;
	return handle;
}

void handle_close(struct caller *caller, struct handle *handle)
{
	struct handle **place = &caller->handles;

	if (handle == caller->common)
		return;
	while (*place != handle)
		place = &(*place)->next;
	*place = handle->next;
	if (handle->hold != NULL)
		host_release(handle->hold);
	free(handle);
}

void handle_put(struct buffer *out, const struct handle *handle)
{
	put_align(out, 4);
	if (handle != NULL)
		buffer_add(out, (const char *)handle->wire, sizeof handle->wire);
	else
		put_zeros(out, HANDLE_SIZE);
}
