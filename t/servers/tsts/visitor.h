/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A connection to one of our pipes, and the requests that come over it. */
#ifndef CURFEW_TSTS_VISITOR_H
#define CURFEW_TSTS_VISITOR_H

#include "t/servers/tsts/calls.h"
#include "t/servers/tsts/private.h"

struct visitor;

void visitors_init(const struct settings *settings);
/* Who came over this socket to this address of ours; freed with parent.  NULL: there is no such host. */
struct visitor *visitor_new(TALLOC_CTX *parent, int socket, const struct tsocket_address *local);
/* The connection has ended: frees it. */
void visitor_leave(struct dcesrv_connection *connection, const char *reason);

/* What Samba's core asks of an interface. */
NTSTATUS request_pull(struct dcesrv_call_state *call, TALLOC_CTX *parent, struct ndr_pull *from, void **to);
NTSTATUS request_dispatch(struct dcesrv_call_state *call, TALLOC_CTX *parent, void *what);
NTSTATUS request_reply(struct dcesrv_call_state *call, TALLOC_CTX *parent, void *what);
NTSTATUS request_push(struct dcesrv_call_state *call, TALLOC_CTX *parent, struct ndr_push *to, const void *what);

#endif
