/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/http/recorded.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/session_json.h"
#include "lib/tape/tape.h"

/* A body with its size, or with what is a secret, the size alone. */
static json_t *body_json(const char *body, size_t length, bool secret)
{
	json_t *json = json_pack("{sI}", "size", (json_int_t)length);

	if (length > 0 && !secret)
		json_object_set_new(json, "body", json_stringn(body, length)); /* no UTF-8: it is left out */
	return json;
}

static json_t *request_json(const struct http_request *request, const char *url)
{
	return json_pack("{sI ss ss so}", "number", tape_number(), "method", request->method, "url", url, "sent",
	                 body_json(request->body, request->body != NULL ? request->body_length : 0, request->secret));
}

/* A request in progress and its callback. */
struct listening {
	json_t *exchange;
	bool secret;
	int64_t begun;
	http_done *done;
	void *context;
};

static void answer_add(json_t *exchange, const struct http_response *response, bool secret)
{
	const struct error *error = &response->error;

	json_object_set_new(exchange, "status", json_integer(response->status));
	json_object_set_new(exchange, "type", json_string(response->type));
	if (response->retry_after >= 0)
		json_object_set_new(exchange, "retry_after", json_integer(response->retry_after));
	json_object_set_new(exchange, "got", body_json(response->body.text, response->body.length, secret));
	if (error->code != ERROR_NONE)
		json_object_set_new(exchange, "failed",
		                    json_pack("{ss ss sI}", "code", error_code_name(error->code), "step",
		                              step_name(error->step), "native", (json_int_t)error->native));
}

static void heard(struct http_response *response, void *context)
{
	struct listening listening = *(struct listening *)context;

	free(context);
	json_object_set_new(listening.exchange, "took", json_integer(clock_monotonic() - listening.begun));
	answer_add(listening.exchange, response, listening.secret);
	tape_put(listening.exchange);
	listening.done(response, listening.context);
}

/* The text of the first element of that name, whatever its prefix; "" if there is none. */
static const char *element_text(const char *body, const char *name, size_t *length)
{
	const size_t size = strlen(name);
	const char *at = body;

	*length = 0;
	while (at != NULL && (at = strstr(at, name)) != NULL) {
		const bool opens = at > body && (at[-1] == ':' || at[-1] == '<') && strchr(" >", at[size]) != NULL;
		const char *end = strchr(at, '>');

		at += size;
		if (!opens || end == NULL || end[-1] == '/')
			continue;
		*length = strcspn(end + 1, "<");
		return end + 1;
	}
	return "";
}

/* What a request is about; a time, a number of its own and the account are not that. */
struct wanted {
	const struct http_request *request;
	const char *url;
};

static bool same_element(const char *one, const char *other, const char *name)
{
	size_t one_length, other_length;
	const char *first = element_text(one, name, &one_length), *second = element_text(other, name, &other_length);

	return one_length == other_length && strncmp(first, second, one_length) == 0;
}

static const char *body_of(const json_t *exchange, const char *key)
{
	const char *body = json_string_value(json_object_get(json_object_get(exchange, key), "body"));

	return body != NULL ? body : "";
}

static bool fits(const json_t *exchange, const void *context)
{
	const struct wanted *wanted = context;
	const char *method = json_string_value(json_object_get(exchange, "method"));
	const char *url = json_string_value(json_object_get(exchange, "url"));
	const char *body = wanted->request->body != NULL ? wanted->request->body : "",
	           *sent = body_of(exchange, "sent");

	return method != NULL && strcmp(method, wanted->request->method) == 0 && url != NULL &&
	       text_same(url, wanted->url) && same_element(body, sent, "Action") &&
	       same_element(body, sent, "ResourceURI") && same_element(body, sent, "EnumerationContext") &&
	       same_element(body, sent, "Filter");
}

/* The answer to a question that is to be played. */
struct playing {
	struct http_response response;
	http_done *done;
	void *context;
};

static void deliver(void *context)
{
	struct playing *playing = context;

	playing->done(&playing->response, playing->context);
	http_response_free(&playing->response);
	free(playing);
}

/* An answer names the question that it is to. */
static void body_play(struct buffer *out, const char *body, const char *sent, const char *asked)
{
	size_t length, length_asked;
	const char *id = element_text(sent, "MessageID", &length);
	const char *id_asked = element_text(asked, "MessageID", &length_asked);

	while (*body != '\0') {
		if (length > 0 && strncmp(body, id, length) == 0) {
			buffer_add(out, id_asked, length_asked);
			body += length;
		} else {
			buffer_add(out, body++, 1);
		}
	}
}

static void response_from(struct http_response *response, const json_t *exchange, const struct http_request *request)
{
	const char *type = json_string_value(json_object_get(exchange, "type"));
	const json_t *wait = json_object_get(exchange, "retry_after"), *failed = json_object_get(exchange, "failed");

	response->status = (long)json_integer_value(json_object_get(exchange, "status"));
	text_copy(response->type, sizeof response->type, type != NULL ? type : "");
	response->retry_after = json_is_integer(wait) ? json_integer_value(wait) : -1;
	if (failed != NULL)
		error_from_json(failed, &response->error);
	body_play(&response->body, body_of(exchange, "got"), body_of(exchange, "sent"),
	          request->body != NULL ? request->body : "");
}

static void play(struct http_loop *loop, const struct http_request *request, const char *url, http_done *done,
                 void *context)
{
	const struct wanted wanted = {request, url};
	const json_t *exchange = tape_take(fits, &wanted);
	struct playing *playing = must_alloc(sizeof *playing);

	*playing = (struct playing){.done = done, .context = context};
	playing->response.retry_after = -1;
	playing->response.reused = true;
	if (exchange != NULL)
		response_from(&playing->response, exchange, request);
	else
		error_set(&playing->response.error, ERROR_PROTOCOL, request->step,
		          "the recording has no answer to %s %.150s", request->method, url);
	http_later(loop, 0, deliver, playing);
}

bool http_recorded(struct http_loop *loop, const struct http_request *request, const char *url, http_done **done,
                   void **context)
{
	struct listening *listening;

	if (tape_plays()) {
		play(loop, request, url, *done, *context);
		return true;
	}
	if (!tape_records())
		return false;
	listening = must_alloc(sizeof *listening);
	*listening =
	    (struct listening){request_json(request, url), request->secret, clock_monotonic(), *done, *context};
	*done = heard;
	*context = listening;
	return false;
}
