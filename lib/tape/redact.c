/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "lib/tape/redact.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/name_index.h"

enum { GUID_LENGTH = 36, PORT_DIGITS = 5, USER_CUT = 20, DOMAIN_CUT = 17 };

struct redactor {
	struct arena arena;
	struct name_index words, numbers, guids, addresses;
};

struct redactor *redactor_new(void)
{
	struct redactor *new = must_alloc(sizeof *new);

	new->words.arena = new->numbers.arena = new->guids.arena = new->addresses.arena = &new->arena;
	return new;
}

void redactor_free(struct redactor *redactor)
{
	if (redactor == NULL)
		return;
	arena_free(&redactor->arena);
	free(redactor);
}

static size_t number_of(struct redactor *redactor, struct name_index *index, const char *text, size_t length)
{
	char *name = arena_strndup(&redactor->arena, text, length);
	size_t number = name_index_find(index, name);

	return number != NAME_NONE ? number : name_index_add(index, name);
}

/* The characters of a name.  Bytes beyond ASCII are letters of some language. */
static bool in_word(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '$' || (unsigned char)c >= 0x80;
}

static size_t word_length(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length && in_word(text[at]))
		at++;
	return at;
}

static bool all_digits(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isdigit((unsigned char)text[i]))
			return false;
	return length > 0;
}

static size_t characters(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += ((unsigned char)text[i] & 0xc0) != 0x80;
	return count;
}

/* Writes the digits from first on as a number in the given base, filled from the left up to the width with a digit
 * that no number uses, so that two numbers never look alike. */
static void put_number(struct buffer *out, size_t number, char first, size_t base, char fill, size_t width)
{
	char digits[sizeof number * 8];
	size_t count = 0;

	do {
		digits[count++] = (char)(first + (int)(number % base));
		number /= base;
	} while (number > 0);
	for (size_t i = count; i < width; i++)
		buffer_add(out, &fill, 1);
	while (count > 0)
		buffer_add(out, &digits[--count], 1);
}

/* The number of bytes of this many characters. */
static size_t length_of(const char *text, size_t length, size_t count)
{
	size_t at = 0;

	while (at < length && (count > 0 || ((unsigned char)text[at] & 0xc0) == 0x80)) {
		count -= ((unsigned char)text[at] & 0xc0) != 0x80;
		at++;
	}
	return at;
}

/* Windows cuts user and domain names at this length (MS-TSTS 2.2.2.11), so a cut name must get the beginning of the
 * long one's replacement. */
static void put_word(struct redactor *redactor, const char *text, size_t length, struct buffer *out)
{
	const size_t width = characters(text, length);
	size_t start, number;

	if (all_digits(text, length)) {
		put_number(out, number_of(redactor, &redactor->numbers, text, length), '0', 9, '9', width);
		return;
	}
	start = length_of(text, length, width > USER_CUT ? USER_CUT : width > DOMAIN_CUT ? DOMAIN_CUT : 0);
	number = number_of(redactor, &redactor->words, text, length);
	if (start > 0)
		put_word(redactor, text, start, out);
	else
		buffer_puts(out, "n");
	put_number(out, number, 'a', 25, 'z', width - (start > 0 ? characters(text, start) : 1));
}

