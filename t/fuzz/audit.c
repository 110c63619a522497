/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * libFuzzer's way into the two records that limits are counted by: the first
 * byte chooses the audit or the allowance, the rest is the file.  Whatever
 * stands in it, an intent behind it is counted, and nothing counts below zero.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/act/allowance.h"
#include "lib/act/audit_recent.h"
#include "lib/act/recent.h"
#include "lib/base/arena.h"
#include "lib/base/hash.h"
#include "lib/base/name_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char intent[] =
    "\n{\"time\":\"2099-01-01T00:00:00.000Z\",\"event\":\"intent\",\"run\":\"mine\",\"action\":\"log "
    "off\",\"target\":\"sim:mine\",\"session\":{\"host\":\"my own host\"}}\n";

static uint64_t counted(struct recent *recent, const char *bytes, size_t length)
{
	static const struct name_index none;

	recent_init(recent);
	audit_count(recent, bytes, length, 0);
	recent_judge(recent, &none, NULL);
	return recent_everywhere(recent).acts;
}

static void read_audit(const uint8_t *data, size_t size)
{
	char *bytes = must_alloc(size + sizeof intent);
	struct recent recent;
	uint64_t alone, followed;

	if (size > 0)
		memcpy(bytes, data, size);
	memcpy(bytes + size, intent, sizeof intent - 1);
	alone = counted(&recent, bytes, size);
	recent_free(&recent);
	followed = counted(&recent, bytes, size + sizeof intent - 1);
	if (followed < 1 || followed < alone || recent_on_host(&recent, "my own host").acts < 1)
		abort();
	recent_free(&recent);
	free(bytes);
}

/* With the checksum that belongs to it, as nothing else gets past. */
static void read_allowance(const uint8_t *data, size_t size)
{
	static const struct name_index none;
	char *bytes = must_alloc(size + 64);
	uint64_t sum = hash_bytes(HASH_START, data, size);
	struct recent recent;
	int end;

	if (size > 0)
		memcpy(bytes, data, size);
	recent_init(&recent);
	if (allowance_parse(bytes, size, 0, &recent) == 0)
		abort(); /* nobody guesses 64 bits */
	recent_free(&recent);
	end = snprintf(bytes + size, 64, "fnv1a %016llx\n", (unsigned long long)sum);
	if (allowance_parse(bytes, size + (size_t)end, 0, &recent) == 0)
		recent_judge(&recent, &none, NULL);
	recent_everywhere(&recent);
	recent_free(&recent);
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] % 2 == 0)
		read_audit(data + 1, size - 1);
	else
		read_allowance(data + 1, size - 1);
	return 0;
}
