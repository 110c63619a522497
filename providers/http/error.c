/* SPDX-License-Identifier: GPL-3.0-or-later */
/* libcurl's errors with a message and advice. */
#include <errno.h>
#include <openssl/x509.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "providers/http/exchange.h"

/* A connection was made, possibly to a proxy. */
static bool met(const struct exchange *exchange)
{
	const char *peer = NULL;

	return exchange->easy != NULL && curl_easy_getinfo(exchange->easy, CURLINFO_PRIMARY_IP, &peer) == CURLE_OK &&
	       peer != NULL && peer[0] != '\0';
}

/* May it have been the environment's proxy that nothing listens at?  Whether no_proxy makes an exception, libcurl alone
   knows. */
static bool proxy_about(const struct exchange *exchange)
{
	static const char *const names[] = {"https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy", "ALL_PROXY"};

	for (size_t i = 0; exchange->environment && i < sizeof names / sizeof *names; i++)
		if (getenv(names[i]) != NULL)
			return true;
	return false;
}

static void no_connection(struct exchange *exchange, struct error *error)
{
	long number = 0;

	curl_easy_getinfo(exchange->easy, CURLINFO_OS_ERRNO, &number);
	if (exchange->proxied) {
		error_set(error, ERROR_REFUSED, STEP_CONNECT, "%s: nothing listens at the proxy on the way to it",
		          exchange->host);
		error_hint(error, "look at the proxy that is configured");
	} else if (number == ENETUNREACH || number == EHOSTUNREACH) {
		error_set(error, ERROR_UNREACHABLE, STEP_CONNECT, "%s: no route to it", exchange->host);
	} else {
		error_set(error, ERROR_REFUSED, STEP_CONNECT, "%s: nothing listens there", exchange->host);
		error_hint(error, "the service is not running, or a firewall refuses: try the port by hand%s",
		           proxy_about(exchange) ? ", and look at the environment's proxy (https_proxy)" : "");
	}
	error->native = number;
}

/* The step that timed out determines the message. */
static void timed_out(struct exchange *exchange, struct error *error)
{
	curl_off_t resolved = 0, connected = 0, secured = 0;

	if (exchange->easy != NULL) {
		curl_easy_getinfo(exchange->easy, CURLINFO_NAMELOOKUP_TIME_T, &resolved);
		curl_easy_getinfo(exchange->easy, CURLINFO_CONNECT_TIME_T, &connected);
		curl_easy_getinfo(exchange->easy, CURLINFO_APPCONNECT_TIME_T, &secured);
	}
	if (exchange->response.sent || (exchange->response.reused && connected > 0))
		error_set(error, ERROR_TIMEOUT, exchange->step, "%s did not answer in time", exchange->host);
	/* Not met(): libcurl 8.14 tells no address before TLS is there, and CURLINFO_CONNECT_TIME_T waits for TLS. */
	else if (exchange->greeted && secured == 0)
		error_set(error, ERROR_TIMEOUT, STEP_CONNECT,
		          "%s accepts connections, but TLS was not agreed on in time", exchange->host);
	else if (resolved > 0)
		error_set(error, ERROR_TIMEOUT, STEP_CONNECT, "%s could not be connected to in time", exchange->host);
	else if (exchange->response.status == 0 && deadline_passed(&exchange->deadline))
		error_set(error, ERROR_TIMEOUT, exchange->step, "there was no time left to ask %s", exchange->host);
	else
		error_set(error, ERROR_TIMEOUT, STEP_RESOLVE, "%s: the name could not be resolved in time",
		          exchange->host);
}

/* In which way the certificate is not what it must be. */
static void not_trusted(struct exchange *exchange, struct error *error)
{
	long result = X509_V_OK;

	curl_easy_getinfo(exchange->easy, CURLINFO_SSL_VERIFYRESULT, &result);
	if (exchange->pin[0] != '\0') {
		error_set(error, ERROR_PROTOCOL, STEP_CONNECT, "%s has another certificate than the pinned one: %.64s",
		          exchange->host, exchange->seen);
		error_hint(error, "if it was replaced, look at the new one there, and pin that");
		return;
	}
	/* libcurl leaves it at "unspecified" when the chain was good and only the name is not. */
	if (result == X509_V_OK || result == X509_V_ERR_UNSPECIFIED) {
		error_set(error, ERROR_PROTOCOL, STEP_CONNECT, "%s: its certificate is for another name",
		          exchange->host);
		error_hint(error, "use the name that the certificate has");
		return;
	}
	error_set(error, ERROR_PROTOCOL, STEP_CONNECT, "%s: its certificate is not trusted: %s", exchange->host,
	          X509_verify_cert_error_string(result));
	error->native = result;
	if (result == X509_V_ERR_CERT_HAS_EXPIRED || result == X509_V_ERR_CERT_NOT_YET_VALID)
		error_hint(error, "look at its dates, and at this machine's clock");
	else
		error_hint(error, "name the file of its authority: the option ca");
}

