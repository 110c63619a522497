/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What libcurl used, against what was asked.  It may lack an option, or take it and do something else: a password
 * has gone out as Basic where NTLM was asked for.  So the connection is looked at before a request is
 * written to it, and the login is read from the request as it was sent.
 */
#include <curl/curl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "providers/http/exchange.h"
#include "providers/http/http.h"

static const char *const schemes[] = {
    [HTTP_LOGIN_NONE] = "",     [HTTP_LOGIN_BEARER] = "Bearer",       [HTTP_LOGIN_BASIC] = "Basic",
    [HTTP_LOGIN_NTLM] = "NTLM", [HTTP_LOGIN_NEGOTIATE] = "Negotiate",
};

const char *exchange_scheme(enum http_login login)
{
	return schemes[login];
}

void exchange_took(struct exchange *exchange, const char *option, CURLcode code)
{
	const curl_version_info_data *library = curl_version_info(CURLVERSION_NOW);

	if (code == CURLE_OK)
		return;
	if (code == CURLE_OUT_OF_MEMORY) {
		error_set(&exchange->response.error, ERROR_SYSTEM, exchange->step, "no memory for a request");
		return;
	}
	error_set(&exchange->response.error, ERROR_UNSUPPORTED, exchange->step,
	          "%s: nothing was sent, because libcurl %s (%.40s) refuses %s: %s", exchange->host, library->version,
	          library->ssl_version != NULL ? library->ssl_version : "without TLS", option,
	          curl_easy_strerror(code));
	exchange->response.error.native = (int64_t)code;
	error_hint(&exchange->response.error, "install a libcurl that is built with OpenSSL and has this option");
}

static int refuse(struct exchange *exchange, const char *what)
{
	error_set(&exchange->response.error, ERROR_PROTOCOL, STEP_CONNECT,
	          "%s: nothing was sent, because libcurl %s did not do what was asked: %s", exchange->host,
	          curl_version_info(CURLVERSION_NOW)->version, what);
	error_hint(&exchange->response.error, "install another version of libcurl");
	return CURL_PREREQFUNC_ABORT;
}

/* Is the chain's last certificate one of those that are trusted here? */
static bool anchored(const struct http_blob *authorities, X509 *anchor)
{
	BIO *pem = BIO_new_mem_buf(authorities->bytes, (int)authorities->length);
	bool found = false;
	X509 *one;

	while (pem != NULL && !found && (one = PEM_read_bio_X509_AUX(pem, NULL, NULL, NULL)) != NULL) {
		found = X509_cmp(one, anchor) == 0;
		X509_free(one);
	}
	BIO_free(pem);
	ERR_clear_error();
	return found;
}

/* A resumed TLS session has no chain: it was made with these same options. */
static const char *doubt_chain(const struct exchange *exchange, SSL *tls)
{
	const STACK_OF(X509) *chain = SSL_get0_verified_chain(tls);
	const int length = chain != NULL ? sk_X509_num(chain) : 0;

	if (SSL_get_verify_result(tls) != X509_V_OK)
		return "the certificate was not verified";
	if (SSL_session_reused(tls) == 1 || exchange->authorities.length == 0)
		return NULL;
	if (length == 0 || !anchored(&exchange->authorities, sk_X509_value(chain, length - 1)))
		return "the certificate is not from the authorities that the option ca names";
	return NULL;
}

static const char *doubt_pin(const struct exchange *exchange, SSL *tls)
{
	X509 *certificate = SSL_get1_peer_certificate(tls);
	char seen[sizeof exchange->seen] = "";

	if (certificate != NULL)
		exchange_fingerprint(certificate, seen);
	X509_free(certificate);
	return strcmp(seen, exchange->pin) == 0 ? NULL : "the certificate is not the pinned one";
}

