/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Azure as many targets share it: one loop, and an account for each way to log
 * in, with the token that all its targets use.
 */
#ifndef CURFEW_PROVIDERS_AVD_AZURE_H
#define CURFEW_PROVIDERS_AVD_AZURE_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/target/provider.h"
#include "providers/http/http.h"

enum auth {
	AUTH_SECRET,            /* client credentials with a secret */
	AUTH_CERTIFICATE,       /* client credentials with a signed assertion */
	AUTH_MANAGED_IDENTITY,  /* the machine's own, from its cloud's service */
	AUTH_WORKLOAD_IDENTITY, /* client credentials with another authority's assertion */
	AUTH_TOKEN,             /* another program writes tokens to a file */
};

/* A caller that waits for a token. */
struct token_waiter {
	struct token_waiter *next;
	void (*done)(void *context, const struct error *error); /* ERROR_NONE: account->token is there */
	void *context;
};

struct account {
	struct account *next;
	struct arena arena; /* the texts */
	const char *key;    /* every option that it was made from: equal keys are one account */
	enum auth auth;
	const char *endpoint;  /* of Azure Resource Manager, without a slash at its end */
	const char *authority; /* of tokens, likewise */
	const char *scope;     /* what a token is for */
	const char *identity;  /* where a managed identity is asked for */
	const char *tenant, *client, *version;
	const char *token_file, *federated_file;
	char *secret;
	struct http_blob certificate, key_file;
	struct http_access manager, login, local; /* how each of the three is reached */
	struct http_blob authorities;
	bool cached;           /* may a token be kept in a file? */
	struct error unusable; /* why it cannot be used */

	char *token;         /* NULL: none */
	int64_t until;       /* expiry, wall clock */
	unsigned generation; /* counts tokens, to know which one was refused */
	char upn[256];       /* the user whose token it is; "" for an application's */
	bool fetching;
	struct deadline deadline; /* of what is fetched … */
	unsigned waits;           /* … and how often that was put off */
	struct token_waiter *waiters;
	struct azure *azure;
};

struct azure {
	struct http_loop *loop;
	struct account *accounts;
};

/* NULL if libcurl cannot be started. */
struct azure *azure_new(void);
void azure_free(struct azure *azure);

/* The account that the target's options describe, made if there is none yet.  NULL with ERROR_CONFIG. */
struct account *account_for(struct azure *azure, const struct target *target, struct error *error);

/* Calls back, perhaps at once, when there is a token that is good for some time yet. */
void token_want(struct account *account, const struct deadline *deadline,
                void (*done)(void *context, const struct error *error), void *context);
/* The token of that generation was refused: it is not used any more, here or by other processes. */
void token_drop(struct account *account, unsigned generation);

/* cache.c: a token in the account's state folder. 0 or -1; a failure is no error of the run. */
int cache_read(struct account *account);
void cache_write(const struct account *account);
void cache_drop(const struct account *account);

/* assertion.c: a JWT that proves who we are to this URL (RFC 7523 3), signed with the certificate's key. */
char *assertion_make(const struct account *account, const char *audience, struct error *error);

/* The server is busy: ms to wait before the next try, by its Retry-After; -1: do not try again. Counts in *waits. */
int64_t busy_wait(const struct http_response *response, const struct deadline *deadline, unsigned *waits);
/* Fills *error for 429 and 503, including the Retry-After that the server asked for. */
void busy_error(struct error *error, const struct http_response *response, enum step step, const char *who,
                const char *reason);

/* Something asked of Azure Resource Manager.  It is asked again, once, with a new token if the token was refused; and
   after the time that Azure says if it is busy, if the deadline allows. */
struct question {
	const char *method, *url, *body; /* body NULL: none */
	struct deadline deadline;
	enum step step;
	struct trail *trail; /* NULL, or where the first answer notes how it was reached */
};
/* What was answered with a status below 300; or an error, whose native is the HTTP status, if it came to one. */
struct answer {
	struct http_response *response;
	struct error error;
	bool not_found; /* 404, and by Azure's code the resource itself is missing */
};
typedef void answer_done(struct answer *answer, void *context);
void azure_ask(struct account *account, const struct question *question, answer_done *done, void *context);

#endif
