/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/wsman/ask.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "providers/wsman/soap.h"

/* The body of an answer; we ask for no more than ENVELOPE_MOST. */
enum { ANSWER_MOST = 4 * 1024 * 1024 };
/*
 * The host's share of the time, so that its answer, or its "timed out", arrives before the deadline.
 */
enum { HOST_SHARE = 90 }; /* % */

struct ask {
	struct wsman service;
	char id[MESSAGE_ID_SIZE]; /* "": not compared */
	enum step step;
	wsman_done *done;
	void *context;
};

static bool is_soap(const struct http_response *http)
{
	return text_same(http->type, "application/soap+xml");
}

/* The answer, or why there is none. */
static void read_reply(struct wsman_reply *reply, const struct ask *ask)
{
	const struct http_response *http = reply->http;
	const struct wsman *service = &ask->service;

	if (http->error.code != ERROR_NONE) {
		reply->error = http->error;
		return;
	}
	if (!is_soap(http) || http->body.length == 0) {
		status_error(&reply->error, http, service->access, ask->step, service->host);
		return;
	}
	if (answer_read(&reply->answer, http->body.text, http->body.length, ask->id[0] != '\0' ? ask->id : NULL,
	                ask->step, service->host, reply->arena, &reply->error) < 0)
		return;
	reply->faulted = fault_read(&reply->fault, &reply->answer, reply->arena);
	if (reply->faulted)
		fault_error(&reply->error, &reply->fault, ask->step, service->host);
	else if (http->status != 200)
		status_error(&reply->error, http, service->access, ask->step, service->host);
}

static void answered(struct http_response *http, void *context)
{
	struct arena arena = {0};
	struct wsman_reply reply = {.http = http, .arena = &arena};
	struct ask *ask = context;

	read_reply(&reply, ask);
	ask->done(&reply, ask->context);
	arena_free(&arena);
	free(ask);
}

/* access NULL: as the service is logged in to. */
static void post(struct ask *ask, const struct buffer *body, const struct http_access *access, const char *header,
                 const struct deadline *deadline)
{
	const char *headers[] = {"Content-Type: application/soap+xml;charset=UTF-8", header, NULL};
	struct http_request request = {
	    .method = "POST",
	    .url = ask->service.wire->url,
	    .headers = headers,
	    .body = body->text,
	    .body_length = body->length,
	    .deadline = *deadline,
	    .limit = ANSWER_MOST,
	    .step = ask->step,
	    .access = access,
	};

	if (access != NULL) {
		http_start(ask->service.loop, &request, answered, ask);
		return;
	}
	request.access = ask->service.access;
	wire_post(ask->service.wire, ask->service.loop, &request, answered, ask);
}

static struct ask *ask_new(const struct wsman *service, enum step step, wsman_done *done, void *context)
{
	struct ask *ask = must_alloc(sizeof *ask);

	*ask = (struct ask){.service = *service, .step = step, .done = done, .context = context};
	return ask;
}

static const char *mutual_header(const struct wsman *service)
{
	return service->mutual ? "Authorization: http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
	                       : NULL;
}

void wsman_ask(const struct wsman *service, const struct wsman_question *question, wsman_done *done, void *context)
{
	struct ask *ask = ask_new(service, question->step, done, context);
	struct buffer body = {0};

	message_id_make(ask->id);
	envelope_write(&body, &(struct envelope){
	                          .id = ask->id,
	                          .session = ask->service.wire->session,
	                          .to = wire_url(service->wire),
	                          .action = question->action,
	                          .resource = question->resource,
	                          .selectors = question->selectors,
	                          .selector_count = question->selector_count,
	                          .options = question->options,
	                          .option_count = question->option_count,
	                          .time = deadline_left(&question->deadline) * HOST_SHARE / 100,
	                          .body = question->body,
	                      });
	post(ask, &body, NULL, mutual_header(service), &question->deadline);
	buffer_free(&body);
}

void wsman_identify(const struct wsman *service, bool unauthenticated, const struct deadline *deadline,
                    wsman_done *done, void *context)
{
	struct ask *ask = ask_new(service, STEP_LOGIN, done, context);
	struct buffer body = {0};

	identify_write(&body);
	if (!unauthenticated) {
		post(ask, &body, NULL, mutual_header(service), deadline);
	} else {
		struct http_access access = *service->access;

		access.login = HTTP_LOGIN_NONE;
		post(ask, &body, &access, "WSMANIDENTIFY: unauthenticated", deadline);
	}
	buffer_free(&body);
}
