/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/hash.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static uint64_t add(uint64_t hash, unsigned char byte)
{
	return (hash ^ byte) * UINT64_C(0x100000001b3);
}

uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < length; i++)
		hash = add(hash, at[i]);
	return hash;
}

uint64_t hash_text(uint64_t hash, const char *text)
{
	return hash_bytes(hash, text, strlen(text) + 1);
}

uint64_t hash_folded(const char *text)
{
	uint64_t hash = HASH_START;

	for (; *text != '\0'; text++)
		hash = add(hash, (unsigned char)(*text >= 'A' && *text <= 'Z' ? *text + 32 : *text));
	return hash;
}

uint32_t hash_short(uint64_t hash)
{
	return (uint32_t)(hash ^ hash >> 32);
}
