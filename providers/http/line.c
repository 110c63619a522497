/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection of its own: libcurl keeps those of a share apart from all others.  used.c sees to it that a request goes
   out on the one that is meant. */
#include <curl/curl.h>
#include <stddef.h>
#include <stdlib.h>

#include "lib/base/arena.h"
#include "providers/http/exchange.h"
#include "providers/http/http.h"

struct http_line *http_line_new(void)
{
	struct http_line *line;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return NULL;
	line = must_alloc(sizeof *line);
	line->share = curl_share_init();
	if (line->share != NULL &&
	    curl_share_setopt(line->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_CONNECT) == CURLSHE_OK)
		return line;
	http_line_free(line);
	return NULL;
}

void http_line_free(struct http_line *line)
{
	if (line == NULL)
		return;
	curl_share_cleanup(line->share);
	free(line);
	curl_global_cleanup();
}
