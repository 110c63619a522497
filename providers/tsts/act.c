/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/act.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>

#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/target/provider.h"
#include "providers/tsts/fill.h"
#include "providers/tsts/samba.h"
#include "providers/tsts/status.h"
#include "providers/tsts/wire.h"

/* Polls whether a session has ended; the last poll is shortly before the deadline. */
enum { LOOK_EVERY = 200, LOOK_LAST = 400 };

/* MessageBox(): MB_OK or MB_OKCANCEL, MB_ICONINFORMATION. */
enum { STYLE_OK = 0x00, STYLE_OK_CANCEL = 0x01, STYLE_INFORMATION = 0x40 };

/* The hold of the operation in progress. */
static struct hold *hold_of(const struct call *call)
{
	return call->context;
}

static struct call *ask(struct hold *hold, uint32_t opnum,
                        void (*done)(struct call *call, uint32_t status, struct wire_bytes reply))
{
	struct call *call = call_new(hold->host, WIRE_SESSION, opnum, done);

	call->context = hold;
	return call;
}

static void refuse(struct hold *hold, uint32_t hresult, const char *doing, enum right right)
{
	struct error error = {0};
	char what[64];

	snprintf(what, sizeof what, "%s session %u", doing, hold->id);
	hresult_error(&error, hresult, hold->host->step, hold->host->access.host, what, right);
	host_fail(hold->host, &error);
}

static void client_read(struct call *call, uint32_t status, struct wire_bytes reply)
{
	struct hold *hold = hold_of(call);
	uint32_t hresult = 0;

	hold->has_client = status == 0 && wire_read_client(reply, &hold->arena, &hold->client, &hresult) == 0 &&
	                   !hresult_failed(hresult);
	host_end(call->host);
}

static void client_opened(struct host *host, const struct error *error)
{
	struct hold *hold = host->hold;
	struct call *call;

	if (error->code != ERROR_NONE) {
		host_end(host);
		return;
	}
	call = call_new(host, WIRE_CLIENT, CLIENT_DATA, client_read);
	call->context = hold;
	call_send(call, wire_number(&call->arena, hold->id));
}

static void read_client(struct hold *hold)
{
	const struct error none = {0};

	hold->host->hold = hold;
	if (hold->host->pipes[WIRE_CLIENT] != NULL)
		client_opened(hold->host, &none);
	else
		host_open_pipe(hold->host, WIRE_CLIENT, client_opened);
}

static void read_rest(struct hold *hold)
{
	if (hold->wants_client)
		read_client(hold);
	else
		host_end(hold->host);
}

static void name_told(struct whole *whole)
{
	read_rest(whole->hold);
}

static void read_name(struct hold *hold)
{
	hold->whole = (struct whole){.host = hold->host,
	                             .told = &hold->told,
	                             .arena = &hold->arena,
	                             .done = name_told,
	                             .hold = hold,
	                             .handle = hold->handle};
	whole_ask(&hold->whole);
}

static void read_now(struct call *call, uint32_t status, struct wire_bytes reply)
{
	struct hold *hold = hold_of(call);
	uint32_t hresult = 0;

	if (status != 0)
		host_fail_status(call->host, status);
	else if (wire_read_session(reply, &hold->arena, &hold->told, &hresult) != 0)
		host_malformed(call->host, "the information about a session");
	else if (hresult_failed(hresult))
		refuse(hold, hresult, "reading", RIGHT_QUERY);
	else if (told_may_be_cut(&hold->told))
		read_name(hold);
	else
		read_rest(hold);
}

static void handle_opened(struct call *call, uint32_t status, struct wire_bytes reply)
{
	struct hold *hold = hold_of(call);
	uint32_t hresult = 0;

	if (status != 0) {
		host_fail_status(call->host, status);
	} else if (wire_read_handle(reply, &hold->handle, &hresult) != 0) {
		host_malformed(call->host, "a session's handle");
	} else if (hresult_failed(hresult)) {
		refuse(hold, hresult, "opening", RIGHT_QUERY);
	} else {
		hold->held = true;
		call = ask(hold, SESSION_INFORMATION, read_now);
		call_send(call, wire_information(&call->arena, hold->id));
	}
}

void hold_begin(struct hold *hold, const struct deadline *deadline)
{
	struct call *call;

	host_begin(hold->host, STEP_PIN, deadline, NULL);
	call = ask(hold, SESSION_OPEN, handle_opened);
	call_send(call, wire_number(&call->arena, hold->id));
}

static void handle_closed(struct call *call, uint32_t status, struct wire_bytes reply)
{
	(void)status;
	(void)reply;
	host_end(call->host);
}

void hold_close(struct hold *hold, const struct deadline *deadline)
{
	struct call *call;

	host_begin(hold->host, STEP_PIN, deadline, NULL);
	call = ask(hold, SESSION_CLOSE, handle_closed);
	call_send(call, wire_handle(&call->arena, &hold->handle));
}

