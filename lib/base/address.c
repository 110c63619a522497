/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stddef.h>
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
