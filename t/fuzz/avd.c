/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer's way into the readers of Azure's answers: the first byte chooses
 * the reader, the rest is the answer.  Sessions' texts must be UTF-8, and their
 * ids lead back to the names that they came from.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/base/utf8.h"
#include "lib/session/session.h"
#include "providers/avd/decode.h"
#include "providers/avd/place.h"

enum reader {
	READ_SESSIONS,
	READ_SESSION,
	READ_POOLS,
	READ_ERROR,
	READ_REFUSAL,
	READ_TOKEN,
	READ_CLAIMS,
	READ_TIME,
	READERS
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct place place = {.subscription = "s", .group = "rg-1"};

static void must_hold(bool good)
{
	if (!good)
		abort();
}

static void must_be_text(const char *text)
{
	must_hold(text != NULL && utf8_valid(text, strlen(text)));
}

static void look_at(const struct session *session, struct arena *arena)
{
	struct session_name name;

	must_be_text(session->id);
	must_be_text(session->host);
	must_be_text(session->user);
	must_be_text(session->upn);
	must_be_text(session->domain);
	must_be_text(session->birth);
	must_be_text(session->state_text);
	must_hold(name_from_id(&name, session->id, &place, arena) == 0);
	must_hold(strcmp(name.host, session->host) == 0 && strcmp(name.pool, session->collection) == 0);
}

static void read_sessions(const char *text, size_t length, struct arena *arena)
{
	size_t doubtful = 0;
	const struct page page = {.place = &place, .account = "user1@corp.example", .doubtful = &doubtful};
	struct error error = {0};
	struct snapshot snapshot;
	const char *next;

	snapshot_init(&snapshot);
	if (decode_sessions(&page, text, length, &snapshot, &next, arena, &error) == 0) {
		for (size_t i = 0; i < snapshot.count; i++)
			look_at(&snapshot.sessions[i], arena);
		if (next != NULL)
			must_be_text(next);
	} else {
		must_hold(error.code != ERROR_NONE);
		must_be_text(error.text);
	}
	snapshot_free(&snapshot);
}

static void read_session(const char *text, size_t length, struct arena *arena)
{
	const struct page page = {.place = &place, .account = ""};
	const struct session_name wanted = {"HostPool1", "VM-1.corp.example", "2"};
	struct error error = {0};
	struct session session;

	if (decode_session(&page, &wanted, text, length, &session, arena, &error) == 0)
		look_at(&session, arena);
}

static void read_pools(const char *text, size_t length, struct arena *arena)
{
	struct string_list pools = {0};
	struct error error = {0};
	const char *next;

	if (decode_pools(text, length, &pools, &next, arena, &error) != 0)
		return;
	for (size_t i = 0; i < pools.count; i++)
		must_hold(segment_valid(pools.items[i]));
}

static void read_error(const char *text, size_t length, bool refusal)
{
	struct azure_error said = {.code = ""};

	if (refusal)
		decode_refusal(text, length, &said);
	else
		decode_error(text, length, &said);
	must_be_text(said.code);
	must_be_text(said.message);
	must_hold(strpbrk(said.message, "\r\n\t") == NULL);
}

static void read_token(const char *text, size_t length)
{
	struct token_answer answer;

	if (decode_token(text, length, &answer) != 0)
		return;
	must_hold(token_plain(answer.token) && answer.lasts > 0);
	free(answer.token);
}

static void read_claims(const char *text)
{
	char upn[64];
	int64_t until;

	token_read(text, upn, sizeof upn, &until);
	must_be_text(upn);
}

static void read_time(const char *text)
{
	char birth[BIRTH_SIZE];
	int64_t when;

	if (azure_time(text, &when, birth) == 0 && birth[0] != '\0') {
		int64_t again;
		char same[BIRTH_SIZE];

		must_hold(azure_time(birth, &again, same) == 0 && again == when && strcmp(birth, same) == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	size_t length;
	char *text;

	if (size == 0)
		return 0;
	length = size - 1;
	text = arena_strndup(&arena, (const char *)data + 1, length);
	switch ((enum reader)(data[0] % READERS)) {
	case READ_SESSIONS:
		read_sessions((const char *)data + 1, length, &arena);
		break;
	case READ_SESSION:
		read_session((const char *)data + 1, length, &arena);
		break;
	case READ_POOLS:
		read_pools((const char *)data + 1, length, &arena);
		break;
	case READ_ERROR:
		read_error((const char *)data + 1, length, false);
		break;
	case READ_REFUSAL:
		read_error((const char *)data + 1, length, true);
		break;
	case READ_TOKEN:
		read_token((const char *)data + 1, length);
		break;
	case READ_CLAIMS:
		read_claims(text);
		break;
	case READ_TIME:
		read_time(text);
		break;
	case READERS:
		break;
	}
	arena_free(&arena);
	return 0;
}