static const char *doubt_tls(const struct exchange *exchange)
{
	const struct curl_tlssessioninfo *session = NULL;

	if (curl_easy_getinfo(exchange->easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || session == NULL ||
	    session->internals == NULL)
		return "there is no TLS";
	if (session->backend != CURLSSLBACKEND_OPENSSL)
		return "its TLS is not OpenSSL's";
	if (!SSL_is_init_finished(session->internals) || SSL_version(session->internals) < TLS1_2_VERSION)
		return "TLS is older than 1.2";
	return exchange->pin[0] != '\0' ? doubt_pin(exchange, session->internals)
	                                : doubt_chain(exchange, session->internals);
}

/* A login holds for the connection that it was made on. */
static int gone(struct exchange *exchange)
{
	exchange->response.lost = true;
	error_set(&exchange->response.error, ERROR_PROTOCOL, exchange->step,
	          "%s: the connection that was logged in has been closed", exchange->host);
	return CURL_PREREQFUNC_ABORT;
}

/* libcurl 8.23 takes a connection that was in use a moment ago without a look at it, writes, and learns then that the
   host has hung up: too late, as nobody knows whether the request was taken. */
static bool hung_up(const struct exchange *exchange)
{
	curl_socket_t connection = CURL_SOCKET_BAD;
	char byte;

	return curl_easy_getinfo(exchange->easy, CURLINFO_ACTIVESOCKET, &connection) == CURLE_OK &&
	       connection != CURL_SOCKET_BAD && recv(connection, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* libcurl calls this when it is connected and has not written the request yet. */
int exchange_before(void *context, char *address, char *local_address, int port, int local_port)
{
	struct exchange *exchange = context;
	const char *doubt = NULL;

	(void)address;
	(void)local_address;
	if (exchange->tls)
		doubt = doubt_tls(exchange);
	if (doubt == NULL && !exchange->proxied && !exchange->environment && (unsigned)port != exchange->port)
		doubt = "it connected to another port";
	if (doubt != NULL)
		return refuse(exchange, doubt);
	if (exchange->kept && (exchange->line == NULL || local_port != exchange->line->port || hung_up(exchange)))
		return gone(exchange);
	if (exchange->line != NULL)
		exchange->line->port = local_port;
	return CURL_PREREQFUNC_OK;
}

/* "Authorization: Basic YTpi": is it the login that was asked for? */
static void read_login(struct exchange *exchange, const char *line, size_t length)
{
	static const char name[] = "Authorization:";
	const char *asked = schemes[exchange->login];
	const char *end = line + length, *word = line + sizeof name - 1;
	size_t size = 0;

	if (exchange->own_login || length < sizeof name || strncasecmp(line, name, sizeof name - 1) != 0)
		return;
	while (word < end && *word == ' ')
		word++;
	while (word + size < end && strchr(" \r\n", word[size]) == NULL)
		size++;
	if (size == strlen(asked) && strncasecmp(word, asked, size) == 0)
		return;
	snprintf(exchange->other_login, sizeof exchange->other_login, "%.*s", size < 16 ? (int)size : 16, word);
}

int exchange_hear(CURL *easy, curl_infotype type, char *bytes, size_t length, void *context)
{
	struct exchange *exchange = context;

	(void)easy;
	exchange->greeted |= type == CURLINFO_SSL_DATA_OUT;
	exchange->wrote |= type == CURLINFO_HEADER_OUT;
	for (size_t at = 0; type == CURLINFO_HEADER_OUT && at < length;) {
		const char *end = memchr(bytes + at, '\n', length - at);
		const size_t line = end != NULL ? (size_t)(end - bytes) + 1 - at : length - at;

		read_login(exchange, bytes + at, line);
		at += line;
	}
	return 0;
}

/* The login has gone out: ignore the answer and report it. */
void exchange_after(struct exchange *exchange)
{
	struct error *error = &exchange->response.error;

	if (exchange->other_login[0] == '\0')
		return;
	error_clear(error);
	error_set(error, ERROR_PROTOCOL, STEP_LOGIN,
	          "%s: libcurl %s sent the login \"%.16s\", and \"%s\" was asked for", exchange->host,
	          curl_version_info(CURLVERSION_NOW)->version, exchange->other_login, schemes[exchange->login]);
	error_hint(error, "the password may have been seen on the way: change it, and install another libcurl");
}
