/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The loop: requests under way, requests that wait for their turn, and appointments. */
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "providers/http/exchange.h"
#include "providers/http/http.h"
#include "providers/http/recorded.h"

enum { AT_ONCE = 64, LONGEST_WAIT = 1000 }; /* ms */

struct queue {
	struct exchange *first, *last;
};

struct appointment {
	struct appointment *next;
	int64_t at; /* monotonic ms */
	void (*done)(void *context);
	void *context;
};

struct http_loop {
	CURLM *multi;
	size_t most, active;
	struct queue waiting, running;
	struct appointment *appointments; /* the next one first */
};

static void queue_add(struct queue *queue, struct exchange *exchange)
{
	exchange->previous = queue->last;
	exchange->next = NULL;
	if (queue->last != NULL)
		queue->last->next = exchange;
	else
		queue->first = exchange;
	queue->last = exchange;
}

static void queue_remove(struct queue *queue, struct exchange *exchange)
{
	if (exchange->previous != NULL)
		exchange->previous->next = exchange->next;
	else
		queue->first = exchange->next;
	if (exchange->next != NULL)
		exchange->next->previous = exchange->previous;
	else
		queue->last = exchange->previous;
}

struct http_loop *http_loop_new(size_t most)
{
	struct http_loop *loop;

	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return NULL;
	/* OpenSSL writes to sockets whose other end may be closed. */
	signal(SIGPIPE, SIG_IGN);
	loop = must_alloc(sizeof *loop);
	loop->most = most > 0 ? most : AT_ONCE;
	loop->multi = curl_multi_init();
	if (loop->multi == NULL) {
		http_loop_free(loop);
		return NULL;
	}
	if (curl_multi_setopt(loop->multi, CURLMOPT_MAXCONNECTS, (long)loop->most) != CURLM_OK) {
		http_loop_free(loop);
		return NULL;
	}
	return loop;
}

static void queue_free(struct http_loop *loop, struct queue *queue, bool running)
{
	while (queue->first != NULL) {
		struct exchange *exchange = queue->first;

		queue_remove(queue, exchange);
		if (running)
			curl_multi_remove_handle(loop->multi, exchange->easy);
		exchange_free(exchange);
	}
}

void http_loop_free(struct http_loop *loop)
{
	if (loop == NULL)
		return;
	queue_free(loop, &loop->running, true);
	queue_free(loop, &loop->waiting, false);
	while (loop->appointments != NULL) {
		struct appointment *first = loop->appointments;

		loop->appointments = first->next;
		free(first);
	}
	if (loop->multi != NULL)
		curl_multi_cleanup(loop->multi);
	free(loop);
	curl_global_cleanup();
}

void http_start(struct http_loop *loop, const struct http_request *request, http_done *done, void *context)
{
	struct exchange *exchange;

	/* Requests on a line are recorded by line_post(). */
	if (request->line == NULL && http_recorded(loop, request, request->url, &done, &context))
		return;
	exchange = exchange_new(request);
	exchange->done = done;
	exchange->context = context;
	queue_add(&loop->waiting, exchange);
}

void http_later(struct http_loop *loop, int64_t milliseconds, void (*done)(void *context), void *context)
{
	struct appointment *new = must_alloc(sizeof *new), **place = &loop->appointments;

	*new = (struct appointment){.at = clock_monotonic() + milliseconds, .done = done, .context = context};
	while (*place != NULL && (*place)->at <= new->at)
		place = &(*place)->next;
	new->next = *place;
	*place = new;
}

/* The callback may free the line, which libcurl's handle holds. */
static void finish(struct exchange *exchange)
{
	if (exchange->line != NULL) {
		curl_easy_cleanup(exchange->easy);
		exchange->easy = NULL;
	}
	exchange->done(&exchange->response, exchange->context);
	exchange_free(exchange);
}

