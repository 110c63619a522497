/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

const char *address_plain(const char *text, struct arena *arena)
{
	char plain[INET_ADDRSTRLEN];
	struct in6_addr address;

	if (inet_pton(AF_INET6, text, &address) == 1 && IN6_IS_ADDR_V4MAPPED(&address) &&
	    inet_ntop(AF_INET, address.s6_addr + 12, plain, sizeof plain) != NULL)
		return arena_strdup(arena, plain);
	return arena_strdup(arena, text);
}

bool address_same(const char *a, const char *b)
{
	struct in6_addr one, other;

	return inet_pton(AF_INET6, a, &one) == 1 && inet_pton(AF_INET6, b, &other) == 1 &&
	       memcmp(&one, &other, sizeof one) == 0;
}
