/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/sim/value.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/text.h"
#include "lib/session/session.h"

enum { TEXT_LIMIT = 1024 };

int span_parse(const char *text, int64_t *milliseconds)
{
	bool negative = *text == '-';

	if (*text == '+' || *text == '-')
		text++;
	if (duration_parse(text, milliseconds) < 0)
		return -1;
	if (negative)
		*milliseconds = -*milliseconds;
	return 0;
}

int offset_parse(const char *text, struct offset *offset)
{
	offset->at = 0;
	if (strcmp(text, "unknown") == 0)
		offset->is = MOMENT_UNKNOWN;
	else if (strcmp(text, "never") == 0)
		offset->is = MOMENT_NEVER;
	else
		offset->is = MOMENT_KNOWN;
	return offset->is == MOMENT_KNOWN ? span_parse(text, &offset->at) : 0;
}

int fault_parse(const char *text, enum fault *fault)
{
	static const char *const names[] = {
	    [FAULT_NONE] = "none",         [FAULT_HANG] = "hang",
	    [FAULT_CRASH] = "crash",       [FAULT_DENIED] = "denied",
	    [FAULT_LOGIN] = "login",       [FAULT_REFUSED] = "refused",
	    [FAULT_AWAY] = "away",         [FAULT_NO_SUCH_HOST] = "no-such-host",
	    [FAULT_CUT] = "cut",           [FAULT_FLICKER] = "flicker",
	    [FAULT_GARBAGE] = "garbage",   [FAULT_TRUNCATED] = "truncated",
	    [FAULT_WRONG_ID] = "wrong-id", [FAULT_TOO_LONG] = "too-long",
	    [FAULT_CLOSED] = "closed",     [FAULT_STUCK] = "stuck",
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(text, names[i]) == 0) {
			*fault = (enum fault)i;
			return 0;
		}
	return -1;
}

int flag_parse(const char *text, enum flag *flag)
{
	if (strcmp(text, "yes") == 0)
		*flag = FLAG_YES;
	else if (strcmp(text, "no") == 0)
		*flag = FLAG_NO;
	else if (strcmp(text, "unknown") == 0)
		*flag = FLAG_UNKNOWN;
	else
		return -1;
	return 0;
}

/* The text behind "word " at the start of text, or NULL if it starts with another word. */
static const char *after_word(const char *text, const char *word)
{
	size_t length = strlen(word);

	if (strncmp(text, word, length) != 0 || (text[length] != '\0' && text[length] != ' '))
		return NULL;
	text += length;
	return text + strspn(text, " ");
}

int obedience_parse(const char *text, enum obedience *obedience, int64_t *span)
{
	static const struct {
		const char *name;
		enum obedience obedience;
		bool spanned;
	} names[] = {
	    {"obey", OBEY, false},          {"late", OBEY_LATE, true},      {"slow", OBEY_SLOWLY, true},
	    {"ignore", OBEY_IGNORE, false}, {"refuse", OBEY_REFUSE, false}, {"unable", OBEY_UNABLE, false},
	    {"hang", OBEY_HANG, false},     {"crash", OBEY_CRASH, false},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *rest = after_word(text, names[i].name);

		if (rest == NULL)
			continue;
		*obedience = names[i].obedience;
		return names[i].spanned ? duration_parse(rest, span) : *rest == '\0' ? 0 : -1;
	}
	return -1;
}

int text_parse(const char *text, struct arena *arena, const char **clean)
{
	size_t length = strlen(text);

	if (length >= 2 && text[0] == '"') {
		json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
		int bad = json_is_string(json) ? 0 : -1;

		if (bad == 0)
			*clean = text_clean(arena, json_string_value(json), json_string_length(json), TEXT_LIMIT);
		json_decref(json);
		return bad;
	}
	*clean = text_clean(arena, text, length, TEXT_LIMIT);
	return 0;
}

/* The arguments of an event. */
static int argument_parse(const char *rest, struct event *event, struct arena *arena)
{
	switch (event->kind) {
	case EVENT_IDLE:
		return *rest == '\0' ? 0 : duration_parse(rest, &event->span);
	case EVENT_SKEW:
		return span_parse(rest, &event->span);
	case EVENT_DELAY:
		return duration_parse(rest, &event->span);
	case EVENT_FAULT:
		return fault_parse(rest, &event->fault);
	case EVENT_USER:
		return *rest == '\0' ? -1 : text_parse(rest, arena, &event->user);
	case EVENT_MESSAGE:
		return 0;
	default:
		return *rest == '\0' ? 0 : -1;
	}
}

int event_parse(const char *text, struct event *event, struct arena *arena)
{
	static const struct {
		const char *name;
		enum event_kind kind;
		const char *implied; /* the argument that this word stands for */
	} names[] = {
	    {"input", EVENT_INPUT, NULL},         {"busy", EVENT_BUSY, NULL},
	    {"idle", EVENT_IDLE, NULL},           {"disconnect", EVENT_DISCONNECT, NULL},
	    {"reconnect", EVENT_RECONNECT, NULL}, {"logoff", EVENT_LOGOFF, NULL},
	    {"logon", EVENT_LOGON, NULL},         {"user", EVENT_USER, NULL},
	    {"lock", EVENT_LOCK, NULL},           {"unlock", EVENT_UNLOCK, NULL},
	    {"message", EVENT_MESSAGE, NULL},     {"fault", EVENT_FAULT, NULL},
	    {"skew", EVENT_SKEW, NULL},           {"delay", EVENT_DELAY, NULL},
	    {"away", EVENT_FAULT, "away"},        {"back", EVENT_FAULT, "none"},
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *rest = after_word(text, names[i].name);

		if (rest == NULL)
			continue;
		event->kind = names[i].kind;
		event->source = arena_strdup(arena, text);
		if (names[i].implied != NULL)
			return *rest == '\0' ? argument_parse(names[i].implied, event, arena) : -1;
		return argument_parse(rest, event, arena);
	}
	return -1;
}

int trigger_parse(const char *text, enum trigger *trigger, int64_t *at)
{
	*at = 0;
	if (strcmp(text, "pin") == 0)
		*trigger = TRIGGER_PIN;
	else if (strcmp(text, "act") == 0)
		*trigger = TRIGGER_ACT;
	else {
		*trigger = TRIGGER_TIME;
		return span_parse(text, at);
	}
	return 0;
}

void event_add(struct event_list *list, const struct event *event, struct arena *arena)
{
	size_t place = list->count;

	list->items = arena_grow(arena, list->items, list->count, &list->allocated, sizeof *list->items);
	for (; place > 0 && list->items[place - 1].at > event->at; place--)
		list->items[place] = list->items[place - 1];
	list->items[place] = *event;
	list->count++;
}
