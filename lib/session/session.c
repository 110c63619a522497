/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/session/session.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/text.h"

/* The words in the order of --help, and what each of them stands for. */
const char *const session_state_words[] = {"active",  "idle",   "disconnected", "connected", "connect-query", "shadow",
                                           "waiting", "listen", "reset",        "down",      "init",          "other",
                                           NULL};
enum { NO_STATE = -1 }; /* "idle" is a choice of --state: it is an active session without input */
static const int states[] = {STATE_ACTIVE,        NO_STATE,     STATE_DISCONNECTED, STATE_CONNECTED,
                             STATE_CONNECT_QUERY, STATE_SHADOW, STATE_WAITING,      STATE_LISTEN,
                             STATE_RESET,         STATE_DOWN,   STATE_INIT,         STATE_OTHER};
const char *const session_class_words[] = {"user", "console", "services", "listener", "ghost", "none", NULL};
static const int classes[] = {CLASS_USER, CLASS_CONSOLE, CLASS_SERVICES, CLASS_LISTENER, CLASS_GHOST, CLASS_NONE};
const char *const session_kind_words[] = {"desktop", "remote-app", "shell", "unknown", NULL};
static const int kinds[] = {KIND_DESKTOP, KIND_REMOTE_APP, KIND_SHELL, KIND_UNKNOWN};

_Static_assert(sizeof states / sizeof *states + 1 == sizeof session_state_words / sizeof *session_state_words &&
                   sizeof classes / sizeof *classes + 1 == sizeof session_class_words / sizeof *session_class_words &&
                   sizeof kinds / sizeof *kinds + 1 == sizeof session_kind_words / sizeof *session_kind_words,
               "a value for each word");

static const char *word_of(const char *const *words, const int *values, int value)
{
	for (; *words != NULL; words++)
		if (*values++ == value)
			return *words;
	return "?";
}

static int word_parse(const char *const *words, const int *values, const char *name, int *value)
{
	for (size_t i = 0; words[i] != NULL; i++)
		if (values[i] != NO_STATE && strcmp(words[i], name) == 0) {
			*value = values[i];
			return 0;
		}
	return -1;
}

const char *session_state_name(enum session_state state)
{
	return word_of(session_state_words, states, (int)state);
}

const char *session_class_name(enum session_class class)
{
	return word_of(session_class_words, classes, (int)class);
}

const char *session_kind_name(enum session_kind kind)
{
	return word_of(session_kind_words, kinds, (int)kind);
}

int session_state_parse(const char *name, enum session_state *state)
{
	int value;

	if (word_parse(session_state_words, states, name, &value) < 0)
		return -1;
	*state = (enum session_state)value;
	return 0;
}

int session_class_parse(const char *name, enum session_class *class)
{
	int value;

	if (word_parse(session_class_words, classes, name, &value) < 0)
		return -1;
	*class = (enum session_class)value;
	return 0;
}

int session_kind_parse(const char *name, enum session_kind *kind)
{
	int value;

	if (word_parse(session_kind_words, kinds, name, &value) < 0)
		return -1;
	*kind = (enum session_kind)value;
	return 0;
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

void session_count_reconnect(struct session *session)
{
	if (session->last_input.is == MOMENT_KNOWN && session->connect_time.is == MOMENT_KNOWN &&
	    session->connect_time.at > session->last_input.at)
		session->last_input = session->connect_time;
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

void session_show(struct buffer *out, const struct session *session)
{
	text_escape(out, session->host);
	buffer_puts(out, " id ");
	text_escape(out, session->id);
	buffer_puts(out, " ");
	session_show_user(out, session);
}

struct moment moment_at(int64_t when)
{
	return (struct moment){MOMENT_KNOWN, when};
}

bool moment_equal(struct moment a, struct moment b)
{
	return a.is == b.is && (a.is != MOMENT_KNOWN || a.at == b.at);
}
