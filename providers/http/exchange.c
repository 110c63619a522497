/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/http/exchange.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/base/trust.h"
#include "lib/target/provider.h"

enum { BODY_MOST = 4 * 1024 * 1024 };

/* Takes the body up to its limit. */
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

/* Counts the bytes of headers. */
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
	for (size_t i = 0; request->headers != NULL && request->headers[i] != NULL; i++) {
		header_add(exchange, request->headers[i]);
		exchange->own_login |= strncmp(request->headers[i], "Authorization:", 14) == 0;
	}
	if (request->access->login == HTTP_LOGIN_BEARER) {
		struct buffer line = {0};

		buffer_printf(&line, "Authorization: Bearer %s", request->access->token);
		header_add(exchange, line.text);
		explicit_bzero(line.text, line.length);
		buffer_free(&line);
	}
	EXCHANGE_SET(exchange, CURLOPT_HTTPHEADER, exchange->headers);
}

static void set_body(struct exchange *exchange, const struct http_request *request)
{
	bool post = strcmp(request->method, "POST") == 0;

	if (request->body != NULL || post) {
		EXCHANGE_SET(exchange, CURLOPT_POSTFIELDSIZE_LARGE,
		             (curl_off_t)(request->body != NULL ? request->body_length : 0));
		EXCHANGE_SET(exchange, CURLOPT_COPYPOSTFIELDS, request->body != NULL ? request->body : "");
	}
	if (!post && strcmp(request->method, "GET") != 0)
		EXCHANGE_SET(exchange, CURLOPT_CUSTOMREQUEST, request->method);
}

static struct curl_blob blob_of(const struct http_blob *blob)
{
	return (struct curl_blob){.data = blob->bytes, .len = blob->length, .flags = CURL_BLOB_NOCOPY};
}

/* To read the system's authorities takes 40 ms of CPU.  libcurl keeps them for the loop's other connections if it has
   them from the one file alone, and not from the folder as well that some systems configure. */
static void set_system_authorities(struct exchange *exchange)
{
	if (curl_version_info(CURLVERSION_NOW)->cainfo != NULL)
		EXCHANGE_SET(exchange, CURLOPT_CAPATH, NULL);
}

