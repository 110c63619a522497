/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "agent/order_key.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/hash.h"
#include "lib/session/session.h"

enum {
	HASH_DIGITS = 16,
	INPUT_JITTER = 1000, /* ms: some systems say how long ago it was, so that two readings of one input differ */
};

static uint64_t hash_moment(uint64_t hash, struct moment moment)
{
	int64_t at = moment.is == MOMENT_KNOWN ? moment.at : 0;

	hash = hash_bytes(hash, &moment.is, sizeof moment.is);
	return hash_bytes(hash, &at, sizeof at);
}

void order_key_write(char key[ORDER_KEY_SIZE], const struct session *session)
{
	const char *const texts[] = {session->provider, session->host,   session->id,
	                             session->user,     session->domain, session->birth};
	uint64_t hash = HASH_START;
	int length;

	key[0] = '\0';
	if (session->birth[0] == '\0')
		return;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		hash = hash_text(hash, texts[i]);
	hash = hash_bytes(hash, &session->state, sizeof session->state);
	hash = hash_moment(hash, session->connect_time);
	length = snprintf(key, ORDER_KEY_SIZE, "%016" PRIx64 "-", hash);
	if (session->last_input.is == MOMENT_KNOWN)
		snprintf(key + length, ORDER_KEY_SIZE - (size_t)length, "%" PRIx64, (uint64_t)session->last_input.at);
	else
		snprintf(key + length, ORDER_KEY_SIZE - (size_t)length, "%s",
		         session->last_input.is == MOMENT_NEVER ? "never" : "unknown");
}

/* 16 digits, a dash, 1 to 16 digits. */
static bool input_parse(const char *key, int64_t *at)
{
	uint64_t number;
	int length = 0;

	if (strspn(key + HASH_DIGITS + 1, "0123456789abcdef") != strlen(key + HASH_DIGITS + 1) ||
	    sscanf(key + HASH_DIGITS + 1, "%16" SCNx64 "%n", &number, &length) != 1 ||
	    key[HASH_DIGITS + 1 + length] != '\0' || number > INT64_MAX - INPUT_JITTER)
		return false;
	*at = (int64_t)number;
	return true;
}

bool order_key_holds(const char *then, const char *now)
{
	int64_t before, since;

	if (strlen(then) <= HASH_DIGITS + 1 || strlen(now) <= HASH_DIGITS + 1 ||
	    strncmp(then, now, HASH_DIGITS + 1) != 0)
		return false;
	if (strcmp(then, now) == 0)
		return true;
	return input_parse(then, &before) && input_parse(now, &since) && since <= before + INPUT_JITTER;
}
