/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer's way into what reads a connection broker: the first byte chooses,
 * the rest is what it lists, or what somebody wrote as a target.
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
#include "lib/target/provider.h"
#include "lib/target/target.h"
#include "providers/rds/decode.h"
#include "providers/rds/instance.h"
#include "providers/rds/place.h"
#include "providers/rds/roster.h"
#include "providers/wsman/access.h"
#include "providers/wsman/xml.h"

enum reader { READ_ITEMS, READ_PLACE, READERS };

#define NOW INT64_C(1795230245678)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool good)
{
	if (!good)
		abort();
}

static void must_be_text(const char *text)
{
	must(text != NULL && utf8_valid(text, strlen(text)));
}

static void check_session(const struct session *session)
{
	uint32_t number = 0;
	struct arena arena = {0};

	must_be_text(session->user);
	must_be_text(session->domain);
	must_be_text(session->collection);
	must_be_text(session->application);
	must_be_text(session->state_text);
	must(session->birth[0] == '\0');
	must(host_name(session->host, &arena) != NULL);
	must(roster_id_read(session->id, session->host, &number) == 0 && number == session->number);
	arena_free(&arena);
}

/* Each item is offered to every reader. */
static void read_items(const char *bytes, size_t length, struct arena *arena)
{
	const struct wsman_access access = {.host = "broker", .shown = "broker", .user = "alice", .domain = "CORP"};
	const struct place place = {.brokers = {"broker"}, .broker_count = 1, .collection = ""};
	struct roster roster = {.collections_told = true, .servers_told = length % 2 == 0, .taken_at = NOW};
	const char *why = NULL;
	const struct xml_element *root = xml_parse(bytes, length, arena, &why);
	struct snapshot snapshot;
	struct error error = {0};
	bool *virtual = NULL;
	int64_t span = 0;

	for (const struct xml_element *item = root != NULL ? root->first : NULL; item != NULL; item = item->next) {
		roster_add_session(&roster, item);
		roster_add_collection(&roster, item);
		roster_add_server(&roster, item);
		roster_set_clock(&roster, item, NOW);
		must(instance_span(item, "IdleTime", &span) < 0 || span >= 0);
	}
	snapshot_init(&snapshot);
	must(roster_fill(&roster, &place, &access, &snapshot, &virtual, &error) == 0);
	must(snapshot.count + roster.left_out <= roster.session_count + roster.left_out);
	for (size_t i = 0; i < snapshot.count; i++)
		check_session(&snapshot.sessions[i]);
	snapshot_free(&snapshot);
	arena_free(&roster.arena);
}

/* "ADDRESS|UPN-SUFFIX" */
static void read_place(char *text, struct arena *arena)
{
	char *bar = strchr(text, '|');
	struct target_option option = {"upn-suffix", bar != NULL ? bar + 1 : ""};
	struct target target = {.url = text, .address = text, .options = &option, .option_count = bar != NULL};
	struct error error = {0};
	struct place place;

	if (bar != NULL)
		*bar = '\0';
	if (place_read(&place, &target, arena, &error) < 0) {
		must(error.code == ERROR_USAGE || error.code == ERROR_CONFIG);
		return;
	}
	must(text_plain(place.collection) || strcmp(place.collection, "") == 0);
	place_upn(&place, "CORP", "alice", arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};

	if (size == 0)
		return 0;
	if (data[0] % READERS == READ_ITEMS)
		read_items((const char *)data + 1, size - 1, &arena);
	else
		read_place(arena_strndup(&arena, (const char *)data + 1, size - 1), &arena);
	arena_free(&arena);
	return 0;
}