/* True if the act was accepted. A session that has ended already is a success (OUTCOME_ALREADY_GONE). */
static bool accepted(struct call *call, uint32_t status, int malformed, uint32_t hresult)
{
	static const enum right rights[] = {
	    [ACT_DISCONNECT] = RIGHT_DISCONNECT,
	    [ACT_LOGOFF] = RIGHT_LOGOFF,
	    [ACT_MESSAGE] = RIGHT_MESSAGE,
	};
	struct hold *hold = hold_of(call);

	if (status != 0) {
		host_fail_status(call->host, status);
	} else if (malformed != 0) {
		host_malformed(call->host, "the answer");
	} else if (hresult == HRESULT_NOT_FOUND) {
		hold->outcome->code = OUTCOME_GONE;
		host_end(call->host);
	} else if (hresult_failed(hresult)) {
		refuse(hold, hresult, act_name(hold->action->act), rights[hold->action->act]);
	} else {
		return true;
	}
	return false;
}

static void disconnected(struct call *call, uint32_t status, struct wire_bytes reply)
{
	uint32_t hresult = 0;
	int malformed = status == 0 ? wire_read_hresult(reply, &hresult) : 0;

	if (accepted(call, status, malformed, hresult))
		host_end(call->host);
}

static void look_again(struct hold *hold);

/* The order is given: the caller checks the result, so a failed read here changes nothing. */
static void looked(struct call *call, uint32_t status, struct wire_bytes reply)
{
	struct hold *hold = hold_of(call);
	struct wire_session now;
	uint32_t hresult = 0;

	if (status == 0 && wire_read_session(reply, &call->arena, &now, &hresult) == 0 && !hresult_failed(hresult) &&
	    now.logon == hold->told.logon) {
		look_again(hold);
		return;
	}
	if (hresult == HRESULT_NOT_FOUND)
		snprintf(hold->outcome->detail, sizeof hold->outcome->detail, "it had ended after %.1f s",
		         (double)(clock_monotonic() - hold->ordered) / 1000);
	host_end(call->host);
}

static void look(struct hold *hold)
{
	struct call *call = ask(hold, SESSION_INFORMATION, looked);

	call_send(call, wire_information(&call->arena, hold->id));
}

static void look_now(struct tevent_context *events, struct tevent_timer *timer, struct timeval now, void *data)
{
	struct hold *hold = data;

	(void)events;
	(void)timer;
	(void)now;
	hold->looking = NULL; /* freed by who called us */
	look(hold);
}

static void look_again(struct hold *hold)
{
	struct host *host = hold->host;

	if (deadline_left(&host->deadline) > LOOK_LAST) {
		hold->looking =
		    tevent_add_timer(host->engine->events, host, timeval_current_ofs_msec(LOOK_EVERY), look_now, hold);
		return;
	}
	text_copy(hold->outcome->detail, sizeof hold->outcome->detail,
	          "it was ordered, and has not ended yet: programs may be asking to save");
	host_end(host);
}

static void logging_off(struct call *call, uint32_t status, struct wire_bytes reply)
{
	struct hold *hold = hold_of(call);
	uint32_t hresult = 0;
	int malformed = status == 0 ? wire_read_hresult(reply, &hresult) : 0;

	if (!accepted(call, status, malformed, hresult))
		return;
	hold->ordered = clock_monotonic();
	look(hold);
}

static void answered(struct call *call, uint32_t status, struct wire_bytes reply)
{
	struct hold *hold = hold_of(call);
	struct outcome *outcome = hold->outcome;
	uint32_t hresult = 0, answer = 0;
	int malformed = status == 0 ? wire_read_answer(reply, &answer, &hresult) : 0;

	if (!accepted(call, status, malformed, hresult))
		return;
	if (hold->action->answer_wait == 0 || answer == MESSAGE_ASYNC) {
		outcome->code = OUTCOME_DONE;
	} else if (answer == MESSAGE_TIMEOUT) {
		outcome->code = OUTCOME_NO_ANSWER;
	} else {
		outcome->code = OUTCOME_ANSWERED;
		if (answer == MESSAGE_OK || answer == MESSAGE_CANCEL)
			text_copy(outcome->answer, sizeof outcome->answer, answer == MESSAGE_OK ? "ok" : "cancel");
		else
			snprintf(outcome->answer, sizeof outcome->answer, "button %u", answer);
	}
	host_end(call->host);
}

static void send_message(struct hold *hold)
{
	const struct action *action = hold->action;
	struct call *call = ask(hold, SESSION_MESSAGE, answered);
	bool wait = action->answer_wait > 0;
	uint32_t style = STYLE_INFORMATION | (wait ? STYLE_OK_CANCEL : STYLE_OK);
	uint32_t seconds = wait ? (uint32_t)((action->answer_wait + 999) / 1000) : 0;

	call_send(call, wire_message(&call->arena, &hold->handle, action->title, action->text, style, seconds, wait));
}

void act_begin(struct hold *hold, const struct action *action, const struct deadline *deadline, struct outcome *outcome)
{
	struct call *call;

	hold->action = action;
	hold->outcome = outcome;
	*outcome = (struct outcome){.code = OUTCOME_DONE};
	host_begin(hold->host, STEP_ACT, deadline, NULL);
	switch (action->act) {
	case ACT_DISCONNECT:
		call = ask(hold, SESSION_DISCONNECT, disconnected);
		call_send(call, wire_handle(&call->arena, &hold->handle));
		break;
	case ACT_LOGOFF:
		call = ask(hold, SESSION_LOGOFF, logging_off);
		call_send(call, wire_handle(&call->arena, &hold->handle));
		break;
	case ACT_MESSAGE:
		send_message(hold);
		break;
	}
}
