/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/http/exchange.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/arena.h"
#include "lib/buffer.h"
#include "lib/error.h"
#include "lib/provider.h"
#include "lib/text.h"
#include "lib/trust.h"

enum { BODY_MOST = 4 * 1024 * 1024 };

/* The body, as far as it may go. */
static size_t body_more(char *bytes, size_t size, size_t count, void *context)
{
	struct exchange *exchange = context;
	size_t length = size * count;

	if (length > exchange->limit - exchange->response.body.length) {
		exchange->too_large = true;
		return 0;
	}
	buffer_add(&exchange->response.body, bytes, length);
	return length;
}

/* Each header on its own: only how much there is of them matters here. */
static size_t header_more(char *bytes, size_t size, size_t count, void *context)
{
	struct exchange *exchange = context;
	size_t length = size * count;

	(void)bytes;
	exchange->header_bytes += length;
	if (exchange->header_bytes <= EXCHANGE_HEADERS_MOST)
		return length;
	exchange->too_large = true;
	return 0;
}

static void header_add(struct exchange *exchange, const char *line)
{
	struct curl_slist *longer = curl_slist_append(exchange->headers, line);

	if (longer != NULL)
		exchange->headers = longer;
	else
		error_set(&exchange->response.error, ERROR_SYSTEM, exchange->step, "no memory for a request");
}

static void set_headers(struct exchange *exchange, const struct http_request *request)
{
	header_add(exchange, "Expect:"); /* no "100 Continue" is waited for */
	for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++)
		header_add(exchange, request->headers[i]);
	if (request->access->login == HTTP_LOGIN_BEARER) {
		struct buffer line = {0};

		buffer_printf(&line, "Authorization: Bearer %s", request->access->token);
		header_add(exchange, line.text);
		explicit_bzero(line.text, line.length);
		buffer_free(&line);
	}
	curl_easy_setopt(exchange->easy, CURLOPT_HTTPHEADER, exchange->headers);
}

static void set_body(struct exchange *exchange, const struct http_request *request)
{
	bool post = strcmp(request->method, "POST") == 0;

	if (request->body != NULL || post) {
		curl_easy_setopt(exchange->easy, CURLOPT_POSTFIELDSIZE_LARGE,
		                 (curl_off_t)(request->body != NULL ? request->body_length : 0));
		curl_easy_setopt(exchange->easy, CURLOPT_COPYPOSTFIELDS, request->body != NULL ? request->body : "");
	}
	if (!post && strcmp(request->method, "GET") != 0)
		curl_easy_setopt(exchange->easy, CURLOPT_CUSTOMREQUEST, request->method);
}

static void set_blob(CURL *easy, CURLoption option, const struct http_blob *blob)
{
	struct curl_blob given = {.data = blob->bytes, .len = blob->length, .flags = CURL_BLOB_NOCOPY};

	if (blob->length > 0)
		curl_easy_setopt(easy, option, &given);
}

/* To read the system's authorities takes 40 ms of CPU.  libcurl keeps them for the loop's other connections if it has
   them from the one file alone, and not from the folder as well that some systems configure. */
static void set_system_authorities(CURL *easy)
{
	if (curl_version_info(CURLVERSION_NOW)->cainfo != NULL)
		curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
}

static void set_tls(struct exchange *exchange, const struct http_access *access)
{
	CURL *easy = exchange->easy;

	curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (access->authorities.length > 0)
		set_blob(easy, CURLOPT_CAINFO_BLOB, &access->authorities);
	else
		set_system_authorities(easy);
	set_blob(easy, CURLOPT_SSLCERT_BLOB, &access->certificate);
	set_blob(easy, CURLOPT_SSLKEY_BLOB, &access->key);
	if (access->pin != NULL) {
		text_copy(exchange->pin, sizeof exchange->pin, access->pin);
		exchange_pin(exchange);
	}
}

