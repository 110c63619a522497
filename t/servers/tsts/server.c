/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "t/servers/tsts/server.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "t/servers/tsts/private.h"
#include "t/servers/tsts/visitor.h"

enum { INTERFACES = 5, MESSAGE_MODE_PIPE = 2, DEVICE_STATE = 0x05ff, PIPE_BUFFER = 4096 };

static struct dcesrv_context *context;
static struct dcesrv_interface registered[INTERFACES];

static NTSTATUS on_bind(struct dcesrv_connection_context *connection, const struct dcesrv_interface *interface)
{
	const struct interface *ours = interface->private_data;

	return ours->public ? NT_STATUS_OK : dcesrv_interface_bind_require_privacy(connection, interface);
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
		    .ndr_pull = request_pull,
		    .dispatch = request_dispatch,
		    .reply = request_reply,
		    .ndr_push = request_push,
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

int server_init(const char *smb_conf, const struct settings *settings)
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

	visitors_init(settings);
	if (set_dyn_CONFIGFILE(smb_conf) != NULL && lp_load_global(smb_conf) && global_event_context() != NULL &&
	    (parameters = loadparm_init_s3(NULL, loadparm_s3_helpers())) != NULL &&
	    NT_STATUS_IS_OK(dcesrv_init_context(parameters, parameters, &callbacks, &context)) &&
	    NT_STATUS_IS_OK(dcerpc_register_ep_server(&endpoints)) &&
	    NT_STATUS_IS_OK(dcesrv_init_ep_server(context, "tsts")))
		return 0;
	fprintf(stderr, "%s: Samba's RPC server does not start\n", smb_conf);
	return -1;
}

struct arrival {
	const char *pipe;
	int socket;
	struct tstream_context *plain;
};

struct greeting {
	struct tstream_context *stream;
	struct tsocket_address *remote, *local;
	struct auth_session_info_transport *session;
};

static bool connection_start(struct arrival *arrival, struct greeting *greeting)
{
	struct dcerpc_binding *binding;
	struct dcesrv_endpoint *endpoint;
	struct dcesrv_connection *connection;
	char *text = talloc_asprintf(arrival, "ncacn_np:[\\pipe\\%s]", arrival->pipe);

	if (!NT_STATUS_IS_OK(dcerpc_parse_binding(arrival, text, &binding)) ||
	    !NT_STATUS_IS_OK(dcesrv_find_endpoint(context, binding, &endpoint)) ||
	    !NT_STATUS_IS_OK(dcesrv_endpoint_connect(context, arrival, endpoint, greeting->session->session_info,
	                                             global_event_context(), DCESRV_CALL_STATE_FLAG_MAY_ASYNC,
	                                             &connection)))
		return false;
	connection->transport.private_data = visitor_new(arrival, arrival->socket, greeting->local);
	connection->transport.report_output_data = dcesrv_sock_report_output_data;
	connection->transport.terminate_connection = visitor_leave;
	connection->send_queue = tevent_queue_create(connection, "replies");
	connection->stream = talloc_move(connection, &greeting->stream);
	connection->local_address = greeting->local;
	connection->remote_address = greeting->remote;
	return connection->transport.private_data != NULL && NT_STATUS_IS_OK(dcesrv_connection_loop_start(connection));
}

/* smbd has said who it is. */
static void on_greeting(struct tevent_req *request)
{
	struct arrival *arrival = tevent_req_callback_data_void(request);
	struct greeting greeting;
	struct named_pipe_auth_req_info7 *info;
	enum dcerpc_transport_t transport;
	char *remote_name, *local_name;
	int error;

	if (_tstream_npa_accept_existing_recv(request, &error, arrival, &greeting.stream, &info, &transport,
	                                      &greeting.remote, &remote_name, &greeting.local, &local_name,
	                                      &greeting.session, __location__) != 0 ||
	    !connection_start(arrival, &greeting))
		talloc_free(arrival);
}

void server_welcome(int socket, const char *pipe)
{
	struct arrival *arrival = talloc_zero(context, struct arrival);
	struct tevent_req *request;

	arrival->pipe = pipe;
	arrival->socket = socket;
	if (tstream_bsd_existing_socket(arrival, socket, &arrival->plain) != 0)
		return;
	request = tstream_npa_accept_existing_send(arrival, global_event_context(), arrival->plain, MESSAGE_MODE_PIPE,
	                                           DEVICE_STATE, PIPE_BUFFER);
	tevent_req_set_callback(request, on_greeting, arrival);
}

void server_listen(int listener, void (*on_ready)(struct tevent_context *, struct tevent_fd *, uint16_t, void *),
                   void *what)
{
	tevent_add_fd(global_event_context(), context, listener, TEVENT_FD_READ, on_ready, what);
}

int server_run(void)
{
	return tevent_loop_wait(global_event_context());
}
