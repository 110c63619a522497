/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A login by GSS-API that we make ourselves, so that messages can be encrypted with it: Kerberos inside SPNEGO, by the
 * thread's ticket cache, or NTLM as it is, by Debian's gss-ntlmssp, which the GSS-API library loads.
 */
#ifndef CURFEW_PROVIDERS_WSMAN_SEAL_H
#define CURFEW_PROVIDERS_WSMAN_SEAL_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/buffer.h"
#include "lib/base/error.h"

enum seal_kind { SEAL_KERBEROS, SEAL_NTLM };

/* The texts must outlive the seal.  user "DOMAIN\user" and password are for NTLM. */
struct seal_login {
	enum seal_kind kind;
	const char *host;  /* its name, for the ticket: HTTP/host */
	const char *shown; /* for error texts */
	const char *user, *password;
};

struct seal;
/* ERROR_AUTH, ERROR_UNSUPPORTED; NULL then. */
struct seal *seal_new(const struct seal_login *login, struct error *error);
void seal_free(struct seal *seal);

/* One leg of the login: what the host said ("Negotiate " left out; NULL: nothing yet), and what is to be said to it, in
   base64 as well; nothing if the login is made.  -1: ERROR_AUTH, ERROR_PROTOCOL, ERROR_UNREACHABLE (no KDC). */
int seal_step(struct seal *seal, const char *challenge, struct buffer *token, struct error *error);
/* Logged in, with a context that encrypts, signs, and tells lost and repeated messages; anything less is an error. */
bool seal_ready(const struct seal *seal);

/* A message as its HTTP body. */
int seal_wrap(struct seal *seal, const char *text, size_t length, struct buffer *body, struct error *error);
/* A message out of its HTTP body: it is the next one, whole, from who we are logged in to; ERROR_PROTOCOL if not, and
   nothing in plain. */
int seal_unwrap(struct seal *seal, const char *body, size_t length, enum step step, struct buffer *plain,
                struct error *error);

#endif
