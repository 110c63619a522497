/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/whole.h"

#include <stdint.h>

#include "providers/tsts/fill.h"
#include "providers/tsts/samba.h"
#include "providers/tsts/wire.h"

static void send_handle(struct whole *whole, uint32_t opnum,
                        void (*done)(struct call *call, uint32_t status, struct wire_bytes reply))
{
	struct call *call = call_new(whole->host, WIRE_SESSION, opnum, done);

	call->context = whole;
	call_send(call, wire_handle(&call->arena, &whole->handle));
}

static void closed(struct call *call, uint32_t status, struct wire_bytes reply)
{
	struct whole *whole = call->context;

	(void)status;
	(void)reply;
	whole->done(whole);
}

/* If the query fails the name stays marked as cut (lib/session/names.h). */
static void take(struct whole *whole, uint32_t status, struct wire_bytes reply)
{
	const char *user, *domain;
	uint32_t hresult = 0;

	if (status == 0 && wire_read_name(reply, whole->arena, &user, &domain, &hresult) == 0 &&
	    !hresult_failed(hresult))
		told_take_name(whole->told, user, domain);
}

static void asked(struct call *call, uint32_t status, struct wire_bytes reply)
{
	struct whole *whole = call->context;

	take(whole, status, reply);
	whole->done(whole);
}

static void asked_and_open(struct call *call, uint32_t status, struct wire_bytes reply)
{
	struct whole *whole = call->context;

	take(whole, status, reply);
	send_handle(whole, SESSION_CLOSE, closed);
}

static void opened(struct call *call, uint32_t status, struct wire_bytes reply)
{
	struct whole *whole = call->context;
	uint32_t hresult = 0;

	if (status != 0 || wire_read_handle(reply, &whole->handle, &hresult) != 0 || hresult_failed(hresult))
		whole->done(whole);
	else
		send_handle(whole, SESSION_USER_NAME, asked_and_open);
}

void whole_begin(struct whole *whole)
{
	struct call *call = call_new(whole->host, WIRE_SESSION, SESSION_OPEN, opened);

	call->context = whole;
	call_send(call, wire_number(&call->arena, whole->id));
}

void whole_ask(struct whole *whole)
{
	send_handle(whole, SESSION_USER_NAME, asked);
}
