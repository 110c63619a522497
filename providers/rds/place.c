/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/rds/place.h"

#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/text.h"

static int hexadecimal(char letter)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = letter != '\0' ? strchr(digits, letter >= 'A' && letter <= 'F' ? letter + 32 : letter) : NULL;

	return at != NULL ? (int)(at - digits) : -1;
}

/* "%20" as a blank.  NULL: something else behind a '%', or what is no plain text. */
static const char *decode(const char *text, struct arena *arena)
{
	char *decoded = arena_strdup(arena, text), *to = decoded;

	for (; *text != '\0'; text++) {
		int high, low;

		if (*text != '%') {
			*to++ = *text;
			continue;
		}
		high = hexadecimal(text[1]);
		low = high >= 0 ? hexadecimal(text[2]) : -1;
		if (low < 0 || (high == 0 && low == 0))
			return NULL;
		*to++ = (char)(high * 16 + low);
		text += 2;
	}
	*to = '\0';
	return text_plain(decoded) ? decoded : NULL;
}

/* "b1,b2:5986": one or more, none of them empty or there twice. */
static int read_brokers(struct place *place, const char *list, struct arena *arena)
{
	for (;;) {
		const size_t length = strcspn(list, ",");
		const char *broker = arena_strndup(arena, list, length);

		if (length == 0 || place->broker_count == PLACE_BROKERS_MOST)
			return -1;
		for (size_t i = 0; i < place->broker_count; i++)
			if (text_same(place->brokers[i], broker))
				return -1;
		place->brokers[place->broker_count++] = broker;
		if (list[length] == '\0')
			return 0;
		list += length + 1;
	}
}

static int read_address(struct place *place, const struct target *target, struct arena *arena, struct error *error)
{
	const char *slash = strchr(target->address, '/');

	const char *brokers =
	    slash == NULL ? target->address : arena_strndup(arena, target->address, (size_t)(slash - target->address));

	place->collection = slash == NULL ? "" : decode(slash + 1, arena);
	if (read_brokers(place, brokers, arena) < 0)
		return error_set(error, ERROR_USAGE, STEP_NONE,
		                 "%.150s: not up to %d different brokers with a comma between them behind rds://",
		                 target->url, (int)PLACE_BROKERS_MOST);
	if (place->collection != NULL && strchr(place->collection, '/') == NULL)
		return 0;
	error_set(error, ERROR_USAGE, STEP_NONE, "%.150s: not rds://BROKER or rds://BROKER/COLLECTION", target->url);
	return error_hint(error, "in a collection's name a blank is %%20, '%%' is %%25, '#' is %%23");
}

/* Without the blanks around it. */
static const char *trimmed(const char *text, size_t length, struct arena *arena)
{
	while (length > 0 && (*text == ' ' || *text == '\t')) {
		text++;
		length--;
	}
	while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t'))
		length--;
	return arena_strndup(arena, text, length);
}

/* "CORP = corp.example, EU = eu.corp.example" */
static int read_suffixes(struct place *place, const char *list, struct arena *arena)
{
	size_t most = 1;

	for (const char *at = list; *at != '\0'; at++)
		most += *at == ',';
	place->suffixes = arena_alloc(arena, most * sizeof *place->suffixes);
	while (*list != '\0') {
		size_t length = strcspn(list, ","), name = strcspn(list, "=");
		struct upn_suffix *suffix = &place->suffixes[place->suffix_count];

		if (name >= length)
			return -1;
		suffix->domain = trimmed(list, name, arena);
		suffix->suffix = trimmed(list + name + 1, length - name - 1, arena);
		if (suffix->domain[0] == '\0' || suffix->suffix[0] == '\0' ||
		    strpbrk(suffix->suffix, "@\\ =") != NULL || strpbrk(suffix->domain, "@\\ ") != NULL)
			return -1;
		place->suffix_count++;
		list += length + (list[length] == ',');
	}
	return place->suffix_count > 0 ? 0 : -1;
}

int place_read(struct place *place, const struct target *target, struct arena *arena, struct error *error)
{
	const char *suffixes = target_option(target, "upn-suffix"), *verify = target_option(target, "verify");

	memset(place, 0, sizeof *place);
	if (read_address(place, target, arena, error) < 0)
		return -1;
	if (suffixes != NULL && read_suffixes(place, suffixes, arena) < 0)
		return error_set(error, ERROR_CONFIG, STEP_NONE,
		                 "%.120s: upn-suffix is \"DOMAIN = SUFFIX, ...\", not \"%.80s\"", target->url,
		                 suffixes);
	place->verify = verify != NULL && strcmp(verify, "yes") == 0;
	if (verify != NULL && !place->verify && strcmp(verify, "no") != 0)
		return error_set(error, ERROR_CONFIG, STEP_NONE, "%.120s: verify is yes or no, not \"%.40s\"",
		                 target->url, verify);
	return 0;
}

const char *place_upn(const struct place *place, const char *domain, const char *user, struct arena *arena)
{
	if (user[0] == '\0')
		return "";
	for (size_t i = 0; i < place->suffix_count; i++)
		if (text_same(place->suffixes[i].domain, domain))
			return arena_printf(arena, "%s@%s", user, place->suffixes[i].suffix);
	return "";
}

void place_upn_fill(const struct place *place, struct session *session, struct arena *arena)
{
	session->upn = place_upn(place, session->domain, session->user, arena);
	session->upn_derived = session->upn[0] != '\0';
}
