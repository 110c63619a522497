/* SPDX-License-Identifier: GPL-3.0-or-later */
/* URLs as libcurl reads them: what is compared here is what it will connect to. */
#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "providers/http/http.h"

struct parts {
	char *scheme, *host, *port;
};

static void parts_free(struct parts *parts)
{
	curl_free(parts->scheme);
	curl_free(parts->host);
	curl_free(parts->port);
}

/* -1: it is no URL of ours, or has a user in it.  Free the parts in either case. */
static int parts_of(const char *url, struct parts *parts)
{
	CURLU *parsed = curl_url();
	char *user = NULL;
	int result = -1;

	memset(parts, 0, sizeof *parts);
	if (parsed != NULL && curl_url_set(parsed, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
	    curl_url_get(parsed, CURLUPART_USER, &user, 0) == CURLUE_NO_USER &&
	    curl_url_get(parsed, CURLUPART_SCHEME, &parts->scheme, 0) == CURLUE_OK &&
	    curl_url_get(parsed, CURLUPART_HOST, &parts->host, 0) == CURLUE_OK &&
	    curl_url_get(parsed, CURLUPART_PORT, &parts->port, CURLU_DEFAULT_PORT) == CURLUE_OK)
		result = 0;
	curl_free(user);
	curl_url_cleanup(parsed);
	return result;
}

bool http_same_origin(const char *a, const char *b)
{
	struct parts one, other = {0};
	bool same = parts_of(a, &one) == 0 && parts_of(b, &other) == 0 && text_same(one.scheme, other.scheme) &&
	            text_same(one.host, other.host) && strcmp(one.port, other.port) == 0;

	parts_free(&one);
	parts_free(&other);
	return same;
}

static bool loopback_name(const char *host)
{
	struct in_addr address;

	if (text_same(host, "localhost") || strcmp(host, "[::1]") == 0)
		return true;
	return inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
}

bool http_loopback(const char *url)
{
	struct parts parts;
	bool near = parts_of(url, &parts) == 0 && loopback_name(parts.host);

	parts_free(&parts);
	return near;
}

unsigned http_port(const char *url)
{
	struct parts parts;
	unsigned long long port = 0;

	if (parts_of(url, &parts) < 0 || number_parse(parts.port, 65535, &port) < 0)
		port = 0;
	parts_free(&parts);
	return (unsigned)port;
}

const char *http_origin(struct arena *arena, const char *url)
{
	struct parts parts;
	const char *origin = "";

	if (parts_of(url, &parts) == 0 && text_plain(parts.host)) {
		bool usual = strcmp(parts.port, strcmp(parts.scheme, "http") == 0 ? "80" : "443") == 0;

		origin = arena_printf(arena, "%s://%s%s%s", parts.scheme, parts.host, usual ? "" : ":",
		                      usual ? "" : parts.port);
	}
	parts_free(&parts);
	return origin;
}

const char *http_escape(struct arena *arena, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
	static const char digits[] = "0123456789ABCDEF";
	char *escaped = arena_alloc(arena, 3 * strlen(text) + 1), *to = escaped;

	for (; *text != '\0'; text++) {
		if (strchr(plain, *text) != NULL) {
			*to++ = *text;
			continue;
		}
		*to++ = '%';
		*to++ = digits[(unsigned char)*text >> 4];
		*to++ = digits[(unsigned char)*text & 15];
	}
	return escaped;
}
