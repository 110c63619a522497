/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wtsapi/message.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void message_add(struct message *message, const char *bytes, size_t length)
{
	size_t wanted = message->length + length, room = message->allocated > 0 ? message->allocated : 4096;
	char *grown;

	if (message->failed || wanted > MESSAGE_LIMIT) {
		message->failed = true;
		return;
	}
	while (room < wanted)
		room *= 2;
	if (room != message->allocated) {
		if ((grown = realloc(message->bytes, room)) == NULL) {
			message->failed = true;
			return;
		}
		message->bytes = grown;
		message->allocated = room;
	}
	memcpy(message->bytes + message->length, bytes, length);
	message->length = wanted;
}

void message_put(struct message *message, const char *key, const char *value)
{
	if (value == NULL)
		return;
	message_add(message, key, strlen(key));
	message_add(message, "=", 1);
	message_add(message, value, strlen(value) + 1);
}

void message_put_number(struct message *message, const char *key, int64_t number)
{
	char text[24];

	snprintf(text, sizeof text, "%" PRId64, number);
	message_put(message, key, text);
}

void message_end(struct message *message)
{
	message_add(message, "", 1);
}

void message_free(struct message *message)
{
	free(message->bytes);
	memset(message, 0, sizeof *message);
}

bool message_whole(const struct message *message)
{
	if (message->failed || message->length == 0 || message->bytes[message->length - 1] != '\0')
		return false;
	return message->length == 1 || message->bytes[message->length - 2] == '\0';
}

bool message_known(const struct message *message)
{
	const char *first = message_next(message, NULL);
	int64_t protocol;

	return first != NULL && message_number(message_value(first, "protocol"), &protocol) == 0 &&
	       protocol == MESSAGE_PROTOCOL;
}

const char *message_next(const struct message *message, const char *text)
{
	text = text == NULL ? message->bytes : text + strlen(text) + 1;
	return *text != '\0' ? text : NULL;
}

const char *message_value(const char *text, const char *key)
{
	size_t length = strlen(key);

	return strncmp(text, key, length) == 0 && text[length] == '=' ? text + length + 1 : NULL;
}

const char *message_find(const struct message *message, const char *key)
{
	const char *value;

	for (const char *text = message_next(message, NULL); text != NULL; text = message_next(message, text))
		if ((value = message_value(text, key)) != NULL)
			return value;
	return NULL;
}

int message_number(const char *value, int64_t *number)
{
	intmax_t parsed;
	char *end;

	if (value == NULL || *value == '\0' || *value == ' ' || *value == '+')
		return -1;
	errno = 0;
	parsed = strtoimax(value, &end, 10);
	if (errno != 0 || *end != '\0')
		return -1;
	*number = parsed;
	return 0;
}