static void set_login(CURL *easy, const struct http_access *access)
{
	static const unsigned long kinds[] = {
	    [HTTP_LOGIN_BASIC] = CURLAUTH_BASIC,
	    [HTTP_LOGIN_NTLM] = CURLAUTH_NTLM,
	    [HTTP_LOGIN_NEGOTIATE] = CURLAUTH_NEGOTIATE,
	};

	if (access->login == HTTP_LOGIN_NONE || access->login == HTTP_LOGIN_BEARER)
		return;
	curl_easy_setopt(easy, CURLOPT_HTTPAUTH, kinds[access->login]);
	/* An empty name makes libcurl use the ticket cache. */
	if (access->login == HTTP_LOGIN_NEGOTIATE) {
		curl_easy_setopt(easy, CURLOPT_USERNAME, "");
		return;
	}
	curl_easy_setopt(easy, CURLOPT_USERNAME, access->user);
	curl_easy_setopt(easy, CURLOPT_PASSWORD, access->password);
}

static void set_proxy(struct exchange *exchange, const char *proxy)
{
	exchange->proxied = proxy[0] != '\0';
	curl_easy_setopt(exchange->easy, CURLOPT_PROXY, proxy);
}

static void set_limits(struct exchange *exchange, const struct http_request *request)
{
	CURL *easy = exchange->easy;
	bool near = http_loopback(request->url);

	exchange->limit = request->limit > 0 ? request->limit : BODY_MOST;
	exchange->deadline = request->deadline;
	if (request->connect_time > 0)
		curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_time);
	else /* the deadline is enough, and libcurl's own 300 s are not meant */
		curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, 24 * 3600 * 1000L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, near || request->access->plain ? "http,https" : "https");
	if (near)
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
	else if (request->access->proxy != NULL)
		set_proxy(exchange, request->access->proxy);
	else if (privileged())
		curl_easy_setopt(easy, CURLOPT_PROXY, "");
	else
		exchange->environment = true;
}

static void set_always(struct exchange *exchange)
{
	CURL *easy = exchange->easy;

	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PATH_AS_IS, 1L); /* no ".." of a name becomes another path */
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); /* a name server that hangs does not hold up the end */
	curl_easy_setopt(easy, CURLOPT_USERAGENT, "curfew");
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->why);
	curl_easy_setopt(easy, CURLOPT_PRIVATE, exchange);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, body_more);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header_more);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange);
}

struct exchange *exchange_new(const struct http_request *request)
{
	struct exchange *exchange = must_alloc(sizeof *exchange);
	struct arena arena = {0};

	exchange->response.retry_after = -1;
	exchange->step = request->step;
	exchange->deadline = request->deadline;
	text_copy(exchange->host, sizeof exchange->host, http_origin(&arena, request->url));
	arena_free(&arena);
	exchange->easy = curl_easy_init();
	if (exchange->easy == NULL) {
		error_set(&exchange->response.error, ERROR_SYSTEM, request->step, "libcurl could not be started");
		return exchange;
	}
	set_always(exchange);
	set_limits(exchange, request);
	set_tls(exchange, request->access);
	set_login(exchange->easy, request->access);
	set_headers(exchange, request);
	set_body(exchange, request);
	if (curl_easy_setopt(exchange->easy, CURLOPT_URL, request->url) != CURLE_OK)
		error_set(&exchange->response.error, ERROR_SYSTEM, request->step, "no memory for a request");
	return exchange;
}

void exchange_free(struct exchange *exchange)
{
	curl_easy_cleanup(exchange->easy);
	curl_slist_free_all(exchange->headers);
	http_response_free(&exchange->response);
	free(exchange);
}

void http_response_free(struct http_response *response)
{
	/* It may hold a token. */
	if (response->body.text != NULL)
		explicit_bzero(response->body.text, response->body.length);
	buffer_free(&response->body);
}

