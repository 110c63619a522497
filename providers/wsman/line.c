/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/wsman/line.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "providers/http/recorded.h"
#include "providers/wsman/sealed.h"

#define SOAP_TYPE "application/soap+xml"

/* NTLM has two legs, Kerberos one. */
enum { LEGS_MOST = 4 };

struct job {
	struct job *next;
	struct buffer body;
	struct deadline deadline;
	size_t limit;
	enum step step;
	bool again; /* it is sent for the second time: it had not gone out the first time */
	http_done *done;
	void *context;
};

struct line {
	struct line_end end;
	struct http_loop *loop;
	struct http_line *http;
	struct seal *seal;
	struct job *first, *last;
	bool busy;
	unsigned legs;
	bool logged_in;                       /* since the last job … */
	int64_t resolved, connected, secured; /* … in so many ms */
};

static void next(struct line *line);
static void login_begin(struct line *line);

struct line *line_new(const struct line_end *end)
{
	struct line *line = must_alloc(sizeof *line);

	line->end = *end;
	return line;
}

static void job_free(struct job *job)
{
	buffer_free(&job->body);
	free(job);
}

static void hang_up(struct line *line)
{
	seal_free(line->seal);
	line->seal = NULL;
	http_line_free(line->http);
	line->http = NULL;
}

void line_free(struct line *line)
{
	if (line == NULL)
		return;
	hang_up(line);
	while (line->first != NULL) {
		struct job *job = line->first;

		line->first = job->next;
		job_free(job);
	}
	free(line);
}

/* The first job has its answer.  Its callback may post others. */
static void finish(struct line *line, struct http_response *response)
{
	struct job *job = line->first;

	if (line->logged_in && response->reused) {
		response->reused = false;
		response->resolved = line->resolved;
		response->connected = line->connected;
		response->secured = line->secured;
	}
	line->logged_in = false;
	line->first = job->next;
	if (line->first == NULL)
		line->last = NULL;
	line->busy = false;
	job->done(response, job->context);
	job_free(job);
	if (!line->busy)
		next(line);
}

/* The login or a message of it is invalid: the connection is closed. */
static void fail(struct line *line, struct http_response *response)
{
	hang_up(line);
	finish(line, response);
}

/* Fails without a response. */
static void fail_with(struct line *line, const struct error *error)
{
	struct http_response response = {.error = *error, .retry_after = -1};

	fail(line, &response);
}

/* An unencrypted answer is not authenticated. Its HTTP status is reported, its SOAP is ignored. */
static void judge_unsealed(const struct line *line, struct http_response *response)
{
	if (!line->end.sealed || response->error.code != ERROR_NONE ||
	    (!text_same(response->type, SOAP_TYPE) && response->status != 200))
		return;
	error_set(&response->error, ERROR_PROTOCOL, line->first->step,
	          "%.80s: the answer is refused, because it is not encrypted (HTTP %ld)", line->end.login.shown,
	          response->status);
	error_hint(&response->error, "is it WinRM?  A machine on the way may have answered in its place");
}

static void unseal(struct line *line, struct http_response *response)
{
	struct buffer plain = {0};

	if (seal_unwrap(line->seal, buffer_text(&response->body), response->body.length, line->first->step, &plain,
	                &response->error) < 0)
		return;
	buffer_free(&response->body);
	response->body = plain;
	text_copy(response->type, sizeof response->type, SOAP_TYPE);
}

static void answered(struct http_response *response, void *context)
{
	struct line *line = context;
	const bool not_taken =
	    (response->lost && !response->sent) || (response->error.code == ERROR_NONE && response->status == 401);

	if (not_taken && !line->first->again) {
		line->first->again = true;
		login_begin(line);
		return;
	}
	if (line->end.sealed && response->error.code == ERROR_NONE && text_same(response->type, "multipart/encrypted"))
		unseal(line, response);
	else
		judge_unsealed(line, response);
	if (response->error.code != ERROR_NONE || response->status == 401)
		fail(line, response);
	else
		finish(line, response);
}

static void post(struct line *line, const char *header, const char *type, const struct buffer *body, http_done *done)
{
	const struct job *job = line->first;
	const char *headers[] = {type, header, NULL};
	struct http_request request = {
	    .method = "POST",
	    .url = line->end.url,
	    .headers = headers,
	    .body = body->text,
	    .body_length = body->length,
	    .deadline = job->deadline,
	    .limit = job->limit,
	    .step = header != NULL ? STEP_LOGIN : job->step,
	    .access = line->end.access,
	    .line = line->http,
	    .kept = line->legs > 1 || header == NULL,
	};

	http_start(line->loop, &request, done, line);
}

