/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/pipe.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/error.h"
#include "lib/tape/tape.h"
#include "providers/tsts/inside.h"
#include "providers/tsts/kerberos.h"
#include "providers/tsts/layout.h"
#include "providers/tsts/recorded.h"
#include "providers/tsts/samba.h"
#include "providers/tsts/status.h"
#include "providers/tsts/wire.h"

/* In seconds. Our deadlines are shorter, and Samba's timeout must not expire before them. It is not below that of
   Samba's SMB requests (60 s): tevent keeps timers in a sorted list that it searches from the end, so inserting the
   last one costs nothing, and others cost more with each call in progress. */
enum { TIMEOUT_LEAST = 60, TIMEOUT_SLACK = 5 };

/* Concurrent calls must be negotiated in the bind (MS-RPCE 2.2.2.3, PFC_CONC_MPX). */
enum { SEALED = DCERPC_SEAL | DCERPC_CONCURRENT_MULTIPLEX };

/* MS-TSTS 1.9, 2.1; MS-SRVS 2.1. The session interfaces require packet privacy. The server service does not: the
   signed SMB connection protects it, without a further login. */
static const struct {
	const char *name, *uuid, *pipe;
	uint32_t version, flags;
} interfaces[WIRE_INTERFACES] = {
    [WIRE_ENUMERATION] = {"TermSrvEnumeration", "88143fd0-c28d-4b2b-8fef-8d882f6a9390", "\\pipe\\LSM_API_service", 1,
                          SEALED},
    [WIRE_SESSION] = {"TermSrvSession", "484809d6-4239-471b-b5bc-61df8c23ac48", "\\pipe\\LSM_API_service", 1, SEALED},
    [WIRE_CLIENT] = {"RCMPublic", "bde95fdf-eee0-45de-9e12-e5a61cd0d4fe", "\\pipe\\TermSrv_API_service", 1, SEALED},
    [WIRE_CLOCK] = {"srvsvc", "4b324fc8-1670-01d3-1278-5a47bf6ee188", "\\pipe\\srvsvc", 3, 0},
};

/* dcerpc_pipe_connect_b_send() reads these members, and crashes where they are NULL. */
static const char *const service_names[] = {"host"};
static const struct ndr_interface_string_array services = {.count = 1, .names = service_names};
static const char *const endpoint_names[] = {"ncacn_np:[\\pipe\\LSM_API_service]"};
static const struct ndr_interface_string_array endpoints = {.count = 1, .names = endpoint_names};

static const struct ndr_interface_table *interface_table(enum wire_interface interface)
{
	static struct ndr_interface_table tables[WIRE_INTERFACES];
	struct ndr_interface_table *table = &tables[interface];

	if (table->name == NULL) {
		*table = (struct ndr_interface_table){.name = interfaces[interface].name,
		                                      .helpstring = "",
		                                      .endpoints = &endpoints,
		                                      .authservices = &services};
		table->syntax_id.if_version = interfaces[interface].version;
		GUID_from_string(interfaces[interface].uuid, &table->syntax_id.uuid);
	}
	return table;
}

/* The address is the one that was probed; the name is what Kerberos knows the host by. */
static struct dcerpc_binding *binding_new(struct host *host, enum wire_interface interface)
{
	struct dcerpc_binding *binding;

	if (!NT_STATUS_IS_OK(dcerpc_parse_binding(host, "ncacn_np:", &binding)) ||
	    !NT_STATUS_IS_OK(dcerpc_binding_set_string_option(binding, "host", host->address)) ||
	    !NT_STATUS_IS_OK(dcerpc_binding_set_string_option(binding, "target_hostname", host->access.host)) ||
	    !NT_STATUS_IS_OK(dcerpc_binding_set_string_option(binding, "endpoint", interfaces[interface].pipe)) ||
	    !NT_STATUS_IS_OK(dcerpc_binding_set_flags(binding, DCERPC_SMB2 | interfaces[interface].flags, 0)))
		return NULL;
	return binding;
}

/* A pipe being opened. */
struct opening {
	struct host *host;
	enum wire_interface interface;
	unsigned operation;
	void (*opened)(struct host *host, const struct error *error);
};

static void explain(const struct host *host, uint32_t status, struct error *error)
{
	const struct kerberos *kerberos = &host->engine->kerberos;
	enum credentials_use_kerberos used = CRED_USE_KERBEROS_DISABLED;

	if (host->access.credentials != NULL) /* there are none where hosts are played */
		used = cli_credentials_get_kerberos_state(host->access.credentials);
	if (used == CRED_USE_KERBEROS_REQUIRED && kerberos_explain(kerberos, status, host->access.host, error))
		return;
	status_error(error, status, host->step, host->access.host);
	if (used == CRED_USE_KERBEROS_DESIRED)
		kerberos_mention(kerberos, status, host->access.host, error);
}

