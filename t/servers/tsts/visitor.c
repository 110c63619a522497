/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/servers/tsts/visitor.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "lib/base/arena.h"
#include "lib/base/buffer.h"
#include "t/servers/tsts/control.h"
#include "t/servers/tsts/host.h"
#include "t/servers/tsts/stub.h"

struct visitor {
	struct caller caller;
	int socket;
};

/* One request on its way. */
struct request {
	DATA_BLOB in, out;
	struct dcesrv_call_state *state;
	const struct call *call;
	struct buffer told; /* what the child has said so far: the fault code, then the reply */
	int child_end;
	pid_t child;
};

static struct settings settings;

/* Each host is opened once. */
static struct {
	struct host **items;
	size_t count;
} hosts;

void visitors_init(const struct settings *with)
{
	settings = *with;
}

static struct host *host_find(const char *name)
{
	struct host *host;

	for (size_t i = 0; i < hosts.count; i++)
		if (strcmp(host_name(hosts.items[i]), name) == 0)
			return hosts.items[i];
	host = host_open(settings.farm, name);
	if (host != NULL) {
		hosts.items = must_realloc(hosts.items, (hosts.count + 1) * sizeof *hosts.items);
		hosts.items[hosts.count++] = host;
	}
	return host;
}

static int visitor_free(struct visitor *visitor)
{
	struct caller *caller = &visitor->caller;

	caller->common = NULL;
	while (caller->handles != NULL)
		handle_close(caller, caller->handles);
	arena_free(&caller->arena);
	return 0;
}

struct visitor *visitor_new(TALLOC_CTX *parent, int socket, const struct tsocket_address *local)
{
	struct visitor *visitor = talloc_zero(parent, struct visitor);
	char *name;

	visitor->socket = socket;
	visitor->caller.address = tsocket_address_inet_addr_string(local, visitor);
	name = control_host(settings.control, visitor->caller.address);
	visitor->caller.host = host_find(name != NULL ? name : settings.host);
	free(name);
	visitor->caller.common = handle_new(&visitor->caller, NULL);
	talloc_set_destructor(visitor, visitor_free);
	return visitor->caller.host != NULL ? visitor : NULL;
}

void visitor_leave(struct dcesrv_connection *connection, const char *reason)
{
	(void)reason;
	/* The arrival, which owns the connection, too. */
	talloc_free(talloc_parent(connection->transport.private_data));
}

static struct visitor *visitor_of(const struct request *request)
{
	return request->state->conn->transport.private_data;
}

/* The stub as it came; what it means is for the call. */
NTSTATUS request_pull(struct dcesrv_call_state *call, TALLOC_CTX *parent, struct ndr_pull *from, void **to)
{
	struct request *request = talloc_zero(parent, struct request);

	request->state = call;
	request->in = data_blob_talloc(request, from->data, from->data_size);
	from->offset = from->data_size;
	*to = request;
	return NT_STATUS_OK;
}

static uint32_t answer(struct request *request, struct buffer *out)
{
	struct reader in = {.bytes = request->in.data, .size = request->in.length};
	struct caller *caller = &visitor_of(request)->caller;

	caller->user = dcesrv_call_account_name(request->state);
	return call_answer(&settings, request->call, caller, &in, out);
}

static bool is_never(struct request *request, uint32_t fault)
{
	if (fault == ANSWER_CLOSE)
		shutdown(visitor_of(request)->socket, SHUT_RDWR);
	return fault == ANSWER_NEVER || fault == ANSWER_CLOSE;
}

static void answer_later(struct request *request, uint32_t fault, const char *bytes, size_t size)
{
	if (is_never(request, fault))
		return;
	request->state->fault_code = fault;
	request->out = data_blob_talloc(request, bytes, size);
	if (!NT_STATUS_IS_OK(dcesrv_reply(request->state)))
		dcesrv_terminate_connection(request->state->conn, "no reply");
}

static int request_free(struct request *request)
{
	if (request->child > 0)
		kill(request->child, SIGKILL);
	close(request->child_end);
	buffer_free(&request->told);
	return 0;
}

