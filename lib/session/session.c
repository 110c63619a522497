/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/session/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"

struct word {
	int value;
	const char *name;
};

static const struct word state_words[] = {
    {STATE_ACTIVE, "active"},
    {STATE_CONNECTED, "connected"},
    {STATE_CONNECT_QUERY, "connect-query"},
    {STATE_SHADOW, "shadow"},
    {STATE_DISCONNECTED, "disconnected"},
    {STATE_WAITING, "waiting"},
    {STATE_LISTEN, "listen"},
    {STATE_RESET, "reset"},
    {STATE_DOWN, "down"},
    {STATE_INIT, "init"},
    {STATE_OTHER, "other"},
    {0, NULL},
};

static const struct word class_words[] = {
    {CLASS_NONE, "none"},
    {CLASS_USER, "user"},
    {CLASS_CONSOLE, "console"},
    {CLASS_SERVICES, "services"},
    {CLASS_LISTENER, "listener"},
    {CLASS_GHOST, "ghost"},
    {0, NULL},
};

static const struct word kind_words[] = {
    {KIND_UNKNOWN, "unknown"},
    {KIND_DESKTOP, "desktop"},
    {KIND_REMOTE_APP, "remote-app"},
    {KIND_SHELL, "shell"},
    {0, NULL},
};

static const char *word_of(const struct word *words, int value)
{
	for (; words->name != NULL; words++)
		if (words->value == value)
			return words->name;
	return "?";
}

static int word_parse(const struct word *words, const char *name, int *value)
{
	for (; words->name != NULL; words++)
		if (strcmp(words->name, name) == 0) {
			*value = words->value;
			return 0;
		}
	return -1;
}

const char *session_state_name(enum session_state state)
{
	return word_of(state_words, (int)state);
}

const char *session_class_name(enum session_class class)
{
	return word_of(class_words, (int)class);
}

const char *session_kind_name(enum session_kind kind)
{
	return word_of(kind_words, (int)kind);
}

int session_state_parse(const char *name, enum session_state *state)
{
	int value;

	if (word_parse(state_words, name, &value) < 0)
		return -1;
	*state = (enum session_state)value;
	return 0;
}

int session_class_parse(const char *name, enum session_class *class)
{
	int value;

	if (word_parse(class_words, name, &value) < 0)
		return -1;
	*class = (enum session_class)value;
	return 0;
}

int session_kind_parse(const char *name, enum session_kind *kind)
{
	int value;

	if (word_parse(kind_words, name, &value) < 0)
		return -1;
	*kind = (enum session_kind)value;
	return 0;
}

/* The texts of a session, so that no function has to name all of them again. */
static const size_t text_offsets[] = {
    offsetof(struct session, provider),    offsetof(struct session, host),
    offsetof(struct session, id),          offsetof(struct session, user),
    offsetof(struct session, birth),       offsetof(struct session, domain),
    offsetof(struct session, upn),         offsetof(struct session, station),
    offsetof(struct session, client_name), offsetof(struct session, client_address),
    offsetof(struct session, collection),  offsetof(struct session, application),
    offsetof(struct session, state_text),
};

enum { TEXT_COUNT = sizeof text_offsets / sizeof *text_offsets };

static const char **text_at(struct session *session, size_t which)
{
	void *at = (char *)session + text_offsets[which]; /* aligned, as a member is */

	return at;
}

void snapshot_init(struct snapshot *snapshot)
{
	memset(snapshot, 0, sizeof *snapshot);
	snapshot->provider = "";
	snapshot->host = "";
	snapshot->complete = true;
}

void snapshot_free(struct snapshot *snapshot)
{
	arena_free(&snapshot->arena);
	snapshot_init(snapshot);
}

struct session *snapshot_add(struct snapshot *snapshot)
{
	struct session *session;

	snapshot->sessions = arena_grow(&snapshot->arena, snapshot->sessions, snapshot->count, &snapshot->allocated,
	                                sizeof *snapshot->sessions);
	session = &snapshot->sessions[snapshot->count++];
	session_init(session);
	session->provider = snapshot->provider;
	session->host = snapshot->host;
	return session;
}

void snapshot_notice(struct snapshot *snapshot, const char *format, ...)
{
	char text[1024], whole[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	text_copy(whole, sizeof whole, text); /* cut at a character */
	string_list_add(&snapshot->notices, &snapshot->arena,
	                text_clean(&snapshot->arena, whole, strlen(whole), sizeof whole));
}

bool session_fact_name(const char *name)
{
	size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");

	return length > 0 && length <= FACT_LIMIT && name[length] == '\0';
}

void session_init(struct session *session)
{
	memset(session, 0, sizeof *session);
	session->state = STATE_OTHER;
	for (size_t i = 0; i < TEXT_COUNT; i++)
		*text_at(session, i) = "";
}

void session_count_reconnect(struct session *session)
{
	if (session->last_input.is == MOMENT_KNOWN && session->connect_time.is == MOMENT_KNOWN &&
	    session->connect_time.at > session->last_input.at)
		session->last_input = session->connect_time;
}

void session_copy(struct session *to, const struct session *from, struct arena *arena)
{
	*to = *from;
	for (size_t i = 0; i < TEXT_COUNT; i++)
		*text_at(to, i) = arena_strdup(arena, *text_at(to, i));
	to->names = (struct string_list){0};
	for (size_t i = 0; i < from->names.count; i++)
		string_list_add(&to->names, arena, arena_strdup(arena, from->names.items[i]));
	to->facts = (struct string_list){0};
	for (size_t i = 0; i < from->facts.count; i++)
		string_list_add(&to->facts, arena, arena_strdup(arena, from->facts.items[i]));
}

bool session_same_identity(const struct session *a, const struct session *b)
{
	return a->birth[0] != '\0' && strcmp(a->birth, b->birth) == 0 && strcmp(a->provider, b->provider) == 0 &&
	       strcmp(a->host, b->host) == 0 && strcmp(a->id, b->id) == 0 && strcmp(a->user, b->user) == 0;
}

void session_show_user(struct buffer *out, const struct session *session)
{
	if (session->domain[0] != '\0') {
		text_escape(out, session->domain);
		buffer_puts(out, "\\");
	}
	text_escape(out, session->user);
}

struct moment moment_at(int64_t when)
{
	return (struct moment){MOMENT_KNOWN, when};
}

bool moment_equal(struct moment a, struct moment b)
{
	return a.is == b.is && (a.is != MOMENT_KNOWN || a.at == b.at);
}
