/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer's way into what reads WS-Management: the first byte chooses, the
 * rest is an answer of the host (a fault, or pages of shells), a text to be
 * escaped and read again, a duration, or an encrypted message.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/base/utf8.h"
#include "lib/session/session.h"
#include "providers/winrm/shell.h"
#include "providers/wsman/access.h"
#include "providers/wsman/envelope.h"
#include "providers/wsman/fault.h"
#include "providers/wsman/sealed.h"
#include "providers/wsman/soap.h"
#include "providers/wsman/xml.h"

enum reader { READ_ANSWER, READ_ESCAPED, READ_TEXT, READ_SEALED, READERS };

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

static void read_items(const struct xml_element *items, struct arena *arena)
{
	const struct wsman_access access = {.user = "alice", .domain = "CORP"};

	for (const struct xml_element *item = items == NULL ? NULL : items->first; item != NULL; item = item->next) {
		struct session session;

		if (!xml_is(item, NS_SHELL, "Shell") || shell_id(item) == NULL)
			continue;
		session_init(&session);
		shell_fill(&session, item, 1795230245678, &access, arena);
		must_be_text(session.user);
		must_be_text(session.domain);
		must_be_text(session.station);
		must_be_text(session.application);
		must_be_text(session.client_address);
		must(session.last_input.is != MOMENT_KNOWN || session.last_input.at <= 1795230245678);
		must(session.birth[0] == '\0' || strlen(session.birth) == 36);
	}
}

static void read_answer(const char *bytes, size_t length, struct arena *arena)
{
	struct error error = {0};
	struct wsman_fault fault;
	struct answer answer;
	const struct xml_element *page;

	if (answer_read(&answer, bytes, length, NULL, STEP_LIST, "host", arena, &error) < 0) {
		must(error.code == ERROR_PROTOCOL && answer.body == NULL);
		must_be_text(error.text);
		return;
	}
	if (fault_read(&fault, &answer, arena)) {
		fault_error(&error, &fault, STEP_LIST, "host");
		must(error.code != ERROR_NONE && error.code != ERROR_GONE);
		must_be_text(error.text);
	}
	identity_read(&answer, arena);
	page = answer.body->first;
	read_items(xml_child(page, NS_WSMAN, "Items"), arena);
	read_items(xml_child(page, NS_ENUMERATION, "Items"), arena);
}

/* What is escaped is read as what it was, if it can be said at all. */
static void read_escaped(const char *text, struct arena *arena)
{
	struct buffer xml = {0};
	const struct xml_element *root;
	const char *why;

	buffer_puts(&xml, "<a b=\"");
	xml_escape(&xml, text);
	buffer_puts(&xml, "\">");
	xml_escape(&xml, text);
	buffer_puts(&xml, "</a>");
	root = xml_parse(xml.text, xml.length, arena, &why);
	must(root != NULL);
	if (xml_sayable(text)) {
		must(strcmp(root->text, text) == 0);
		must(strcmp(xml_attribute(root, "", "b"), text) == 0);
	}
	buffer_free(&xml);
}

static void read_text(const char *text, struct arena *arena)
{
	const char *host, *domain, *user;
	int64_t length;
	unsigned port;

	if (shell_duration(text, &length) == 0)
		must(length >= 0);
	if (wsman_authority(text, arena, &host, &port) == 0)
		must(host[0] != '\0' && port <= 65535);
	wsman_account(text, arena, &domain, &user);
}

/* What is taken is written again, and read as the same. */
static void read_sealed(const char *bytes, size_t length)
{
	struct sealed sealed, again;
	struct buffer out = {0};
	const char *why;

	if (sealed_read(&sealed, bytes, length, &why) < 0) {
		must_be_text(why);
		return;
	}
	must(sealed.signature >= bytes && sealed.data + sealed.data_length <= bytes + length);
	sealed_write(&out, &sealed);
	must(sealed_read(&again, out.text, out.length, &why) == 0);
	must(again.plain_length == sealed.plain_length && again.signature_length == sealed.signature_length &&
	     memcmp(again.signature, sealed.signature, sealed.signature_length) == 0);
	must(again.data_length == sealed.data_length && memcmp(again.data, sealed.data, sealed.data_length) == 0);
	buffer_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = {0};
	const char *bytes;

	if (size == 0)
		return 0;
	bytes = arena_strndup(&arena, (const char *)data + 1, size - 1);
	switch ((enum reader)(data[0] % READERS)) {
	case READ_ANSWER:
		read_answer((const char *)data + 1, size - 1, &arena);
		break;
	case READ_ESCAPED:
		read_escaped(bytes, &arena);
		break;
	case READ_TEXT:
		read_text(bytes, &arena);
		break;
	case READ_SEALED:
		read_sealed((const char *)data + 1, size - 1);
		break;
	case READERS:
		break;
	}
	arena_free(&arena);
	return 0;
}