static void take_type(struct http_response *response, CURL *easy)
{
	/* What a type is made of (RFC 9110 8.3.1): it goes into texts, and nothing else may. */
	static const char token[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$&^_.+-/";
	const char *type = NULL;
	size_t length;

	if (curl_easy_getinfo(easy, CURLINFO_CONTENT_TYPE, &type) != CURLE_OK || type == NULL)
		return;
	length = strcspn(type, "; \t");
	if (length >= sizeof response->type || strspn(type, token) < length)
		return;
	for (size_t i = 0; i < length; i++)
		response->type[i] = (char)tolower((unsigned char)type[i]);
}

static int64_t time_of(CURL *easy, CURLINFO info)
{
	curl_off_t microseconds = 0;

	curl_easy_getinfo(easy, info, &microseconds);
	return (int64_t)microseconds / 1000;
}

static void take_times(struct http_response *response, CURL *easy)
{
	int64_t resolved = time_of(easy, CURLINFO_NAMELOOKUP_TIME_T),
	        connected = time_of(easy, CURLINFO_CONNECT_TIME_T), secured = time_of(easy, CURLINFO_APPCONNECT_TIME_T);
	long connections = 0;

	curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connections);
	response->reused = connections == 0;
	if (response->reused)
		return;
	response->resolved = resolved;
	response->connected = connected > resolved ? connected - resolved : 0;
	response->secured = secured > connected ? secured - connected : 0;
}

static void take_headers(struct http_response *response, CURL *easy)
{
	curl_off_t seconds = 0;
	long offered = 0;
	struct curl_header *header;

	take_type(response, easy);
	if (curl_easy_header(easy, "Retry-After", 0, CURLH_HEADER, -1, &header) == CURLHE_OK &&
	    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds >= 0 &&
	    seconds < 24 * 3600 * 366)
		response->retry_after = (int64_t)seconds * 1000;
	curl_easy_getinfo(easy, CURLINFO_HTTPAUTH_AVAIL, &offered);
	response->offers_basic = ((unsigned long)offered & CURLAUTH_BASIC) != 0;
	response->offers_ntlm = ((unsigned long)offered & CURLAUTH_NTLM) != 0;
	response->offers_negotiate = ((unsigned long)offered & CURLAUTH_NEGOTIATE) != 0;
}

static void refuse_redirect(struct exchange *exchange)
{
	const char *location = NULL, *origin;
	struct arena arena = {0};

	curl_easy_getinfo(exchange->easy, CURLINFO_REDIRECT_URL, &location);
	origin = location != NULL ? http_origin(&arena, location) : "";
	error_set(&exchange->response.error, ERROR_PROTOCOL, exchange->step,
	          "%s wants to redirect (HTTP %ld) to %.100s: refused", exchange->host, exchange->response.status,
	          origin[0] != '\0' ? origin : "nowhere");
	exchange->response.error.native = exchange->response.status;
	arena_free(&arena);
}

void exchange_end(struct exchange *exchange, CURLcode code)
{
	struct http_response *response = &exchange->response;
	curl_off_t sent = 0;
	long request_bytes = 0;

	curl_easy_getinfo(exchange->easy, CURLINFO_RESPONSE_CODE, &response->status);
	curl_easy_getinfo(exchange->easy, CURLINFO_REQUEST_SIZE, &request_bytes);
	curl_easy_getinfo(exchange->easy, CURLINFO_SIZE_UPLOAD_T, &sent);
	response->sent = request_bytes > 0 || sent > 0;
	take_times(response, exchange->easy);
	if (code != CURLE_OK) {
		exchange_error(exchange, code);
		return;
	}
	take_headers(response, exchange->easy);
	if (response->status >= 300 && response->status < 400)
		refuse_redirect(exchange);
}

void http_trail(struct trail *trail, const struct http_response *response)
{
	const struct {
		enum step step;
		int64_t took;
	} steps[] = {{STEP_RESOLVE, response->resolved}, {STEP_CONNECT, response->connected + response->secured}};

	if (trail == NULL || response->reused)
		return;
	for (size_t i = 0; i < sizeof steps / sizeof *steps && trail->count < TRAIL_STEPS; i++) {
		trail->steps[trail->count].step = steps[i].step;
		trail->steps[trail->count++].took = steps[i].took;
	}
}
