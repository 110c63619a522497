/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "private_key_jwt": a token of our own making, signed with RS256 (RFC 7515, RFC 7518 3.3). */
#include <jansson.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "providers/avd/azure.h"
#include "providers/http/http.h"

enum { GOOD_FOR = 10 * 60 }; /* s */

/* RFC 4648 5, without padding. */
static void add_base64url(struct buffer *to, const unsigned char *bytes, size_t length)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

	for (size_t i = 0; i < length; i += 3) {
		unsigned group = (unsigned)bytes[i] << 16;
		size_t left = length - i;
		char digits[4];

		if (left > 1)
			group |= (unsigned)bytes[i + 1] << 8;
		if (left > 2)
			group |= bytes[i + 2];
		for (int digit = 0; digit < 4; digit++)
			digits[digit] = alphabet[group >> (18 - 6 * digit) & 63];
		buffer_add(to, digits, left > 2 ? 4 : left + 1);
	}
}

static void add_json(struct buffer *to, json_t *json)
{
	char *text = json_dumps(json, JSON_COMPACT);

	if (text != NULL)
		add_base64url(to, (const unsigned char *)text, strlen(text));
	free(text);
	json_decref(json);
}

/* A key with a passphrase is refused: nothing can be typed here. */
static int no_passphrase(char *buffer, int size, int writing, void *context)
{
	(void)buffer;
	(void)size;
	(void)writing;
	(void)context;
	return -1;
}

static X509 *read_certificate(const struct http_blob *blob)
{
	BIO *bio = BIO_new_mem_buf(blob->bytes, (int)blob->length);
	X509 *certificate = bio != NULL ? PEM_read_bio_X509(bio, NULL, no_passphrase, NULL) : NULL;

	BIO_free(bio);
	return certificate;
}

static EVP_PKEY *read_key(const struct http_blob *blob)
{
	BIO *bio = BIO_new_mem_buf(blob->bytes, (int)blob->length);
	EVP_PKEY *key = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL) : NULL;

	BIO_free(bio);
	return key;
}

/* The certificate by its SHA-1, which is a name for it here and proves nothing (RFC 7515 4.1.7). */
static void add_header(struct buffer *to, const X509 *certificate)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	struct buffer thumbprint = {0};
	unsigned length = 0;

	X509_digest(certificate, EVP_sha1(), digest, &length);
	add_base64url(&thumbprint, digest, length);
	add_json(to, json_pack("{ss ss ss}", "alg", "RS256", "typ", "JWT", "x5t", buffer_text(&thumbprint)));
	buffer_free(&thumbprint);
}

static void add_claims(struct buffer *to, const struct account *account, const char *audience)
{
	json_int_t now = (json_int_t)(clock_now() / 1000);
	unsigned char random[16] = {0};
	struct buffer id = {0};

	RAND_bytes(random, sizeof random);
	add_base64url(&id, random, sizeof random);
	add_json(to, json_pack("{ss ss ss ss sI sI}", "aud", audience, "iss", account->client, "sub", account->client,
	                       "jti", buffer_text(&id), "nbf", now, "exp", now + GOOD_FOR));
	buffer_free(&id);
}

static int add_signature(struct buffer *to, EVP_PKEY *key)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned char signature[1024];
	size_t length = sizeof signature;
	int result = -1;

	if (context != NULL && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestSign(context, signature, &length, (const unsigned char *)to->text, to->length) == 1) {
		buffer_puts(to, ".");
		add_base64url(to, signature, length);
		result = 0;
	}
	EVP_MD_CTX_free(context);
	return result;
}

char *assertion_make(const struct account *account, const char *audience, struct error *error)
{
	X509 *certificate = read_certificate(&account->certificate);
	EVP_PKEY *key = read_key(&account->key_file);
	struct buffer token = {0};

	if (certificate == NULL || key == NULL || EVP_PKEY_get_base_id(key) != EVP_PKEY_RSA ||
	    X509_check_private_key(certificate, key) != 1) {
		error_set(error, ERROR_CONFIG, STEP_LOGIN, "the application's certificate or its key cannot be used");
		error_hint(error, "both must be PEM, RSA, without a passphrase, and belong together");
	} else {
		add_header(&token, certificate);
		buffer_puts(&token, ".");
		add_claims(&token, account, audience);
		if (add_signature(&token, key) < 0)
			error_set(error, ERROR_SYSTEM, STEP_LOGIN, "OpenSSL could not sign with the application's key");
	}
	X509_free(certificate);
	EVP_PKEY_free(key);
	if (error->code == ERROR_NONE)
		return token.text;
	buffer_free(&token);
	return NULL;
}
