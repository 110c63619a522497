/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Addresses and accounts as they are written.  Pure. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/session/names.h"
#include "lib/session/session.h"
#include "providers/wsman/access.h"

static bool host_valid(const char *host, bool bracketed)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_";
	struct in6_addr address;

	if (bracketed)
		return inet_pton(AF_INET6, host, &address) == 1;
	return host[0] != '\0' && host[strspn(host, letters)] == '\0' && strlen(host) <= 253;
}

int wsman_authority(const char *text, struct arena *arena, const char **host, unsigned *port)
{
	bool bracketed = *text == '[';
	size_t length = bracketed ? strcspn(++text, "]") : strcspn(text, ":");
	const char *rest = text + length + (bracketed && text[length] == ']');
	unsigned long long number = 0;

	*host = arena_strndup(arena, text, length);
	*port = 0;
	if (bracketed && text[length] != ']')
		return -1;
	if (*rest == ':' && (number_parse(rest + 1, 65535, &number) < 0 || number == 0))
		return -1;
	if ((*rest != '\0' && *rest != ':') || !host_valid(*host, bracketed))
		return -1;
	*port = (unsigned)number;
	return 0;
}

void wsman_account(const char *name, struct arena *arena, const char **domain, const char **user)
{
	const char *backslash = strchr(name, '\\'), *at = strrchr(name, '@');

	if (backslash != NULL) {
		*domain = arena_strndup(arena, name, (size_t)(backslash - name));
		*user = arena_strdup(arena, backslash + 1);
	} else if (at != NULL) {
		*domain = arena_strdup(arena, at + 1);
		*user = arena_strndup(arena, name, (size_t)(at - name));
	} else {
		*domain = "";
		*user = arena_strdup(arena, name);
	}
}

bool wsman_is_own(const struct wsman_access *access, const char *domain, const char *user)
{
	struct session session;

	session_init(&session);
	session.domain = domain;
	session.user = user;
	return account_match(access->domain, access->user, &session) != MATCH_NO;
}
