/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The calls that change something.  The module only names the session, by the identity that its number was given for;
 * the broker calls the remedy engine.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/clock.h"
#include "wtsapi/ask.h"
#include "wtsapi/calls.h"
#include "wtsapi/failure.h"
#include "wtsapi/list.h"
#include "wtsapi/message.h"
#include "wtsapi/numbers.h"
#include "wtsapi/server.h"

/* A message box without a time limit waits this long. */
enum { LONGEST_WAIT = 60 * 60 * 1000 }; /* ms */

/* Not an error code: server_get() has set the last error. */
#define NO_SERVER UINT32_MAX

struct order {
	const char *act;
	const char *title, *text; /* NULL: none */
	int64_t wait;             /* ms for an answer */
};

/* The session that the caller means: the one that it was shown, or the one that has the number now. */
static DWORD request_make(struct server *server, DWORD number, const struct order *order, struct message *request)
{
	int64_t begun = clock_monotonic();
	const struct identity *identity;
	const struct row *row;
	DWORD code = ERROR_SUCCESS;

	server_lock(server);
	identity = number != WTS_CURRENT_SESSION ? numbers_find(&server->numbers, number) : NULL;
	if (identity == NULL && (row = server_row(server, number, begun, &code)) != NULL)
		identity = &row->identity;
	if (identity != NULL) {
		request_begin(request, order->act, server->target);
		message_put(request, "provider", identity->provider);
		message_put(request, "host", identity->host);
		message_put(request, "session", identity->id);
		message_put(request, "user", identity->user);
		message_put(request, "birth", identity->birth);
		message_put(request, "title", order->title);
		message_put(request, "text", order->text);
		message_put_number(request, "wait", order->wait);
	}
	server_unlock(server);
	return code;
}

static DWORD outcome_code(const struct message *reply)
{
	static const struct {
		const char *word;
		DWORD code;
	} codes[] = {
	    {"done", ERROR_SUCCESS},          {"answered", ERROR_SUCCESS},
	    {"no answer", ERROR_SUCCESS},     {"already gone", ERROR_FILE_NOT_FOUND},
	    {"gone", ERROR_FILE_NOT_FOUND},   {"changed", ERROR_FILE_NOT_FOUND},
	    {"refused", ERROR_ACCESS_DENIED}, {"forbidden", ERROR_ACCESS_DENIED},
	    {"stopped", ERROR_CANCELLED}, /* a limit, or no audit */
	    {"locked", ERROR_BUSY},           {"not supported", ERROR_NOT_SUPPORTED},
	};
	const char *word = message_find(reply, "outcome");

	for (size_t i = 0; word != NULL && i < sizeof codes / sizeof *codes; i++)
		if (strcmp(word, codes[i].word) == 0)
			return codes[i].code;
	return ERROR_GEN_FAILURE;
}

/* Sends the request without the server's lock, because the answer may take long.  The present list is out of date
 * afterwards. */
static DWORD act(HANDLE handle, DWORD number, const struct order *order, struct message *reply)
{
	struct message request = {0};
	struct server *server = server_get(handle);
	DWORD code;

	if (server == NULL)
		return NO_SERVER;
	code = request_make(server, number, order, &request);
	if (code == ERROR_SUCCESS)
		code = ask(&request, server->act_patience + order->wait, reply);
	server_lock(server);
	server->listed_at = 0;
	server_unlock(server);
	server_let_go(server);
	if (code == ERROR_SUCCESS && (code = reply_error(reply)) == ERROR_SUCCESS)
		code = outcome_code(reply);
	return code;
}

static BOOL acted(DWORD code)
{
	if (code == ERROR_SUCCESS)
		return TRUE;
	return code == NO_SERVER ? FALSE : failure(code);
}

static BOOL simple(HANDLE handle, DWORD number, const char *what)
{
	const struct order order = {.act = what};
	struct message reply = {0};
	DWORD code = act(handle, number, &order, &reply);

	message_free(&reply);
	return acted(code);
}

BOOL act_disconnect(HANDLE handle, DWORD number)
{
	return simple(handle, number, "disconnect");
}

BOOL act_logoff(HANDLE handle, DWORD number)
{
	return simple(handle, number, "logoff");
}

/* The button that was pressed, in Windows' numbers. */
static DWORD button(const struct message *reply, bool wait)
{
	static const struct {
		const char *word;
		DWORD id;
	} buttons[] = {
	    {"ok", 1},  {"cancel", 2}, {"abort", 3}, {"retry", 4},      {"ignore", 5},
	    {"yes", 6}, {"no", 7},     {"close", 8}, {"try again", 10}, {"continue", 11},
	};
	const char *answer = message_find(reply, "answer"), *outcome = message_find(reply, "outcome");
	int64_t other;

	if (!wait)
		return IDASYNC;
	for (size_t i = 0; answer != NULL && i < sizeof buttons / sizeof *buttons; i++)
		if (strcmp(answer, buttons[i].word) == 0)
			return buttons[i].id;
	if (answer != NULL && strncmp(answer, "button ", 7) == 0 && message_number(answer + 7, &other) == 0)
		return (DWORD)other;
	return outcome != NULL && strcmp(outcome, "no answer") == 0 ? IDTIMEOUT : IDASYNC;
}

BOOL act_message(HANDLE handle, DWORD number, const char *title, const char *text, DWORD timeout, DWORD *response,
                 bool wait)
{
	struct order order = {.act = "message", .title = title, .text = text};
	struct message reply = {0};
	DWORD code;

	if (text[0] == '\0')
		return failure(ERROR_INVALID_PARAMETER);
	if (wait)
		order.wait = timeout == 0 || timeout > LONGEST_WAIT / 1000 ? LONGEST_WAIT : (int64_t)timeout * 1000;
	code = act(handle, number, &order, &reply);
	if (code == ERROR_SUCCESS && response != NULL)
		*response = button(&reply, wait);
	message_free(&reply);
	return acted(code);
}