static bool is_guid(const char *text, size_t length)
{
	if (length < GUID_LENGTH)
		return false;
	for (size_t i = 0; i < GUID_LENGTH; i++)
		if (i == 8 || i == 13 || i == 18 || i == 23 ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	return length == GUID_LENGTH || !in_word(text[GUID_LENGTH]);
}

static void put_guid(struct redactor *redactor, const char *text, struct buffer *out)
{
	buffer_printf(out, "00000000-0000-4000-8000-%012zu", number_of(redactor, &redactor->guids, text, GUID_LENGTH));
}

/* The length of the address that begins here; 0: none. */
static size_t address_length(const char *text, size_t length, int family, const char *of)
{
	unsigned char address[sizeof(struct in6_addr)];
	char copy[INET6_ADDRSTRLEN];
	size_t span = 0;

	while (span < length && span < sizeof copy - 1 && strchr(of, text[span]) != NULL && text[span] != '\0')
		span++;
	if (span == sizeof copy - 1 || (span < length && in_word(text[span])))
		return 0;
	memcpy(copy, text, span);
	copy[span] = '\0';
	return inet_pton(family, copy, address) == 1 ? span : 0;
}

static size_t put_address(struct redactor *redactor, const char *text, size_t length, struct buffer *out)
{
	size_t span = address_length(text, length, AF_INET, "0123456789."), number;

	if (span > 0) {
		number = number_of(redactor, &redactor->addresses, text, span);
		buffer_printf(out, "198.%u.%u.%u", 18 + (unsigned)(number >> 16 & 1), (unsigned)(number >> 8 & 255),
		              (unsigned)(number & 255));
		return span;
	}
	span = address_length(text, length, AF_INET6, "0123456789abcdefABCDEF:.");
	if (span > 0)
		buffer_printf(out, "2001:db8::%zx", number_of(redactor, &redactor->addresses, text, span));
	return span;
}

/* "2024-04-03", "2024-04-03-preview": the version of an API. */
static bool is_version(const char *text, size_t length)
{
	static const char form[] = "0000-00-00";
	const size_t date = sizeof form - 1;

	if (length < date || (length > date && (length != date + 8 || memcmp(text + date, "-preview", 8) != 0)))
		return false;
	for (size_t i = 0; i < date; i++)
		if (form[i] == '-' ? text[i] != '-' : !isdigit((unsigned char)text[i]))
			return false;
	return true;
}

/* The words of a text that are kept. */
struct keep {
	bool words, ports, numbers, states;
};

static bool kept(const struct keep *keep, const char *text, size_t at, size_t length)
{
	if (all_digits(text + at, length))
		return keep->numbers || (keep->ports && at > 0 && text[at - 1] == ':' && length <= PORT_DIGITS);
	return (keep->words && (redact_word_known(text + at, length) || is_version(text + at, length))) ||
	       (keep->states && redact_state_known(text + at, length));
}

static void redact(struct redactor *redactor, struct keep keep, const char *text, size_t length, struct buffer *out)
{
	for (size_t at = 0, span; at < length; at += span) {
		const char *here = text + at;
		const size_t left = length - at;

		span = 1;
		if (!in_word(*here) && *here != ':') {
			buffer_add(out, here, 1);
		} else if (is_guid(here, left)) {
			put_guid(redactor, here, out);
			span = GUID_LENGTH;
		} else if (keep.numbers || (span = put_address(redactor, here, left, out)) == 0) {
			span = word_length(here, left);
			if (span == 0 || kept(&keep, text, at, span))
				buffer_add(out, here, span = span > 0 ? span : 1);
			else
				put_word(redactor, here, span, out);
		}
	}
}

/* Names that are public. */
static bool public_host(const char *host, size_t length)
{
	static const char *const hosts[] = {
	    "schemas.xmlsoap.org",
	    "schemas.dmtf.org",
	    "schemas.microsoft.com",
	    "www.w3.org",
	    "management.azure.com",
	    "management.usgovcloudapi.net",
	    "login.microsoftonline.com",
	    "login.microsoftonline.us",
	    "management.chinacloudapi.cn",
	    "login.chinacloudapi.cn",
	    "169.254.169.254",
	};

	for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++)
		if (strlen(hosts[i]) == length && strncasecmp(hosts[i], host, length) == 0)
			return true;
	return false;
}

static size_t scheme_length(const char *text, size_t length)
{
	size_t at = 0;

	while (at < length && isalpha((unsigned char)text[at]))
		at++;
	return at > 0 && length - at > 3 && memcmp(text + at, "://", 3) == 0 ? at + 3 : 0;
}

/* The host of a URL is redacted like any name, unless it is a public one. */
static void redact_url(struct redactor *redactor, const char *text, size_t length, struct buffer *out)
{
	const size_t scheme = scheme_length(text, length);
	size_t host = scheme;
	struct keep rest = {.words = true};

	while (host < length && scheme > 0 && text[host] != '/' && text[host] != '?')
		host++;
	buffer_add(out, text, scheme);
	if (public_host(text + scheme, host - scheme)) {
		buffer_add(out, text + scheme, host - scheme);
		rest.numbers = strncmp(text, "http://schemas.", 15) == 0 || strncmp(text, "http://www.w3.", 14) == 0;
	} else {
		redact(redactor, (struct keep){.ports = true}, text + scheme, host - scheme, out);
	}
	redact(redactor, rest, text + host, length - host, out);
}

/* A number, a time or a duration. */
static bool is_figure(const char *text, size_t length)
{
	const size_t sign = length > 0 && text[0] == '-';

	if (length == sign || length > 40 ||
	    !(isdigit((unsigned char)text[sign]) || (text[sign] == 'P' && length > sign + 1)))
		return false;
	for (size_t i = sign; i < length; i++)
		if (!isdigit((unsigned char)text[i]) && (text[i] == '\0' || strchr(".:+-TZPDHMS", text[i]) == NULL))
			return false;
	return true;
}

void redact_text(struct redactor *redactor, enum redact_as as, const char *text, size_t length, struct buffer *out)
{
	const size_t scheme = scheme_length(text, length);

	switch (as) {
	case REDACT_TARGET:
		buffer_add(out, text, scheme);
		redact(redactor, (struct keep){.ports = true}, text + scheme, length - scheme, out);
		return;
	case REDACT_VALUE:
		if (is_figure(text, length))
			buffer_add(out, text, length);
		else
			redact(redactor, (struct keep){.words = true, .numbers = true, .states = true}, text, length,
			       out);
		return;
	case REDACT_ADDRESS:
		redact_url(redactor, text, length, out);
		return;
	case REDACT_NAME:
		redact(redactor, (struct keep){0}, text, length, out);
	}
}
