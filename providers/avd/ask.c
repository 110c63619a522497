/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One question to Azure Resource Manager: a token, the request, and what to do about the answer. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "providers/avd/azure.h"
#include "providers/avd/decode.h"
#include "providers/http/http.h"

enum { WAITS_MOST = 8, WAIT_LEAST = 100, ANSWER_TIME = 500 }; /* times; ms; ms */

struct asking {
	struct account *account;
	struct arena arena;
	struct question question; /* its texts are in the arena */
	unsigned generation;      /* of the token that was sent */
	bool refreshed;
	unsigned waits;
	answer_done *done;
	void *context;
};

static void finish(struct asking *asking, struct answer *answer)
{
	asking->done(answer, asking->context);
	arena_free(&asking->arena);
	free(asking);
}

static const char *role_hint(enum step step)
{
	return step == STEP_ACT ? "the account needs the role \"Desktop Virtualization User Session Operator\" there"
	                        : "the account needs the role \"Desktop Virtualization Reader\" there";
}

static const char *reason_of(const struct azure_error *said)
{
	return said->message[0] != '\0' ? said->message : said->code[0] != '\0' ? said->code : "no reason given";
}

/* These codes mean that a container is missing: the session itself is then unknown, not gone. */
static bool about_the_thing(const struct azure_error *said)
{
	static const char *const containers[] = {
	    "SubscriptionNotFound",   "InvalidSubscriptionId",           "ResourceGroupNotFound",
	    "ParentResourceNotFound", "MissingSubscriptionRegistration", "ResourceNotFound",
	    "InvalidResourceType",    "NoRegisteredProviderFound"};

	for (size_t i = 0; i < sizeof containers / sizeof *containers; i++)
		if (text_same(said->code, containers[i]))
			return false;
	return true;
}

void busy_error(struct error *error, const struct http_response *response, enum step step, const char *who,
                const char *reason)
{
	const char *what = response->status == 429 ? "too many requests" : "the service is not available";
	char wait[DURATION_TEXT_SIZE] = "";

	if (response->retry_after > 0)
		duration_format(wait, sizeof wait, response->retry_after);
	error_set(error, ERROR_UNREACHABLE, step, "%s: %s (HTTP %ld)%s%s: %s", who, what, response->status,
	          wait[0] != '\0' ? ", asks to wait " : "", wait, reason);
	if (response->status == 429)
		error_hint(error, "check less often, or fewer pools; Azure counts the requests of a subscription");
	else
		error_hint(error, "if it persists, look at Azure's service health");
}

/* A 5xx on an act means "unknown outcome": report it as a lost answer, so that remedy reads the session again. */
static enum error_code server_failed(enum step step)
{
	return step == STEP_ACT ? ERROR_PROTOCOL : ERROR_UNREACHABLE;
}

static void status_error(const struct http_response *response, enum step step, struct answer *answer)
{
	struct error *error = &answer->error;
	struct azure_error said = {.code = ""};
	bool known = decode_error(buffer_text(&response->body), response->body.length, &said) == 0;
	const char *reason = reason_of(&said);

	switch (response->status) {
	case 401:
		error_set(error, ERROR_AUTH, step, "Azure does not accept the token (HTTP 401): %s", reason);
		error_hint(error, "the token must be for this cloud and this tenant");
		break;
	case 403:
		error_set(error, ERROR_ACCESS, step, "Azure denies access (HTTP 403): %s", reason);
		error_hint(error, "%s", role_hint(step));
		break;
	case 404:
		answer->not_found = known && about_the_thing(&said);
		error_set(error, known ? ERROR_NO_SUCH_HOST : ERROR_PROTOCOL, step,
		          "Azure finds nothing (HTTP 404): %s", reason);
		error_hint(error, "look at subscription, resource group, host pool and session host");
		break;
	case 409:
		error_set(error, ERROR_UNSUPPORTED, step, "Azure refuses, as it is now (HTTP 409): %s", reason);
		error_hint(error, "another operation may be under way on it; try again later");
		break;
	case 429:
		busy_error(error, response, step, "Azure", reason);
		break;
	default:
		if (response->status == 503 && step != STEP_ACT) {
			busy_error(error, response, step, "Azure", reason);
		} else if (response->status >= 500) {
			error_set(error, server_failed(step), step, "Azure failed (HTTP %ld): %s", response->status,
			          reason);
			error_hint(error, "if it persists, look at Azure's service health");
		} else {
			error_set(error, ERROR_PROTOCOL, step, "Azure refuses (HTTP %ld): %s", response->status,
			          reason);
		}
	}
	error->native = response->status;
}

