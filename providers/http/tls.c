/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A server that is known by its certificate alone, as those are that made theirs themselves. */
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "providers/http/exchange.h"
#include "providers/http/http.h"

static void to_hex(char *text, const unsigned char *bytes, size_t length)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < length; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * length] = '\0';
}

void exchange_fingerprint(X509 *certificate, char fingerprint[65])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned length = 0;

	fingerprint[0] = '\0';
	if (X509_digest(certificate, EVP_sha256(), digest, &length) == 1 && length == 32)
		to_hex(fingerprint, digest, length);
}

/* In place of the check of the chain, within the handshake: before anything of ours is sent. */
static int certificate_check(X509_STORE_CTX *store, void *context)
{
	struct exchange *exchange = context;
	X509 *certificate = X509_STORE_CTX_get0_cert(store);

	if (certificate != NULL)
		exchange_fingerprint(certificate, exchange->seen);
	if (strcmp(exchange->seen, exchange->pin) == 0) {
		X509_STORE_CTX_set_error(store, X509_V_OK);
		return 1;
	}
	X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION);
	return 0;
}

static CURLcode context_made(CURL *easy, void *tls, void *context)
{
	(void)easy;
	SSL_CTX_set_cert_verify_callback(tls, certificate_check, context);
	return CURLE_OK;
}

void exchange_pin(struct exchange *exchange)
{
	char unlike[128];

	EXCHANGE_SET(exchange, CURLOPT_SSL_VERIFYHOST, 0L);
	EXCHANGE_SET(exchange, CURLOPT_SSL_CTX_DATA, exchange);
	EXCHANGE_SET(exchange, CURLOPT_SSL_CTX_FUNCTION, context_made);
	/* A connection or TLS session that was made without this pin must not be used: libcurl compares this
	   folder's name before it reuses one, and there is no such folder. */
	snprintf(unlike, sizeof unlike, "/nonexistent/pin-%s", exchange->pin);
	EXCHANGE_SET(exchange, CURLOPT_CAPATH, unlike);
}

const char *http_pin_parse(const char *text, struct arena *arena, struct error *error)
{
	char *pin = arena_alloc(arena, 65);
	size_t length = 0;

	for (const char *c = text; *c != '\0'; c++) {
		const char digit = (char)(*c >= 'A' && *c <= 'F' ? *c + 32 : *c);

		if (*c == ':' && length % 2 == 0)
			continue;
		if (strchr("0123456789abcdef", digit) == NULL || length == 64) {
			length = 0;
			break;
		}
		pin[length++] = digit;
	}
	if (length == 64)
		return pin;
	error_set(error, ERROR_CONFIG, STEP_NONE, "a pin is the SHA-256 of a certificate: 64 hexadecimal digits");
	error_hint(error, "openssl x509 -in server.pem -noout -fingerprint -sha256");
	return NULL;
}
