/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/servers/tsts/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "t/servers/tsts/control.h"
#include "t/servers/tsts/private.h"

enum { INTERFACES = 5, MESSAGE_MODE_PIPE = 2, DEVICE_STATE = 0x05ff, PIPE_BUFFER = 4096 };

static struct settings settings;
static struct dcesrv_context *context;
static struct dcesrv_interface registered[INTERFACES];

/* The one connection of this process. */
static struct caller caller;
static bool over;

struct request {
	DATA_BLOB in, out;
};

static NTSTATUS on_bind(struct dcesrv_connection_context *connection, const struct dcesrv_interface *interface)
{
	const struct interface *ours = interface->private_data;

	return ours->public ? NT_STATUS_OK : dcesrv_interface_bind_require_privacy(connection, interface);
}

/* The stub as it came; what it means is for the call. */
static NTSTATUS on_pull(struct dcesrv_call_state *call, TALLOC_CTX *parent, struct ndr_pull *from, void **to)
{
	struct request *request = talloc_zero(parent, struct request);

	(void)call;
	request->in = data_blob_talloc(request, from->data, from->data_size);
	from->offset = from->data_size;
	*to = request;
	return NT_STATUS_OK;
}

static NTSTATUS on_call(struct dcesrv_call_state *call, TALLOC_CTX *parent, void *what)
{
	const struct interface *interface = call->context->iface->private_data;
	struct request *request = what;
	struct reader in = {.bytes = request->in.data, .size = request->in.length};
	struct buffer out = {0};

	(void)parent;
	caller.user = dcesrv_call_account_name(call);
	call->fault_code = call_answer(&settings, interface, call->pkt.u.request.opnum, &caller, &in, &out);
	request->out = data_blob_talloc(request, out.text, out.length);
	buffer_free(&out);
	return call->fault_code != 0 ? NT_STATUS_NET_WRITE_FAULT : NT_STATUS_OK;
}

static NTSTATUS on_reply(struct dcesrv_call_state *call, TALLOC_CTX *parent, void *what)
{
	(void)call;
	(void)parent;
	(void)what;
	return NT_STATUS_OK;
}

static NTSTATUS on_push(struct dcesrv_call_state *call, TALLOC_CTX *parent, struct ndr_push *to, const void *what)
{
	const struct request *request = what;

	(void)call;
	(void)parent;
	return ndr_map_error2ntstatus(ndr_push_bytes(to, request->out.data, (uint32_t)request->out.length));
}

static NTSTATUS endpoints_init(struct dcesrv_context *server, const struct dcesrv_endpoint_server *endpoint)
{
	NTSTATUS status = NT_STATUS_OK;

	(void)endpoint;
	for (size_t i = 0; interfaces[i].name != NULL && NT_STATUS_IS_OK(status); i++) {
		char *binding = talloc_asprintf(server, "ncacn_np:[\\pipe\\%s]", interfaces[i].pipe);

		registered[i] = (struct dcesrv_interface){
		    .name = interfaces[i].name,
		    .syntax_id.if_version = interfaces[i].version,
		    .bind = on_bind,
		    .ndr_pull = on_pull,
		    .dispatch = on_call,
		    .reply = on_reply,
		    .ndr_push = on_push,
		    .private_data = &interfaces[i],
		};
		status = GUID_from_string(interfaces[i].uuid, &registered[i].syntax_id.uuid);
		if (NT_STATUS_IS_OK(status))
			status = dcesrv_interface_register(server, binding, NULL, &registered[i], NULL);
	}
	return status;
}

static bool find_by_uuid(struct dcesrv_interface *to, const struct GUID *uuid, uint32_t version)
{
	for (size_t i = 0; i < INTERFACES; i++) {
		if (version != interfaces[i].version || !GUID_equal(uuid, &registered[i].syntax_id.uuid))
			continue;
		*to = registered[i];
		return true;
	}
	return false;
}

static bool find_by_name(struct dcesrv_interface *to, const char *name)
{
	for (size_t i = 0; i < INTERFACES; i++) {
		if (strcmp(name, registered[i].name) != 0)
			continue;
		*to = registered[i];
		return true;
	}
	return false;
}

static NTSTATUS prepare_security(TALLOC_CTX *parent, struct dcesrv_call_state *call, struct gensec_security **security,
                                 void *unused)
{
	(void)unused;
	return auth_generic_prepare(parent, call->conn->remote_address, call->conn->local_address, "DCE/RPC", security);
}

