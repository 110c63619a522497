/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "wtsapi/strings.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { REPLACEMENT = 0xfffd, FIRST_PAIR = 0x10000, HIGH = 0xd800, LOW = 0xdc00, AFTER = 0xe000 };

/* The length of the character that starts with this byte.  The broker's texts are valid UTF-8. */
static size_t character_size(unsigned char lead)
{
	return lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/* Reads one character, and never goes beyond the end of the text. */
static uint32_t character_take(const char **text)
{
	const unsigned char *at = (const unsigned char *)*text;
	size_t size = character_size(*at);
	uint32_t code = size == 1 ? *at : *at & (0x7fu >> size);

	for (size_t i = 1; i < size; i++) {
		if ((at[i] & 0xc0) != 0x80) {
			*text += i;
			return REPLACEMENT;
		}
		code = code << 6 | (at[i] & 0x3fu);
	}
	*text += size;
	return code;
}

void field_narrow(CHAR *field, size_t size, const char *text)
{
	size_t length = strlen(text);

	if (length >= size)
		for (length = size - 1; length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80;)
			length--;
	memcpy(field, text, length);
	field[length] = '\0';
}

void field_wide(WCHAR *field, size_t size, const char *text)
{
	size_t length = 0;

	while (*text != '\0') {
		uint32_t code = character_take(&text);

		if (length + (code >= FIRST_PAIR) + 1 >= size)
			break;
		if (code < FIRST_PAIR) {
			field[length++] = (WCHAR)code;
			continue;
		}
		field[length++] = (WCHAR)(HIGH + ((code - FIRST_PAIR) >> 10));
		field[length++] = (WCHAR)(LOW + ((code - FIRST_PAIR) & 0x3ff));
	}
	field[length] = 0;
}

/* A character never has more elements than bytes. */
size_t text_room(const char *text, bool wide)
{
	return (strlen(text) + 1) * (wide ? sizeof(WCHAR) : 1);
}

static size_t wide_length(const WCHAR *text)
{
	size_t length = 0;

	while (text[length] != 0)
		length++;
	return length;
}

void *text_write(char **at, const char *text, bool wide)
{
	char *start = *at;

	if (wide) {
		WCHAR *field = (WCHAR *)(void *)start; /* *at is even: only wide texts are there */

		field_wide(field, strlen(text) + 1, text);
		*at += (wide_length(field) + 1) * sizeof(WCHAR);
	} else {
		field_narrow(start, strlen(text) + 1, text);
		*at += strlen(text) + 1;
	}
	return start;
}

char *text_from_narrow(const CHAR *text, size_t length)
{
	return strndup(text, length);
}

static char *put_character(char *at, uint32_t code)
{
	if (code < 0x80) {
		*at++ = (char)code;
	} else if (code < 0x800) {
		*at++ = (char)(0xc0 | code >> 6);
		*at++ = (char)(0x80 | (code & 0x3f));
	} else if (code < FIRST_PAIR) {
		*at++ = (char)(0xe0 | code >> 12);
		*at++ = (char)(0x80 | (code >> 6 & 0x3f));
		*at++ = (char)(0x80 | (code & 0x3f));
	} else {
		*at++ = (char)(0xf0 | code >> 18);
		*at++ = (char)(0x80 | (code >> 12 & 0x3f));
		*at++ = (char)(0x80 | (code >> 6 & 0x3f));
		*at++ = (char)(0x80 | (code & 0x3f));
	}
	return at;
}

char *text_from_wide(const WCHAR *text, size_t length)
{
	size_t used = 0;
	char *out, *at;

	while (used < length && text[used] != 0)
		used++;
	if ((out = at = malloc(used * 3 + 1)) == NULL)
		return NULL;
	for (size_t i = 0; i < used; i++) {
		uint32_t code = text[i];

		if (code >= HIGH && code < LOW && i + 1 < used && text[i + 1] >= LOW && text[i + 1] < AFTER)
			code = FIRST_PAIR + ((code - HIGH) << 10) + (text[++i] - (uint32_t)LOW);
		else if (code >= HIGH && code < AFTER)
			code = REPLACEMENT;
		at = put_character(at, code);
	}
	*at = '\0';
	return out;
}
