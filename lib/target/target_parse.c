/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/target/target_parse.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "lib/base/buffer.h"
#include "lib/base/nearest.h"
#include "lib/base/text.h"
#include "lib/target/provider.h"

static int unknown_scheme(const struct provider *const providers[], const char *scheme, struct error *error)
{
	struct nearest nearest = nearest_to(scheme, strlen(scheme));
	struct buffer names = {0};

	for (size_t i = 0; providers[i] != NULL; i++) {
		buffer_printf(&names, "%s%s:", i > 0 ? ", " : "", providers[i]->scheme);
		nearest_offer(&nearest, providers[i]->scheme);
	}
	error_set(error, ERROR_USAGE, STEP_NONE, "no provider for %s: targets", scheme);
	if (nearest.best != NULL)
		error_hint(error, "did you mean %s:?", nearest.best);
	else
		error_hint(error, "there are %s", buffer_text(&names));
	buffer_free(&names);
	return -1;
}

/* RFC 3986 3.1: ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ), in lower case; NULL if there is none. */
static char *scheme_of(const char *url, struct arena *arena)
{
	size_t length = strcspn(url, ":");
	char *scheme;

	if (url[length] != ':' || !isalpha((unsigned char)url[0]))
		return NULL;
	scheme = arena_strndup(arena, url, length);
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)scheme[i];

		if (!isalnum(c) && strchr("+-.", c) == NULL)
			return NULL;
		scheme[i] = (char)tolower(c);
	}
	return scheme;
}

/* A URL appears in argv, the audit and reports, so it must not contain a password. */
static bool password_inside(const char *authority)
{
	size_t length = strcspn(authority, "/?#");
	const char *at = memchr(authority, '@', length);

	return at != NULL && memchr(authority, ':', (size_t)(at - authority)) != NULL;
}

static const char *label_of_url(const char *address, bool authority, const char *scheme, struct arena *arena)
{
	const char *hash = strchr(address, '#'), *slash;
	size_t length = strlen(address);

	if (hash != NULL && hash[1] != '\0')
		return arena_strdup(arena, hash + 1);
	if (hash != NULL)
		length = (size_t)(hash - address);
	while (length > 0 && address[length - 1] == '/')
		length--;
	if (length == 0)
		return scheme;
	if (!authority && (slash = memrchr(address, '/', length)) != NULL)
		return arena_strndup(arena, slash + 1, length - (size_t)(slash + 1 - address));
	return arena_strndup(arena, address, length);
}

int target_parse(struct target *target, const struct provider *const providers[], const char *url, const char *label,
                 struct arena *arena, struct error *error)
{
	const char *address;
	bool authority;

	memset(target, 0, sizeof *target);
	if (url[0] == '\0')
		return error_set(error, ERROR_USAGE, STEP_NONE, "the target is empty");
	if (!text_plain(url))
		return error_set(error, ERROR_USAGE, STEP_NONE, "the target has control characters or is not UTF-8");
	if ((target->scheme = scheme_of(url, arena)) == NULL) {
		error_set(error, ERROR_USAGE, STEP_NONE, "%.120s: not a target", url);
		return error_hint(error, "a target is a URL like xrdp: or sim:FILE, or a name from the configuration");
	}
	address = strchr(url, ':') + 1;
	authority = strncmp(address, "//", 2) == 0;
	if (authority && password_inside(address + 2)) {
		error_set(error, ERROR_USAGE, STEP_NONE, "a password does not belong in a target's URL");
		return error_hint(error, "name a credentials file in the configuration (curfew.conf(5))");
	}
	if ((target->provider = provider_find(providers, target->scheme)) == NULL)
		return unknown_scheme(providers, target->scheme, error);
	target->providers = providers;
	target->url = arena_strdup(arena, url);
	target->name = label[0] != '\0' ? arena_strdup(arena, label) : target->url;
	target->address = arena_strdup(arena, authority ? address + 2 : address);
	target->label = label[0] != '\0' ? arena_strdup(arena, label)
	                                 : label_of_url(target->address, authority, target->scheme, arena);
	target->credentials_file = "";
	return 0;
}

const char *target_key(const struct target *target, struct arena *arena)
{
	return arena_printf(arena, "%s:%s", target->scheme, target->address);
}
