/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What smbd's own RPC servers use of Samba and its packages have no header
 * for, as 4.17 to 4.25 have it.  Where these libraries lack one of them, this
 * server isn't built (configure says so).
 */
#ifndef CURFEW_TSTS_PRIVATE_H
#define CURFEW_TSTS_PRIVATE_H

/* In this order: each needs the ones above it. */
#include <stdbool.h>
#include <stdint.h>
#include <sys/time.h>

#include <talloc.h>
#include <tevent.h>

#include <core/ntstatus.h>
#include <core/werror.h>
#include <util/time.h>

#include <util/data_blob.h>

#include <gen_ndr/misc.h>
#include <gen_ndr/security.h>

#include <gen_ndr/auth.h>

#include <dcerpc.h>
#include <dcesrv_core.h>
#include <param.h>
#include <smbconf.h>
#include <tsocket.h>

struct gensec_security;
struct loadparm_s3_helpers;
struct named_pipe_auth_req_info7;

NTSTATUS auth_generic_prepare(TALLOC_CTX *parent, const struct tsocket_address *remote,
                              const struct tsocket_address *local, const char *service,
                              struct gensec_security **security);

/* smbd's greeting on a pipe's socket: who logged in, and over which addresses. */
struct tevent_req *tstream_npa_accept_existing_send(TALLOC_CTX *parent, struct tevent_context *events,
                                                    struct tstream_context *plain, uint16_t file_type,
                                                    uint16_t device_state, uint64_t allocation_size);
int _tstream_npa_accept_existing_recv(struct tevent_req *request, int *error, TALLOC_CTX *parent,
                                      struct tstream_context **stream, struct named_pipe_auth_req_info7 **info,
                                      enum dcerpc_transport_t *transport, struct tsocket_address **remote,
                                      char **remote_name, struct tsocket_address **local, char **local_name,
                                      struct auth_session_info_transport **session, const char *location);

bool lp_load_global(const char *file);
/* Which file is read again after a login by Kerberos.  NULL if there is no memory. */
const char *set_dyn_CONFIGFILE(const char *file);
const struct loadparm_s3_helpers *loadparm_s3_helpers(void);
struct loadparm_context *loadparm_init_s3(TALLOC_CTX *parent, const struct loadparm_s3_helpers *helpers);
struct tevent_context *global_event_context(void);

#endif
