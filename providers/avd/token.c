/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One token for all targets of an account: from the cache, from a file, or asked for once. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/tape/tape.h"
#include "providers/avd/azure.h"
#include "providers/avd/decode.h"
#include "providers/http/http.h"

enum { EARLY = 5 * 60 * 1000, METADATA_CONNECT_TIME = 3000, ANSWER_MOST = 256 * 1024 }; /* ms, ms, bytes */

static bool still_good(const struct account *account)
{
	return account->token != NULL && (account->until == 0 || account->until - EARLY > clock_now());
}

static void forget(struct account *account)
{
	if (account->token != NULL)
		explicit_bzero(account->token, strlen(account->token));
	free(account->token);
	account->token = NULL;
}

static void token_new(struct account *account)
{
	int64_t until;

	account->generation++;
	account->manager.token = account->token;
	token_read(account->token, account->upn, sizeof account->upn, &until);
}

/* Calls back all that wait; a callback may request the next token. */
static void tell_all(struct account *account, const struct error *error)
{
	struct token_waiter *waiters = account->waiters;
	struct error told = *error;

	account->waiters = NULL;
	account->fetching = false;
	while (waiters != NULL) {
		struct token_waiter *first = waiters;

		waiters = first->next;
		first->done(first->context, &told);
		free(first);
	}
}

static const char *login_hint(const struct account *account)
{
	switch (account->auth) {
	case AUTH_SECRET:
		return "look at tenant, client id and secret; the secret may have expired";
	case AUTH_CERTIFICATE:
		return "look at tenant and client id, and whether the application has this certificate";
	case AUTH_WORKLOAD_IDENTITY:
		return "look at the application's federated credentials: issuer, subject and audience";
	case AUTH_MANAGED_IDENTITY:
		return "look at whether the machine has this identity";
	case AUTH_TOKEN:
		break;
	}
	return "put a new token into the file";
}

/* The authority refused: its error text. */
static void refused(const struct account *account, const struct http_response *response, struct error *error)
{
	const char *what =
	    account->auth == AUTH_MANAGED_IDENTITY ? "the managed identity's service" : "Azure's authority";
	struct azure_error said = {.code = ""};
	bool known = decode_refusal(buffer_text(&response->body), response->body.length, &said) == 0;

	if (response->status == 429 || response->status == 503) {
		busy_error(error, response, STEP_LOGIN, what, known ? said.message : "no reason given");
	} else if (response->status >= 500) {
		error_set(error, ERROR_UNREACHABLE, STEP_LOGIN, "%s is not available (HTTP %ld)", what,
		          response->status);
		error_hint(error, "if it persists, look at Azure's service health");
	} else if (response->status >= 400 && known) {
		error_set(error, ERROR_AUTH, STEP_LOGIN, "no token: %s: %s", said.code, said.message);
		error_hint(error, "%s", login_hint(account));
	} else {
		error_set(error, ERROR_PROTOCOL, STEP_LOGIN, "the answer of %s (HTTP %ld) is not a token", what,
		          response->status);
	}
	error->native = response->status;
}

static void no_metadata(struct error *error)
{
	struct error why = *error;

	error_clear(error);
	error_set(error, why.code, STEP_LOGIN, "no managed identity: %.200s", why.text);
	error_hint(error, "only a machine in Azure has one; else name credentials, a certificate or a token file");
}

static int ask(struct account *account, struct error *error);

static void ask_again(void *context)
{
	struct account *account = context;
	struct error error = {0};

	if (ask(account, &error) < 0)
		tell_all(account, &error);
}

/* Will it be asked again, later? */
static bool put_off(struct account *account, const struct http_response *response)
{
	int64_t wait = -1;

	if (response->status == 429 || response->status == 503)
		wait = busy_wait(response, &account->deadline, &account->waits);
	if (wait >= 0)
		http_later(account->azure->loop, wait, ask_again, account);
	return wait >= 0;
}

static void fetched(struct http_response *response, void *context)
{
	struct account *account = context;
	struct error error = response->error;
	struct token_answer answer;

	if (error.code != ERROR_NONE) {
		if (account->auth == AUTH_MANAGED_IDENTITY)
			no_metadata(&error);
	} else if (put_off(account, response)) {
		return;
	} else if (response->status != 200 || decode_token(response->body.text, response->body.length, &answer) < 0) {
		refused(account, response, &error);
	} else {
		forget(account);
		account->token = answer.token;
		account->until = clock_now() + answer.lasts;
		token_new(account);
		cache_write(account);
	}
	tell_all(account, &error);
}

static void add_field(struct buffer *form, const char *name, const char *value)
{
	struct arena arena = {0};

	buffer_printf(form, "%s%s=%s", form->length > 0 ? "&" : "", name, http_escape(&arena, value));
	arena_free(&arena);
}

/* A small secret file without the blanks and line ends around its contents. */
static char *file_text(const char *path, struct error *error)
{
	struct http_blob blob;
	char *text, *end;

	if (http_blob_load(&blob, path, true, error) < 0)
		return NULL;
	text = must_strdup(blob.bytes + strspn(blob.bytes, " \t\r\n"));
	http_blob_free(&blob);
	for (end = text + strlen(text); end > text && strchr(" \t\r\n", end[-1]) != NULL;)
		*--end = '\0';
	if (token_plain(text))
		return text;
	explicit_bzero(text, strlen(text));
	free(text);
	error_set(error, ERROR_CONFIG, STEP_LOGIN, "%.180s: there is no token in it", path);
	return NULL;
}