static void begin(struct asking *asking);

static void begin_again(void *context)
{
	begin(context);
}

/* Refused before it was processed: it may be sent again. */
static bool worth_asking_again(const struct asking *asking, const struct http_response *response)
{
	return response->status == 429 || (response->status == 503 && asking->question.step != STEP_ACT);
}

int64_t busy_wait(const struct http_response *response, const struct deadline *deadline, unsigned *waits)
{
	/* "At once", and what cannot be read (a negative number, one that overflows), wait longer each time. */
	int64_t least = INT64_C(1) * WAIT_LEAST << (*waits < WAITS_MOST ? *waits : WAITS_MOST);
	int64_t wait = response->retry_after < least ? least : response->retry_after;

	if (response->retry_after < 0 || ++*waits > WAITS_MOST || wait + ANSWER_TIME > deadline_left(deadline))
		return -1;
	return wait;
}

/* Will it be asked again, later? */
static bool put_off(struct asking *asking, const struct http_response *response)
{
	int64_t wait = -1;

	if (worth_asking_again(asking, response))
		wait = busy_wait(response, &asking->question.deadline, &asking->waits);
	if (wait >= 0)
		http_later(asking->account->azure->loop, wait, begin_again, asking);
	return wait >= 0;
}

/* JSON, or nothing: what a proxy or a login page says is not Azure's. */
static bool type_good(const struct http_response *response)
{
	size_t length = strlen(response->type);

	return response->body.length == 0 || strcmp(response->type, "application/json") == 0 ||
	       strcmp(response->type, "text/json") == 0 ||
	       (length > 5 && strcmp(response->type + length - 5, "+json") == 0);
}

static void answered(struct http_response *response, void *context)
{
	struct asking *asking = context;
	struct answer answer = {.response = response, .error = response->error};

	if (answer.error.code == ERROR_NONE) {
		http_trail(asking->question.trail, response);
		asking->question.trail = NULL;
		if (response->status == 401 && !asking->refreshed) {
			asking->refreshed = true;
			token_drop(asking->account, asking->generation);
			begin(asking);
			return;
		}
		if (put_off(asking, response))
			return;
		if (response->status >= 400)
			status_error(response, asking->question.step, &answer);
		else if (!type_good(response))
			error_set(&answer.error, ERROR_PROTOCOL, asking->question.step,
			          "Azure's answer is not JSON but %.60s", response->type);
	}
	finish(asking, &answer);
}

static void token_there(void *context, const struct error *error)
{
	static const char *const headers[] = {"Accept: application/json", NULL};
	static const char *const with_body[] = {"Accept: application/json", "Content-Type: application/json", NULL};
	struct asking *asking = context;
	const struct question *question = &asking->question;
	struct http_request request = {
	    .method = question->method,
	    .url = question->url,
	    .headers = question->body != NULL ? with_body : headers,
	    .body = question->body,
	    .body_length = question->body != NULL ? strlen(question->body) : 0,
	    .deadline = question->deadline,
	    .step = question->step,
	    .access = &asking->account->manager,
	};

	if (error->code != ERROR_NONE) {
		struct http_response nothing = {.retry_after = -1};
		struct answer answer = {.response = &nothing, .error = *error};

		finish(asking, &answer);
		return;
	}
	asking->generation = asking->account->generation;
	http_start(asking->account->azure->loop, &request, answered, asking);
}

static void begin(struct asking *asking)
{
	token_want(asking->account, &asking->question.deadline, token_there, asking);
}

void azure_ask(struct account *account, const struct question *question, answer_done *done, void *context)
{
	struct asking *asking = must_alloc(sizeof *asking);

	asking->account = account;
	asking->question = *question;
	asking->question.url = arena_strdup(&asking->arena, question->url);
	if (question->body != NULL)
		asking->question.body = arena_strdup(&asking->arena, question->body);
	asking->done = done;
	asking->context = context;
	begin(asking);
}
