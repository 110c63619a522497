/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "providers/tsts/inside.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>

#include "providers/tsts/layout.h"

/* The values of two members are known, so a different layout is detected. */
bool composite_watch(struct composite_context *composite, struct tevent_context *events, composite_done_fn *done,
                     void *context)
{
	struct layout *layout = (struct layout *)composite;

	if (layout->event_ctx != events || layout->async.fn != NULL || layout->state < 0 ||
	    layout->state > STATE_FAILED)
		return false;
	layout->async.fn = done;
	layout->async.private_data = context;
	return true;
}

void *composite_data(struct composite_context *composite)
{
	return ((struct layout *)composite)->async.private_data;
}

/* Functions of Samba's private libraries, which are loaded with the public ones. Not by weak references: linkers
   other than GNU's resolve those to NULL if the library is not linked directly. */
struct smbXcli_conn;
typedef const struct sockaddr_storage *smbXcli_conn_remote_sockaddr_fn(struct smbXcli_conn *connection);
typedef void smbXcli_conn_disconnect_fn(struct smbXcli_conn *connection, NTSTATUS status);
typedef void debug_set_callback_fn(void *context, debug_callback_fn callback);

static smbXcli_conn_remote_sockaddr_fn *remote_address(void)
{
	return (smbXcli_conn_remote_sockaddr_fn *)dlsym(RTLD_DEFAULT, "smbXcli_conn_remote_sockaddr");
}

/* Finds the connection by its talloc name below the host. */
static bool is_connection(const void *memory, int is_reference)
{
	return !is_reference && strcmp(talloc_get_name(memory), "struct smbXcli_conn") == 0;
}

static void read_port(const void *memory, int depth, int most, int is_reference, void *context)
{
	const struct sockaddr_storage *peer;
	unsigned *port = context;

	(void)depth;
	(void)most;
	if (!is_connection(memory, is_reference))
		return;
	peer = remote_address()((struct smbXcli_conn *)memory);
	if (peer->ss_family == AF_INET)
		*port = ntohs(((const struct sockaddr_in *)peer)->sin_port);
	else if (peer->ss_family == AF_INET6)
		*port = ntohs(((const struct sockaddr_in6 *)peer)->sin6_port);
}

unsigned samba_port(const void *memory)
{
	unsigned port = 0;

	if (remote_address() != NULL)
		talloc_report_depth_cb(memory, 0, -1, read_port, &port);
	return port;
}

static void hang_up(const void *memory, int depth, int most, int is_reference, void *context)
{
	smbXcli_conn_disconnect_fn *const *disconnect = context;

	(void)depth;
	(void)most;
	if (is_connection(memory, is_reference))
		(*disconnect)((struct smbXcli_conn *)memory, NT_STATUS_OK); /* sends nothing */
}

bool samba_hang_up(const void *memory)
{
	smbXcli_conn_disconnect_fn *disconnect =
	    (smbXcli_conn_disconnect_fn *)dlsym(RTLD_DEFAULT, "smbXcli_conn_disconnect");

	if (disconnect == NULL)
		return false;
	talloc_report_depth_cb(memory, 0, -1, hang_up, &disconnect);
	return true;
}

/* Exported by libdcerpc, not declared in dcerpc.h. */
struct dcerpc_binding_handle *dcerpc_pipe_binding_handle(struct dcerpc_pipe *pipe, const struct GUID *object,
                                                         const struct ndr_interface_table *table);

struct dcerpc_pipe *samba_pipe_share(struct dcerpc_pipe *first, const struct ndr_interface_table *table)
{
	struct dcerpc_pipe *pipe = talloc_zero(first, struct dcerpc_pipe);

	if (pipe == NULL)
		return NULL;
	pipe->conn = talloc_reference(pipe, first->conn);
	pipe->request_timeout = first->request_timeout;
	pipe->context_id = ++first->conn->next_context_id;
	pipe->syntax = table->syntax_id;
	pipe->transfer_syntax = first->transfer_syntax;
	pipe->binding = first->binding;
	pipe->binding_handle = dcerpc_pipe_binding_handle(pipe, NULL, table);
	return pipe->binding_handle != NULL ? pipe : NULL;
}

bool samba_many_calls(const struct dcerpc_pipe *pipe)
{
	return (pipe->conn->flags & DCERPC_CONCURRENT_MULTIPLEX) != 0;
}

bool samba_log_to(void *context, debug_callback_fn callback)
{
	debug_set_callback_fn *set = (debug_set_callback_fn *)dlsym(RTLD_DEFAULT, "debug_set_callback");

	if (set == NULL)
		return false;
	set(context, callback);
	return true;
}