static void set_tls(struct exchange *exchange, const struct http_access *access)
{
	struct curl_blob authorities = blob_of(&access->authorities), certificate = blob_of(&access->certificate),
	                 key = blob_of(&access->key);

	EXCHANGE_SET(exchange, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	EXCHANGE_SET(exchange, CURLOPT_SSL_VERIFYPEER, 1L);
	EXCHANGE_SET(exchange, CURLOPT_SSL_VERIFYHOST, 2L);
	if (authorities.len > 0) {
		exchange->authorities = access->authorities;
		EXCHANGE_SET(exchange, CURLOPT_CAINFO_BLOB, &authorities);
	} else {
		set_system_authorities(exchange);
	}
	if (certificate.len > 0)
		EXCHANGE_SET(exchange, CURLOPT_SSLCERT_BLOB, &certificate);
	if (key.len > 0)
		EXCHANGE_SET(exchange, CURLOPT_SSLKEY_BLOB, &key);
	if (access->pin != NULL) {
		text_copy(exchange->pin, sizeof exchange->pin, access->pin);
		exchange_pin(exchange);
	}
}

/* libcurl's own default is Basic: an option that fails must not leave it at that. */
static bool has_login(struct exchange *exchange, int feature)
{
	const curl_version_info_data *library = curl_version_info(CURLVERSION_NOW);

	if (feature == 0 || (library->features & feature) != 0)
		return true;
	error_set(&exchange->response.error, ERROR_UNSUPPORTED, STEP_LOGIN,
	          "%s: nothing was sent, because libcurl %s has no %s", exchange->host, library->version,
	          exchange_scheme(exchange->login));
	error_hint(&exchange->response.error, "set another auth, or install a libcurl that has it (curl --version)");
	return false;
}

static void set_login(struct exchange *exchange, const struct http_access *access)
{
	static const struct {
		unsigned long kind;
		int feature;
	} kinds[] = {
	    [HTTP_LOGIN_BASIC] = {CURLAUTH_BASIC, 0},
	    [HTTP_LOGIN_NEGOTIATE] = {CURLAUTH_NEGOTIATE, CURL_VERSION_SPNEGO},
	};

	exchange->login = access->login;
	if (access->login == HTTP_LOGIN_NONE || access->login == HTTP_LOGIN_BEARER)
		return;
	if (access->login == HTTP_LOGIN_NTLM) {
		error_set(&exchange->response.error, ERROR_UNSUPPORTED, STEP_LOGIN,
		          "%s: nothing was sent, because NTLM goes over a line", exchange->host);
		return;
	}
	if (exchange->response.error.code != ERROR_NONE || !has_login(exchange, kinds[access->login].feature))
		return;
	EXCHANGE_SET(exchange, CURLOPT_HTTPAUTH, kinds[access->login].kind);
	/* An empty name makes libcurl use the ticket cache. */
	if (access->login == HTTP_LOGIN_NEGOTIATE) {
		EXCHANGE_SET(exchange, CURLOPT_USERNAME, "");
		return;
	}
	EXCHANGE_SET(exchange, CURLOPT_USERNAME, access->user);
	EXCHANGE_SET(exchange, CURLOPT_PASSWORD, access->password);
}

static void set_proxy(struct exchange *exchange, const char *proxy)
{
	exchange->proxied = proxy[0] != '\0';
	EXCHANGE_SET(exchange, CURLOPT_PROXY, proxy);
}

static void set_limits(struct exchange *exchange, const struct http_request *request)
{
	bool near = http_loopback(request->url);

	exchange->limit = request->limit > 0 ? request->limit : BODY_MOST;
	exchange->deadline = request->deadline;
	if (request->connect_time > 0)
		EXCHANGE_SET(exchange, CURLOPT_CONNECTTIMEOUT_MS, (long)request->connect_time);
	else /* the deadline is enough, and libcurl's own 300 s are not meant */
		EXCHANGE_SET(exchange, CURLOPT_CONNECTTIMEOUT_MS, 24 * 3600 * 1000L);
	EXCHANGE_SET(exchange, CURLOPT_PROTOCOLS_STR, near || request->access->plain ? "http,https" : "https");
	if (near || request->line != NULL)
		EXCHANGE_SET(exchange, CURLOPT_PROXY, "");
	else if (request->access->proxy != NULL)
		set_proxy(exchange, request->access->proxy);
	else if (privileged())
		EXCHANGE_SET(exchange, CURLOPT_PROXY, "");
	else
		exchange->environment = true;
}

static void set_always(struct exchange *exchange)
{
	EXCHANGE_SET(exchange, CURLOPT_NOSIGNAL, 1L);
	EXCHANGE_SET(exchange, CURLOPT_FOLLOWLOCATION, 0L);
	EXCHANGE_SET(exchange, CURLOPT_PATH_AS_IS, 1L); /* no ".." of a name becomes another path */
	EXCHANGE_SET(exchange, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	EXCHANGE_SET(exchange, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	EXCHANGE_SET(exchange, CURLOPT_QUICK_EXIT, 1L); /* a name server that hangs does not hold up the end */
	EXCHANGE_SET(exchange, CURLOPT_USERAGENT, "curfew");
	EXCHANGE_SET(exchange, CURLOPT_ERRORBUFFER, exchange->why);
	EXCHANGE_SET(exchange, CURLOPT_PREREQFUNCTION, exchange_before);
	EXCHANGE_SET(exchange, CURLOPT_PREREQDATA, exchange);
	EXCHANGE_SET(exchange, CURLOPT_DEBUGFUNCTION, exchange_hear);
	EXCHANGE_SET(exchange, CURLOPT_DEBUGDATA, exchange);
	EXCHANGE_SET(exchange, CURLOPT_VERBOSE, 1L); /* it is what makes libcurl call the debug function */
	EXCHANGE_SET(exchange, CURLOPT_WRITEFUNCTION, body_more);
	EXCHANGE_SET(exchange, CURLOPT_WRITEDATA, exchange);
	EXCHANGE_SET(exchange, CURLOPT_HEADERFUNCTION, header_more);
	EXCHANGE_SET(exchange, CURLOPT_HEADERDATA, exchange);
}

static void set_line(struct exchange *exchange, const struct http_request *request)
{
	exchange->line = request->line;
	exchange->kept = request->kept;
	if (request->line == NULL)
		return;
	EXCHANGE_SET(exchange, CURLOPT_SHARE, request->line->share);
	/* Without this a 401 that comes before libcurl has seen that there is no more to send costs the connection. */
	EXCHANGE_SET(exchange, CURLOPT_KEEP_SENDING_ON_ERROR, 1L);
}

struct exchange *exchange_new(const struct http_request *request)
{
	struct exchange *exchange = must_alloc(sizeof *exchange);
	struct arena arena = {0};

	exchange->response.retry_after = -1;
	exchange->step = request->step;
	exchange->deadline = request->deadline;
	text_copy(exchange->host, sizeof exchange->host, http_origin(&arena, request->url));
	exchange->tls = strncmp(exchange->host, "https:", 6) == 0;
	exchange->port = http_port(request->url);
	arena_free(&arena);
	exchange->easy = curl_easy_init();
	if (exchange->easy == NULL) {
		error_set(&exchange->response.error, ERROR_SYSTEM, request->step, "libcurl could not be started");
		return exchange;
	}
	set_always(exchange);
	set_limits(exchange, request);
	set_line(exchange, request);
	set_tls(exchange, request->access);
	set_headers(exchange, request);
	set_body(exchange, request);
	EXCHANGE_SET(exchange, CURLOPT_URL, request->url);
	/* Last, so that an option that fails keeps the login from libcurl. */
	set_login(exchange, request->access);
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
	if (response->challenge != NULL)
		explicit_bzero(response->challenge, strlen(response->challenge));
	free(response->challenge);
	response->challenge = NULL;
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

/* "Negotiate TOKEN"; more than one of them is none. */
static void take_challenge(struct http_response *response, CURL *easy)
{
	struct curl_header *header;

	for (size_t i = 0; curl_easy_header(easy, "WWW-Authenticate", i, CURLH_HEADER, -1, &header) == CURLHE_OK; i++) {
		const char *value = header->value;

		if (strncasecmp(value, "Negotiate ", 10) != 0)
			continue;
		if (response->challenge != NULL) {
			free(response->challenge);
			response->challenge = NULL;
			return;
		}
		response->challenge = must_strdup(value + 10 + strspn(value + 10, " "));
	}
}

static void take_headers(struct http_response *response, CURL *easy)
{
	curl_off_t seconds = 0;
	long offered = 0;
	struct curl_header *header;

	take_type(response, easy);
	take_challenge(response, easy);
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
	response->sent = exchange->wrote || request_bytes > 0 || sent > 0;
	take_times(response, exchange->easy);
	if (code != CURLE_OK)
		exchange_error(exchange, code);
	exchange_after(exchange);
	if (response->error.code != ERROR_NONE)
		return;
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