/* Starts a request, or ends it if it has an error or its deadline has passed. */
static void begin(struct http_loop *loop, struct exchange *exchange)
{
	int64_t left = deadline_left(&exchange->deadline);
	CURLcode code = left == 0 ? CURLE_OPERATION_TIMEDOUT : CURLE_OK;

	queue_remove(&loop->waiting, exchange);
	if (code == CURLE_OK && exchange->response.error.code == ERROR_NONE) {
		EXCHANGE_SET(exchange, CURLOPT_TIMEOUT_MS, (long)left);
		if (exchange->response.error.code == ERROR_NONE &&
		    curl_multi_add_handle(loop->multi, exchange->easy) == CURLM_OK) {
			queue_add(&loop->running, exchange);
			loop->active++;
			return;
		}
		code = CURLE_OUT_OF_MEMORY;
	}
	if (exchange->response.error.code == ERROR_NONE)
		exchange_error(exchange, code);
	finish(exchange);
}

/* Starts queued requests, and ends those whose deadline has passed. A callback may start others. */
static void begin_waiting(struct http_loop *loop)
{
	while (loop->waiting.first != NULL && loop->active < loop->most)
		begin(loop, loop->waiting.first);
	for (struct exchange *exchange = loop->waiting.first, *next; exchange != NULL; exchange = next) {
		next = exchange->next;
		if (deadline_passed(&exchange->deadline))
			begin(loop, exchange);
	}
}

static void end_finished(struct http_loop *loop)
{
	const CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(loop->multi, &left)) != NULL) {
		CURLcode code = message->data.result;
		struct exchange *exchange = loop->running.first;

		if (message->msg != CURLMSG_DONE)
			continue;
		while (exchange != NULL && exchange->easy != message->easy_handle)
			exchange = exchange->next;
		if (exchange == NULL)
			continue;
		exchange_end(exchange, code);
		curl_multi_remove_handle(loop->multi, exchange->easy);
		queue_remove(&loop->running, exchange);
		loop->active--;
		finish(exchange);
	}
}

static void keep_appointments(struct http_loop *loop)
{
	while (loop->appointments != NULL && loop->appointments->at <= clock_monotonic()) {
		struct appointment *first = loop->appointments;

		loop->appointments = first->next;
		first->done(first->context);
		free(first);
	}
}

static int wait_time(const struct http_loop *loop)
{
	int64_t now = clock_monotonic(), least = now + LONGEST_WAIT;

	if (loop->waiting.first != NULL && loop->active < loop->most)
		return 0;
	if (loop->appointments != NULL && loop->appointments->at < least)
		least = loop->appointments->at;
	for (const struct exchange *exchange = loop->waiting.first; exchange != NULL; exchange = exchange->next)
		if (exchange->deadline.at < least)
			least = exchange->deadline.at;
	return least > now ? (int)(least - now) : 0;
}

/* Only if libcurl itself fails: without it nothing ends any more. */
static void fail_all(struct http_loop *loop, CURLMcode code)
{
	while (loop->running.first != NULL) {
		struct exchange *exchange = loop->running.first;

		curl_multi_remove_handle(loop->multi, exchange->easy);
		queue_remove(&loop->running, exchange);
		loop->active--;
		error_set(&exchange->response.error, ERROR_SYSTEM, exchange->step, "libcurl: %s",
		          curl_multi_strerror(code));
		finish(exchange);
	}
}

static bool idle(const struct http_loop *loop)
{
	return loop->active == 0 && loop->waiting.first == NULL && loop->appointments == NULL;
}

void http_run(struct http_loop *loop, const bool *over)
{
	int running;

	while (!idle(loop) && (over == NULL || !*over)) {
		CURLMcode code;

		begin_waiting(loop);
		code = curl_multi_perform(loop->multi, &running);
		end_finished(loop);
		keep_appointments(loop);
		if (code == CURLM_OK && !idle(loop) && (over == NULL || !*over))
			code = curl_multi_poll(loop->multi, NULL, 0, wait_time(loop), NULL);
		if (code != CURLM_OK)
			fail_all(loop, code);
	}
}

struct asked {
	struct http_response *response;
	bool over;
};

static void answered(struct http_response *response, void *context)
{
	struct asked *asked = context;

	*asked->response = *response;
	response->body = (struct buffer){0};
	response->challenge = NULL;
	asked->over = true;
}

int http_ask(struct http_loop *loop, const struct http_request *request, struct http_response *response)
{
	struct asked asked = {.response = response};

	http_start(loop, request, answered, &asked);
	http_run(loop, &asked.over);
	return response->error.code == ERROR_NONE ? 0 : -1;
}
