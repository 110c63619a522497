/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tokens and token errors (RFC 6749 5, RFC 7519 4). */
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "providers/avd/decode.h"

enum { TOKEN_MOST = 64 * 1024, LONGEST = 7 * 24 * 3600 };

/* In s; beyond it a time is a mistake. */
static const json_int_t LATEST = INT64_C(99999999999);

/* A line of text that may be shown: the first one, without control characters. */
static void take_text(char *to, size_t size, const json_t *value)
{
	struct arena arena = {0};
	char *text;

	to[0] = '\0';
	if (!json_is_string(value))
		return;
	text = text_clean(&arena, json_string_value(value), json_string_length(value), 4 * size);
	text[strcspn(text, "\r\n")] = '\0';
	for (char *c = text; *c != '\0'; c++)
		if ((unsigned char)*c < ' ')
			*c = ' ';
	text_copy(to, size, text);
	arena_free(&arena);
}

int decode_error(const char *bytes, size_t length, struct azure_error *said)
{
	json_t *json = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
	const json_t *error = json_object_get(json, "error");
	bool good = json_is_object(error);

	take_text(said->code, sizeof said->code, json_object_get(error, "code"));
	take_text(said->message, sizeof said->message, json_object_get(error, "message"));
	json_decref(json);
	return good ? 0 : -1;
}

int decode_refusal(const char *bytes, size_t length, struct azure_error *said)
{
	json_t *json = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
	const json_t *error = json_object_get(json, "error");
	bool good = json_is_string(error);

	take_text(said->code, sizeof said->code, error);
	take_text(said->message, sizeof said->message, json_object_get(json, "error_description"));
	json_decref(json);
	return good ? 0 : -1;
}

bool token_plain(const char *token)
{
	size_t length = strlen(token);

	for (const char *c = token; *c != '\0'; c++)
		if (*c <= ' ' || *c > '~')
			return false;
	return length > 0 && length <= TOKEN_MOST;
}

/* Seconds: 3599 of an authority, "3599" of the managed identity's service. */
static int read_seconds(const json_t *value, int64_t *seconds)
{
	unsigned long long number;

	if (json_is_integer(value))
		*seconds = json_integer_value(value);
	else if (json_is_string(value) && number_parse(json_string_value(value), LONGEST, &number) == 0)
		*seconds = (int64_t)number;
	else
		return -1;
	return *seconds > 0 && *seconds <= LONGEST ? 0 : -1;
}

/* jansson frees its texts as they are; this one is a secret. */
static void json_wipe(json_t *text)
{
	if (json_is_string(text))
		explicit_bzero((char *)json_string_value(text), json_string_length(text));
}

int decode_token(const char *bytes, size_t length, struct token_answer *answer)
{
	json_t *json = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
	const char *token = json_string_value(json_object_get(json, "access_token")),
	           *type = json_string_value(json_object_get(json, "token_type"));
	int64_t seconds;
	int result = -1;

	*answer = (struct token_answer){0};
	if (token != NULL && token_plain(token) && (type == NULL || text_same(type, "Bearer")) &&
	    read_seconds(json_object_get(json, "expires_in"), &seconds) == 0) {
		answer->token = must_strdup(token);
		answer->lasts = seconds * 1000;
		result = 0;
	}
	json_wipe(json_object_get(json, "access_token"));
	json_decref(json);
	return result;
}

/* base64url without padding (RFC 4648 5); the length, or 0 if it is not that or too long. */
static size_t base64url_decode(const char *text, size_t length, char *to, size_t size)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t written = 0;
	unsigned bits = 0, held = 0;

	for (size_t i = 0; i < length; i++) {
		const char *digit = text[i] != '\0' ? strchr(alphabet, text[i]) : NULL;

		if (digit == NULL || written == size)
			return 0;
		held = (held << 6 | (unsigned)(digit - alphabet)) & 0xffff;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			to[written++] = (char)(held >> bits & 0xff);
		}
	}
	return written;
}

void token_read(const char *token, char *upn, size_t size, int64_t *until)
{
	static const char *const claims[] = {"upn", "unique_name", "preferred_username"};
	const char *begin = strchr(token, '.'), *end = begin != NULL ? strchr(begin + 1, '.') : NULL;
	char decoded[16384];
	size_t length =
	    end != NULL ? base64url_decode(begin + 1, (size_t)(end - begin - 1), decoded, sizeof decoded) : 0;
	json_t *json = length > 0 ? json_loadb(decoded, length, 0, NULL) : NULL;
	json_int_t expires;

	expires = json_integer_value(json_object_get(json, "exp"));
	*until = expires > 0 && expires <= LATEST ? (int64_t)expires * 1000 : 0;
	upn[0] = '\0';
	for (size_t i = 0; i < sizeof claims / sizeof *claims && upn[0] == '\0'; i++)
		take_text(upn, size, json_object_get(json, claims[i]));
	json_decref(json);
}
