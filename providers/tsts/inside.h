/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * All that tsts uses of Samba beyond its public headers, in one place: a release may change it without a word.
 *
 * | Samba | in | tried |
 * |---|---|---|
 * | 4.17.12 | Debian 12 | all tests with the played host, and impacket as a client of it |
 * | 4.22 | Debian 13 | the same, by tools/matrix |
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

/* Calls done from the event loop once the composite has finished: then its _recv() returns at once.  False if the
   structure is not laid out as in Samba 4.17 (then the composite must not be used). */
bool composite_watch(struct composite_context *composite, struct tevent_context *events, composite_done_fn *done,
                     void *context);
void *composite_data(struct composite_context *composite);

/* The port that the SMB connection below this memory (talloc) has at its other end; 0: Samba does not tell. */
unsigned samba_port(const void *memory);
/* Cuts it.  false: Samba has no way to. */
bool samba_hang_up(const void *memory);

/* Another pipe (talloc, of the first) on the first one's connection, for another interface; what
   dcerpc_secondary_context() does, which waits in a loop of its own.  To be agreed on with the host by
   dcerpc_alter_context_send().  NULL: no memory. */
struct dcerpc_pipe *samba_pipe_share(struct dcerpc_pipe *first, const struct ndr_interface_table *table);
struct tevent_req *dcerpc_alter_context_send(TALLOC_CTX *memory, struct tevent_context *events,
                                             struct dcerpc_pipe *pipe, const struct ndr_syntax_id *syntax,
                                             const struct ndr_syntax_id *transfer_syntax);
NTSTATUS dcerpc_alter_context_recv(struct tevent_req *request);
/* May several calls be on their way on it at once? */
bool samba_many_calls(const struct dcerpc_pipe *pipe);

/* What Samba would say on stderr goes there.  false: it cannot. */
bool samba_log_to(void *context, debug_callback_fn callback);

#endif