static void on_told(struct tevent_context *events, struct tevent_fd *watch, uint16_t flags, void *what)
{
	struct request *request = what;
	char bytes[4096];
	ssize_t size = read(request->child_end, bytes, sizeof bytes);
	uint32_t fault = FAULT_BAD_STUB;

	(void)events;
	(void)flags;
	if (size > 0) {
		buffer_add(&request->told, bytes, (size_t)size);
		return;
	}
	talloc_free(watch);
	request->child = 0; /* it has ended */
	if (request->told.length < sizeof fault)
		return;
	memcpy(&fault, request->told.text, sizeof fault);
	answer_later(request, fault, request->told.text + sizeof fault, request->told.length - sizeof fault);
}

/* A process of its own, for a call that waits for users: it must not hold up the others. */
static NTSTATUS answer_in_child(struct request *request)
{
	int ends[2];

	if (pipe(ends) < 0)
		return NT_STATUS_NO_MEMORY;
	request->child = fork();
	if (request->child < 0)
		return NT_STATUS_NO_MEMORY;
	if (request->child == 0) {
		struct buffer out = {0};
		uint32_t fault;

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		fault = answer(request, &out);
		(void)!write(ends[1], &fault, sizeof fault);
		(void)!write(ends[1], out.text, out.length);
		_exit(0);
	}
	close(ends[1]);
	request->child_end = ends[0];
	talloc_set_destructor(request, request_free);
	tevent_add_fd(global_event_context(), request, ends[0], TEVENT_FD_READ, on_told, request);
	request->state->state_flags |= DCESRV_CALL_STATE_FLAG_ASYNC;
	return NT_STATUS_OK;
}

static void on_time(struct tevent_context *events, struct tevent_timer *timer, struct timeval now, void *what)
{
	struct request *request = what;
	struct buffer out = {0};
	uint32_t fault = answer(request, &out);

	(void)events;
	(void)timer;
	(void)now;
	answer_later(request, fault, out.text, out.length);
	buffer_free(&out);
}

static NTSTATUS answer_after(struct request *request, int64_t delay)
{
	request->state->state_flags |= DCESRV_CALL_STATE_FLAG_ASYNC;
	if (delay != INT64_MAX)
		tevent_add_timer(global_event_context(), request,
		                 tevent_timeval_current_ofs((uint32_t)(delay / 1000), (uint32_t)(delay % 1000 * 1000)),
		                 on_time, request);
	return NT_STATUS_OK;
}

NTSTATUS request_dispatch(struct dcesrv_call_state *call, TALLOC_CTX *parent, void *what)
{
	struct request *request = what;
	struct buffer out = {0};
	int64_t delay;

	(void)parent;
	request->call = call_find(call->context->iface->private_data, call->pkt.u.request.opnum);
	if (request->call == NULL) {
		call->fault_code = FAULT_NO_SUCH_CALL;
		return NT_STATUS_NET_WRITE_FAULT;
	}
	if (request->call->acts)
		return answer_in_child(request);
	delay = request->call->delayed ? host_delay(visitor_of(request)->caller.host) : 0;
	if (delay > 0)
		return answer_after(request, delay);
	call->fault_code = answer(request, &out);
	if (is_never(request, call->fault_code)) {
		buffer_free(&out);
		call->fault_code = 0;
		return answer_after(request, INT64_MAX);
	}
	request->out = data_blob_talloc(request, out.text, out.length);
	buffer_free(&out);
	return call->fault_code != 0 ? NT_STATUS_NET_WRITE_FAULT : NT_STATUS_OK;
}

NTSTATUS request_reply(struct dcesrv_call_state *call, TALLOC_CTX *parent, void *what)
{
	(void)parent;
	(void)what;
	return call->fault_code != 0 ? NT_STATUS_NET_WRITE_FAULT : NT_STATUS_OK;
}

NTSTATUS request_push(struct dcesrv_call_state *call, TALLOC_CTX *parent, struct ndr_push *to, const void *what)
{
	const struct request *request = what;

	(void)call;
	(void)parent;
	return ndr_map_error2ntstatus(ndr_push_bytes(to, request->out.data, (uint32_t)request->out.length));
}