/* The client's proof of identity, as form fields. */
static int add_proof(const struct account *account, const char *url, struct buffer *form, struct error *error)
{
	static const char bearer[] = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
	char *assertion;

	if (account->auth == AUTH_SECRET) {
		add_field(form, "client_secret", account->secret);
		return 0;
	}
	assertion = account->auth == AUTH_CERTIFICATE ? assertion_make(account, url, error)
	                                              : file_text(account->federated_file, error);
	if (assertion == NULL)
		return -1;
	add_field(form, "client_assertion_type", bearer);
	add_field(form, "client_assertion", assertion);
	explicit_bzero(assertion, strlen(assertion));
	free(assertion);
	return 0;
}

/* RFC 6749 4.4, as the Microsoft identity platform has it (v2.0). */
static int ask_authority(struct account *account, struct error *error)
{
	static const char *const headers[] = {"Content-Type: application/x-www-form-urlencoded",
	                                      "Accept: application/json", NULL};
	struct arena arena = {0};
	struct buffer form = {0};
	struct http_request request = {
	    .method = "POST",
	    .url = arena_printf(&arena, "%s/%s/oauth2/v2.0/token", account->authority,
	                        http_escape(&arena, account->tenant)),
	    .headers = headers,
	    .deadline = account->deadline,
	    .limit = ANSWER_MOST,
	    .step = STEP_LOGIN,
	    .secret = true,
	    .access = &account->login,
	};
	int result;

	add_field(&form, "grant_type", "client_credentials");
	add_field(&form, "client_id", account->client);
	add_field(&form, "scope", arena_printf(&arena, "%s/.default", account->scope));
	result = add_proof(account, request.url, &form, error);
	request.body = form.text;
	request.body_length = form.length;
	if (result == 0)
		http_start(account->azure->loop, &request, fetched, account);
	explicit_bzero(form.text, form.length);
	buffer_free(&form);
	arena_free(&arena);
	return result;
}

/* The instance metadata service; it is there at once or not at all. */
static void ask_metadata(struct account *account)
{
	static const char *const headers[] = {"Metadata: true", NULL};
	struct arena arena = {0};
	const char *who = account->client[0] != '\0'
	                      ? arena_printf(&arena, "&client_id=%s", http_escape(&arena, account->client))
	                      : "";
	struct http_request request = {
	    .method = "GET",
	    .url = arena_printf(&arena, "%s?api-version=2018-02-01&resource=%s%s", account->identity,
	                        http_escape(&arena, arena_printf(&arena, "%s/", account->scope)), who),
	    .headers = headers,
	    .deadline = account->deadline,
	    .limit = ANSWER_MOST,
	    .step = STEP_LOGIN,
	    .secret = true,
	    .access = &account->local,
	    .connect_time = METADATA_CONNECT_TIME,
	};

	http_start(account->azure->loop, &request, fetched, account);
	arena_free(&arena);
}

static int ask(struct account *account, struct error *error)
{
	if (account->auth != AUTH_MANAGED_IDENTITY)
		return ask_authority(account, error);
	ask_metadata(account);
	return 0;
}

static int read_file(struct account *account, struct error *error)
{
	char *token = file_text(account->token_file, error);
	char upn[2];

	if (token == NULL)
		return -1;
	forget(account);
	account->token = token;
	token_read(token, upn, sizeof upn, &account->until);
	if (account->until != 0 && account->until <= clock_now()) {
		forget(account);
		error_set(error, ERROR_AUTH, STEP_LOGIN, "%.180s: the token has expired", account->token_file);
		return error_hint(error, "%s", login_hint(account));
	}
	/* Another program renews the file. */
	account->until = 0;
	token_new(account);
	return 0;
}

/* 0: there will be an answer, or there is a token now (*now). */
static int fetch(struct account *account, const struct deadline *deadline, bool *now, struct error *error)
{
	*now = false;
	if (tape_plays()) {
		account->token = must_strdup("played");
		token_new(account);
		*now = true;
		return 0;
	}
	if (account->auth == AUTH_TOKEN) {
		*now = true;
		return read_file(account, error);
	}
	forget(account);
	if (cache_read(account) == 0 && still_good(account)) {
		*now = true;
		token_new(account);
		return 0;
	}
	forget(account);
	account->fetching = true;
	account->deadline = *deadline;
	account->waits = 0;
	return ask(account, error);
}

static void wait_for_token(struct account *account, void (*done)(void *context, const struct error *error),
                           void *context)
{
	struct token_waiter *waiter = must_alloc(sizeof *waiter), **place = &account->waiters;

	*waiter = (struct token_waiter){.done = done, .context = context};
	while (*place != NULL)
		place = &(*place)->next;
	*place = waiter;
}

void token_want(struct account *account, const struct deadline *deadline,
                void (*done)(void *context, const struct error *error), void *context)
{
	struct error error = {0};
	bool now;

	if (still_good(account)) {
		done(context, &error);
		return;
	}
	wait_for_token(account, done, context);
	if (!account->fetching && (fetch(account, deadline, &now, &error) < 0 || now))
		tell_all(account, &error);
}

void token_drop(struct account *account, unsigned generation)
{
	if (account->generation != generation || account->token == NULL)
		return;
	forget(account);
	cache_drop(account);
}
