# SPDX-License-Identifier: GPL-3.0-or-later
# CURFEW_SAMBA: the tsts provider uses members of Samba's structures and functions of its libraries that
# a release may change.  One that does not fit is found here, and costs that provider alone.
AC_DEFUN([CURFEW_SAMBA],
[PKG_CHECK_MODULES([SAMBA], [dcerpc samba-credentials samba-hostconfig tevent talloc ndr], [have_SAMBA=yes], [have_SAMBA=no])
packages_SAMBA="samba-dev"
AS_IF([test "$have_SAMBA" = yes],
  [AC_MSG_CHECKING([whether the tsts provider can be built with this Samba])
   save_CFLAGS=$CFLAGS
   save_LIBS=$LIBS
   CFLAGS="$CFLAGS -I$srcdir $SAMBA_CFLAGS -Werror=implicit-function-declaration -Werror=incompatible-pointer-types -Werror=int-conversion"
   LIBS="$SAMBA_LIBS -lsamba-errors $LIBS"
   why="config.log says where"
   AC_LINK_IFELSE([_CURFEW_SAMBA_USE], [], [have_SAMBA=no])
   # Cross-compiled it cannot be run: providers/tsts/inside.c then finds out when a host is asked, and refuses.
   AS_IF([test "$have_SAMBA" = yes],
     [AC_RUN_IFELSE([_CURFEW_SAMBA_TRY], [],
       [AS_CASE([$?],
          [2], [why="struct composite_context has another layout"],
          [3], [why="it does not tell which port it connected to"],
          [why="providers/tsts/layout.h could not be tried"])
        have_SAMBA=no], [:])])
   CFLAGS=$save_CFLAGS
   LIBS=$save_LIBS
   AC_MSG_RESULT([$have_SAMBA])
   AS_IF([test "$have_SAMBA" = no],
     [packages_SAMBA="a Samba like 4.17 to 4.25 (this one does not fit: $why)"])])
AM_CONDITIONAL([HAVE_SAMBA], [test "$have_SAMBA" = yes])])

# Is a structure of Samba's that no header shows laid out as providers/tsts/layout.h has it?  One is made, finished and
# failed by Samba's own functions.  What is not known there ends with a status that says why.
AC_DEFUN([_CURFEW_SAMBA_TRY],
[AC_LANG_PROGRAM([[
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include "providers/tsts/layout.h"
#include "providers/tsts/samba.h"
typedef struct composite_context *create_fn(TALLOC_CTX *, struct tevent_context *);
typedef void done_fn(struct composite_context *);
typedef void error_fn(struct composite_context *, NTSTATUS);
static struct composite_context *called;
static void call(struct composite_context *composite) { called = composite; }
]], [[
create_fn *create = (create_fn *)dlsym(RTLD_DEFAULT, "composite_create");
done_fn *done = (done_fn *)dlsym(RTLD_DEFAULT, "composite_done");
error_fn *error = (error_fn *)dlsym(RTLD_DEFAULT, "composite_error");
struct tevent_context *events = tevent_context_init(NULL);
struct composite_context *first, *second;
struct layout *layout;

/* A linker that leaves out what is not used keeps libdcerpc by this, and with it all that it needs. */
if (!NT_STATUS_IS_OK(dcerpc_init()) || events == NULL)
	return 4;
if (dlsym(RTLD_DEFAULT, "smbXcli_conn_remote_sockaddr") == NULL)
	return 3;
if (create == NULL || done == NULL || error == NULL)
	return 0; /* it cannot be tried: as if cross-compiled */
first = create(NULL, events);
second = create(NULL, events);
layout = (struct layout *)first;
if (talloc_get_size(first) < sizeof *layout || layout->state != STATE_UNDER_WAY || layout->status != 0 || layout->event_ctx != events ||
    layout->async.fn != NULL || layout->async.private_data != NULL)
	return 2;
layout->async.fn = call;
layout->async.private_data = &called;
done(first);
if (called != first || layout->state != STATE_DONE || layout->status != 0 || layout->async.private_data != &called)
	return 2;
layout = (struct layout *)second;
layout->async.fn = call;
error(second, NT_STATUS_ACCESS_DENIED);
if (called != second || layout->state != STATE_FAILED || layout->status != NT_STATUS_V(NT_STATUS_ACCESS_DENIED))
	return 2;
return 0;
]])])

# What providers/tsts/inside.c and pipe.c do: the members as they are named and typed there, the calls as they are made.
AC_DEFUN([_CURFEW_SAMBA_USE],
[AC_LANG_PROGRAM([[
#include "providers/tsts/samba.h"
struct tevent_req *dcerpc_alter_context_send(TALLOC_CTX *, struct tevent_context *, struct dcerpc_pipe *,
                                             const struct ndr_syntax_id *, const struct ndr_syntax_id *);
NTSTATUS dcerpc_alter_context_recv(struct tevent_req *);
struct dcerpc_binding_handle *dcerpc_pipe_binding_handle(struct dcerpc_pipe *, const struct GUID *,
                                                         const struct ndr_interface_table *);
]], [[
struct tevent_context *events = tevent_context_init(NULL);
struct loadparm_context *parameters = loadparm_init(NULL);
struct cli_credentials *credentials = cli_credentials_init(NULL);
struct ndr_interface_table table = {.name = "", .helpstring = "", .endpoints = NULL, .authservices = NULL};
struct dcerpc_pipe *first = NULL, *pipe = talloc_zero(NULL, struct dcerpc_pipe);
struct dcerpc_binding *binding = NULL;
NTSTATUS status = dcerpc_parse_binding(NULL, "ncacn_np:", &binding);

tevent_loop_allow_nesting(events);
lpcfg_set_cmdline(parameters, "log level", "0");
cli_credentials_set_kerberos_state(credentials, CRED_USE_KERBEROS_REQUIRED, CRED_SPECIFIED);
status = dcerpc_pipe_connect_b_recv(dcerpc_pipe_connect_b_send(NULL, binding, &table, credentials, events, parameters), NULL, &first);
dcerpc_secondary_auth_connection_recv(dcerpc_secondary_auth_connection_send(first, binding, &table, credentials, parameters), NULL, &pipe);
pipe->conn = talloc_reference(pipe, first->conn);
pipe->request_timeout = first->request_timeout;
pipe->context_id = ++first->conn->next_context_id;
pipe->syntax = table.syntax_id;
pipe->transfer_syntax = first->transfer_syntax;
pipe->binding = first->binding;
pipe->binding_handle = dcerpc_pipe_binding_handle(pipe, NULL, &table);
status = dcerpc_alter_context_recv(dcerpc_alter_context_send(pipe, events, pipe, &pipe->syntax, &pipe->transfer_syntax));
return NT_STATUS_IS_OK(status) && (pipe->conn->flags & DCERPC_CONCURRENT_MULTIPLEX) != 0;
]])])
