/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer's way into the codec of tsts: the first byte chooses the reader,
 * the rest is the reply.  What it reads becomes a session as in the provider,
 * whose texts must be UTF-8 and end.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/base/utf8.h"
#include "lib/session/session.h"
#include "providers/tsts/fill.h"
#include "providers/tsts/wire.h"

enum reader { READ_HANDLE, READ_LISTED, READ_SESSION, READ_CLIENT, READ_ANSWER, READ_TIME, READ_NAME, READERS };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_text(const char *text)
{
	if (text == NULL || !utf8_valid(text, strlen(text)))
		abort();
}

static void read_handle(struct wire_bytes reply)
{
	struct wire_handle handle = {{0}};
	uint32_t hresult;

	wire_read_handle(reply, &handle, &hresult);
}

static void read_listed(struct wire_bytes reply, struct arena *arena)
{
	struct wire_listed *listed;
	struct session session;
	uint32_t hresult;
	size_t count;

	if (wire_read_listed(reply, arena, &listed, &count, &hresult) != 0)
		return;
	if (count > WIRE_SESSIONS)
		abort();
	for (size_t i = 0; i < count; i++) {
		must_be_text(listed[i].station);
		session_init(&session);
		fill_listed(&session, &listed[i], arena);
	}
}

static void read_session(struct wire_bytes reply, struct arena *arena)
{
	const struct account account = {"alice", "CORP"};
	struct wire_session told;
	struct session session;
	uint32_t hresult;

	if (wire_read_session(reply, arena, &told, &hresult) != 0 || hresult_failed(hresult))
		return;
	session_init(&session);
	fill_session(&session, told.flags, &told, true, &account, arena);
	must_be_text(session.user);
	must_be_text(session.domain);
	must_be_text(session.station);
	must_be_text(session.birth);
	must_be_text(session.state_text);
}

static void read_client(struct wire_bytes reply, struct arena *arena)
{
	struct wire_client client;
	uint32_t hresult;

	if (wire_read_client(reply, arena, &client, &hresult) != 0)
		return;
	must_be_text(client.name);
	must_be_text(client.address);
}

static void read_name(struct wire_bytes reply, struct arena *arena)
{
	struct wire_session told = {.station = "", .domain = "DDDDDDDDDDDDDDDDD", .user = "uuuuuuuuuuuuuuuuuuuu"};
	const char *user, *domain;
	uint32_t hresult;

	if (wire_read_name(reply, arena, &user, &domain, &hresult) != 0 || hresult_failed(hresult))
		return;
	must_be_text(user);
	must_be_text(domain);
	told_take_name(&told, user, domain);
	if (strncmp(told.user, "uuuuuuuuuuuuuuuuuuuu", 20) != 0 || strncmp(told.domain, "DDDDDDDDDDDDDDDDD", 17) != 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	struct wire_bytes reply;
	uint32_t number, hresult;
	int64_t now;

	if (size == 0)
		return 0;
	/* Samba gives NULL for an answer without bytes. */
	reply = (struct wire_bytes){size > 1 ? data + 1 : NULL, size - 1};
	switch ((enum reader)(data[0] % READERS)) {
	case READ_HANDLE:
		read_handle(reply);
		break;
	case READ_LISTED:
		read_listed(reply, &arena);
		break;
	case READ_SESSION:
		read_session(reply, &arena);
		break;
	case READ_CLIENT:
		read_client(reply, &arena);
		break;
	case READ_ANSWER:
		wire_read_answer(reply, &number, &hresult);
		break;
	case READ_TIME:
		wire_read_time(reply, &now, &hresult);
		break;
	case READ_NAME:
		read_name(reply, &arena);
		break;
	case READERS:
		break;
	}
	arena_free(&arena);
	return 0;
}