static void send_job(struct line *line)
{
	const struct job *job = line->first;
	struct error error = {0};
	struct buffer body = {0};

	if (!line->end.sealed) {
		post(line, NULL, "Content-Type: " SOAP_TYPE ";charset=UTF-8", &job->body, answered);
		return;
	}
	if (seal_wrap(line->seal, buffer_text(&job->body), job->body.length, &body, &error) < 0)
		fail_with(line, &error);
	else
		post(line, NULL, "Content-Type: " SEALED_TYPE, &body, answered);
	buffer_free(&body);
}

static void leg(struct line *line, const char *challenge);

/* The host's answer to a leg of the login. */
static void leg_answered(struct http_response *response, void *context)
{
	struct line *line = context;
	struct error error = {0};

	line->resolved += response->resolved;
	line->connected += response->connected;
	line->secured += response->secured;
	if (response->lost && !response->sent && !line->first->again) {
		line->first->again = true;
		login_begin(line);
	} else if (response->error.code != ERROR_NONE || (response->status != 200 && response->status != 401) ||
	           (response->status == 401 && (seal_ready(line->seal) || response->challenge == NULL))) {
		judge_unsealed(line, response);
		fail(line, response);
	} else if (!seal_ready(line->seal) && response->challenge != NULL) {
		leg(line, response->challenge);
	} else if (seal_ready(line->seal)) {
		line->logged_in = true;
		send_job(line);
	} else {
		error_set(&error, ERROR_PROTOCOL, STEP_LOGIN,
		          "%.80s: nothing was sent, because the host does not prove who it is", line->end.login.shown);
		fail_with(line, &error);
	}
}

static void leg_post(struct line *line, const struct buffer *token)
{
	const struct buffer none = {0};
	struct buffer header = {0};

	line->legs++;
	buffer_printf(&header, "Authorization: Negotiate %s", buffer_text(token));
	post(line, header.text, "Content-Type: " SOAP_TYPE ";charset=UTF-8", &none, leg_answered);
	explicit_bzero(header.text, header.length);
	buffer_free(&header);
}

static void leg(struct line *line, const char *challenge)
{
	struct buffer token = {0};
	struct error error = {0};

	if (line->legs == LEGS_MOST)
		error_set(&error, ERROR_PROTOCOL, STEP_LOGIN, "%.80s: the login does not end", line->end.login.shown);
	if (error.code != ERROR_NONE || seal_step(line->seal, challenge, &token, &error) < 0) {
		fail_with(line, &error);
	} else if (token.length > 0) {
		leg_post(line, &token);
	} else if (seal_ready(line->seal)) { /* the host's token completed the login */
		line->logged_in = true;
		send_job(line);
	} else {
		error_set(&error, ERROR_PROTOCOL, STEP_LOGIN, "%.80s: the login does not go on", line->end.login.shown);
		fail_with(line, &error);
	}
	if (token.text != NULL)
		explicit_bzero(token.text, token.length);
	buffer_free(&token);
}

static void login_begin(struct line *line)
{
	struct error error = {0};

	hang_up(line);
	line->legs = 0;
	line->logged_in = false;
	line->resolved = line->connected = line->secured = 0;
	line->http = http_line_new();
	if (line->http == NULL)
		error_set(&error, ERROR_SYSTEM, STEP_OPEN, "libcurl could not be started");
	else
		line->seal = seal_new(&line->end.login, &error);
	if (line->seal == NULL)
		fail_with(line, &error);
	else
		leg(line, NULL);
}

static void next(struct line *line)
{
	if (line->first == NULL)
		return;
	line->busy = true;
	if (seal_ready(line->seal))
		send_job(line);
	else
		login_begin(line);
}

/* Starts later, so that line_post() never calls back itself. */
static void begin(void *context)
{
	struct line *line = context;

	line->busy = false;
	next(line);
}

void line_post(struct line *line, struct http_loop *loop, const struct http_request *request, http_done *done,
               void *context)
{
	struct job *job;

	if (http_recorded(loop, request, line->end.url, &done, &context))
		return;
	job = must_alloc(sizeof *job);
	*job = (struct job){
	    .deadline = request->deadline,
	    .limit = request->limit,
	    .step = request->step,
	    .done = done,
	    .context = context,
	};
	buffer_add(&job->body, request->body, request->body_length);
	if (line->last != NULL)
		line->last->next = job;
	else
		line->first = job;
	line->last = job;
	line->loop = loop;
	if (line->busy)
		return;
	line->busy = true;
	http_later(loop, 0, begin, line);
}