/* Each connection has a process and a group of its own. */
static NTSTATUS find_group(struct dcesrv_call_state *call, void *unused)
{
	struct dcesrv_assoc_group *group = talloc_zero(call->conn, struct dcesrv_assoc_group);

	(void)unused;
	group->id = 1;
	group->transport = NCACN_NP;
	group->dce_ctx = call->conn->dce_ctx;
	call->conn->assoc_group = group;
	return NT_STATUS_OK;
}

static void authorized(struct dcesrv_call_state *call, void *unused)
{
	(void)call;
	(void)unused;
}

static void same_root(void)
{
}

int server_init(const char *smb_conf, const struct settings *with)
{
	static const struct dcesrv_endpoint_server endpoints = {
	    .name = "tsts",
	    .init_server = endpoints_init,
	    .interface_by_uuid = find_by_uuid,
	    .interface_by_name = find_by_name,
	};
	static struct dcesrv_context_callbacks callbacks = {
	    .log.successful_authz = authorized,
	    .auth = {.gensec_prepare = prepare_security, .become_root = same_root, .unbecome_root = same_root},
	    .assoc_group.find = find_group,
	};
	struct loadparm_context *parameters;

	settings = *with;
	if (lp_load_global(smb_conf) && (parameters = loadparm_init_s3(NULL, loadparm_s3_helpers())) != NULL &&
	    NT_STATUS_IS_OK(dcesrv_init_context(parameters, parameters, &callbacks, &context)) &&
	    NT_STATUS_IS_OK(dcerpc_register_ep_server(&endpoints)) &&
	    NT_STATUS_IS_OK(dcesrv_init_ep_server(context, "tsts")))
		return 0;
	fprintf(stderr, "%s: Samba's RPC server does not start\n", smb_conf);
	return -1;
}

static void on_end(struct dcesrv_connection *connection, const char *reason)
{
	(void)connection;
	(void)reason;
	over = true;
}

struct arrival {
	const char *pipe;
	struct tstream_context *plain, *stream;
	struct tsocket_address *remote, *local;
	struct auth_session_info_transport *session;
};

/* smbd has said who it is: find the host that he came to. */
static bool meet(struct arrival *arrival)
{
	char *address = tsocket_address_inet_addr_string(arrival->local, context), *name;

	name = control_host(settings.control, address);
	caller.address = address;
	caller.host = host_open(settings.farm, name != NULL ? name : settings.host);
	free(name);
	return caller.host != NULL;
}

static bool connection_start(struct arrival *arrival, struct tevent_context *events)
{
	struct dcerpc_binding *binding;
	struct dcesrv_endpoint *endpoint;
	struct dcesrv_connection *connection;
	char *text = talloc_asprintf(context, "ncacn_np:[\\pipe\\%s]", arrival->pipe);

	if (!NT_STATUS_IS_OK(dcerpc_parse_binding(context, text, &binding)) ||
	    !NT_STATUS_IS_OK(dcesrv_find_endpoint(context, binding, &endpoint)) ||
	    !NT_STATUS_IS_OK(dcesrv_endpoint_connect(context, context, endpoint, arrival->session->session_info, events,
	                                             0, &connection)))
		return false;
	connection->transport.report_output_data = dcesrv_sock_report_output_data;
	connection->transport.terminate_connection = on_end;
	connection->send_queue = tevent_queue_create(connection, "replies");
	connection->stream = talloc_move(connection, &arrival->stream);
	connection->local_address = arrival->local;
	connection->remote_address = arrival->remote;
	return NT_STATUS_IS_OK(dcesrv_connection_loop_start(connection));
}

void server_serve(int socket, const char *pipe)
{
	struct tevent_context *events = global_event_context();
	struct arrival arrival = {.pipe = pipe};
	struct named_pipe_auth_req_info7 *info;
	enum dcerpc_transport_t transport;
	struct tevent_req *request;
	char *remote_name, *local_name;
	int error;

	if (tstream_bsd_existing_socket(context, socket, &arrival.plain) != 0)
		return;
	request = tstream_npa_accept_existing_send(context, events, arrival.plain, MESSAGE_MODE_PIPE, DEVICE_STATE,
	                                           PIPE_BUFFER);
	if (request == NULL || !tevent_req_poll(request, events) ||
	    _tstream_npa_accept_existing_recv(request, &error, context, &arrival.stream, &info, &transport,
	                                      &arrival.remote, &remote_name, &arrival.local, &local_name,
	                                      &arrival.session, __location__) != 0)
		return;
	over = !meet(&arrival) || !connection_start(&arrival, events);
	while (!over && tevent_loop_once(events) == 0)
		;
}
