/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/recorded.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/base/error.h"
#include "lib/base/text.h"
#include "lib/session/session_json.h"
#include "lib/tape/tape.h"
#include "providers/tsts/parts.h"
#include "providers/tsts/samba.h"

static const char *const names[WIRE_INTERFACES] = {
    [WIRE_ENUMERATION] = "TermSrvEnumeration",
    [WIRE_SESSION] = "TermSrvSession",
    [WIRE_CLIENT] = "RCMPublic",
    [WIRE_CLOCK] = "srvsvc",
};

static json_t *status_json(uint32_t status)
{
	char text[16];

	snprintf(text, sizeof text, "0x%08" PRIx32, status);
	return json_string(text);
}

static uint32_t status_of(const json_t *exchange)
{
	const char *text = json_string_value(json_object_get(exchange, "ntstatus"));

	return text != NULL ? (uint32_t)strtoul(text, NULL, 16) : NT_STATUS_V(NT_STATUS_INVALID_NETWORK_RESPONSE);
}

void record_opening(const struct host *host, enum wire_interface interface, uint32_t status)
{
	if (tape_records())
		tape_put(json_pack("{sI ss ss so}", "number", tape_number(), "host", host->access.host, "opened",
		                   names[interface], "ntstatus", status_json(status)));
}

void record_failure(const struct host *host, const struct error *error)
{
	if (tape_records())
		tape_put(json_pack("{sI ss s{ss ss sI}}", "number", tape_number(), "host", host->access.host, "failed",
		                   "code", error_code_name(error->code), "step", step_name(error->step), "native",
		                   (json_int_t)error->native));
}

/* Takes the reference to the parts, which may be none. */
static json_t *body_json(struct wire_bytes body, json_t *parts)
{
	json_t *json = json_pack("{sI}", "size", (json_int_t)body.length);

	if (parts != NULL)
		json_object_set_new(json, "parts", parts);
	return json;
}

/* Most replies end with an HRESULT; it is recorded for readers only. */
static void add_hresult(json_t *got, struct wire_bytes reply)
{
	uint32_t hresult;

	if (reply.length >= 4 && reply.length % 4 == 0 &&
	    wire_read_hresult((struct wire_bytes){reply.data + reply.length - 4, 4}, &hresult) == 0)
		json_object_set_new(got, "hresult", status_json(hresult));
}

void record_call(const struct call *call, uint32_t status, struct wire_bytes reply)
{
	json_t *got;

	if (!tape_records())
		return;
	got = body_json(reply, parts_of_reply(call->interface, call->opnum, reply));
	if (json_object_get(got, "parts") != NULL)
		add_hresult(got, reply);
	tape_put(json_pack("{sI ss ss sI so so so}", "number", (json_int_t)call->number, "host",
	                   call->host->access.host, "interface", names[call->interface], "opnum",
	                   (json_int_t)call->opnum, "sent",
	                   body_json(call->request, parts_of_request(call->interface, call->opnum, call->request)),
	                   "ntstatus", status_json(status), "got", got));
}

struct wanted {
	const char *host, *key, *interface;
	json_int_t opnum; /* -1: an opening */
	const json_t *sent;
};

static bool fits(const json_t *exchange, const void *context)
{
	const struct wanted *wanted = context;
	const char *host = json_string_value(json_object_get(exchange, "host"));
	const char *interface = json_string_value(json_object_get(exchange, wanted->key));
	const json_t *opnum = json_object_get(exchange, "opnum");

	return host != NULL && text_same(host, wanted->host) && interface != NULL &&
	       text_same(interface, wanted->interface) &&
	       (wanted->opnum < 0 ||
	        (json_integer_value(opnum) == wanted->opnum &&
	         json_equal(json_object_get(json_object_get(exchange, "sent"), "parts"), wanted->sent)));
}

static bool is_failure(const json_t *exchange, const void *context)
{
	const char *host = json_string_value(json_object_get(exchange, "host"));

	return json_object_get(exchange, "failed") != NULL && host != NULL && text_same(host, context);
}

static uint32_t missing(struct host *host, const char *interface)
{
	const json_t *failed = json_object_get(tape_take(is_failure, host->access.host), "failed");
	struct error error = {0};

	if (failed != NULL) {
		error_from_json(failed, &error);
		error_set(&error, error.code, error.step, "%.100s: failed, as it was recorded", host->access.host);
	} else {
		error_set(&error, ERROR_PROTOCOL, host->step, "%.100s: the recording has no answer of %s",
		          host->access.host, interface);
	}
	host_fail(host, &error);
	return NT_STATUS_V(NT_STATUS_NOT_FOUND);
}

uint32_t play_opening(struct host *host, enum wire_interface interface)
{
	const struct wanted wanted = {host->access.host, "opened", names[interface], -1, NULL};
	const json_t *exchange = tape_take(fits, &wanted);

	return exchange != NULL ? status_of(exchange) : missing(host, names[interface]);
}

uint32_t play_call(struct call *call, struct wire_bytes *reply)
{
	json_t *sent = parts_of_request(call->interface, call->opnum, call->request);
	const struct wanted wanted = {call->host->access.host, "interface", names[call->interface],
	                              (json_int_t)call->opnum, sent};
	const json_t *exchange = tape_take(fits, &wanted), *parts;

	json_decref(sent);
	if (exchange == NULL)
		return missing(call->host, names[call->interface]);
	parts = json_object_get(json_object_get(exchange, "got"), "parts");
	*reply = parts_join(parts, &call->arena);
	return status_of(exchange);
}
