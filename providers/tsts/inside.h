/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All that tsts uses of Samba beyond its public headers, in one place: a release may change it without a word.
 *
 * | Samba | in | tried |
 * |---|---|---|
 * | 4.17.12 | Debian 12 | all tests with the played host, and impacket as a client of it |
 * | 4.22 | Debian 13 | the same, by tools/matrix |
 * | 4.25 | Debian's sid of 2026-11-22 | the same, file by file |
 *
 * t/samba-probe.t shows that configure refuses another layout, a missing member and a missing function.
 *
 * struct composite_context, four members (layout.h): to be called back instead of waiting for each host in turn.
 *     If it is another: configure's probe sees it, and tsts is not built.  Cross-compiled, composite_watch() refuses,
 *     and no host is asked.
 * members of struct dcerpc_pipe and its connection, dcerpc_alter_context_*(), dcerpc_pipe_binding_handle(): a second
 *     interface on the same pipe, in the event loop.  If they are others: tsts is not built.
 * smbXcli_conn_remote_sockaddr(): which port it connected to.  If it is missing: tsts is not built.
 * smbXcli_conn_disconnect(): to leave a host without waiting for it.  If it is missing: left with a wait.
 * debug_set_callback(): Samba's own words stay off stderr.  If it is missing: they are not heard.
 */
#ifndef CURFEW_PROVIDERS_TSTS_INSIDE_H
#define CURFEW_PROVIDERS_TSTS_INSIDE_H

#include <stdbool.h>

#include "providers/tsts/layout.h"
#include "providers/tsts/samba.h"

/* Calls done from the event loop when the composite has finished; its _recv() then returns at once. False if the
   structure is laid out otherwise: then the composite must not be used. */
bool composite_watch(struct composite_context *composite, struct tevent_context *events, composite_done_fn *done,
                     void *context);
void *composite_data(struct composite_context *composite);

/* The remote port of the SMB connection below this talloc context; 0: unknown. */
unsigned samba_port(const void *memory);
/* Closes that connection. false: Samba has no function for it. */
bool samba_hang_up(const void *memory);

/* A second pipe for another interface on the connection of the first, like dcerpc_secondary_context(), which
   blocks. Negotiate it with dcerpc_alter_context_send(). Allocated below first. NULL: no memory. */
struct dcerpc_pipe *samba_pipe_share(struct dcerpc_pipe *first, const struct ndr_interface_table *table);
struct tevent_req *dcerpc_alter_context_send(TALLOC_CTX *memory, struct tevent_context *events,
                                             struct dcerpc_pipe *pipe, const struct ndr_syntax_id *syntax,
                                             const struct ndr_syntax_id *transfer_syntax);
NTSTATUS dcerpc_alter_context_recv(struct tevent_req *request);
/* Did the server agree to concurrent calls on the pipe? */
bool samba_many_calls(const struct dcerpc_pipe *pipe);

/* Sends Samba's log messages to the callback instead of stderr. false: not possible. */
bool samba_log_to(void *context, debug_callback_fn callback);

#endif