static void opening_done(struct opening *opening, NTSTATUS status, struct dcerpc_pipe *pipe)
{
	struct host *host = opening->host;
	struct error error = {0};

	if (NT_STATUS_IS_OK(status))
		host->pipes[opening->interface] = pipe;
	else
		explain(host, NT_STATUS_V(status), &error);
	record_opening(host, opening->interface, NT_STATUS_V(status));
	if (host->busy && host->operation == opening->operation)
		opening->opened(host, &error);
	talloc_free(opening);
}

/* Samba's versions take the port from different parameters and use 445 if they ignore one: with port forwarding
   that is another host. So the port is read from the socket's address (getpeername(2), which Samba keeps). */
static bool port_kept(struct host *host, struct error *error)
{
	const char *name = host->access.host;
	const unsigned port = samba_port(host);

	if (port == host->access.port)
		return true;
	if (port == 0)
		error_set(error, ERROR_UNSUPPORTED, STEP_CONNECT,
		          "%.100s: this version of Samba's library does not report the port that it connected to",
		          name);
	else
		error_set(
		    error, ERROR_UNSUPPORTED, STEP_CONNECT,
		    "%.100s: this version of Samba's library connected to port %u and not to %u: it may be another "
		    "host, so nothing was asked",
		    name, port, host->access.port);
	error_hint(error, "look for a newer Curfew, or give the host port 445");
	return false;
}

static void connected(struct composite_context *composite)
{
	struct opening *opening = composite_data(composite);
	struct host *host = opening->host;
	struct dcerpc_pipe *pipe = NULL;
	struct error error = {0};
	NTSTATUS status = dcerpc_pipe_connect_b_recv(composite, host, &pipe);

	if (NT_STATUS_IS_OK(status) && !port_kept(host, &error)) {
		host_fail(host, &error);
		talloc_free(opening);
		return;
	}
	opening_done(opening, status, pipe);
}

static void joined(struct composite_context *composite)
{
	struct opening *opening = composite_data(composite);
	struct dcerpc_pipe *pipe = NULL;
	NTSTATUS status = dcerpc_secondary_auth_connection_recv(composite, opening->host, &pipe);

	opening_done(opening, status, pipe);
}

static void watch(struct composite_context *composite, struct opening *opening, composite_done_fn *done)
{
	if (composite == NULL) {
		opening_done(opening, NT_STATUS_NO_MEMORY, NULL);
	} else if (!composite_watch(composite, opening->host->engine->events, done, opening)) {
		talloc_free(composite);
		opening_done(opening, NT_STATUS_NOT_SUPPORTED, NULL);
	}
}

static struct opening *opening_new(struct host *host, enum wire_interface interface,
                                   void (*opened)(struct host *host, const struct error *error))
{
	struct opening *opening = talloc_zero(host, struct opening);

	*opening = (struct opening){host, interface, host->operation, opened};
	return opening;
}

static void played(struct tevent_context *events, struct tevent_immediate *soon, void *data)
{
	struct opening *opening = data;
	struct host *host = opening->host;
	uint32_t status = play_opening(host, opening->interface);

	(void)events;
	talloc_free(soon);
	opening_done(opening, NT_STATUS(status), status == 0 ? talloc_zero(host, struct dcerpc_pipe) : NULL);
}

/* true: the host is played. */
static bool play(struct opening *opening)
{
	struct engine *engine = opening->host->engine;

	if (!tape_plays())
		return false;
	tevent_schedule_immediate(tevent_create_immediate(engine), engine->events, played, opening);
	return true;
}

void pipe_connect(struct host *host, void (*opened)(struct host *host, const struct error *error))
{
	struct opening *opening = opening_new(host, WIRE_ENUMERATION, opened);
	struct dcerpc_binding *binding;

	if (play(opening))
		return;
	binding = binding_new(host, WIRE_ENUMERATION);
	if (binding == NULL) {
		opening_done(opening, NT_STATUS_NO_MEMORY, NULL);
		return;
	}
	watch(dcerpc_pipe_connect_b_send(host, binding, interface_table(WIRE_ENUMERATION), host->access.credentials,
	                                 host->engine->events, host->access.parameters),
	      opening, connected);
}

void host_open_pipe(struct host *host, enum wire_interface interface,
                    void (*opened)(struct host *host, const struct error *error))
{
	struct opening *opening = opening_new(host, interface, opened);
	struct dcerpc_binding *binding;

	if (play(opening))
		return;
	binding = binding_new(host, interface);
	if (binding == NULL) {
		opening_done(opening, NT_STATUS_NO_MEMORY, NULL);
		return;
	}
	watch(dcerpc_secondary_auth_connection_send(host->pipes[WIRE_ENUMERATION], binding, interface_table(interface),
	                                            host->access.credentials, host->access.parameters),
	      opening, joined);
}

