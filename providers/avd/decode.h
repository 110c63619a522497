/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Converts Azure's JSON to sessions, tokens and errors. Pure; its input is not trusted.
 */
#ifndef CURFEW_PROVIDERS_AVD_DECODE_H
#define CURFEW_PROVIDERS_AVD_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/session/session.h"
#include "providers/avd/place.h"

/* Sessions that one target may have. */
enum { SESSIONS_MOST = 100000 };

/* One page of a list of sessions, each added to the snapshot with the id that it has below the place. *next is the
   URL of the next page, in the arena, or NULL.  Pool and host (NULL: any) are what was asked for, and each session
   must be of them.  account: the UPN that asks, whose sessions are the caller's own; "" if it is nobody's.
   ERROR_PROTOCOL. */
struct page {
	const struct place *place;
	const char *pool, *host, *account;
	size_t *doubtful; /* counts items that do not say which session or whose they are: the list lacks something */
};
int decode_sessions(const struct page *page, const char *bytes, size_t length, struct snapshot *snapshot,
                    const char **next, struct arena *arena, struct error *error);
/* One session; it must have the wanted name. */
int decode_session(const struct page *page, const struct session_name *wanted, const char *bytes, size_t length,
                   struct session *session, struct arena *arena, struct error *error);
/* One page of host pools: their names. */
int decode_pools(const char *bytes, size_t length, struct string_list *pools, const char **next, struct arena *arena,
                 struct error *error);

/* "2019-11-05T18:05:48.828218", "…+00:00", "…Z": without a zone it is UTC.  0 or -1.  birth gets the whole time in
   UTC with its fraction, or without one if it is a
   whole second: .NET leaves zeros out, and with the user and the session's number a second is enough. */
enum { BIRTH_SIZE = 40 };
int azure_time(const char *text, int64_t *when, char birth[BIRTH_SIZE]);

/* {"error":{"code":"404","message":"…"}}: code and message, safe to print; 0, or -1 if it is not that. */
struct azure_error {
	char code[64], message[160];
};
int decode_error(const char *bytes, size_t length, struct azure_error *said);

/* The answer of an authority or of the managed identity's service.  -1 if it is no token. */
struct token_answer {
	char *token;   /* the caller wipes and frees it */
	int64_t lasts; /* ms */
};
int decode_token(const char *bytes, size_t length, struct token_answer *answer);
/* {"error":"invalid_client","error_description":"…"} */
int decode_refusal(const char *bytes, size_t length, struct azure_error *said);
/* The UPN of the token, if it is a person's; and until when it is good, 0 if it does not say.  The token's
   signature is not looked at: only who made it can use it. */
void token_read(const char *token, char *upn, size_t size, int64_t *until);
/* Printable ASCII without blanks: what may stand in a header. */
bool token_plain(const char *token);

#endif