static void refuse_plain(struct exchange *exchange, struct error *error)
{
	if (met(exchange)) { /* libcurl's word for HTTP/0.9 is the same */
		error_set(error, ERROR_PROTOCOL, exchange->step, "%s: the answer is not HTTP", exchange->host);
		return;
	}
	if (strncmp(exchange->host, "http:", 5) != 0) {
		error_set(error, ERROR_CONFIG, exchange->step, "%s: only https is spoken here", exchange->host);
		return;
	}
	error_set(error, ERROR_CONFIG, STEP_CONNECT, "%s: plain HTTP is not spoken unless that is allowed",
	          exchange->host);
	error_hint(error, "use https");
}

/* The proxy answered, and let nothing through.  libcurl calls that RECV_ERROR, and COULDNT_CONNECT since 8.20. */
static bool proxy_refused(struct exchange *exchange, struct error *error)
{
	long status = 0;
	bool login;

	if (exchange->easy != NULL)
		curl_easy_getinfo(exchange->easy, CURLINFO_HTTP_CONNECTCODE, &status);
	if (status < 300)
		return false;
	login = status == 407;
	error_set(error, login ? ERROR_AUTH : ERROR_REFUSED, STEP_CONNECT, "%s: the proxy %s (HTTP %ld)",
	          exchange->host, login ? "wants a login" : "refuses to connect to it", status);
	error_hint(error, "look at the proxy that is configured, here or in the environment");
	error->native = status;
	return true;
}

static void cut_off(struct exchange *exchange, CURLcode code, struct error *error)
{
	error_set(error, ERROR_PROTOCOL, exchange->step, "%s: the answer was cut off", exchange->host);
	error->native = (int64_t)code;
}

static void too_large(struct exchange *exchange, struct error *error)
{
	if (exchange->header_bytes > EXCHANGE_HEADERS_MOST)
		error_set(error, ERROR_PROTOCOL, exchange->step, "%s: the answer's headers are larger than %d bytes",
		          exchange->host, EXCHANGE_HEADERS_MOST);
	else
		error_set(error, ERROR_PROTOCOL, exchange->step, "%s: the answer is larger than %zu bytes",
		          exchange->host, exchange->limit);
}

static void other(struct exchange *exchange, CURLcode code, struct error *error)
{
	error_set(error, ERROR_PROTOCOL, exchange->step, "%s: %.120s", exchange->host,
	          exchange->why[0] != '\0' ? exchange->why : curl_easy_strerror(code));
	error->native = (int64_t)code;
}

void exchange_error(struct exchange *exchange, CURLcode code)
{
	struct error *error = &exchange->response.error;
	const char *host = exchange->host;

	if (code == CURLE_ABORTED_BY_CALLBACK && error->code != ERROR_NONE) /* exchange_before() has said why */
		return;
	if (proxy_refused(exchange, error))
		return;
	switch ((int)code) {
	case CURLE_URL_MALFORMAT:
		error_set(error, ERROR_CONFIG, exchange->step, "the address is not a URL");
		break;
	case CURLE_UNSUPPORTED_PROTOCOL:
		refuse_plain(exchange, error);
		break;
	case CURLE_COULDNT_RESOLVE_HOST:
		error_set(error, ERROR_NO_SUCH_HOST, STEP_RESOLVE, "%s: the name does not resolve", host);
		break;
	case CURLE_COULDNT_RESOLVE_PROXY:
		error_set(error, ERROR_NO_SUCH_HOST, STEP_RESOLVE, "the proxy's name does not resolve");
		break;
	case CURLE_COULDNT_CONNECT:
		no_connection(exchange, error);
		break;
	case CURLE_OPERATION_TIMEDOUT:
		timed_out(exchange, error);
		break;
	case CURLE_PEER_FAILED_VERIFICATION:
		not_trusted(exchange, error);
		break;
	case CURLE_SSL_CACERT_BADFILE:
		error_set(error, ERROR_CONFIG, STEP_CONNECT, "the file of certificate authorities has no certificate");
		break;
	case CURLE_SSL_CERTPROBLEM:
		error_set(error, ERROR_CONFIG, STEP_CONNECT, "the client certificate or its key cannot be used");
		error_hint(error, "both must be PEM, without a passphrase, and belong together");
		break;
	case CURLE_SSL_CONNECT_ERROR:
		error_set(error, ERROR_PROTOCOL, STEP_CONNECT, "%s: no TLS connection: %.120s", host,
		          exchange->why[0] != '\0' ? exchange->why : "the other side does not speak it");
		break;
	case CURLE_WRITE_ERROR:
		if (exchange->too_large)
			too_large(exchange, error);
		else
			other(exchange, code, error);
		break;
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_GOT_NOTHING:
	case CURLE_SEND_ERROR:
		cut_off(exchange, code, error);
		break;
	case CURLE_OUT_OF_MEMORY:
		error_set(error, ERROR_SYSTEM, exchange->step, "no memory for a request");
		break;
	default:
		other(exchange, code, error);
	}
}