struct altering {
	struct opening opening;
	struct dcerpc_pipe *pipe;
};

static void altered(struct tevent_req *request)
{
	struct altering *altering = tevent_req_callback_data_void(request);
	NTSTATUS status = dcerpc_alter_context_recv(request);

	opening_done(&altering->opening, status, altering->pipe);
}

void pipe_share(struct host *host, void (*opened)(struct host *host, const struct error *error))
{
	struct dcerpc_pipe *pipe;
	struct altering *altering;
	struct tevent_req *request = NULL;

	if (tape_plays()) {
		play(opening_new(host, WIRE_SESSION, opened));
		return;
	}
	pipe = samba_pipe_share(host->pipes[WIRE_ENUMERATION], interface_table(WIRE_SESSION));
	altering = talloc_zero(host, struct altering);
	altering->opening = (struct opening){host, WIRE_SESSION, host->operation, opened};
	altering->pipe = pipe;
	if (pipe != NULL)
		request =
		    dcerpc_alter_context_send(pipe, host->engine->events, pipe, &pipe->syntax, &pipe->transfer_syntax);
	if (request == NULL)
		opening_done(&altering->opening, NT_STATUS_NO_MEMORY, NULL);
	else
		tevent_req_set_callback(request, altered, altering);
}

/* Freeing a pipe closes it on the host and blocks up to half a second for the reply, unless the connection is
   closed before. */
bool pipes_hang_up(struct host *host)
{
	return samba_hang_up(host);
}

bool pipe_many_calls(const struct host *host, enum wire_interface interface)
{
	return tape_plays() || samba_many_calls(host->pipes[interface]);
}

static int call_free(struct call *call)
{
	arena_free(&call->arena);
	return 0;
}

struct call *call_new(struct host *host, enum wire_interface interface, uint32_t opnum,
                      void (*done)(struct call *call, uint32_t status, struct wire_bytes reply))
{
	struct call *call = talloc_zero(host, struct call);

	call->host = host;
	call->interface = interface;
	call->opnum = opnum;
	call->operation = host->operation;
	call->done = done;
	talloc_set_destructor(call, call_free);
	return call;
}

static void replied(struct tevent_req *request)
{
	struct call *call = tevent_req_callback_data_void(request);
	uint8_t *data = NULL;
	size_t length = 0;
	uint32_t flags = 0;
	NTSTATUS status = dcerpc_binding_handle_raw_call_recv(request, call, &data, &length, &flags);

	/* NDR allows the sender's byte order. Windows sends little-endian, and only that is read. */
	if (NT_STATUS_IS_OK(status) && (flags & LIBNDR_FLAG_BIGENDIAN) != 0)
		status = NT_STATUS_INVALID_NETWORK_RESPONSE;
	record_call(call, NT_STATUS_V(status), (struct wire_bytes){data, length});
	if (call->host->busy && call->host->operation == call->operation)
		call->done(call, NT_STATUS_V(status), (struct wire_bytes){data, length});
	talloc_free(call);
}

static void call_played(struct tevent_context *events, struct tevent_immediate *soon, void *data)
{
	struct call *call = data;
	struct wire_bytes reply = {NULL, 0};
	const uint32_t status = play_call(call, &reply);

	(void)events;
	talloc_free(soon);
	if (call->host->busy && call->host->operation == call->operation)
		call->done(call, status, reply);
	talloc_free(call);
}

static uint32_t timeout_for(const struct host *host)
{
	int64_t seconds = deadline_left(&host->deadline) / 1000 + TIMEOUT_SLACK;

	return seconds < TIMEOUT_LEAST ? TIMEOUT_LEAST : (uint32_t)seconds;
}

void call_send(struct call *call, struct wire_bytes request)
{
	struct host *host = call->host;
	struct tevent_req *sent;

	call->request = request;
	call->number = tape_number();
	if (tape_plays()) {
		tevent_schedule_immediate(tevent_create_immediate(host->engine), host->engine->events, call_played,
		                          call);
		return;
	}
	dcerpc_binding_handle_set_timeout(host->pipes[call->interface]->binding_handle, timeout_for(host));
	sent = dcerpc_binding_handle_raw_call_send(call, host->engine->events,
	                                           host->pipes[call->interface]->binding_handle, NULL, call->opnum, 0,
	                                           request.data, request.length);
	if (sent == NULL) {
		call->done(call, NT_STATUS_V(NT_STATUS_NO_MEMORY), (struct wire_bytes){NULL, 0});
		talloc_free(call);
		return;
	}
	tevent_req_set_callback(sent, replied, call);
}
